//! Permits. What they permit stands sealed in their letter; here stands when.

use chrono::NaiveDate;
use database::{DatabaseError, Row, Unit};
use domain::identifier::{CaseId, Key, LetterId, PermitId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::{Reader, key_word, word};

/// A permit.
#[derive(Debug, Clone)]
pub(crate) struct PermitRow {
    pub(crate) id: PermitId,
    pub(crate) case: CaseId,
    pub(crate) letter: LetterId,
    pub(crate) service: Key,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_until: NaiveDate,
    pub(crate) remind_on: NaiveDate,
    pub(crate) issued_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

const SELECT: &str = "SELECT id, case_file, letter, service, valid_from, valid_until, remind_on, issued_at, revoked_at \
                      FROM permit";

fn read(row: &Row) -> Result<PermitRow, DatabaseError> {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let revoked: Option<i64> = row.get("revoked_at")?;
    Ok(PermitRow {
        id: PermitId(row.get("id")?),
        case: CaseId(row.get("case_file")?),
        letter: LetterId(row.get("letter")?),
        service: word(row, "service", key_word)?,
        valid_from: word(row, "valid_from", day)?,
        valid_until: word(row, "valid_until", day)?,
        remind_on: word(row, "remind_on", day)?,
        issued_at: Timestamp::from_millis(row.get("issued_at")?),
        revoked_at: revoked.map(Timestamp::from_millis),
    })
}

/// The permit of a case: the one that holds, before those taken back.
pub(crate) async fn of_case(reader: Reader<'_>, case: CaseId) -> Result<Option<PermitRow>, DatabaseError> {
    let sql = format!(
        "{SELECT} WHERE case_file = $1 ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 1"
    );
    reader.row(&sql, vec![case.0.into()]).await?.as_ref().map(read).transpose()
}

/// The permit that a letter grants.
pub(crate) async fn of_letter(reader: Reader<'_>, letter: LetterId) -> Result<Option<PermitRow>, DatabaseError> {
    reader.row(&format!("{SELECT} WHERE letter = $1"), vec![letter.0.into()]).await?.as_ref().map(read).transpose()
}

/// Writes a new permit.
pub(crate) async fn insert(unit: &Unit, permit: &PermitRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO permit (id, case_file, letter, service, valid_from, valid_until, remind_on, issued_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        permit.id.0.into(),
        permit.case.0.into(),
        permit.letter.0.into(),
        permit.service.as_str().into(),
        permit.valid_from.to_string().into(),
        permit.valid_until.to_string().into(),
        permit.remind_on.to_string().into(),
        permit.issued_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Takes a permit back. `false` when it was before.
pub(crate) async fn revoke(unit: &Unit, id: PermitId, why: &str, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE permit SET revoked_at = $1, revoked_why = $2 WHERE id = $3 AND revoked_at IS NULL";
    Ok(unit.execute(sql, vec![at.millis().into(), why.into(), id.0.into()]).await? == 1)
}

/// Takes back whatever permits of a case hold.
pub(crate) async fn revoke_of_case(unit: &Unit, case: CaseId, why: &str, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE permit SET revoked_at = $1, revoked_why = $2 WHERE case_file = $3 AND revoked_at IS NULL";
    unit.execute(sql, vec![at.millis().into(), why.into(), case.0.into()]).await.map(drop)
}

/// Permits taken back that would hold on `today` or later, ascending by id.
pub(crate) async fn revoked(reader: Reader<'_>, today: NaiveDate) -> Result<Vec<Uuid>, DatabaseError> {
    let sql = "SELECT id FROM permit WHERE revoked_at IS NOT NULL AND valid_until >= $1 ORDER BY id";
    reader.rows(sql, vec![today.to_string().into()]).await?.iter().map(|row| row.at(0)).collect()
}

/// Permits whose holders are to be reminded by `today`.
pub(crate) async fn to_remind(
    reader: Reader<'_>,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<PermitRow>, DatabaseError> {
    let sql = format!(
        "{SELECT} WHERE remind_on <= $1 AND valid_until >= $1 AND reminded_at IS NULL AND revoked_at IS NULL \
         ORDER BY remind_on LIMIT $2"
    );
    let rows = reader.rows(&sql, vec![today.to_string().into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// Notes that the holder was reminded. `false` when that was done before, or the permit was taken back.
pub(crate) async fn mark_reminded(unit: &Unit, id: PermitId, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE permit SET reminded_at = $1 WHERE id = $2 AND reminded_at IS NULL AND revoked_at IS NULL";
    Ok(unit.execute(sql, vec![at.millis().into(), id.0.into()]).await? == 1)
}
