//! Cases on their way to other bodies.

use database::{Database, DatabaseError, Row, Unit, Value};
use domain::identifier::{CaseId, Key};
use domain::time::Timestamp;

use crate::forward::{ForwardState, ForwardView};
use crate::store::{Reader, key_word, word};

/// A case that is to reach a sink.
#[derive(Debug, Clone)]
pub(crate) struct ForwardRow {
    pub(crate) case: CaseId,
    pub(crate) sink: String,
    /// The event that caused it.
    pub(crate) number: i64,
    /// The number of its task, below zero.
    pub(crate) task: i64,
    pub(crate) team: Key,
    pub(crate) state: ForwardState,
    pub(crate) attempts: i64,
    pub(crate) submission: Option<String>,
    pub(crate) remote_case: Option<String>,
    pub(crate) tags: Option<String>,
    pub(crate) remote: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) created_at: Timestamp,
}

const COLUMNS: &str =
    "case_file, sink, number, task, team, state, attempts, submission, remote_case, tags, remote, reason, created_at";

fn read(row: &Row) -> Result<ForwardRow, DatabaseError> {
    Ok(ForwardRow {
        case: CaseId(row.get("case_file")?),
        sink: row.get("sink")?,
        number: row.get("number")?,
        task: row.get("task")?,
        team: word(row, "team", key_word)?,
        state: word(row, "state", ForwardState::parse)?,
        attempts: row.get("attempts")?,
        submission: row.get("submission")?,
        remote_case: row.get("remote_case")?,
        tags: row.get("tags")?,
        remote: row.get("remote")?,
        reason: row.get("reason")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
    })
}

fn name(row: &ForwardRow) -> [Value; 3] {
    [row.case.0.into(), row.sink.as_str().into(), row.number.into()]
}

/// Plans a forward, once.
pub(crate) async fn plan(
    unit: &Unit,
    (case, sink, number, task): (CaseId, &str, i64, i64),
    team: &Key,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_forward (case_file, sink, number, task, team, state, next_at, created_at, changed_at) \
               VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6, $6) ON CONFLICT (case_file, sink, number) DO NOTHING";
    let values = vec![case.0.into(), sink.into(), number.into(), task.into(), team.as_str().into(), at.millis().into()];
    unit.execute(sql, values).await.map(drop)
}

/// What is due and in nobody's hands, the longest waiting first.
pub(crate) async fn due(database: &Database, now: Timestamp, limit: i64) -> Result<Vec<ForwardRow>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM case_forward WHERE state IN ('waiting', 'sent') AND next_at <= $1 \
         AND (lease_until IS NULL OR lease_until <= $1) ORDER BY next_at LIMIT $2"
    );
    let rows = database.rows(&sql, vec![now.millis().into(), limit.into()]).await?;
    rows.iter().map(read).collect()
}

/// Takes one into a worker's hands until `until`. `None` when another worker has it, or it was settled meanwhile.
pub(crate) async fn take(
    unit: &Unit,
    row: &ForwardRow,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE case_forward SET lease_until = $4, attempts = attempts + 1 WHERE case_file = $1 AND sink = $2 \
               AND number = $3 AND state IN ('waiting', 'sent') AND next_at <= $5 \
               AND (lease_until IS NULL OR lease_until <= $5) AND attempts = $6";
    let mut values = name(row).to_vec();
    values.extend([until.millis().into(), now.millis().into(), row.attempts.into()]);
    Ok(unit.execute(sql, values).await? == 1)
}

/// Keeps what the service gave it: its submission and its case.
pub(crate) async fn announced(
    unit: &Unit,
    row: &ForwardRow,
    submission: Option<(&str, &str)>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_forward SET submission = $4, remote_case = $5, changed_at = $6 WHERE case_file = $1 \
               AND sink = $2 AND number = $3";
    let mut values = name(row).to_vec();
    let (submission, case) = submission.unzip();
    values.extend([submission.map(str::to_owned).into(), case.map(str::to_owned).into(), at.millis().into()]);
    unit.execute(sql, values).await.map(drop)
}

/// Keeps the tags of the envelopes that are about to leave.
pub(crate) async fn sealed(unit: &Unit, row: &ForwardRow, tags: &str, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_forward SET tags = $4, changed_at = $5 WHERE case_file = $1 AND sink = $2 AND number = $3";
    let mut values = name(row).to_vec();
    values.extend([tags.into(), at.millis().into()]);
    unit.execute(sql, values).await.map(drop)
}

/// How one stands after an attempt. `row` carries state, attempts, remote and reason.
pub(crate) async fn put_down(
    unit: &Unit,
    row: &ForwardRow,
    next_at: Timestamp,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_forward SET state = $4, attempts = $5, remote = $6, reason = $7, next_at = $8, \
               changed_at = $9, lease_until = NULL WHERE case_file = $1 AND sink = $2 AND number = $3";
    let mut values = name(row).to_vec();
    values.extend([
        row.state.as_str().into(),
        row.attempts.into(),
        row.remote.clone().into(),
        row.reason.clone().into(),
        next_at.millis().into(),
        at.millis().into(),
    ]);
    unit.execute(sql, values).await.map(drop)
}

/// Forwards that are late or given up and have no open task.
pub(crate) async fn without_task(
    reader: Reader<'_>,
    late: Timestamp,
    limit: i64,
) -> Result<Vec<ForwardRow>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM case_forward f WHERE (f.state = 'dead' OR (f.state = 'waiting' AND f.created_at <= $1)) \
         AND NOT EXISTS (SELECT 1 FROM case_task t WHERE t.case_file = f.case_file AND t.number = f.task \
         AND t.done_at IS NULL) ORDER BY f.created_at LIMIT $2"
    );
    reader.rows(&sql, vec![late.millis().into(), limit.into()]).await?.iter().map(read).collect()
}

/// The forwards of a case, oldest first.
pub(crate) async fn of_case(reader: Reader<'_>, case: CaseId) -> Result<Vec<ForwardView>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM case_forward WHERE case_file = $1 ORDER BY created_at, sink");
    let rows = reader.rows(&sql, vec![case.0.into()]).await?;
    let view = |row: &Row| {
        let ForwardRow { sink, number, state, attempts, remote, reason, .. } = read(row)?;
        Ok(ForwardView { sink, number, state, attempts, remote, reason })
    };
    rows.iter().map(view).collect()
}

/// Puts a given-up forward of a case back among those that wait; one that had left begins anew, because the receiver has
/// seen the first one. `false` if there is none.
pub(crate) async fn again(unit: &Unit, case: CaseId, sink: &str, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE case_forward SET state = 'waiting', attempts = 0, next_at = $3, changed_at = $3, lease_until = NULL, \
               submission = CASE WHEN remote IS NULL THEN submission ELSE NULL END, \
               remote_case = CASE WHEN remote IS NULL THEN remote_case ELSE NULL END, remote = NULL WHERE case_file = $1 AND sink = $2 AND state = 'dead'";
    Ok(unit.execute(sql, vec![case.0.into(), sink.into(), at.millis().into()]).await? > 0)
}

/// Notes that given-up forwards of a case were seen to otherwise, and gives the numbers of their tasks.
pub(crate) async fn settle(
    unit: &Unit,
    case: CaseId,
    sink: &str,
    reason: &str,
    at: Timestamp,
) -> Result<Vec<i64>, DatabaseError> {
    let sql = "UPDATE case_forward SET state = 'settled', reason = $3, changed_at = $4, lease_until = NULL \
               WHERE case_file = $1 AND sink = $2 AND state = 'dead' RETURNING task";
    let rows = unit.rows(sql, vec![case.0.into(), sink.into(), reason.into(), at.millis().into()]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}

/// How many wait, and how many were given up.
pub(crate) async fn backlog(reader: Reader<'_>) -> Result<(i64, i64), DatabaseError> {
    let sql = "SELECT COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0), \
               COALESCE(SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) FROM case_forward \
               WHERE state IN ('waiting', 'dead')";
    let row = reader.row(sql, vec![]).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.at(0)?, row.at(1)?)))
}
