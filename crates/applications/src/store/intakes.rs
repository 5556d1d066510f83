//! How applications arrived, and which case is claimed by what arrives twice.

use database::{DatabaseError, Row, Unit};
use domain::identifier::{AccountId, ApplicationId, CaseId, IntakeId};
use domain::time::Timestamp;

use crate::arrive::{ArrivalReason, Fingerprint};
use crate::case::Intake;
use crate::store::{Reader, word};

/// One arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IntakeRow {
    pub(crate) id: IntakeId,
    pub(crate) application: ApplicationId,
    pub(crate) case: CaseId,
    pub(crate) way: Intake,
    pub(crate) reason: ArrivalReason,
    pub(crate) arrived_at: Timestamp,
    /// Who typed it in for somebody.
    pub(crate) recorded_by: Option<AccountId>,
}

const COLUMNS: &str = "i.id, i.application, i.case_file, i.way, i.reason, i.arrived_at, i.recorded_by";

fn read(row: &Row) -> Result<IntakeRow, DatabaseError> {
    Ok(IntakeRow {
        id: IntakeId(row.get("id")?),
        application: ApplicationId(row.get("application")?),
        case: CaseId(row.get("case_file")?),
        way: word(row, "way", Intake::parse)?,
        reason: word(row, "reason", ArrivalReason::parse)?,
        arrived_at: Timestamp::from_millis(row.get("arrived_at")?),
        recorded_by: row.get::<Option<uuid::Uuid>>("recorded_by")?.map(AccountId),
    })
}

/// Writes an arrival down.
pub(crate) async fn insert(unit: &Unit, row: &IntakeRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_intake (id, application, case_file, way, reason, arrived_at, recorded_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        row.id.0.into(),
        row.application.0.into(),
        row.case.0.into(),
        row.way.as_str().into(),
        row.reason.as_str().into(),
        row.arrived_at.millis().into(),
        row.recorded_by.map(|account| account.0).into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// The arrival of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: IntakeId) -> Result<Option<IntakeRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM case_intake i WHERE i.id = $1");
    reader.row(&sql, vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// The arrivals of a case, oldest first.
pub(crate) async fn of_case(reader: Reader<'_>, case: CaseId) -> Result<Vec<IntakeRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM case_intake i WHERE i.case_file = $1 ORDER BY i.arrived_at, i.id");
    reader.rows(&sql, vec![case.0.into()]).await?.iter().map(read).collect()
}

/// How many arrivals a case has.
pub(crate) async fn count(reader: Reader<'_>, case: CaseId) -> Result<i64, DatabaseError> {
    let row = reader.row("SELECT COUNT(*) FROM case_intake WHERE case_file = $1", vec![case.0.into()]).await?;
    row.map_or(Ok(0), |row| row.at(0))
}

/// Lets an arrival begin a case of its own. `false` when somebody did so meanwhile; then the unit is to be dropped.
pub(crate) async fn separate(unit: &Unit, row: &IntakeRow, case: CaseId) -> Result<bool, DatabaseError> {
    let sql = "UPDATE case_intake SET case_file = $1, reason = $2 WHERE id = $3 AND case_file = $4 AND reason = $5";
    let values = vec![
        case.0.into(),
        ArrivalReason::Separated.as_str().into(),
        row.id.0.into(),
        row.case.0.into(),
        row.reason.as_str().into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Whether an account has a part in anything that joined a case.
pub(crate) async fn takes_part(reader: Reader<'_>, case: CaseId, account: AccountId) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM case_intake i JOIN party p ON p.application = i.application \
               WHERE i.case_file = $1 AND p.account = $2 LIMIT 1";
    Ok(reader.row(sql, vec![case.0.into(), account.0.into()]).await?.is_some())
}

/// Claims for a case whatever arrives like this, unless another case did since `since`.
pub(crate) async fn claim(
    unit: &Unit,
    fingerprint: &Fingerprint,
    case: CaseId,
    (since, now): (Timestamp, Timestamp),
) -> Result<bool, DatabaseError> {
    let sql = "INSERT INTO intake_claim (fingerprint, case_file, claimed_at) VALUES ($1, $2, $3) \
               ON CONFLICT (fingerprint) DO UPDATE SET case_file = excluded.case_file, claimed_at = excluded.claimed_at \
               WHERE intake_claim.claimed_at <= $4";
    let values = vec![fingerprint.key.clone().into(), case.0.into(), now.millis().into(), since.millis().into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// The case that claimed what arrives like this.
pub(crate) async fn claimed_by(reader: Reader<'_>, fingerprint: &Fingerprint) -> Result<Option<CaseId>, DatabaseError> {
    let sql = "SELECT case_file FROM intake_claim WHERE fingerprint = $1";
    let row = reader.row(sql, vec![fingerprint.key.clone().into()]).await?;
    row.map(|row| Ok(CaseId(row.at(0)?))).transpose()
}

/// Lets whatever arrives from now on begin a case of its own.
pub(crate) async fn release(unit: &Unit, case: CaseId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM intake_claim WHERE case_file = $1", vec![case.0.into()]).await.map(drop)
}
