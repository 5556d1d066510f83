//! The list of what was revoked, which every gateway follows.

use database::{Database, DatabaseError, Row, Unit};
use domain::identifier::{AccountId, SessionId, TokenFamilyId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::footing::Revocation;

/// Adds `revocation` to the list.
pub(crate) async fn add(unit: &Unit, id: Uuid, revocation: Revocation, now: Timestamp) -> Result<(), DatabaseError> {
    let (kind, subject, generation) = match revocation {
        Revocation::Account { account, generation } => ("account", account.0, generation),
        Revocation::Session(session) => ("session", session.0, 0),
        Revocation::Family(family) => ("family", family.0, 0),
        Revocation::Keys => ("keys", Uuid::nil(), 0),
    };
    let sql = "INSERT INTO revocation (id, kind, subject, generation, at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![id.into(), kind.into(), subject.into(), generation.into(), now.millis().into()];
    unit.execute(sql, values).await.map(drop)
}

/// What was revoked at or after `since`, oldest first.
pub(crate) async fn since(
    database: &Database,
    since: Timestamp,
) -> Result<Vec<(Revocation, Timestamp)>, DatabaseError> {
    let sql = "SELECT kind, subject, generation, at FROM revocation WHERE at >= $1 ORDER BY at, id";
    let rows = database.rows(sql, vec![since.millis().into()]).await?;
    // A kind that a newer program writes is left to that program.
    rows.iter().filter_map(|row| revocation(row).transpose()).collect()
}

/// Forgets what was revoked before `before`.
pub(crate) async fn forget_old(unit: &Unit, before: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM revocation WHERE at < $1", vec![before.millis().into()]).await
}

fn revocation(row: &Row) -> Result<Option<(Revocation, Timestamp)>, DatabaseError> {
    let subject: Uuid = row.get("subject")?;
    let revocation = match row.get::<String>("kind")?.as_str() {
        "account" => Revocation::Account { account: AccountId(subject), generation: row.get("generation")? },
        "session" => Revocation::Session(SessionId(subject)),
        "family" => Revocation::Family(TokenFamilyId(subject)),
        "keys" => Revocation::Keys,
        _ => return Ok(None),
    };
    Ok(Some((revocation, Timestamp::from_millis(row.get("at")?))))
}
