//! Which tables there are and what their columns hold, asked of the database itself.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

use super::kind::Kind;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::snapshot::Snapshot;
use crate::unit::Unit;

/// A table with its columns in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

impl Table {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its columns, sorted.
    pub fn columns(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The same table with these columns alone. `None` when it lacks one of them.
    pub fn with_columns(&self, names: &[String]) -> Option<Self> {
        let find = |name: &String| self.columns.iter().find(|column| column.name == *name).cloned();
        let columns = names.iter().map(find).collect::<Option<Vec<_>>>()?;
        Some(Self { name: self.name.clone(), columns })
    }
}

impl Snapshot {
    /// All tables but the list of migrations, by name. On PostgreSQL they are kept from being rewritten until the
    /// snapshot ends, as `pg_dump` does: an old snapshot would find a rewritten table empty.
    ///
    /// # Errors
    /// [`DatabaseError::Internal`] for a column of a kind that is not known here, and see [`DatabaseError`].
    pub async fn tables(&self) -> Result<Vec<Table>, DatabaseError> {
        let tables = tables(self.transaction(), self.engine()).await?;
        if self.engine() == Engine::Postgres && !tables.is_empty() {
            let names: Vec<String> = tables.iter().map(|table| quoted(&table.name)).collect();
            let lock = format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", "));
            self.transaction().execute_unprepared(&lock).await?;
        }
        Ok(tables)
    }
}

impl Unit {
    /// All tables but the list of migrations, by name.
    ///
    /// # Errors
    /// As [`Snapshot::tables`].
    pub async fn tables(&self) -> Result<Vec<Table>, DatabaseError> {
        tables(self.for_migrations(), self.engine()).await
    }
}

const SQLITE: &str = "
    SELECT m.name AS name, c.name AS column_name, c.type AS kind
    FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite|_%' ESCAPE '|' AND m.name <> 'seaql_migrations'";

const POSTGRES: &str = "
    SELECT t.table_name::text AS name, c.column_name::text AS column_name, c.udt_name::text AS kind
    FROM information_schema.tables AS t
    JOIN information_schema.columns AS c USING (table_schema, table_name)
    WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND t.table_name <> 'seaql_migrations'
    AND c.is_generated = 'NEVER'";

async fn tables(transaction: &DatabaseTransaction, engine: Engine) -> Result<Vec<Table>, DatabaseError> {
    let statement = Statement::from_string(engine.backend(), engine.choose(SQLITE, POSTGRES));
    let rows = transaction.query_all_raw(statement).await?;
    let mut tables: BTreeMap<String, BTreeMap<String, Kind>> = BTreeMap::new();
    for row in rows.into_iter().map(Row) {
        let (table, column): (String, String) = (row.at(0)?, row.at(1)?);
        let declared: String = row.at(2)?;
        let kind = engine.choose(Kind::of_sqlite(&declared), Kind::of_postgres(&declared));
        let unknown =
            || DatabaseError::Internal(format!("{table}.{column} is of a kind backups do not know: {declared}"));
        let kind = kind.ok_or_else(unknown)?;
        tables.entry(table).or_default().insert(column, kind);
    }
    let table = |(name, columns): (String, BTreeMap<String, Kind>)| Table {
        name,
        columns: columns.into_iter().map(|(name, kind)| Column { name, kind }).collect(),
    };
    Ok(tables.into_iter().map(table).collect())
}

/// A name as both engines take it, whatever is in it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
