//! The tables of devices and of the codes that enrol them.

use database::{Database, DatabaseError, Row, Unit};
use domain::identifier::{AccountId, Key};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::account::{COLUMNS, FROM, Kept, kept};
use crate::store::words;

/// A code that waits for its device.
pub(crate) struct Enrolment {
    pub(crate) id: Uuid,
    pub(crate) code_hash: [u8; 32],
    pub(crate) office: Key,
    pub(crate) name: String,
    pub(crate) expires_at: Timestamp,
}

/// Adds a code.
pub(crate) async fn add_enrolment(
    unit: &Unit,
    enrolment: &Enrolment,
    created_by: Option<AccountId>,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO device_enrolment (id, code_hash, office, name, created_by, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        enrolment.id.into(),
        enrolment.code_hash.to_vec().into(),
        enrolment.office.as_str().into(),
        enrolment.name.as_str().into(),
        created_by.map(|account| account.0).into(),
        now.millis().into(),
        enrolment.expires_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Uses a code up, and gives what it was for; `None` when it is unknown, used or has ended.
pub(crate) async fn use_enrolment(
    unit: &Unit,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Enrolment>, DatabaseError> {
    let sql = "UPDATE device_enrolment SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 \
               RETURNING id, office, name, expires_at";
    let row = unit.row(sql, vec![code_hash.to_vec().into(), now.millis().into()]).await?;
    let read = |row: Row| {
        let office = words::office(Some(row.get("office")?))?;
        Ok(Enrolment {
            id: row.get("id")?,
            code_hash: *code_hash,
            office: office.ok_or_else(|| DatabaseError::Internal("an enrolment has no office".into()))?,
            name: row.get("name")?,
            expires_at: Timestamp::from_millis(row.get("expires_at")?),
        })
    };
    row.map(read).transpose()
}

/// When the code `id` ends.
pub(crate) async fn enrolment_end(database: &Database, id: Uuid) -> Result<Option<Timestamp>, DatabaseError> {
    let row = database.row("SELECT expires_at FROM device_enrolment WHERE id = $1", vec![id.into()]).await?;
    row.map(|row| row.get("expires_at").map(Timestamp::from_millis)).transpose()
}

/// Deletes the codes that have ended by `now`.
pub(crate) async fn delete_ended_enrolments(unit: &Unit, now: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM device_enrolment WHERE expires_at <= $1", vec![now.millis().into()]).await
}

/// The devices of an office that are not disabled, newest first, at most 200: more than any office hangs up.
pub(crate) async fn of_office(
    database: &Database,
    office: &Key,
) -> Result<Vec<(Kept, Option<Timestamp>)>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT max(rotated_at) FROM token_family WHERE token_family.account = account.id) AS seen_at \
         FROM {FROM} WHERE account.office = $1 AND account.role = 'device' AND account.disabled_at IS NULL \
         ORDER BY account.id DESC LIMIT 200"
    );
    let read = |row: &Row| {
        let seen_at: Option<i64> = row.get("seen_at")?;
        Ok((kept(row)?, seen_at.map(Timestamp::from_millis)))
    };
    database.rows(&sql, vec![office.as_str().into()]).await?.iter().map(read).collect()
}
