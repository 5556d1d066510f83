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
    setting("server", "trusted_proxies", Kind::Networks, "", "Proxies whose word on the client's address is believed, such as `127.0.0.1` for one on this machine. Without it, everybody behind a proxy counts as one client."),
    setting("server", "forwarded_header", Kind::Choice(&["x-forwarded-for", "forwarded"]), "x-forwarded-for", "The header in which those proxies say it. Only this one is read, because a client could forge the other. With `forwarded` they must replace, not extend, what clients sent (RFC 7239)."),
    setting("server", "cors_origins", Kind::Origins, "", "Other web sites whose pages may read answers of `/graphql`, such as `https://www.stadt.example`. Cookies never travel with such requests."),
    setting("server", "trusted_documents", Kind::OptionalPath, "", "A JSON file of allowed GraphQL documents under their SHA-256, as `graphql-codegen` and `relay-compiler` write it. Checked at the start."),
    setting("server", "trusted_documents_for", Kind::Choice(&["auto", "off", "anonymous", "everyone"]), "auto", "Who may send only those: nobody, callers who have not signed in, or everyone. `auto` is `anonymous` in production as soon as there is a file, and `off` in development."),
    setting("worker", "internal_listen", Kind::OptionalAddress, "", "Address and port for `/metrics` and the probes of a worker on its own (`servicepoint work`); empty for none. Never open it to the internet."),
    setting("database", "url", Kind::DatabaseUrl, "sqlite://data/servicepoint.db", "SQLite file or PostgreSQL database. With a password it stands in the environment or in `url_file`, never in this file. SQLite always runs with `synchronous=FULL`."),
    setting("database", "url_file", Kind::OptionalPath, "", "A file that holds the database's address instead, for example a systemd credential."),
    setting("database", "max_connections", number(1, 500), "16", "Connections this process opens to PostgreSQL, or readers of the SQLite file."),
    setting("log", "format", Kind::Choice(&["json", "pretty"]), "json", "`json` for machines, `pretty` for people."),
    setting("log", "level", Kind::Choice(&["error", "warn", "info", "debug", "trace"]), "info", "The least important messages that are written."),
    setting("secrets", "key_file", Kind::Path, "data/servicepoint.key", "The master key. `serve` creates it, readable by its own account only, where it is missing."),
    setting("mail", "from", Kind::MailAddress, "termine@localhost", "The address that letters come from. Its domain also names each letter, so it should stay the same."),
    setting("mail", "smtp_url_file", Kind::OptionalPath, "", "A file that holds the mail server's address, for example a systemd credential: `smtps://USER:PASSWORD@HOST` or `smtp://USER:PASSWORD@HOST?tls=required`. Empty: letters are put into `directory` and leave nobody."),
    setting("mail", "directory", Kind::Path, "data/mail", "Where letters are put as files while no mail server is set."),
    setting("mail", "per_minute", number(1, 100_000), "600", "Letters that one worker sends in a minute at most; many mail servers close their door to whoever sends more."),
    setting("reminders", "early_hours", number(0, 720), "48", "How long before an appointment people get a first reminder; 0 for none. Whoever books later than that gets none of this kind."),
    setting("reminders", "late_hours", number(0, 72), "3", "How long before an appointment people get a last reminder; 0 for none."),
    setting("webhooks", "endpoints_file", Kind::OptionalPath, "", "A TOML file that names the programs which are told what happens, and the files of their secrets; empty for none. `docs/webhooks.md` explains it."),
    setting("webhooks", "timeout_seconds", number(1, 30), "10", "Time that one call of a webhook may take."),
    setting("chat", "model_file", Kind::OptionalPath, "", "A TOML file that names a language model which may say the cited lines of the chatbot's answers in other words; empty for none. `docs/chatbot.md` explains it."),
    setting("exchange", "fit_connect_file", Kind::OptionalPath, "", "A TOML file that says how the delivery service of FIT-Connect is reached, and names the file of its secret; empty for not at all. `docs/exchange.md` explains it."),
    setting("services", "zones_file", Kind::OptionalPath, "", "A list of streets and the zones they lie in, for permits: a CSV file with the columns `postcode,street,from,to,zone`; empty for none. `docs/permits.md` explains it."),
    setting("payments", "practice_bank", Kind::Choice(&["auto", "on", "off"]), "auto", "Whether fees can be paid at the practice bank, where no money moves. `auto` is `on` in development and `off` in production."),
    setting("backup", "directory", Kind::OptionalPath, "", "Where `servicepoint backup create` puts backups; empty for nowhere. Named, the age of the last one is measured and looked at by `doctor`. On another disk than the database."),
    setting("backup", "keep_days", number(1, 3_650), "30", "How long `servicepoint backup prune` keeps a backup."),
    setting("backup", "keep_keys_days", number(1, 3_650), "7", "How long it keeps the keys of people's data inside a backup. What was erased can be read from a backup until then."),
    setting("backup", "keep_newest", number(1, 1_000), "3", "So many of the newest backups are kept whatever their age."),
    setting("backup", "max_age_hours", number(1, 8_760), "26", "`doctor` warns when the last backup is older."),
    setting("scheduling", "hold_minutes", number(1, 60), "10", "How long a chosen start is kept while the citizen fills in the form."),
    setting("scheduling", "confirm_minutes", number(5, 1_440), "30", "How long a booking by mail waits for its link to be opened."),
    setting("scheduling", "active_bookings_per_person", number(1, 50), "5", "Appointments one person may have ahead at the same time."),
    setting("scheduling", "holds_per_session", number(1, 10), "2", "Starts one session may hold at the same time."),
    setting("scheduling", "overbooking_cap", number(0, 20), "2", "People that staff with the permission may add to a full start."),
    setting("uploads", "directory", Kind::Path, "data/uploads", "Where files lie that people hand in, sealed with the keys of their applications. Several gateways on several machines need a folder that all of them see, or a bucket."),
    setting("uploads", "s3_url_file", Kind::OptionalPath, "", "A file that holds the address of a bucket that speaks S3, for example a systemd credential: `https://KEY:SECRET@HOST/BUCKET?region=REGION`. Empty: files lie in `directory`. Give the bucket a rule that deletes incomplete multipart uploads after a day."),
    setting("uploads", "clamd", Kind::Scanner, "", "Where clamd listens, such as `/run/clamav/clamd.ctl` or `127.0.0.1:3310`. Empty: nobody looks for harm in files, and each counts as clean. Its `StreamMaxLength` must not be smaller than `largest_megabytes`."),
    setting("uploads", "largest_megabytes", number(1, 200), "50", "The largest file, whatever a service allows. Photos are bounded by 25 MB, because each is taken apart whole."),
    setting("uploads", "parallel", number(1, 1_000), "16", "Files that may arrive at the same time, at each gateway; each takes up to 16 MB of memory."),
    setting("uploads", "seconds", number(10, 3_600), "300", "Time one file may take to arrive. One that stands still for ten seconds is given up."),
    setting("retention", "contact_days", number(0, 3_650), "30", "Days after a visit until name, mail address and telephone number are erased."),
    setting("retention", "cancelled_days", number(0, 3_650), "7", "The same after a cancellation."),
    setting("retention", "lapsed_days", number(1, 3_650), "1", "Days until holds and unconfirmed bookings whose time ran out are deleted."),
    setting("retention", "appointment_days", number(1, 3_650), "365", "Days after a visit until its appointment is reduced to what figures need."),
    setting("retention", "audit_days", number(30, 36_500), "1095", "Days until entries of the audit log are deleted; their seals stay."),
    setting("retention", "conversation_days", number(1, 3_650), "30", "Days after the last message until a conversation with the chatbot or with staff is erased."),
    setting("retention", "question_days", number(1, 3_650), "90", "Days until a question is erased that the chatbot did not understand and whose person allowed keeping it."),
    setting("retention", "pickup_days", number(1, 3_650), "30", "Days after a document was fetched or handed out until whose it was is erased."),
    setting("limits", "body_bytes", number(1_024, 1_048_576), "65536", "Length of a GraphQL request."),
    setting("limits", "depth", number(15, 30), "15", "Fields inside fields of a GraphQL document; introspection needs 15."),
    setting("limits", "cost", number(500, 1_000_000), "10000", "Objects and values one GraphQL answer may hold."),
    setting("limits", "page", number(20, 1_000), "100", "Entries of one page (`first`, `last`)."),
    setting("limits", "connections", number(16, 100_000), "8192", "Connections open at the same time, for each listener."),
    setting("limits", "sockets", number(0, 100_000), "8192", "Websockets open at the same time."),
    setting("limits", "operations_per_socket", number(1, 100), "5", "Subscriptions running at the same time on one websocket."),
    setting("limits", "sockets_per_network", number(1, 100_000), "200", "Websockets open at the same time from one address (IPv6: one /64); those of staff do not count."),
    setting("limits", "sockets_per_account", number(1, 10_000), "20", "Websockets open at the same time by one account."),
    setting("limits", "answer_bytes", number(65_536, 67_108_864), "2097152", "Length of one GraphQL answer before compression."),
    setting("limits", "concurrent_requests", number(1, 100_000), "128", "GraphQL requests running at the same time. Staff who wait are next, so fewer at once means that they are served sooner."),
    setting("limits", "queued_requests", number(0, 100_000), "4096", "GraphQL requests waiting for their turn, staff first, at most a quarter of the deadline. Others are told to come back."),
    setting("limits", "rates", Kind::Choice(&["auto", "on", "off"]), "auto", "Whether callers are counted. `auto` counts in production only."),
    setting("limits", "share", number(1, 1_000), "1", "How many gateways share the load. Each counts for itself, so each gets this part of every budget below."),
    setting("limits", "requests_per_minute", number(10, 1_000_000), "1200", "Requests from one address (IPv6: one /64); five times as many from its /24 (IPv6: /48); half as many by one citizen's account."),
    setting("limits", "bookings_per_minute", number(3, 100_000), "60", "Holds, bookings and moves from one address; five times as many from its network; a third by one citizen's account."),
    setting("limits", "sign_ins_per_minute", number(1, 100_000), "30", "Attempts to sign in from one address; five times as many from its network. One login can be tried 20 times, then once a minute."),
    setting("limits", "messages_per_hour", number(1, 1_000), "6", "Messages that requests, those of staff left out, may cause to one mail address."),
    setting("limits", "remembered_callers", number(100, 10_000_000), "50000", "Callers remembered for each budget; whoever was away longest is forgotten first. About 100 bytes each."),
    setting("limits", "proof_of_work", Kind::Choice(&["auto", "off", "under_pressure", "always"]), "auto", "When anonymous holds and bookings by mail must solve a puzzle first. `auto` is `under_pressure` in production and `off` in development."),
    setting("limits", "proof_of_work_hashes", number(16, 100_000_000), "50000", "Hashes one answer costs on average; about half a second in a browser. Under pressure up to 16 times as many."),
    setting("limits", "proof_of_work_pressure", number(1, 1_000_000), "120", "Anonymous holds and bookings a minute, at one gateway, from which on it is called pressure."),
];
