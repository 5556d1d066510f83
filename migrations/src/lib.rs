//! The schema, as a list of additive steps for both engines. Definitions only; no step reads or knows the features.
//!
//! How to add one: `README.md` beside this crate.

mod m20261122_000001_city;
mod m20261122_000002_scheduling;
mod m20261122_000003_identity;
mod m20261122_000004_outbox;
mod m20261122_000005_identity_keys;
mod m20261123_000006_sign_in;
mod m20261123_000007_openid;
mod m20261123_000008_messages;
mod m20261123_000009_edge;
mod m20261123_000010_privacy;
mod m20261123_000011_audit_seals;
mod m20261123_000012_accounts;
mod m20261123_000013_applications;
mod m20261123_000014_uploads;
mod m20261123_000015_notices;
mod m20261123_000016_exchange;
mod m20261123_000017_conversations;
mod m20261123_000018_reports;
mod m20261123_000019_pickup;
mod m20261123_000020_tours;
mod m20261123_000021_chat_editors;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryOrder, Statement,
    TransactionTrait,
};
use sea_orm_migration::seaql_migrations;

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
            Box::new(m20261123_000006_sign_in::Migration),
            Box::new(m20261123_000007_openid::Migration),
            Box::new(m20261123_000008_messages::Migration),
            Box::new(m20261123_000009_edge::Migration),
            Box::new(m20261123_000010_privacy::Migration),
            Box::new(m20261123_000011_audit_seals::Migration),
            Box::new(m20261123_000012_accounts::Migration),
            Box::new(m20261123_000013_applications::Migration),
            Box::new(m20261123_000014_uploads::Migration),
            Box::new(m20261123_000015_notices::Migration),
            Box::new(m20261123_000016_exchange::Migration),
            Box::new(m20261123_000017_conversations::Migration),
            Box::new(m20261123_000018_reports::Migration),
            Box::new(m20261123_000019_pickup::Migration),
            Box::new(m20261123_000020_tours::Migration),
            Box::new(m20261123_000021_chat_editors::Migration),
        ]
    }
}

/// Applies every step that is missing and gives their names, oldest first.
///
/// Two programs that start at once do not meet: on PostgreSQL all steps run in one transaction behind a lock, on SQLite
/// behind its one writer.
///
/// # Errors
/// What the database says, and a database that knows newer steps; nothing is half applied.
pub async fn up(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let transaction = connection.begin().await?;
    lock(&transaction).await?;
    let steps = standing(&transaction).await?.pending;
    apply(&transaction, None).await?;
    transaction.commit().await?;
    Ok(steps)
}

/// Keeps others from migrating until the transaction ends. SQLite has one writer anyway.
///
/// # Errors
/// What the database says.
pub async fn lock(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        transaction.execute_unprepared("SELECT pg_advisory_xact_lock(20261122)").await?;
    }
    Ok(())
}

/// Applies the next `count` steps, or all, inside a transaction that the caller commits: a backup brings its tables to
/// where they stood, fills them, and goes on from there.
///
/// # Errors
/// What the database says.
pub async fn apply(transaction: &DatabaseTransaction, count: Option<u32>) -> Result<(), DbErr> {
    Migrator::up(transaction, count).await
}

/// The names of all steps this program knows, oldest first.
pub fn known() -> Vec<String> {
    Migrator::get_migration_files().iter().map(|step| step.name().to_owned()).collect()
}

/// Where a database stands, seen from this program. All names are sorted oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Steps that were applied and that this program knows.
    pub applied: Vec<String>,
    /// Steps that this program knows and the database lacks.
    pub pending: Vec<String>,
    /// Steps that the database has and this program does not know: a newer program was here.
    pub newer: Vec<String>,
}

impl Standing {
    /// The newer steps that take something away. A program must not serve a database whose parts it may miss; by the
    /// rules of `README.md` such a step carries the word in its name.
    pub fn contracted(&self) -> Vec<&str> {
        self.newer.iter().map(String::as_str).filter(|name| takes_away(name)).collect()
    }
}

/// Whether a step says of itself that it takes something away.
pub fn takes_away(name: &str) -> bool {
    name.contains("_contract_")
}

/// Where a database stands. Looking changes nothing, not even an empty database.
///
/// # Errors
/// What the database says.
pub async fn standing(connection: &impl ConnectionTrait) -> Result<Standing, DbErr> {
    let known = known();
    let table = has_list(connection).await?;
    let there: Vec<String> = if table {
        let rows = seaql_migrations::Entity::find().order_by_asc(seaql_migrations::Column::Version).all(connection);
        rows.await?.into_iter().map(|row| row.version).collect()
    } else {
        Vec::new()
    };
    let (applied, pending) = known.iter().cloned().partition(|name| there.contains(name));
    let newer = there.into_iter().filter(|name| !known.contains(name)).collect();
    Ok(Standing { applied, pending, newer })
}

async fn has_list(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let backend = connection.get_database_backend();
    let sql = match backend {
        DatabaseBackend::Postgres => {
            "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'seaql_migrations'"
        }
        _ => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'seaql_migrations'",
    };
    Ok(connection.query_one_raw(Statement::from_string(backend, sql)).await?.is_some())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of definitions that take something away from a program that still needs it.
    const TAKING: [&str; 5] = ["DROP TABLE", "DROP COLUMN", "RENAME TO", "RENAME COLUMN", "SET NOT NULL"];

    fn breaches(files: &[(String, String)]) -> Vec<&str> {
        let takes = |text: &str| TAKING.iter().any(|word| text.to_uppercase().contains(word));
        files.iter().filter(|(name, text)| takes(text) && !takes_away(name)).map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_step_that_takes_something_away_says_so_in_its_name() {
        let folder = std::path::Path::new(env!("REPOSITORY_ROOT")).join("migrations/src");
        let files = known().into_iter().map(|name| {
            let text = std::fs::read_to_string(folder.join(format!("{name}.rs"))).expect("each step has its file");
            (name, text)
        });
        assert_eq!(breaches(&files.collect::<Vec<_>>()), Vec::<&str>::new());
        let step = |name: &str| (name.to_owned(), "alter table a drop column b".to_owned());
        assert_eq!(breaches(&[step("m1_less"), step("m1_contract_b")]), ["m1_less"]);
    }

    #[test]
    fn newer_steps_that_take_away_are_told_apart() {
        let newer = ["m2_more", "m3_contract_old"].map(str::to_owned).to_vec();
        let standing = Standing { newer, ..Standing::default() };
        assert_eq!(standing.contracted(), ["m3_contract_old"]);
    }
}
