//! The configuration: one TOML file and the environment, checked at the start, explained where it is wrong.

mod network;
mod read;
mod render;
mod secret;
mod table;
#[cfg(test)]
mod tests;
mod value;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

pub use crate::configuration::{
    network::{Network, NotANetwork},
    read::{Problems, Sources},
    render::reference_markdown,
    secret::{MasterKey, load_or_create_secret},
};
use crate::configuration::{read::Values, value::Value};

/// Everything that can be set, checked. `docs/configuration.md` explains each value.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "one field per section of the reference")]
pub struct Configuration {
    pub server: Server,
    pub database: Database,
    pub log: Log,
    pub secrets: Secrets,
    pub mail: Mail,
    pub scheduling: Scheduling,
    pub retention: Retention,
    pub limits: HttpLimits,
    values: Values,
}

/// Whether people or programmers are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mode {
    Production,
    Development,
}

/// `[server]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Server {
    pub listen: SocketAddr,
    pub internal_listen: Option<SocketAddr>,
    pub public_url: String,
    pub mode: Mode,
    pub deadline: Duration,
    pub announce: Duration,
    pub drain: Duration,
    pub trusted_proxies: Vec<Network>,
}

/// `[database]`
#[derive(Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Database {
    /// May hold a password: never log it.
    pub url: String,
    pub max_connections: u32,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Database").field("url", &value::redacted(&self.url)).finish_non_exhaustive()
    }
}

/// `[log]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Log {
    pub format: LogFormat,
    pub level: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LogFormat {
    Json,
    Pretty,
}

/// `[secrets]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Secrets {
    pub key_file: PathBuf,
}

/// `[mail]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Mail {
    pub from: String,
    pub smtp_url_file: Option<PathBuf>,
    pub directory: PathBuf,
}

/// `[scheduling]`
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Scheduling {
    pub hold_minutes: u32,
    pub confirm_minutes: u32,
    pub active_bookings_per_person: u32,
    pub holds_per_session: u32,
    pub overbooking_cap: u32,
}

/// `[retention]`, in days
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Retention {
    pub contact_days: u32,
    pub cancelled_days: u32,
    pub lapsed_days: u32,
    pub appointment_days: u32,
    pub audit_days: u32,
}

/// `[limits]`
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct HttpLimits {
    pub body_bytes: usize,
    pub depth: u32,
    pub cost: u64,
    pub page: u64,
    pub connections: usize,
    pub sockets: usize,
    pub operations_per_socket: usize,
}

impl Configuration {
    /// Reads and checks everything.
    ///
    /// # Errors
    ///
    /// [`Problems`] lists every mistake at once, with its place, key and what is allowed, and without secrets.
    pub fn read(sources: &Sources<'_>) -> Result<Self, Problems> {
        Ok(Self::assembled(read::read(sources)?))
    }

    /// All settings in force as TOML, each with the place it comes from; passwords are covered.
    pub fn show(&self) -> String {
        render::show(&self.values)
    }

    fn assembled(values: Values) -> Self {
        let seconds = |key| Duration::from_secs(values.number(key));
        let count = |key| values.number(key) as u32;
        Self {
            server: Server {
                listen: values.address("server.listen").expect("never empty: the kind is not optional"),
                internal_listen: values.address("server.internal_listen"),
                public_url: values.text("server.public_url"),
                mode: if values.text("server.mode") == "development" { Mode::Development } else { Mode::Production },
                deadline: seconds("server.deadline_seconds"),
                announce: seconds("server.announce_seconds"),
                drain: seconds("server.drain_seconds"),
                trusted_proxies: values.networks("server.trusted_proxies"),
            },
            database: Database { url: values.text("database.url"), max_connections: count("database.max_connections") },
            log: Log {
                format: if values.text("log.format") == "pretty" { LogFormat::Pretty } else { LogFormat::Json },
                level: values.text("log.level"),
            },
            secrets: Secrets { key_file: values.path("secrets.key_file") },
            mail: Mail {
                from: values.text("mail.from"),
                smtp_url_file: values.optional_path("mail.smtp_url_file"),
                directory: values.path("mail.directory"),
            },
            scheduling: Scheduling {
                hold_minutes: count("scheduling.hold_minutes"),
                confirm_minutes: count("scheduling.confirm_minutes"),
                active_bookings_per_person: count("scheduling.active_bookings_per_person"),
                holds_per_session: count("scheduling.holds_per_session"),
                overbooking_cap: count("scheduling.overbooking_cap"),
            },
            retention: Retention {
                contact_days: count("retention.contact_days"),
                cancelled_days: count("retention.cancelled_days"),
                lapsed_days: count("retention.lapsed_days"),
                appointment_days: count("retention.appointment_days"),
                audit_days: count("retention.audit_days"),
            },
            limits: HttpLimits {
                body_bytes: values.number("limits.body_bytes") as usize,
                depth: count("limits.depth"),
                cost: values.number("limits.cost"),
                page: values.number("limits.page"),
                connections: values.number("limits.connections") as usize,
                sockets: values.number("limits.sockets") as usize,
                operations_per_socket: values.number("limits.operations_per_socket") as usize,
            },
            values,
        }
    }
}

impl Default for Configuration {
    fn default() -> Self {
        let nothing =
            Sources { file: None, environment: &[], read_secret: &|_| Err(std::io::ErrorKind::NotFound.into()) };
        Self::read(&nothing).expect("the defaults are allowed: a test reads them")
    }
}

/// The table's kinds and these calls agree: a test assembles the defaults, and a wrong pair would show there.
impl Values {
    fn number(&self, key: &str) -> u64 {
        match self.get(key) {
            (Value::Number(number), _) => *number,
            other => unreachable!("{key} is a number, not {other:?}"),
        }
    }

    fn text(&self, key: &str) -> String {
        match self.get(key) {
            (Value::Text(text), _) => text.clone(),
            (_, origin) => unreachable!("{key} from {origin} is a text"),
        }
    }

    fn address(&self, key: &str) -> Option<SocketAddr> {
        match self.get(key) {
            (Value::Address(address), _) => Some(*address),
            _ => None,
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        match self.get(key) {
            (Value::Path(path), _) => path.clone(),
            other => unreachable!("{key} is a path, not {other:?}"),
        }
    }

    fn optional_path(&self, key: &str) -> Option<PathBuf> {
        match self.get(key) {
            (Value::Path(path), _) => Some(path.clone()),
            _ => None,
        }
    }

    fn networks(&self, key: &str) -> Vec<Network> {
        match self.get(key) {
            (Value::Networks(networks), _) => networks.clone(),
            other => unreachable!("{key} is a list of networks, not {other:?}"),
        }
    }
}
