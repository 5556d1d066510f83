//! The unit of work: several writes that hold together or not at all.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};
use tokio::sync::OwnedSemaphorePermit;

use crate::budget;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::silence::Silence;

/// An open unit of work. Dropping it undoes everything; [`Unit::commit`] keeps it.
pub struct Unit {
    transaction: DatabaseTransaction,
    engine: Engine,
    silence: Silence,
    _turn: OwnedSemaphorePermit,
}

impl Unit {
    pub(crate) fn new(
        transaction: DatabaseTransaction,
        engine: Engine,
        silence: Silence,
        turn: OwnedSemaphorePermit,
    ) -> Self {
        Self { transaction, engine, silence, _turn: turn }
    }

    /// The engine behind this unit.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Runs a statement and says how many rows it touched.
    ///
    /// # Errors
    /// See [`DatabaseError`]. After an error the unit can only be dropped.
    pub async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<u64, DatabaseError> {
        budget::take()?;
        let done = self.silence.watch(self.transaction.execute_raw(self.statement(sql, values))).await?;
        Ok(done.rows_affected())
    }

    /// Runs a statement and gives the rows it returns.
    ///
    /// # Errors
    /// As [`Unit::execute`].
    pub async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DatabaseError> {
        budget::take()?;
        let rows = self.silence.watch(self.transaction.query_all_raw(self.statement(sql, values))).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// Runs a statement and gives the first row it returns.
    ///
    /// # Errors
    /// As [`Unit::execute`].
    pub async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, DatabaseError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Keeps everything that was written.
    ///
    /// # Errors
    /// See [`DatabaseError`]. When the connection breaks during the commit its outcome is unknown; the idempotency key
    /// of the request tells on the next try.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        budget::step();
        Ok(self.silence.watch(self.transaction.commit()).await?)
    }

    /// The transaction for migrations alone: tables that a backup brings are made in the same unit as their rows.
    pub fn for_migrations(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.engine.backend(), sql, values)
    }
}
