//! The schema, as a list of additive steps for both engines. Definitions only; no step reads or knows the features.
//!
//! How to add one: `README.md` beside this crate.

mod m20261122_000001_city;
mod m20261122_000002_scheduling;
mod m20261122_000003_identity;
mod m20261122_000004_outbox;
mod m20261122_000005_identity_keys;
mod m20261123_000010_privacy;
mod m20261123_000011_audit_seals;

use sea_orm_migration::Migration;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseBackend, DatabaseConnection, TransactionTrait};

/// What [`Migrator`] can do: `up`, `status`, the pending steps. Re-exported so that callers need not name the library.
pub use sea_orm_migration::MigratorTrait;

/// The list of all steps, oldest first.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_city::Migration),
            Box::new(m20261122_000002_scheduling::Migration),
            Box::new(m20261122_000003_identity::Migration),
            Box::new(m20261122_000004_outbox::Migration),
            Box::new(m20261122_000005_identity_keys::Migration),
            Box::new(m20261123_000010_privacy::Migration),
            Box::new(m20261123_000011_audit_seals::Migration),
        ]
    }
}

/// Applies every step that is missing and gives their names, oldest first.
///
/// Two programs that start at once do not meet: on PostgreSQL all steps run in one transaction behind a lock, on SQLite
/// behind its one writer.
///
/// # Errors
/// What the database says; nothing is half applied.
pub async fn up(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let transaction = connection.begin().await?;
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        transaction.execute_unprepared("SELECT pg_advisory_xact_lock(20261122)").await?;
    }
    let steps = names(&Migrator::get_pending_migrations(&transaction).await?);
    Migrator::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(steps)
}

/// The names of the steps that are missing, oldest first.
///
/// # Errors
/// What the database says.
pub async fn pending(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    Ok(names(&Migrator::get_pending_migrations(connection).await?))
}

/// The names of the steps that were applied, oldest first.
///
/// # Errors
/// What the database says.
pub async fn applied(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    Ok(names(&Migrator::get_applied_migrations(connection).await?))
}

fn names(steps: &[Migration]) -> Vec<String> {
    steps.iter().map(|step| step.name().to_owned()).collect()
}

/// Runs `;`-separated definitions, with the words `{uuid}` and `{bytes}` replaced by the engine's types and
/// `{clustered}` by SQLite's way to keep a table in the order of its key.
pub(crate) async fn run(manager: &SchemaManager<'_>, definitions: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let (uuid, bytes, clustered) = match connection.get_database_backend() {
        DatabaseBackend::Postgres => ("uuid", "bytea", "WITH (fillfactor = 80)"),
        _ => ("BLOB", "BLOB", "WITHOUT ROWID"),
    };
    let definitions = definitions.replace("{uuid}", uuid).replace("{bytes}", bytes).replace("{clustered}", clustered);
    for statement in definitions.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Declares a step: its documentation, and the definitions it runs.
macro_rules! step {
    ($definitions:expr) => {
        use sea_orm_migration::prelude::*;

        /// The step.
        #[derive(DeriveMigrationName)]
        pub(crate) struct Migration;

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                crate::run(manager, $definitions).await
            }
        }
    };
}
pub(crate) use step;
