//! The table of signing keys; the secret halves are sealed.

use database::{Database, DatabaseError, Row, Unit};
use domain::time::Timestamp;
use uuid::Uuid;

/// A key as it is stored.
pub(crate) struct StoredKey {
    pub(crate) number: i64,
    pub(crate) id: String,
    pub(crate) sealed_seed: Vec<u8>,
    pub(crate) published_at: Timestamp,
    pub(crate) signs_from: Timestamp,
}

/// All keys, oldest first.
pub(crate) async fn all(database: &Database) -> Result<Vec<StoredKey>, DatabaseError> {
    let sql = "SELECT number, id, sealed_seed, published_at, signs_from FROM signing_key ORDER BY number";
    database.rows(sql, vec![]).await?.iter().map(stored).collect()
}

/// Adds a key behind the newest one, and says whether it did: not if somebody else has added one meanwhile. Breaks
/// `Rule::SigningKeyNumber` when that happens at the same moment.
pub(crate) async fn add(unit: &Unit, key: &StoredKey) -> Result<bool, DatabaseError> {
    let newest = unit.row("SELECT coalesce(max(number), 0) AS number FROM signing_key", vec![]).await?;
    if newest.map_or(Ok(0), |row| row.get::<i64>("number"))?.checked_add(1) != Some(key.number) {
        return Ok(false);
    }
    let sql = "INSERT INTO signing_key (number, id, sealed_seed, published_at, signs_from) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        key.number.into(),
        key.id.as_str().into(),
        key.sealed_seed.clone().into(),
        key.published_at.millis().into(),
        key.signs_from.millis().into(),
    ];
    unit.execute(sql, values).await.map(|added| added == 1)
}

/// Whose key seals the seed of a signing key: one for each, so that both go together.
pub(crate) const fn subject(number: i64) -> Uuid {
    let name = u64::from_be_bytes(*b"sign-key");
    Uuid::from_u64_pair(name, number.unsigned_abs())
}

/// Deletes all keys older than the one with this number.
pub(crate) async fn delete_before(unit: &Unit, number: i64) -> Result<u64, DatabaseError> {
    let gone = unit.execute("DELETE FROM signing_key WHERE number < $1", vec![number.into()]).await?;
    unit.destroy_keys_between(subject(0), subject(number.saturating_sub(1))).await?;
    Ok(gone)
}

/// Deletes every key there is. What sealed their seeds seals nothing any more, and goes with the keys that come.
pub(crate) async fn delete_every(unit: &Unit) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM signing_key", vec![]).await
}

/// Deletes the keys whose successor signs since before `before`.
pub(crate) async fn delete_gone(unit: &Unit, before: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "SELECT max(number) AS number FROM signing_key WHERE signs_from < $1";
    let row = unit.row(sql, vec![before.millis().into()]).await?;
    match row.map(|row| row.get::<Option<i64>>("number")).transpose()?.flatten() {
        Some(number) => delete_before(unit, number).await,
        None => Ok(0),
    }
}

fn stored(row: &Row) -> Result<StoredKey, DatabaseError> {
    Ok(StoredKey {
        number: row.get("number")?,
        id: row.get("id")?,
        sealed_seed: row.get("sealed_seed")?,
        published_at: Timestamp::from_millis(row.get("published_at")?),
        signs_from: Timestamp::from_millis(row.get("signs_from")?),
    })
}
