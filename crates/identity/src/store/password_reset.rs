//! The table of links that set a new password. Rows without account stand for logins that nobody has: asking is the same work.

use database::{Database, DatabaseError, Row, Unit};
use domain::identifier::AccountId;
use domain::time::Timestamp;
use uuid::Uuid;

/// A link.
pub(crate) struct Reset {
    pub(crate) id: Uuid,
    pub(crate) account: Option<AccountId>,
    /// The account's generation when the link was asked for. If it has risen since, the link is void.
    pub(crate) generation: i64,
    pub(crate) expires_at: Timestamp,
}

/// Adds a link.
pub(crate) async fn add(unit: &Unit, reset: &Reset, now: Timestamp) -> Result<(), DatabaseError> {
    let sql =
        "INSERT INTO password_reset (id, account, generation, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        reset.id.into(),
        reset.account.map(|account| account.0).into(),
        reset.generation.into(),
        now.millis().into(),
        reset.expires_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// The link `id`, if it was not used and has not ended at `now`.
pub(crate) async fn open(database: &Database, id: Uuid, now: Timestamp) -> Result<Option<Reset>, DatabaseError> {
    let sql = "SELECT id, account, generation, expires_at FROM password_reset \
               WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    database.row(sql, vec![id.into(), now.millis().into()]).await?.map(|row| reset(&row)).transpose()
}

/// The newest open link of an account whose generation has not risen since.
pub(crate) async fn newest_open(
    database: &Database,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<Reset>, DatabaseError> {
    let sql = "SELECT password_reset.id, password_reset.account, password_reset.generation, password_reset.expires_at \
               FROM password_reset JOIN account ON account.id = password_reset.account \
               AND account.generation = password_reset.generation AND account.disabled_at IS NULL \
               WHERE password_reset.account = $1 AND used_at IS NULL AND expires_at > $2 \
               ORDER BY password_reset.id DESC LIMIT 1";
    database.row(sql, vec![account.0.into(), now.millis().into()]).await?.map(|row| reset(&row)).transpose()
}

/// Uses a link up, and says whether it was open.
pub(crate) async fn use_up(unit: &Unit, id: Uuid, now: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE password_reset SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(unit.execute(sql, vec![id.into(), now.millis().into()]).await? == 1)
}

/// Deletes the links that have ended by `now`.
pub(crate) async fn delete_ended(unit: &Unit, now: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM password_reset WHERE expires_at <= $1", vec![now.millis().into()]).await
}

/// Deletes the links of an account.
pub(crate) async fn delete_all(unit: &Unit, account: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM password_reset WHERE account = $1", vec![account.0.into()]).await.map(drop)
}

fn reset(row: &Row) -> Result<Reset, DatabaseError> {
    Ok(Reset {
        id: row.get("id")?,
        account: row.get::<Option<Uuid>>("account")?.map(AccountId),
        generation: row.get("generation")?,
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
    })
}
