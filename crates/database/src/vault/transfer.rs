//! Keys travel apart from data: a copy of the data without its keys opens nothing, so it may live longer than the keys.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connect::Database;
use crate::engine::Engine;
use crate::error::DatabaseError;

/// The tables that hold wrapped keys. They belong into a backup of their own that expires before the data's.
pub const KEY_TABLES: [&str; 4] = ["root_secret", "tenant_key", "index_key", "subject_key"];

/// One row of the tables of keys; still wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "table", rename_all = "snake_case")]
enum Line {
    RootSecret { master: String, wrapped: String, created_at: i64 },
    TenantKey { generation: i64, master: String, wrapped: String, created_at: i64 },
    IndexKey { generation: i64, master: String, wrapped: String, created_at: i64 },
    SubjectKey { subject: Uuid, generation: i64, wrapped: String, created_at: i64 },
}

impl Database {
    /// Every key as a line of JSON, wrapped as it is: worthless without the master key's file.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn export_keys(&self) -> Result<Vec<String>, DatabaseError> {
        let unit = self.begin().await?;
        if unit.engine() == Engine::Postgres {
            unit.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", vec![]).await?;
        }
        let mut lines = Vec::new();
        for row in unit.rows("SELECT master, wrapped, created_at FROM root_secret", vec![]).await? {
            let wrapped = hex::encode(row.at::<Vec<u8>>(1)?);
            lines.push(Line::RootSecret { master: row.at(0)?, wrapped, created_at: row.at(2)? });
        }
        let sql = "SELECT generation, master, wrapped, created_at FROM tenant_key ORDER BY generation";
        for row in unit.rows(sql, vec![]).await? {
            let wrapped = hex::encode(row.at::<Vec<u8>>(2)?);
            lines.push(Line::TenantKey { generation: row.at(0)?, master: row.at(1)?, wrapped, created_at: row.at(3)? });
        }
        let sql = "SELECT generation, master, wrapped, created_at FROM index_key ORDER BY generation";
        for row in unit.rows(sql, vec![]).await? {
            let wrapped = hex::encode(row.at::<Vec<u8>>(2)?);
            lines.push(Line::IndexKey { generation: row.at(0)?, master: row.at(1)?, wrapped, created_at: row.at(3)? });
        }
        let sql = "SELECT subject, generation, wrapped, created_at FROM subject_key ORDER BY subject";
        for row in unit.rows(sql, vec![]).await? {
            let wrapped = hex::encode(row.at::<Vec<u8>>(2)?);
            let (subject, generation) = (row.at(0)?, row.at(1)?);
            lines.push(Line::SubjectKey { subject, generation, wrapped, created_at: row.at(3)? });
        }
        let text =
            |line: &Line| serde_json::to_string(line).map_err(|error| DatabaseError::Internal(error.to_string()));
        lines.iter().map(text).collect()
    }

    /// Replaces all keys by those of `lines`, in one unit. Gives how many there are now.
    ///
    /// # Errors
    /// [`DatabaseError::Internal`] when a line is none of [`Database::export_keys`]; then nothing has changed.
    pub async fn import_keys(&self, lines: impl IntoIterator<Item = &str>) -> Result<u64, DatabaseError> {
        let unit = self.begin().await?;
        for table in KEY_TABLES {
            unit.execute(&format!("DELETE FROM {table}"), vec![]).await?;
        }
        let mut keys = 0;
        for (index, line) in lines.into_iter().enumerate() {
            let unreadable = |_| DatabaseError::Internal(format!("line {} holds no key", index + 1));
            let bytes = |text: &str| {
                hex::decode(text).map_err(|_| DatabaseError::Internal(format!("line {} holds no key", index + 1)))
            };
            let (sql, values) = match serde_json::from_str(line).map_err(unreadable)? {
                Line::RootSecret { master, wrapped, created_at } => (
                    "INSERT INTO root_secret (id, master, wrapped, created_at) VALUES (1, $1, $2, $3)",
                    vec![master.into(), bytes(&wrapped)?.into(), created_at.into()],
                ),
                Line::TenantKey { generation, master, wrapped, created_at } => (
                    "INSERT INTO tenant_key (generation, master, wrapped, created_at) VALUES ($1, $2, $3, $4)",
                    vec![generation.into(), master.into(), bytes(&wrapped)?.into(), created_at.into()],
                ),
                Line::IndexKey { generation, master, wrapped, created_at } => (
                    "INSERT INTO index_key (generation, master, wrapped, created_at) VALUES ($1, $2, $3, $4)",
                    vec![generation.into(), master.into(), bytes(&wrapped)?.into(), created_at.into()],
                ),
                Line::SubjectKey { subject, generation, wrapped, created_at } => (
                    "INSERT INTO subject_key (subject, generation, wrapped, created_at) VALUES ($1, $2, $3, $4)",
                    vec![subject.into(), generation.into(), bytes(&wrapped)?.into(), created_at.into()],
                ),
            };
            keys += unit.execute(sql, values).await?;
        }
        unit.commit().await?;
        Ok(keys)
    }

    /// Takes all keys out of a copy of the database, which then opens nothing. Never for the database in use.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn drop_keys(&self) -> Result<(), DatabaseError> {
        let unit = self.begin().await?;
        for table in KEY_TABLES {
            unit.execute(&format!("DELETE FROM {table}"), vec![]).await?;
        }
        unit.commit().await?;
        if self.engine() == Engine::Sqlite {
            self.write("VACUUM", vec![]).await?;
        }
        self.scrub().await
    }
}
