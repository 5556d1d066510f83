//! The table of browser sessions.

use database::{Database, DatabaseError, Row, Unit};
use domain::identifier::{AccountId, SessionId};
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::store::account::actor;

/// A session to open.
pub(crate) struct NewSession {
    pub(crate) id: SessionId,
    pub(crate) token_hash: [u8; 32],
    pub(crate) account: AccountId,
    /// The account's generation when its password was checked. If it has risen since, the session is void at once.
    pub(crate) generation: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Opens a session.
pub(crate) async fn open(unit: &Unit, session: &NewSession) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO session (token_hash, id, account, generation, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        session.token_hash.to_vec().into(),
        session.id.0.into(),
        session.account.0.into(),
        session.generation.into(),
        session.created_at.millis().into(),
        session.expires_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Who the session belongs to and when it ends, if it still counts at `now`.
pub(crate) async fn find(
    database: &Database,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(Actor, Timestamp)>, DatabaseError> {
    // How sure a sign-in provider was this time counts more than what the account once proved.
    let sql = "SELECT account.id, account.role, account.office, coalesce(session.trust, account.trust) AS trust, session.expires_at \
               FROM session JOIN account ON account.id = session.account \
               WHERE session.token_hash = $1 AND session.expires_at > $2 \
               AND account.disabled_at IS NULL AND account.generation = session.generation";
    let row = database.row(sql, vec![token_hash.to_vec().into(), now.millis().into()]).await?;
    let read = |row: Row| Ok((actor(&row)?, Timestamp::from_millis(row.get("expires_at")?)));
    row.map(read).transpose()
}

/// Closes one session, if there is such a one.
pub(crate) async fn close(database: &Database, token_hash: &[u8; 32]) -> Result<(), DatabaseError> {
    database.write("DELETE FROM session WHERE token_hash = $1", vec![token_hash.to_vec().into()]).await.map(drop)
}

/// Deletes all sessions of an account; its risen generation has made them void already.
pub(crate) async fn delete_all(unit: &Unit, account: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM session WHERE account = $1", vec![account.0.into()]).await.map(drop)
}

/// Deletes the sessions that have ended by `now`, and says how many.
pub(crate) async fn delete_expired(unit: &Unit, now: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM session WHERE expires_at <= $1", vec![now.millis().into()]).await
}

/// Deletes every session there is.
pub(crate) async fn delete_every(unit: &Unit) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM session", vec![]).await
}
