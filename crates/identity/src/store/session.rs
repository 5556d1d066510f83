//! The table of browser sessions.

use database::{Database, DatabaseError, Row, Unit};
use domain::identifier::{AccountId, SessionId};
use domain::time::Timestamp;

use crate::footing::{Footing, Recognised, Way};
use crate::sessions::{Session, SessionKind};
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

/// Who the session belongs to and what that rests on, if it still counts at `now`.
pub(crate) async fn find(
    database: &Database,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Recognised>, DatabaseError> {
    // How sure a sign-in provider was this time counts more than what the account once proved.
    let sql = "SELECT account.id, account.role, account.office, coalesce(session.trust, account.trust) AS trust, \
               account.generation, session.id AS session, session.expires_at \
               FROM session JOIN account ON account.id = session.account \
               WHERE session.token_hash = $1 AND session.expires_at > $2 \
               AND account.disabled_at IS NULL AND account.generation = session.generation";
    let row = database.row(sql, vec![token_hash.to_vec().into(), now.millis().into()]).await?;
    row.map(|row| recognised(&row)).transpose()
}

fn recognised(row: &Row) -> Result<Recognised, DatabaseError> {
    let footing = Footing {
        account: AccountId(row.get("id")?),
        generation: row.get("generation")?,
        way: Way::Session(SessionId(row.get("session")?)),
        ends_at: Timestamp::from_millis(row.get("expires_at")?),
    };
    Ok(Recognised { actor: actor(row)?, footing })
}

/// The sessions of an account that count at `now`, newest first.
pub(crate) async fn of_account(
    database: &Database,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<Session>, DatabaseError> {
    let sql = "SELECT session.id, session.created_at, session.expires_at \
               FROM session JOIN account ON account.id = session.account AND account.generation = session.generation \
               WHERE session.account = $1 AND session.expires_at > $2 ORDER BY session.id DESC LIMIT 100";
    let read = |row: &Row| {
        Ok(Session {
            id: SessionId(row.get("id")?),
            kind: SessionKind::Browser,
            name: None,
            created_at: Timestamp::from_millis(row.get("created_at")?),
            expires_at: Timestamp::from_millis(row.get("expires_at")?),
        })
    };
    database.rows(sql, vec![account.0.into(), now.millis().into()]).await?.iter().map(read).collect()
}

/// Closes the session of a token, and gives its id and account if there was such a one.
pub(crate) async fn close(unit: &Unit, token_hash: &[u8; 32]) -> Result<Option<(SessionId, AccountId)>, DatabaseError> {
    let sql = "DELETE FROM session WHERE token_hash = $1 RETURNING id, account";
    let row = unit.row(sql, vec![token_hash.to_vec().into()]).await?;
    row.map(|row| Ok((SessionId(row.get("id")?), AccountId(row.get("account")?)))).transpose()
}

/// Closes one session of an account, and says whether there was such a one.
pub(crate) async fn close_one(unit: &Unit, account: AccountId, id: SessionId) -> Result<bool, DatabaseError> {
    let sql = "DELETE FROM session WHERE id = $1 AND account = $2";
    Ok(unit.execute(sql, vec![id.0.into(), account.0.into()]).await? > 0)
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
