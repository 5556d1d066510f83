//! Reading and writing the keys of subjects.

use domain::time::Timestamp;
use uuid::Uuid;

use super::SubjectKey;
use crate::connect::Database;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::unit::Unit;

const fn select(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT subject, generation, wrapped FROM subject_key \
             WHERE subject IN (SELECT unhex(value) FROM json_each($1)) ORDER BY subject"
        }
        Engine::Postgres => {
            "SELECT subject, generation, wrapped FROM subject_key \
             WHERE subject IN (SELECT value::uuid FROM json_array_elements_text($1::json)) ORDER BY subject"
        }
    }
}

impl Unit {
    /// Writes the key of something that is sealed in this unit. `false` when its tenant key is gone: seal again after
    /// [`super::Vault::refresh`].
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn keep_key(&self, key: &SubjectKey, now: Timestamp) -> Result<bool, DatabaseError> {
        let sql = self.engine().choose(
            "INSERT INTO subject_key (subject, generation, wrapped, created_at) \
             SELECT $1, generation, $3, $4 FROM tenant_key WHERE generation = $2",
            "INSERT INTO subject_key (subject, generation, wrapped, created_at) \
             SELECT $1::uuid, generation, $3::bytea, $4::bigint FROM tenant_key WHERE generation = $2",
        );
        let values = vec![key.subject.into(), key.generation.into(), key.wrapped.clone().into(), now.millis().into()];
        Ok(self.execute(sql, values).await? == 1)
    }

    /// The key of a subject, unless it is gone.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn subject_key(&self, subject: Uuid) -> Result<Option<SubjectKey>, DatabaseError> {
        let row = self.row(select(self.engine()), vec![list(&[subject]).into()]).await?;
        row.map(|row| key(&row)).transpose()
    }

    /// Destroys the keys of all subjects from `first` to `last`, and gives how many those were.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn destroy_keys_between(&self, first: Uuid, last: Uuid) -> Result<u64, DatabaseError> {
        let sql = "DELETE FROM subject_key WHERE subject >= $1 AND subject <= $2";
        self.execute(sql, vec![first.into(), last.into()]).await
    }
}

impl Database {
    /// The keys of these subjects, without those that are gone.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn subject_keys(&self, subjects: &[Uuid]) -> Result<Vec<SubjectKey>, DatabaseError> {
        let rows = self.rows(select(self.engine()), vec![list(subjects).into()]).await?;
        rows.iter().map(key).collect()
    }
}

fn key(row: &Row) -> Result<SubjectKey, DatabaseError> {
    Ok(SubjectKey { subject: row.at(0)?, generation: row.at(1)?, wrapped: row.at(2)? })
}

/// Ids as both engines read them from one parameter.
pub(super) fn list(ids: &[Uuid]) -> String {
    let hex: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    serde_json::to_string(&hex).unwrap_or_default()
}
