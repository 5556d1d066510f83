//! Destroying keys, and what the engine keeps of deleted rows.

use crate::connect::Database;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::unit::Unit;
use uuid::Uuid;

use super::subject::list;

impl Unit {
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
        self.execute(sql, vec![list(subjects).into()]).await
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
