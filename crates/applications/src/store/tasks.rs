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

/// Opens a task that may have been open before.
pub(crate) async fn reopen(
    unit: &Unit,
    case: CaseId,
    number: i64,
    kind: TaskKind,
    team: &Key,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_task (case_file, number, kind, team, created_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (case_file, number) DO UPDATE SET done_at = NULL, created_at = excluded.created_at";
    let values = vec![case.0.into(), number.into(), kind.as_str().into(), team.as_str().into(), at.millis().into()];
    unit.execute(sql, values).await.map(drop)
}

/// Closes one task, if it is open.
pub(crate) async fn close_one(unit: &Unit, case: CaseId, number: i64, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_task SET done_at = $1 WHERE case_file = $2 AND number = $3 AND done_at IS NULL";
    unit.execute(sql, vec![at.millis().into(), case.0.into(), number.into()]).await.map(drop)
}

/// Closes what is open of a case with its steps. A case that has not reached its receiver stays a task whatever else
/// happens to it.
pub(crate) async fn close(unit: &Unit, case: CaseId, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_task SET done_at = $1 WHERE case_file = $2 AND done_at IS NULL AND kind <> 'forward'";
    unit.execute(sql, vec![at.millis().into(), case.0.into()]).await.map(drop)
}

/// How many cases handed in before `before` are neither announced nor an open task of a team, or have not reached a body
/// that they should have been sent to by then without anybody having that as a task.
pub(crate) async fn silent(reader: Reader<'_>, before: Timestamp) -> Result<i64, DatabaseError> {
    let sql = "SELECT COUNT(*) FROM case_file c WHERE c.submitted_at < $1 AND ((\
               c.state NOT IN ('delivered', 'fulfilling', 'closed', 'erased') AND NOT EXISTS \
               (SELECT 1 FROM case_task t WHERE t.case_file = c.id AND t.done_at IS NULL AND t.team <> '' \
               AND t.kind <> 'forward')) OR EXISTS \
               (SELECT 1 FROM case_forward f WHERE f.case_file = c.id AND f.state IN ('waiting', 'dead') \
               AND f.created_at < $1 AND NOT EXISTS (SELECT 1 FROM case_task t WHERE t.case_file = f.case_file \
               AND t.number = f.task AND t.done_at IS NULL AND t.team <> '')))";
    let row = reader.row(sql, vec![before.millis().into()]).await?;
    row.map_or(Ok(0), |row| row.at(0))
}
