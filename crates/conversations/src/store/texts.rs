//! The texts of the chatbot: one row.

use database::{Database, DatabaseError, Unit};
use domain::time::Timestamp;

/// The hash of the texts, and the number of what editors published beside them.
pub(crate) async fn standing(database: &Database) -> Result<(String, i64), DatabaseError> {
    let sql = "SELECT (SELECT sha256 FROM chat_text WHERE id = 1), (SELECT number FROM chat_edition WHERE id = 1)";
    let Some(row) = database.row(sql, vec![]).await? else { return Ok((String::new(), 0)) };
    let (sha256, edition): (Option<String>, Option<i64>) = (row.at(0)?, row.at(1)?);
    Ok((sha256.unwrap_or_default(), edition.unwrap_or_default()))
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
