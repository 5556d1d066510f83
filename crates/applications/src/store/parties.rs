//! Everybody's part in an application.

use database::{DatabaseError, Row, Unit};
use domain::application::PartyState;
use domain::identifier::{AccountId, ApplicationId, PartyId};
use domain::law::TrustLevel;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::{Reader, TRUST, trust_word, word};

/// A part.
#[derive(Debug, Clone)]
pub(crate) struct PartyRow {
    pub(crate) id: PartyId,
    pub(crate) application: ApplicationId,
    pub(crate) role: String,
    /// Its place in the definition; the one who begins has 0.
    pub(crate) position: i64,
    pub(crate) state: PartyState,
    pub(crate) number: String,
    /// How often its codes were made void.
    pub(crate) links: i64,
    pub(crate) account: Option<AccountId>,
    pub(crate) pseudonym: Option<Vec<u8>>,
    pub(crate) trust: TrustLevel,
    pub(crate) invited_until: Option<Timestamp>,
    pub(crate) consent_sha256: Option<String>,
    pub(crate) consented_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, application, role, position, state, number, links, account, pseudonym, trust, \
                       invited_until, consent_sha256, consented_at";

fn read(row: &Row) -> Result<PartyRow, DatabaseError> {
    let instant = |column| Ok::<_, DatabaseError>(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    Ok(PartyRow {
        id: PartyId(row.get("id")?),
        application: ApplicationId(row.get("application")?),
        role: row.get("role")?,
        position: row.get("position")?,
        state: word(row, "state", PartyState::parse)?,
        number: row.get("number")?,
        links: row.get("links")?,
        account: row.get::<Option<Uuid>>("account")?.map(AccountId),
        pseudonym: row.get("pseudonym")?,
        trust: word(row, "trust", TRUST)?,
        invited_until: instant("invited_until")?,
        consent_sha256: row.get("consent_sha256")?,
        consented_at: instant("consented_at")?,
    })
}

/// The part of this number.
pub(crate) async fn by_number(reader: Reader<'_>, number: &str) -> Result<Option<PartyRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM party WHERE number = $1");
    reader.row(&sql, vec![number.into()]).await?.as_ref().map(read).transpose()
}

/// All parts of an application; the one who began comes first.
pub(crate) async fn of(reader: Reader<'_>, application: ApplicationId) -> Result<Vec<PartyRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM party WHERE application = $1 ORDER BY position");
    reader.rows(&sql, vec![application.0.into()]).await?.iter().map(read).collect()
}

fn values(party: &PartyRow, at: Timestamp) -> Vec<database::Value> {
    vec![
        party.state.as_str().into(),
        party.links.into(),
        party.account.map(|account| account.0).into(),
        party.pseudonym.clone().into(),
        trust_word(party.trust).into(),
        party.invited_until.map(Timestamp::millis).into(),
        party.consent_sha256.clone().into(),
        party.consented_at.map(Timestamp::millis).into(),
        at.millis().into(),
        party.id.0.into(),
    ]
}

/// Writes a new part.
///
/// # Errors
/// `Rule::PartyNumber`, `Rule::PartyIdentity`.
pub(crate) async fn insert(unit: &Unit, party: &PartyRow, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO party (state, links, account, pseudonym, trust, invited_until, consent_sha256, \
               consented_at, changed_at, id, application, role, number, position) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let mut values = values(party, at);
    values.extend([
        party.application.0.into(),
        party.role.as_str().into(),
        party.number.as_str().into(),
        party.position.into(),
    ]);
    unit.execute(sql, values).await.map(drop)
}

/// Writes a changed part back, unless it left the state `seen` meanwhile. `false` when it did.
///
/// # Errors
/// `Rule::PartyIdentity` when the same person has another part.
pub(crate) async fn update(
    unit: &Unit,
    party: &PartyRow,
    seen: PartyState,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE party SET state = $1, links = $2, account = $3, pseudonym = $4, trust = $5, invited_until = $6, \
               consent_sha256 = $7, consented_at = $8, changed_at = $9 WHERE id = $10 AND state = $11";
    let mut values = values(party, at);
    values.push(seen.as_str().into());
    Ok(unit.execute(sql, values).await? == 1)
}

/// Whatever was agreed to is void: something changed. Gives how many consents that were.
pub(crate) async fn void_consents(
    unit: &Unit,
    application: ApplicationId,
    at: Timestamp,
) -> Result<u64, DatabaseError> {
    let sql = "UPDATE party SET state = 'section_done', consent_sha256 = NULL, consented_at = NULL, changed_at = $1 \
               WHERE application = $2 AND state = 'consented'";
    unit.execute(sql, vec![at.millis().into(), application.0.into()]).await
}

/// The account has no part in an application any more; what was said stays.
pub(crate) async fn unlink(
    unit: &Unit,
    application: ApplicationId,
    account: AccountId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql =
        "UPDATE party SET account = NULL, pseudonym = NULL, changed_at = $1 WHERE application = $2 AND account = $3";
    unit.execute(sql, vec![at.millis().into(), application.0.into(), account.0.into()]).await.map(drop)
}
