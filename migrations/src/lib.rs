//! The schema, as a list of additive steps for both engines. Definitions only; no step reads or knows the features.
//!
//! How to add one: `README.md` beside this crate.

mod m20261122_000001_city;
mod m20261122_000002_scheduling;
mod m20261122_000003_identity;
mod m20261122_000004_outbox;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// The list of all steps, oldest first.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_city::Migration),
            Box::new(m20261122_000002_scheduling::Migration),
            Box::new(m20261122_000003_identity::Migration),
            Box::new(m20261122_000004_outbox::Migration),
        ]
    }
}

/// Runs `;`-separated definitions, with the words `{uuid}` and `{bytes}` replaced by the engine's types and
/// `{clustered}` by SQLite's way to keep a table in the order of its key.
pub(crate) async fn run(manager: &SchemaManager<'_>, definitions: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let (uuid, bytes, clustered) = match connection.get_database_backend() {
        DatabaseBackend::Postgres => ("uuid", "bytea", "WITH (fillfactor = 80)"),
        _ => ("BLOB", "BLOB", "WITHOUT ROWID"),
    };
    let definitions = definitions
        .replace("{uuid}", uuid)
        .replace("{bytes}", bytes)
        .replace("{clustered}", clustered);
    for statement in definitions
        .split(';')
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
    {
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
