//! Filling tables from lines, inside one unit: rules about rows of other tables are held at its end, whatever the order.

use super::catalogue::{Table, quoted};
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::unit::Unit;

/// Who lives in a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Inhabitants {
    /// How many tables.
    pub tables: i64,
    /// Whether this program made them.
    pub ours: bool,
}

/// A rule about rows of another table that PostgreSQL would hold at once.
struct Reference {
    table: String,
    name: String,
}

impl Unit {
    /// Adds rows to `table`, each a line as [`crate::Snapshot::lines`] gives it.
    ///
    /// # Errors
    /// See [`DatabaseError`]; a line that is none is [`DatabaseError::Internal`].
    pub async fn add_lines(&self, table: &Table, lines: &[String]) -> Result<(), DatabaseError> {
        if lines.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
        let values = table.columns.iter().enumerate().map(|(index, column)| match self.engine() {
            Engine::Sqlite => column.kind.write_sqlite(index),
            Engine::Postgres => column.kind.write_postgres(index),
        });
        let values: Vec<String> = values.collect();
        let source = self.engine().choose("json_each($1)", "json_array_elements($1::json)");
        let (table, names, values) = (quoted(&table.name), names.join(", "), values.join(", "));
        let sql = format!("INSERT INTO {table} ({names}) SELECT {values} FROM {source}");
        self.execute(&sql, vec![format!("[{}]", lines.join(",")).into()]).await.map(drop)
    }

    /// Empties `table`, should a migration have put something into it. A table that is empty is not touched: some refuse
    /// every deletion.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn empty(&self, table: &Table) -> Result<(), DatabaseError> {
        let first = self.row(&format!("SELECT 1 FROM {} LIMIT 1", quoted(&table.name)), vec![]).await?;
        if first.is_none() {
            return Ok(());
        }
        self.execute(&format!("DELETE FROM {}", quoted(&table.name)), vec![]).await.map(drop)
    }

    /// Runs `fill` while rules about rows of other tables rest, and then holds them for all rows at once.
    ///
    /// # Errors
    /// What `fill` says; [`DatabaseError`] when a row refers to one that is not there.
    pub async fn in_any_order<T, E: From<DatabaseError>>(
        &self,
        fill: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        match self.engine() {
            Engine::Sqlite => {
                self.execute("PRAGMA defer_foreign_keys = ON", vec![]).await?;
                let filled = fill().await?;
                let broken = self.row("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", vec![]).await?;
                if let Some(row) = broken {
                    let table: String = row.at(0)?;
                    let reason = format!("a row of {table} refers to a row that is not there");
                    return Err(DatabaseError::Internal(reason).into());
                }
                self.execute("PRAGMA defer_foreign_keys = OFF", vec![]).await?;
                Ok(filled)
            }
            Engine::Postgres => {
                let references = self.references().await?;
                self.change(&references, "DEFERRABLE INITIALLY DEFERRED").await?;
                let filled = fill().await?;
                self.execute("SET CONSTRAINTS ALL IMMEDIATE", vec![]).await?;
                self.change(&references, "NOT DEFERRABLE").await?;
                Ok(filled)
            }
        }
    }

    async fn references(&self) -> Result<Vec<Reference>, DatabaseError> {
        let sql = "SELECT c.relname::text, k.conname::text FROM pg_constraint AS k \
                   JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = k.connamespace \
                   WHERE k.contype = 'f' AND NOT k.condeferrable AND n.nspname = current_schema()";
        let rows = self.rows(sql, vec![]).await?;
        rows.iter().map(|row| Ok(Reference { table: row.at(0)?, name: row.at(1)? })).collect()
    }

    async fn change(&self, references: &[Reference], how: &str) -> Result<(), DatabaseError> {
        for Reference { table, name } in references {
            let sql = format!("ALTER TABLE {} ALTER CONSTRAINT {} {how}", quoted(table), quoted(name));
            self.execute(&sql, vec![]).await?;
        }
        Ok(())
    }

    /// How many tables the schema has, the list of migrations included, and whether that list is among them.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn inhabitants(&self) -> Result<Inhabitants, DatabaseError> {
        let sql = self.engine().choose(
            "SELECT count(*), coalesce(sum(name = 'seaql_migrations'), 0) FROM sqlite_schema WHERE type = 'table'",
            "SELECT count(*), count(*) FILTER (WHERE table_name = 'seaql_migrations') FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
        );
        let Some(row) = self.row(sql, vec![]).await? else { return Ok(Inhabitants::default()) };
        Ok(Inhabitants { tables: row.at(0)?, ours: row.at::<i64>(1)? > 0 })
    }

    /// How many other connections of this program's kind use the same PostgreSQL database.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn other_connections(&self) -> Result<i64, DatabaseError> {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name = 'servicepoint' AND pid <> pg_backend_pid()";
        Ok(self.row(sql, vec![]).await?.map(|row| row.at(0)).transpose()?.unwrap_or_default())
    }

    /// Takes all tables of the schema away, the list of migrations and what their triggers call too. Kept or undone with the unit. On PostgreSQL only:
    /// an SQLite database is a file, and is replaced as one.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn drop_all_tables(&self) -> Result<(), DatabaseError> {
        let sql = "SELECT table_name::text FROM information_schema.tables \
                   WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
        let rows = self.rows(sql, vec![]).await?;
        let names = rows.iter().map(|row| row.at::<String>(0).map(|name| quoted(&name)));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        if names.is_empty() {
            return Ok(());
        }
        let functions = self.trigger_functions().await?;
        self.execute(&format!("DROP TABLE {} CASCADE", names.join(", ")), vec![]).await?;
        for function in functions {
            self.execute(&format!("DROP FUNCTION {function}"), vec![]).await?;
        }
        Ok(())
    }

    /// What the triggers of our tables call, as PostgreSQL names it.
    async fn trigger_functions(&self) -> Result<Vec<String>, DatabaseError> {
        let sql = "SELECT DISTINCT t.tgfoid::regprocedure::text FROM pg_trigger AS t \
                   JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace \
                   WHERE NOT t.tgisinternal AND n.nspname = current_schema()";
        self.rows(sql, vec![]).await?.iter().map(|row| row.at(0)).collect()
    }
}
