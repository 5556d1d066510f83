//! The configuration: one TOML file and the environment, checked at the start, explained where it is wrong.

mod edge;
mod network;
mod openid;
#[cfg(test)]
mod openid_tests;
mod openid_text;
mod read;
mod render;
mod secret;
mod table;
#[cfg(test)]
mod tests;
mod value;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

pub use crate::configuration::{
    edge::{ForwardedHeader, HttpLimits, Trust},
    network::{Network, NotANetwork},
    read::{Problems, Sources},
    render::reference_markdown,
    secret::{MasterKey, is_credential, load_or_create_secret},
};
use applications::PracticeBank;

use crate::configuration::{read::Values, value::Value};

/// Everything that can be set, checked. `docs/configuration.md` explains each value.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "one field per section of the reference")]
pub struct Configuration {
    pub server: Server,
    pub worker: Worker,
    pub database: Database,
    pub log: Log,
    pub secrets: Secrets,
    pub mail: Mail,
    pub backup: Backup,
    pub reminders: Reminders,
    pub webhooks: Webhooks,
    pub exchange: Exchange,
    pub chat: Chat,
    pub services: Services,
    pub payments: Payments,
    pub scheduling: Scheduling,
    pub uploads: Uploads,
    pub retention: Retention,
    pub limits: HttpLimits,
    pub openid: Vec<identity::OpenIdProvider>,
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
    pub forwarded_header: ForwardedHeader,
    pub cors_origins: Vec<String>,
    pub trusted_documents: Option<PathBuf>,
    pub trusted_documents_for: Trust,
}

/// `[worker]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Worker {
    pub internal_listen: Option<SocketAddr>,
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
    pub per_minute: u32,
}

/// `[reminders]`
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Reminders {
    pub early_hours: u32,
    pub late_hours: u32,
}

/// `[services]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Services {
    pub zones_file: Option<PathBuf>,
}

/// `[payments]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Payments {
    pub practice_bank: PracticeBank,
}

/// `[webhooks]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Webhooks {
    pub endpoints_file: Option<PathBuf>,
    pub timeout: Duration,
}

/// `[chat]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Chat {
    pub model_file: Option<PathBuf>,
}

/// `[exchange]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Exchange {
    pub fit_connect_file: Option<PathBuf>,
}

/// `[backup]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Backup {
    pub directory: Option<PathBuf>,
    pub keep_days: u32,
    pub keep_keys_days: u32,
    pub keep_newest: u32,
    pub max_age_hours: u32,
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

/// `[uploads]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct Uploads {
    pub directory: PathBuf,
    pub s3_url_file: Option<PathBuf>,
    pub clamd: Option<applications::ScannerAddress>,
    pub largest_bytes: u64,
    pub parallel: usize,
    pub time: Duration,
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
    pub conversation_days: u32,
    pub question_days: u32,
    pub pickup_days: u32,
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

    /// The same with another database, named on the command line: everybody on the machine can read it there.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn with_database(mut self, url: &str) -> Result<Self, String> {
        let kind = value::Kind::DatabaseUrl;
        if value::has_password(url) {
            return Err(
                "a password stands in SERVICEPOINT_DATABASE__URL or database.url_file, not on the command line"
                    .to_owned(),
            );
        }
        if kind.check(&value::Raw::Text(url.to_owned())).is_none() {
            return Err(format!("the address of the database must be {}", kind.allowed()));
        }
        url.clone_into(&mut self.database.url);
        Ok(self)
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
                forwarded_header: ForwardedHeader::of(&values),
                cors_origins: values.texts("server.cors_origins"),
                trusted_documents: values.optional_path("server.trusted_documents"),
                trusted_documents_for: Trust::of(&values),
            },
            worker: Worker { internal_listen: values.address("worker.internal_listen") },
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
                per_minute: count("mail.per_minute"),
            },
            reminders: Reminders {
                early_hours: count("reminders.early_hours"),
                late_hours: count("reminders.late_hours"),
            },
            services: Services { zones_file: values.optional_path("services.zones_file") },
            payments: Payments { practice_bank: practice_bank(&values) },
            webhooks: Webhooks {
                endpoints_file: values.optional_path("webhooks.endpoints_file"),
                timeout: seconds("webhooks.timeout_seconds"),
            },
            chat: Chat { model_file: values.optional_path("chat.model_file") },
            exchange: Exchange { fit_connect_file: values.optional_path("exchange.fit_connect_file") },
            backup: Backup {
                directory: values.optional_path("backup.directory"),
                keep_days: count("backup.keep_days"),
                keep_keys_days: count("backup.keep_keys_days"),
                keep_newest: count("backup.keep_newest"),
                max_age_hours: count("backup.max_age_hours"),
            },
            scheduling: Scheduling {
                hold_minutes: count("scheduling.hold_minutes"),
                confirm_minutes: count("scheduling.confirm_minutes"),
                active_bookings_per_person: count("scheduling.active_bookings_per_person"),
                holds_per_session: count("scheduling.holds_per_session"),
                overbooking_cap: count("scheduling.overbooking_cap"),
            },
            uploads: Uploads {
                directory: values.path("uploads.directory"),
                s3_url_file: values.optional_path("uploads.s3_url_file"),
                clamd: values.scanner("uploads.clamd"),
                largest_bytes: values.number("uploads.largest_megabytes") * 1_000_000,
                parallel: values.number("uploads.parallel") as usize,
                time: seconds("uploads.seconds"),
            },
            retention: Retention {
                contact_days: count("retention.contact_days"),
                cancelled_days: count("retention.cancelled_days"),
                lapsed_days: count("retention.lapsed_days"),
                appointment_days: count("retention.appointment_days"),
                audit_days: count("retention.audit_days"),
                conversation_days: count("retention.conversation_days"),
                question_days: count("retention.question_days"),
                pickup_days: count("retention.pickup_days"),
            },
            openid: values.1.clone(),
            limits: HttpLimits::of(&values),
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

    fn scanner(&self, key: &str) -> Option<applications::ScannerAddress> {
        match self.get(key) {
            (Value::Path(path), _) => Some(applications::ScannerAddress::Socket(path.clone())),
            (Value::Address(address), _) => Some(applications::ScannerAddress::Network(*address)),
            _ => None,
        }
    }

    fn texts(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            (Value::Texts(texts), _) => texts.clone(),
            other => unreachable!("{key} is a list of texts, not {other:?}"),
        }
    }

    fn networks(&self, key: &str) -> Vec<Network> {
        match self.get(key) {
            (Value::Networks(networks), _) => networks.clone(),
            other => unreachable!("{key} is a list of networks, not {other:?}"),
        }
    }
}

fn practice_bank(values: &Values) -> PracticeBank {
    let is_open = match values.text("payments.practice_bank").as_str() {
        "on" => true,
        "off" => false,
        _ => values.text("server.mode") == "development",
    };
    if is_open { PracticeBank::Open } else { PracticeBank::Closed }
}
