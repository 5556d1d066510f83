//! Writing and destroying keys, and what the engine keeps of deleted rows.

use crate::connect::Database;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::unit::Unit;
use crate::vault::SubjectKey;
use domain::time::Timestamp;
use uuid::Uuid;

impl Unit {
    /// Writes the key of a subject whose field is sealed in this unit. `false` when its tenant key is gone: seal again.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn keep_key(&self, key: &SubjectKey, now: Timestamp) -> Result<bool, DatabaseError> {
        let sql = "INSERT INTO subject_key (subject, generation, wrapped, created_at) \
                   SELECT $1, generation, $3, $4 FROM tenant_key WHERE generation = $2";
        let sql = self
            .engine()
            .choose(sql.to_owned(), sql.replace("$3, $4", "$3::bytea, $4::bigint").replace("$1,", "$1::uuid,"));
        let values = vec![key.subject.into(), key.generation.into(), key.wrapped.clone().into(), now.millis().into()];
        Ok(self.execute(&sql, values).await? == 1)
    }

    /// Destroys the keys of these subjects: whatever was sealed with them opens never again, here and in every copy of
    /// the data. Gives how many keys went.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn destroy_keys(&self, subjects: &[Uuid]) -> Result<u64, DatabaseError> {
        if subjects.is_empty() {
            return Ok(0);
        }
        let sql = match self.engine() {
            Engine::Sqlite => "DELETE FROM subject_key WHERE subject IN (SELECT unhex(value) FROM json_each($1))",
            Engine::Postgres => {
                "DELETE FROM subject_key WHERE subject IN (SELECT value::uuid FROM json_array_elements_text($1::json))"
            }
        };
        let list: Vec<String> = subjects.iter().map(|subject| subject.simple().to_string()).collect();
        self.execute(sql, vec![serde_json::to_string(&list).unwrap_or_default().into()]).await
    }
}

impl Database {
    /// Takes what was deleted out of the engine's own leftovers. SQLite overwrites deleted rows at once
    /// (`secure_delete`) and here folds its log back and empties it; PostgreSQL is asked to clear the dead rows of the
    /// table of keys. To be called after erasures, outside of units.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn scrub(&self) -> Result<(), DatabaseError> {
        let sql = self.engine().choose("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM subject_key");
        self.write(sql, vec![]).await.map(drop)
    }
}
