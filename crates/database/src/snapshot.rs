//! A snapshot: reading many things as they were at one moment, while others go on writing.

use futures_util::StreamExt;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, IsolationLevel, SqliteTransactionMode,
    Statement, StreamTrait, TransactionOptions, TransactionTrait, Value,
};

use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::row::Row;

/// An open snapshot. It takes no lock that keeps writers out; dropping it ends it.
///
/// On SQLite it is a read transaction on the write-ahead log, which grows while it lasts. On PostgreSQL it is a read-only
/// transaction with REPEATABLE READ.
pub struct Snapshot {
    transaction: DatabaseTransaction,
    engine: Engine,
}

impl Snapshot {
    pub(crate) async fn begin(readers: &DatabaseConnection, engine: Engine) -> Result<Self, DatabaseError> {
        let options = match engine {
            Engine::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..TransactionOptions::default()
            },
            Engine::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let snapshot = Self { transaction: readers.begin_with_options(options).await?, engine };
        // The moment is that of the first read, so one is made now.
        snapshot.rows(engine.choose("SELECT count(*) FROM sqlite_schema", "SELECT 1"), vec![]).await?;
        Ok(snapshot)
    }

    /// The engine behind this snapshot.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Reads any number of rows.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DatabaseError> {
        Ok(self.transaction.query_all_raw(self.statement(sql, values)).await?.into_iter().map(Row).collect())
    }

    /// Reads the first row.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, DatabaseError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Hands over row by row, so that a table larger than the memory can be read.
    ///
    /// # Errors
    /// What `take` says, and see [`DatabaseError`].
    pub async fn each<E: From<DatabaseError>>(
        &self,
        sql: &str,
        values: Vec<Value>,
        take: impl FnMut(&Row) -> Result<(), E>,
    ) -> Result<(), E> {
        each(&self.transaction, self.statement(sql, values), take).await
    }

    /// The transaction for asking which migrations were applied.
    pub fn for_migrations(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    pub(crate) fn transaction(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.engine.backend(), sql, values)
    }
}

pub(crate) async fn each<E: From<DatabaseError>>(
    transaction: &DatabaseTransaction,
    statement: Statement,
    mut take: impl FnMut(&Row) -> Result<(), E>,
) -> Result<(), E> {
    let mut rows = transaction.stream_raw(statement).await.map_err(DatabaseError::from)?;
    while let Some(row) = rows.next().await {
        take(&Row(row.map_err(DatabaseError::from)?))?;
    }
    Ok(())
}
