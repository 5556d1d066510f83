//! The tables of sign-in by OpenID Connect: links between people of a provider and accounts, and used attempts.

use database::{Database, DatabaseError, Unit};
use domain::identifier::AccountId;
use domain::law::TrustLevel;
use domain::time::Timestamp;

use crate::store::account::{COLUMNS, FROM, Kept, kept};
use crate::store::words;

/// A person of a provider. The provider's name for the person is kept as a hash: it is only ever compared.
pub(crate) struct Subject<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) hash: [u8; 32],
}

/// Remembers that the attempt `id` is used up, and says whether this was the first use.
pub(crate) async fn use_attempt(
    database: &Database,
    id: &[u8; 32],
    expires_at: Timestamp,
) -> Result<bool, DatabaseError> {
    // The database decides races: of two answers with the same attempt one inserts the row.
    let sql =
        "INSERT INTO openid_attempt (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING expires_at";
    let rows = database.write(sql, vec![id.to_vec().into(), expires_at.millis().into()]).await?;
    Ok(rows.len() == 1)
}

/// Forgets the attempts that nobody could use again by `now` anyway.
pub(crate) async fn forget_attempts(unit: &Unit, now: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM openid_attempt WHERE expires_at <= $1", vec![now.millis().into()]).await
}

/// The account of `subject` with its generation, disabled or not.
pub(crate) async fn linked(unit: &Unit, subject: &Subject<'_>) -> Result<Option<(Kept, i64)>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS}, account.generation FROM {FROM} JOIN openid_link ON account.id = openid_link.account \
         WHERE openid_link.issuer = $1 AND openid_link.subject_hash = $2"
    );
    let row = unit.row(&sql, vec![subject.issuer.into(), subject.hash.to_vec().into()]).await?;
    row.map(|row| Ok((kept(&row)?, row.get("generation")?))).transpose()
}

/// Takes the link of `subject` away.
pub(crate) async fn unlink_subject(unit: &Unit, subject: &Subject<'_>) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM openid_link WHERE issuer = $1 AND subject_hash = $2";
    unit.execute(sql, vec![subject.issuer.into(), subject.hash.to_vec().into()]).await.map(drop)
}

/// Takes the links of an account away, and says how many there were.
pub(crate) async fn unlink(unit: &Unit, account: AccountId) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM openid_link WHERE account = $1", vec![account.0.into()]).await
}

/// The issuers that know the person of an account, and since when.
pub(crate) async fn links_of(
    database: &Database,
    account: AccountId,
) -> Result<Vec<(String, Timestamp)>, DatabaseError> {
    let sql = "SELECT issuer, linked_at FROM openid_link WHERE account = $1 ORDER BY issuer";
    let rows = database.rows(sql, vec![account.0.into()]).await?;
    rows.iter().map(|row| Ok((row.get("issuer")?, Timestamp::from_millis(row.get("linked_at")?)))).collect()
}

/// Links `subject` to an account. Breaks `Rule::OpenIdSubject` when the person has an account already, and
/// `Rule::OpenIdAccount` when the account belongs to somebody else of this provider.
pub(crate) async fn link(
    unit: &Unit,
    subject: &Subject<'_>,
    account: AccountId,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO openid_link (issuer, subject_hash, account, linked_at) VALUES ($1, $2, $3, $4)";
    let values = vec![subject.issuer.into(), subject.hash.to_vec().into(), account.0.into(), now.millis().into()];
    unit.execute(sql, values).await.map(drop)
}

/// Notes which provider opened a session, and how sure it was; `None` leaves that to the account.
pub(crate) async fn note_session(
    unit: &Unit,
    token_hash: &[u8; 32],
    provider: &str,
    trust: Option<TrustLevel>,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE session SET provider = $2, trust = $3 WHERE token_hash = $1";
    let values =
        vec![token_hash.to_vec().into(), provider.into(), trust.map(|trust| words::of_trust(trust).to_owned()).into()];
    unit.execute(sql, values).await.map(drop)
}

/// The key of the provider that opened a session, if one did.
pub(crate) async fn provider_of(database: &Database, token_hash: &[u8; 32]) -> Result<Option<String>, DatabaseError> {
    let row =
        database.row("SELECT provider FROM session WHERE token_hash = $1", vec![token_hash.to_vec().into()]).await?;
    Ok(row.map(|row| row.get::<Option<String>>("provider")).transpose()?.flatten())
}
