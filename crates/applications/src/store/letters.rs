//! Letters that were issued.

use database::{DatabaseError, Row, Unit};
use domain::identifier::{CaseId, DefinitionId, Key, LetterId};
use domain::time::Timestamp;

use crate::letter::Occasion;
use crate::store::{Reader, key_word, word};

/// A letter.
#[derive(Debug, Clone)]
pub(crate) struct LetterRow {
    pub(crate) id: LetterId,
    pub(crate) case: CaseId,
    pub(crate) definition: DefinitionId,
    pub(crate) service: Key,
    pub(crate) occasion: Occasion,
    /// The number of the event it tells of: letters of one instant keep their order.
    pub(crate) position: i64,
    /// The first half of the code that verifies it.
    pub(crate) number: String,
    pub(crate) content_sealed: Vec<u8>,
    pub(crate) issued_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

const SELECT: &str = "SELECT id, case_file, definition, service, occasion, position, number, content_sealed, \
                      issued_at, revoked_at FROM case_letter";

fn read(row: &Row) -> Result<LetterRow, DatabaseError> {
    let revoked: Option<i64> = row.get("revoked_at")?;
    Ok(LetterRow {
        id: LetterId(row.get("id")?),
        case: CaseId(row.get("case_file")?),
        definition: DefinitionId(row.get("definition")?),
        service: word(row, "service", key_word)?,
        occasion: word(row, "occasion", Occasion::parse)?,
        position: row.get("position")?,
        number: row.get("number")?,
        content_sealed: row.get("content_sealed")?,
        issued_at: Timestamp::from_millis(row.get("issued_at")?),
        revoked_at: revoked.map(Timestamp::from_millis),
    })
}

/// The letter of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: LetterId) -> Result<Option<LetterRow>, DatabaseError> {
    reader.row(&format!("{SELECT} WHERE id = $1"), vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// The letter with this number.
pub(crate) async fn by_number(reader: Reader<'_>, number: &str) -> Result<Option<LetterRow>, DatabaseError> {
    reader.row(&format!("{SELECT} WHERE number = $1"), vec![number.into()]).await?.as_ref().map(read).transpose()
}

/// The letters about a case, oldest first.
pub(crate) async fn of_case(reader: Reader<'_>, case: CaseId) -> Result<Vec<LetterRow>, DatabaseError> {
    let rows =
        reader.rows(&format!("{SELECT} WHERE case_file = $1 ORDER BY position, id"), vec![case.0.into()]).await?;
    rows.iter().map(read).collect()
}

/// Writes a new letter.
///
/// # Errors
/// `Rule::LetterNumber`.
pub(crate) async fn insert(unit: &Unit, letter: &LetterRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_letter (id, case_file, definition, service, occasion, number, content_sealed, issued_at, \
               position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        letter.id.0.into(),
        letter.case.0.into(),
        letter.definition.0.into(),
        letter.service.as_str().into(),
        letter.occasion.as_str().into(),
        letter.number.as_str().into(),
        letter.content_sealed.clone().into(),
        letter.issued_at.millis().into(),
        letter.position.into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// The decisions that were announced in a case do not hold any more.
pub(crate) async fn revoke_decisions(unit: &Unit, case: CaseId, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_letter SET revoked_at = $1 WHERE case_file = $2 AND revoked_at IS NULL \
               AND occasion NOT IN ('receipt', 'request')";
    unit.execute(sql, vec![at.millis().into(), case.0.into()]).await.map(drop)
}

/// A letter does not hold any more.
pub(crate) async fn revoke(unit: &Unit, letter: LetterId, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_letter SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    unit.execute(sql, vec![at.millis().into(), letter.0.into()]).await.map(drop)
}
