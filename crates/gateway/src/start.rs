//! From a configuration to a wired application: the database, its tables, the key, the features.

mod files;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use applications::{FileStore, StreetZones};
use chatbot::model::Model;
use database::{ConnectOptions, Database, DatabaseError, Engine, RootOrigin, Vault};
use domain::environment::Clock;
use identity::IdentitySettings;
use scheduling::{DeskWork, Settings};

use crate::application::{Application, Parts};
use crate::chat_model::ChatModel;
use crate::cli::CommandError;
use crate::configuration::{Configuration, MasterKey, Mode, is_credential, load_or_create_secret};
use crate::environment::{SystemClock, SystemEntropy};
use crate::guard::Manifest;
use crate::{graphql, http};

/// How long somebody waits for a free connection before being told to come back.
// A booking is tried five times; all of it must end before the request's deadline, so that people read `UNAVAILABLE`.
const ACQUIRE: Duration = Duration::from_millis(1_500);

/// Opens the database.
///
/// # Errors
/// It cannot be reached.
pub(crate) async fn connect(configuration: &Configuration) -> Result<Database, CommandError> {
    let options = ConnectOptions {
        url: configuration.database.url.clone(),
        max_connections: configuration.database.max_connections,
        acquire_timeout: ACQUIRE,
    };
    Database::connect(&options).await.map_err(|error| {
        CommandError::Failed(format!("the database at {} cannot be opened: {error}", place(configuration)))
    })
}

/// Where the database is, without any password.
pub(crate) fn place(configuration: &Configuration) -> String {
    sqlite_file(configuration).map_or_else(
        || "database.url (`servicepoint config show` prints it)".to_owned(),
        |file| file.display().to_string(),
    )
}

/// The file of an SQLite database.
pub(crate) fn sqlite_file(configuration: &Configuration) -> Option<PathBuf> {
    let path = configuration.database.url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then(|| Path::new(path).to_owned())
}

/// The folder whose disk matters: the database file's, else the key's. A key that systemd handed over lies on no disk;
/// then it is the folder the program was started in.
pub(crate) fn data_folder(configuration: &Configuration) -> PathBuf {
    let file = sqlite_file(configuration).unwrap_or_else(|| configuration.secrets.key_file.clone());
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty() && !is_credential(parent));
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// Brings the tables up to date where nobody else can be using them: on SQLite. On PostgreSQL that is an operator's
/// decision, and nothing starts before it was made.
///
/// A database that a newer program has extended is served as it is: during an upgrade both run.
///
/// # Errors
/// Steps are pending on PostgreSQL, a newer program took something away, or the database failed.
pub(crate) async fn migrated(database: &Database) -> Result<(), CommandError> {
    let standing = standing(database).await?;
    let taken_away = standing.contracted();
    if !taken_away.is_empty() {
        return Err(CommandError::Refused(format!(
            "a newer program has taken away what this one may need: {}\nuse the program that fits the database",
            taken_away.join(", ")
        )));
    }
    if !standing.newer.is_empty() {
        tracing::warn!(
            steps = standing.newer.join(", "),
            "the database is ahead of this program; serving it, as is meant during an upgrade"
        );
    }
    if standing.pending.is_empty() {
        return Ok(());
    }
    match database.engine() {
        Engine::Sqlite => migrate_up(database).await.map(drop),
        Engine::Postgres => {
            let names = standing.pending.join(", ");
            Err(CommandError::Refused(format!(
                "the database lacks {} migrations: {names}\ntype this first: servicepoint migrate up",
                standing.pending.len()
            )))
        }
    }
}

/// Applies what is missing and gives the names of the steps.
///
/// # Errors
/// The database knows newer steps than this program, or failed; nothing is half applied.
pub(crate) async fn migrate_up(database: &Database) -> Result<Vec<String>, CommandError> {
    let newer = standing(database).await?.newer;
    if !newer.is_empty() {
        return Err(CommandError::Refused(format!(
            "the database knows steps that this program does not: {}\nuse the newer program to migrate",
            newer.join(", ")
        )));
    }
    twice(async || migrations::up(database.for_migrations()).await)
        .await
        .map_err(|error| CommandError::Failed(format!("the tables cannot be brought up to date: {error}")))
}

/// Where the database stands, seen from this program.
///
/// # Errors
/// The database failed.
pub(crate) async fn standing(database: &Database) -> Result<migrations::Standing, CommandError> {
    migrations::standing(database.for_migrations()).await.map_err(unreadable)
}

/// Programs that meet on an empty database may all make the table that lists the migrations. Whoever comes second is
/// refused by PostgreSQL, and finds the table made when it looks again.
async fn twice<T, E>(attempt: impl AsyncFn() -> Result<T, E>) -> Result<T, E> {
    match attempt().await {
        Ok(done) => Ok(done),
        Err(_) => attempt().await,
    }
}

fn unreadable(error: impl std::fmt::Display) -> CommandError {
    CommandError::Failed(format!("the list of migrations cannot be read: {error}"))
}

/// Reads the master key. It is created where one process serves or somebody develops; several gateways in production
/// must share one, so there a missing file is a mistake.
///
/// # Errors
/// The key file is missing or unusable.
pub(crate) fn master_key(configuration: &Configuration) -> Result<MasterKey, CommandError> {
    let path = &configuration.secrets.key_file;
    if !may_create_key(configuration) && !path.exists() {
        let shown = path.display();
        return Err(CommandError::Usage(format!(
            "secrets.key_file: {shown} is missing. All gateways of a city share one key; make it once and copy it:\n  \
             (umask 077; od -An -tx1 -N32 /dev/urandom | tr -d ' \\n' > {shown})"
        )));
    }
    load_or_create_secret(path)
        .map_err(|error| CommandError::Failed(format!("secrets.key_file: {}: {error}", path.display())))
}

/// The secrets of an installation.
#[derive(Clone, Copy)]
pub(crate) struct Secrets {
    /// The root secret, from which links, tokens and signatures are derived.
    pub(crate) root: [u8; 32],
    /// The master key, which wraps the root secret and the keys of personal data.
    pub(crate) master: [u8; 32],
}

impl Secrets {
    /// For looking at a database without opening anything.
    pub(crate) const NONE: Self = Self { root: [0; 32], master: [0; 32] };
}

/// Reads the master key and opens with it what the database keeps wrapped.
///
/// # Errors
/// As [`master_key`]; the key file is not the one of this database.
pub(crate) async fn secrets(configuration: &Configuration, database: &Database) -> Result<Secrets, CommandError> {
    let master = *master_key(configuration)?.bytes();
    let root = unlocked(configuration, database, &master).await?;
    Ok(Secrets { root, master })
}

/// Opens the root secret and the tenant keys with `master`, and makes them where there are none.
async fn unlocked(
    configuration: &Configuration,
    database: &Database,
    master: &[u8; 32],
) -> Result<[u8; 32], CommandError> {
    let vault = Vault::new(master, Arc::new(SystemEntropy));
    let now = SystemClock.now();
    let opened = async {
        vault.unlock(database, now).await?;
        vault.root_secret(database, RootOrigin::DrawnOrInherited, now).await
    };
    opened.await.map_err(|error| match error {
        DatabaseError::Internal(reason) => {
            let file = configuration.secrets.key_file.display();
            CommandError::Usage(format!("secrets.key_file: {file} does not open the keys of this database: {reason}"))
        }
        error => CommandError::Failed(format!("the keys of the database cannot be read: {error}")),
    })
}

/// Whether a missing key may be made on the spot.
pub(crate) fn may_create_key(configuration: &Configuration) -> bool {
    configuration.server.mode == Mode::Development || sqlite_file(configuration).is_some()
}

/// Wires the features over an open database.
///
/// # Errors
/// The place for files cannot be used.
pub(crate) fn application(
    configuration: &Configuration,
    database: Database,
    secrets: Secrets,
) -> Result<(Application, DeskWork), CommandError> {
    let server = &configuration.server;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (application, desk) = Application::new(Parts {
        database,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        master: secrets.root,
        vault: secrets.master,
        scheduling: scheduling_settings(configuration),
        identity: IdentitySettings::new(&server.public_url, &server.public_url, cores),
        openid: configuration.openid.clone(),
        secure_cookies: server.mode == Mode::Production || server.public_url.starts_with("https://"),
        files: FileStore::open(&files::place(configuration)?)
            .map_err(|error| CommandError::Failed(format!("uploads: {error}")))?,
        uploads: files::settings(configuration),
        zones: Arc::new(zones(configuration).unwrap_or_default()),
        practice_bank: configuration.payments.practice_bank,
        model: chat_model(configuration).unwrap_or_default(),
    });
    Ok((application.with_proof_of_work(configuration.limits.proof_of_work), desk))
}

/// The language model that the operator has named, if any. Read first by whoever serves, so that a mistake is told.
///
/// # Errors
/// The file or its key is missing or wrong.
pub(crate) fn chat_model(configuration: &Configuration) -> Result<Option<Arc<dyn Model>>, CommandError> {
    let Some(path) = &configuration.chat.model_file else { return Ok(None) };
    let model = ChatModel::read(path)
        .map_err(|reason| CommandError::Usage(format!("chat.model_file: {}: {reason}", path.display())))?;
    Ok(Some(Arc::new(model)))
}

/// Reads the list of streets and zones, if there is one. Whoever serves or works does so first, so that a mistake in it
/// is told and not taken for an empty list.
///
/// # Errors
/// The file is missing, or a line of it cannot be read.
pub(crate) fn zones(configuration: &Configuration) -> Result<StreetZones, CommandError> {
    let Some(path) = &configuration.services.zones_file else { return Ok(StreetZones::default()) };
    let wrong = |reason: &dyn std::fmt::Display| {
        CommandError::Usage(format!("services.zones_file: {}: {reason}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error.kind()))?;
    StreetZones::read(&text).map_err(|error| wrong(&error))
}

/// Reads the trusted documents, if there are any.
///
/// # Errors
/// The file cannot be read, or documents in it do not fit: all of them are named.
pub(crate) async fn manifest(configuration: &Configuration) -> Result<Manifest, CommandError> {
    let Some(path) = &configuration.server.trusted_documents else { return Ok(Manifest::default()) };
    let wrong =
        |problems: String| CommandError::Usage(format!("server.trusted_documents: {}: {problems}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let limits = http::Settings::from(configuration).limits;
    let manifest = Manifest::read(&text, &limits, graphql::misfits, graphql::public_seconds).await;
    let manifest =
        manifest.map_err(|problems| wrong(format!("{} problems\n  {}", problems.len(), problems.join("\n  "))))?;
    tracing::info!(documents = manifest.len(), for_whom = ?configuration.server.trusted_documents_for, "trusted documents");
    Ok(manifest)
}

fn scheduling_settings(configuration: &Configuration) -> Settings {
    let chosen = configuration.scheduling;
    let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    Settings {
        hold_minutes: small(chosen.hold_minutes),
        confirm_minutes: small(chosen.confirm_minutes),
        bookings_per_person: small(chosen.active_bookings_per_person),
        holds_per_session: small(chosen.holds_per_session),
        overbooking_cap: small(chosen.overbooking_cap),
        ..Settings::default()
    }
}
