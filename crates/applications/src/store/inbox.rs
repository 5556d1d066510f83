//! What waits for a team.

use database::{DatabaseError, Row};
use domain::application::TaskKind;
use domain::identifier::{AccountId, CaseId, Key};
use domain::time::Timestamp;

use crate::inbox::InboxEntry;
use crate::store::cases::{self, Found};
use crate::store::{Reader, word};

/// The open tasks of `team`, oldest first, behind a position; `clerk` bounds them to one person's.
pub(crate) async fn open(
    reader: Reader<'_>,
    team: &Key,
    clerk: Option<AccountId>,
    after: Option<(Timestamp, CaseId)>,
    limit: i64,
) -> Result<Vec<InboxEntry>, DatabaseError> {
    let (at, id) = after.map_or((i64::MIN, uuid::Uuid::nil()), |(at, id)| (at.millis(), id.0));
    let mut values = vec![team.as_str().into(), at.into(), id.into(), limit.into()];
    let mine = if let Some(clerk) = clerk {
        values.push(clerk.0.into());
        "AND c.clerk = $5"
    } else {
        ""
    };
    let select = cases::SELECT.replacen(
        "SELECT ",
        "SELECT t.kind AS task_kind, t.created_at AS task_at, (SELECT MIN(d.due_at) FROM case_deadline d \
         WHERE d.case_file = c.id AND d.done_at IS NULL AND d.paused_at IS NULL) AS due_at, ",
        1,
    );
    let sql = format!(
        "{select} JOIN case_task t ON t.case_file = c.id WHERE t.done_at IS NULL AND t.team = $1 {mine} \
         AND (t.created_at > $2 OR (t.created_at = $2 AND c.id > $3)) ORDER BY t.created_at, c.id LIMIT $4"
    );
    reader.rows(&sql, values).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<InboxEntry, DatabaseError> {
    let Found { case, .. } = cases::read(row)?;
    let due_at: Option<i64> = row.get("due_at")?;
    Ok(InboxEntry {
        case,
        task: word(row, "task_kind", TaskKind::parse)?,
        since: Timestamp::from_millis(row.get("task_at")?),
        due_at: due_at.map(Timestamp::from_millis),
    })
}
