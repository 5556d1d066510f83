//! Rehearsals: drafts of their own, in a table of their own.

use database::{DatabaseError, Row, SubjectKey, Unit};
use domain::identifier::{ApplicationId, DefinitionId, Key};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::{Reader, key_word, subject_key, word};

/// A rehearsal.
#[derive(Debug, Clone)]
pub(crate) struct RehearsalRow {
    pub(crate) id: ApplicationId,
    pub(crate) definition: DefinitionId,
    pub(crate) service: Key,
    pub(crate) number: String,
    pub(crate) rev: i64,
    pub(crate) answers_sealed: Vec<u8>,
    pub(crate) key: Option<SubjectKey>,
    pub(crate) expires_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
}

fn read(row: &Row) -> Result<RehearsalRow, DatabaseError> {
    let id: Uuid = row.get("id")?;
    Ok(RehearsalRow {
        id: ApplicationId(id),
        definition: DefinitionId(row.get("definition")?),
        service: word(row, "service", key_word)?,
        number: row.get("number")?,
        rev: row.get("rev")?,
        answers_sealed: row.get("answers_sealed")?,
        key: subject_key(row, id)?,
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
        finished_at: row.get::<Option<i64>>("finished_at")?.map(Timestamp::from_millis),
    })
}

const SELECT: &str = "SELECT r.id, r.definition, r.service, r.number, r.rev, r.answers_sealed, r.expires_at, \
                      r.finished_at, k.generation AS key_generation, k.wrapped AS key_wrapped \
                      FROM rehearsal r LEFT JOIN subject_key k ON k.subject = r.id";

/// The rehearsal of this number.
pub(crate) async fn by_number(reader: Reader<'_>, number: &str) -> Result<Option<RehearsalRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE r.number = $1");
    reader.row(&sql, vec![number.into()]).await?.as_ref().map(read).transpose()
}

/// The rehearsal of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: ApplicationId) -> Result<Option<RehearsalRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE r.id = $1");
    reader.row(&sql, vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// Writes a new rehearsal.
pub(crate) async fn insert(unit: &Unit, row: &RehearsalRow, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO rehearsal (id, definition, service, number, rev, answers_sealed, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        row.id.0.into(),
        row.definition.0.into(),
        row.service.as_str().into(),
        row.number.as_str().into(),
        row.rev.into(),
        row.answers_sealed.clone().into(),
        at.millis().into(),
        row.expires_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Writes a changed rehearsal back, unless somebody changed it since `seen`. `false` when somebody did.
pub(crate) async fn update(unit: &Unit, row: &RehearsalRow, seen: i64) -> Result<bool, DatabaseError> {
    let sql = "UPDATE rehearsal SET rev = $1, answers_sealed = $2, finished_at = $3, expires_at = $4 \
               WHERE id = $5 AND rev = $6";
    let values = vec![
        row.rev.into(),
        row.answers_sealed.clone().into(),
        row.finished_at.map(Timestamp::millis).into(),
        row.expires_at.millis().into(),
        row.id.0.into(),
        seen.into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Deletes the rehearsals whose time is up, and gives them.
pub(crate) async fn delete_expired(unit: &Unit, now: Timestamp) -> Result<Vec<Uuid>, DatabaseError> {
    let sql = "DELETE FROM rehearsal WHERE expires_at <= $1 RETURNING id";
    unit.rows(sql, vec![now.millis().into()]).await?.iter().map(|row| row.at(0)).collect()
}
