//! Reading a table line by line.

use sea_orm::{DatabaseTransaction, Statement};

use super::catalogue::{Table, quoted};
use super::checksum::TableSum;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::snapshot::{Snapshot, each};
use crate::unit::Unit;

impl Snapshot {
    /// Hands over each row of `table` as a line without its end, and gives the sum of what was handed over.
    ///
    /// # Errors
    /// What `take` says, and see [`DatabaseError`].
    pub async fn lines<E: From<DatabaseError>>(
        &self,
        table: &Table,
        take: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<TableSum, E> {
        lines(self.transaction(), self.engine(), table, take).await
    }

    /// The sum of a table's rows.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn sum(&self, table: &Table) -> Result<TableSum, DatabaseError> {
        self.lines(table, |_| Ok(())).await
    }
}

impl Unit {
    /// The sum of a table's rows.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn sum(&self, table: &Table) -> Result<TableSum, DatabaseError> {
        lines(self.for_migrations(), self.engine(), table, |_| Ok(())).await
    }
}

async fn lines<E: From<DatabaseError>>(
    transaction: &DatabaseTransaction,
    engine: Engine,
    table: &Table,
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<TableSum, E> {
    let mut sum = TableSum::default();
    let statement = Statement::from_string(engine.backend(), selection(engine, table));
    each(transaction, statement, |row| {
        let line = line(table, row)?;
        sum.add(&line);
        take(&line)
    })
    .await?;
    Ok(sum)
}

fn selection(engine: Engine, table: &Table) -> String {
    let columns = table.columns.iter().map(|column| {
        let name = quoted(&column.name);
        engine.choose(column.kind.read_sqlite(&name), column.kind.read_postgres(&name))
    });
    let columns: Vec<String> = columns.collect();
    format!("SELECT {} FROM {}", columns.join(", "), quoted(&table.name))
}

fn line(table: &Table, row: &Row) -> Result<String, DatabaseError> {
    let values = table.columns.iter().enumerate().map(|(index, column)| column.kind.value(row, index));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    serde_json::to_string(&values).map_err(|error| DatabaseError::Internal(error.to_string()))
}
