//! The table of token families: what API clients and devices draw their tokens from.

use database::{Database, DatabaseError, Row, Unit};
use domain::identifier::{AccountId, SessionId, TokenFamilyId};
use domain::permission::Actor;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::sessions::{Session, SessionKind};
use crate::store::account::actor;

/// A family as it stands.
pub(crate) struct Family {
    pub(crate) id: TokenFamilyId,
    pub(crate) account: AccountId,
    /// The account's generation when the family began. If it has risen since, the family is void.
    pub(crate) generation: i64,
    pub(crate) name: String,
    pub(crate) seed: Vec<u8>,
    /// The place of the newest token.
    pub(crate) sequence: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) rotated_at: Timestamp,
    pub(crate) idle_until: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "id, account, generation, name, seed, sequence, created_at, rotated_at, idle_until, expires_at, revoked_at";

/// Adds a family, which is as sure as the session it is drawn from; without one, as sure as the account.
pub(crate) async fn add(unit: &Unit, family: &Family, session: Option<SessionId>) -> Result<(), DatabaseError> {
    let sql = format!(
        "INSERT INTO token_family ({COLUMNS}, trust) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         (SELECT trust FROM session WHERE id = $12))"
    );
    let values = vec![
        family.id.0.into(),
        family.account.0.into(),
        family.generation.into(),
        family.name.as_str().into(),
        family.seed.clone().into(),
        family.sequence.into(),
        family.created_at.millis().into(),
        family.rotated_at.millis().into(),
        family.idle_until.millis().into(),
        family.expires_at.millis().into(),
        family.revoked_at.map(Timestamp::millis).into(),
        session.map_or(Uuid::nil(), |session| session.0).into(),
    ];
    unit.execute(&sql, values).await.map(drop)
}

/// The family `id` and its account, unless the account is disabled or has ended everything since.
pub(crate) async fn find(unit: &Unit, id: TokenFamilyId) -> Result<Option<(Family, Actor)>, DatabaseError> {
    // The names of both tables would meet in one row, so the account's come from a query of their own.
    let sql = format!("SELECT {COLUMNS}, trust FROM token_family WHERE id = $1");
    let Some(row) = unit.row(&sql, vec![id.0.into()]).await? else { return Ok(None) };
    let (family, trust) = (family(&row)?, row.get::<Option<String>>("trust")?);
    let sql = "SELECT id, role, office, coalesce($3, trust) AS trust FROM account \
               WHERE id = $1 AND generation = $2 AND disabled_at IS NULL";
    let row = unit.row(sql, vec![family.account.0.into(), family.generation.into(), trust.into()]).await?;
    row.map(|row| Ok((family, actor(&row)?))).transpose()
}

/// Moves a family on from the token at `sequence`, and says whether that was still its newest.
pub(crate) async fn rotate(
    unit: &Unit,
    id: TokenFamilyId,
    sequence: i64,
    now: Timestamp,
    idle_until: Timestamp,
) -> Result<bool, DatabaseError> {
    // Of two refreshes with the same token one moves the family on.
    let sql = "UPDATE token_family SET sequence = sequence + 1, rotated_at = $3, idle_until = $4 \
               WHERE id = $1 AND sequence = $2 AND revoked_at IS NULL";
    let values = vec![id.0.into(), sequence.into(), now.millis().into(), idle_until.millis().into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Revokes a family, and says whether it stood until now.
pub(crate) async fn revoke(unit: &Unit, id: TokenFamilyId, now: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE token_family SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(unit.execute(sql, vec![id.0.into(), now.millis().into()]).await? == 1)
}

/// Revokes one family of an account, and says whether there was such a one.
pub(crate) async fn revoke_one(
    unit: &Unit,
    account: AccountId,
    id: TokenFamilyId,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE token_family SET revoked_at = $3 WHERE id = $1 AND account = $2 AND revoked_at IS NULL";
    Ok(unit.execute(sql, vec![id.0.into(), account.0.into(), now.millis().into()]).await? == 1)
}

/// Deletes all families of an account; its risen generation has made them void already.
pub(crate) async fn delete_all(unit: &Unit, account: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM token_family WHERE account = $1", vec![account.0.into()]).await.map(drop)
}

/// The families of an account that count at `now`, newest first.
pub(crate) async fn of_account(
    database: &Database,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<Session>, DatabaseError> {
    let sql = "SELECT token_family.id, token_family.name, token_family.created_at, token_family.idle_until, \
               token_family.expires_at \
               FROM token_family JOIN account ON account.id = token_family.account \
               AND account.generation = token_family.generation \
               WHERE token_family.account = $1 AND revoked_at IS NULL AND expires_at > $2 AND idle_until > $2 \
               ORDER BY token_family.id DESC LIMIT 100";
    let read = |row: &Row| {
        let end = i64::min(row.get("idle_until")?, row.get("expires_at")?);
        Ok(Session {
            id: SessionId(row.get("id")?),
            kind: SessionKind::Client,
            name: Some(row.get("name")?),
            created_at: Timestamp::from_millis(row.get("created_at")?),
            expires_at: Timestamp::from_millis(end),
        })
    };
    database.rows(sql, vec![account.0.into(), now.millis().into()]).await?.iter().map(read).collect()
}

/// Deletes the families that have ended by `now`. Revoked ones stay until then: their tokens must stay known.
pub(crate) async fn delete_ended(unit: &Unit, now: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "DELETE FROM token_family WHERE idle_until <= $1 OR expires_at <= $1";
    unit.execute(sql, vec![now.millis().into()]).await
}

fn family(row: &Row) -> Result<Family, DatabaseError> {
    let time = |name| Ok::<_, DatabaseError>(Timestamp::from_millis(row.get(name)?));
    Ok(Family {
        id: TokenFamilyId(row.get("id")?),
        account: AccountId(row.get("account")?),
        generation: row.get("generation")?,
        name: row.get("name")?,
        seed: row.get("seed")?,
        sequence: row.get("sequence")?,
        created_at: time("created_at")?,
        rotated_at: time("rotated_at")?,
        idle_until: time("idle_until")?,
        expires_at: time("expires_at")?,
        revoked_at: row.get::<Option<i64>>("revoked_at")?.map(Timestamp::from_millis),
    })
}
