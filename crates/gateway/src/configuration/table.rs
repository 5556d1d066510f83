//! Every setting there is, in one table: reading, checking, showing and the reference are all made from it.

use crate::configuration::value::Kind;

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Written as in an environment variable.
    pub(super) default: &'static str,
    pub(super) meaning: &'static str,
}

impl Setting {
    pub(super) fn key(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}__{}", self.section, self.name).to_uppercase()
    }
}

/// Environment variables that begin like this are ours, and all of them must be known.
pub(super) const PREFIX: &str = "SERVICEPOINT_";
/// Names the configuration file; read by the command line, not a setting.
pub(super) const FILE_VARIABLE: &str = "SERVICEPOINT_CONFIG";

const fn setting(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    default: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting { section, name, kind, default, meaning }
}

const fn number(least: u64, most: u64) -> Kind {
    Kind::Number { least, most }
}

/// All settings, in the order of the reference.
#[rustfmt::skip]
pub(super) static SETTINGS: &[Setting] = &[
    setting("server", "listen", Kind::Address, "127.0.0.1:8080", "Address and port for citizens, clerks and devices."),
    setting("server", "internal_listen", Kind::OptionalAddress, "127.0.0.1:9090", "Address and port for `/metrics` and the probes; empty for none. Never open it to the internet."),
    setting("server", "public_url", Kind::Url, "http://127.0.0.1:8080", "How browsers reach this server. Requests with a cookie from any other site are refused. In production it begins with https, except on this machine."),
    setting("server", "mode", Kind::Choice(&["production", "development"]), "production", "`development` shows the GraphQL explorer at `/graphql`."),
    setting("server", "deadline_seconds", number(1, 300), "10", "Time one GraphQL request may take."),
    setting("server", "announce_seconds", number(0, 300), "2", "After SIGTERM: time between `/readyz` failing and the last accepted connection, so that load balancers notice."),
    setting("server", "drain_seconds", number(0, 600), "30", "After that: time for accepted requests to finish."),
    setting("server", "trusted_proxies", Kind::Networks, "", "Proxies whose `X-Forwarded-For` is believed."),
    setting("database", "url", Kind::DatabaseUrl, "sqlite://data/servicepoint.db", "SQLite file or PostgreSQL database. With a password it stands in the environment or in `url_file`, never in this file. SQLite always runs with `synchronous=FULL`."),
    setting("database", "url_file", Kind::OptionalPath, "", "A file that holds the database's address instead, for example a systemd credential."),
    setting("database", "max_connections", number(1, 500), "16", "Connections this process opens to PostgreSQL, or readers of the SQLite file."),
    setting("log", "format", Kind::Choice(&["json", "pretty"]), "json", "`json` for machines, `pretty` for people."),
    setting("log", "level", Kind::Choice(&["error", "warn", "info", "debug", "trace"]), "info", "The least important messages that are written."),
    setting("secrets", "key_file", Kind::Path, "data/servicepoint.key", "The master key. `serve` creates it, readable by its own account only, where it is missing."),
    setting("mail", "from", Kind::MailAddress, "termine@localhost", "The address that letters come from. Its domain also names each letter, so it should stay the same."),
    setting("mail", "smtp_url_file", Kind::OptionalPath, "", "A file that holds the mail server's address, for example a systemd credential: `smtps://USER:PASSWORD@HOST` or `smtp://USER:PASSWORD@HOST?tls=required`. Empty: letters are put into `directory` and leave nobody."),
    setting("mail", "directory", Kind::Path, "data/mail", "Where letters are put as files while no mail server is set."),
    setting("scheduling", "hold_minutes", number(1, 60), "10", "How long a chosen start is kept while the citizen fills in the form."),
    setting("scheduling", "confirm_minutes", number(5, 1_440), "30", "How long a booking by mail waits for its link to be opened."),
    setting("scheduling", "active_bookings_per_person", number(1, 50), "5", "Appointments one person may have ahead at the same time."),
    setting("scheduling", "holds_per_session", number(1, 10), "2", "Starts one session may hold at the same time."),
    setting("scheduling", "overbooking_cap", number(0, 20), "2", "People that staff with the permission may add to a full start."),
    setting("retention", "contact_days", number(0, 3_650), "30", "Days after a visit until name, mail address and telephone number are erased."),
    setting("retention", "cancelled_days", number(0, 3_650), "7", "The same after a cancellation."),
    setting("retention", "lapsed_days", number(1, 3_650), "1", "Days until holds and unconfirmed bookings whose time ran out are deleted."),
    setting("retention", "appointment_days", number(1, 3_650), "365", "Days after a visit until its appointment is reduced to what figures need."),
    setting("retention", "audit_days", number(30, 36_500), "1095", "Days until entries of the audit log are deleted; their seals stay."),
    setting("limits", "body_bytes", number(1_024, 1_048_576), "65536", "Length of a GraphQL request."),
    setting("limits", "depth", number(15, 30), "15", "Fields inside fields of a GraphQL document; introspection needs 15."),
    setting("limits", "cost", number(500, 1_000_000), "10000", "Objects and values one GraphQL answer may hold."),
    setting("limits", "page", number(20, 1_000), "100", "Entries of one page (`first`, `last`)."),
    setting("limits", "connections", number(16, 100_000), "8192", "Connections open at the same time, for each listener."),
    setting("limits", "sockets", number(0, 100_000), "8192", "Websockets open at the same time."),
    setting("limits", "operations_per_socket", number(1, 100), "5", "Subscriptions running at the same time on one websocket."),
];
