//! What teams have to do, and the cases that nobody has.

use database::{DatabaseError, Unit};
use domain::application::TaskKind;
use domain::identifier::{CaseId, Key};
use domain::time::Timestamp;

use crate::store::Reader;

/// Opens a task. Its number is that of the event that made it.
pub(crate) async fn open(
    unit: &Unit,
    case: CaseId,
    number: i64,
    kind: TaskKind,
    team: &Key,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_task (case_file, number, kind, team, created_at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![case.0.into(), number.into(), kind.as_str().into(), team.as_str().into(), at.millis().into()];
    unit.execute(sql, values).await.map(drop)
}

/// Closes what is open of a case.
pub(crate) async fn close(unit: &Unit, case: CaseId, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_task SET done_at = $1 WHERE case_file = $2 AND done_at IS NULL";
    unit.execute(sql, vec![at.millis().into(), case.0.into()]).await.map(drop)
}

/// How many cases handed in before `before` are neither announced nor an open task of a team.
pub(crate) async fn silent(reader: Reader<'_>, before: Timestamp) -> Result<i64, DatabaseError> {
    let sql = "SELECT COUNT(*) FROM case_file c WHERE c.submitted_at < $1 \
               AND c.state NOT IN ('delivered', 'fulfilling', 'closed', 'erased') AND NOT EXISTS \
               (SELECT 1 FROM case_task t WHERE t.case_file = c.id AND t.done_at IS NULL AND t.team <> '')";
    let row = reader.row(sql, vec![before.millis().into()]).await?;
    row.map_or(Ok(0), |row| row.at(0))
}
