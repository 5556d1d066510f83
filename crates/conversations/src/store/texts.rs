//! The texts of the chatbot: one row.

use database::{Database, DatabaseError, Unit};
use domain::time::Timestamp;

/// The hash of the texts.
pub(crate) async fn sha256(database: &Database) -> Result<Option<String>, DatabaseError> {
    let row = database.row("SELECT sha256 FROM chat_text WHERE id = 1", vec![]).await?;
    row.map(|row| row.at(0)).transpose()
}

/// The texts with their hash.
pub(crate) async fn read(database: &Database) -> Result<Option<(String, String)>, DatabaseError> {
    let row = database.row("SELECT sha256, texts FROM chat_text WHERE id = 1", vec![]).await?;
    row.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

/// Writes the texts in place of what was there. The same texts again change nothing.
pub(crate) async fn put(unit: &Unit, sha256: &str, texts: &str, now: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO chat_text (id, sha256, texts, changed_at) VALUES (1, $1, $2, $3) \
               ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, texts = excluded.texts, \
               changed_at = excluded.changed_at WHERE chat_text.sha256 <> excluded.sha256";
    unit.execute(sql, vec![sha256.into(), texts.into(), now.millis().into()]).await.map(drop)
}
