//! What other processes changed lately, read from the outbox in order of time.

use database::{Database, DatabaseError};
use domain::identifier::{CaseId, Key};
use domain::time::Timestamp;

use crate::feed::Changed;
use crate::store::{key_word, word};

/// Cases that other processes than `origin` changed since `since`, oldest first.
pub(crate) async fn since(database: &Database, since: Timestamp, origin: i64) -> Result<Vec<Changed>, DatabaseError> {
    // An id begins with its milliseconds, so the primary key is the index by time.
    let millis = u64::try_from(since.millis()).unwrap_or(0);
    let from = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    let sql = "SELECT o.subject, c.team FROM outbox o JOIN case_file c ON c.id = o.subject \
               WHERE o.id >= $1 AND o.origin <> $2 AND o.kind LIKE 'case.%' ORDER BY o.id";
    let rows = database.rows(sql, vec![from.into(), origin.into()]).await?;
    let read = |row: &database::Row| {
        let team: Key = word(row, "team", key_word)?;
        Ok(Changed { case: CaseId(row.get("subject")?), team })
    };
    rows.iter().map(read).collect()
}
