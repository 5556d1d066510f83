//! Attempts to pay, and everything that was said about them. Rows here outlive the application: money is accounted for.

use database::{DatabaseError, Row, Unit};
use domain::application::PaymentState;
use domain::identifier::{ApplicationId, PaymentId};
use domain::time::Timestamp;

use crate::payment::PaymentProvider;
use crate::store::{Reader, word};

/// An attempt.
#[derive(Debug, Clone)]
pub(crate) struct AttemptRow {
    pub(crate) id: PaymentId,
    pub(crate) application: ApplicationId,
    pub(crate) provider: PaymentProvider,
    /// How many attempts there were before: those of one instant keep their order.
    pub(crate) position: i64,
    pub(crate) reference: String,
    pub(crate) amount_cents: i64,
    /// What the provider gave back.
    pub(crate) refunded_cents: i64,
    /// What the provider shall have given back.
    pub(crate) refund_asked_cents: i64,
    pub(crate) state: PaymentState,
    pub(crate) created_at: Timestamp,
    /// When the provider is asked next.
    pub(crate) look_at: Option<Timestamp>,
}

const SELECT: &str = "SELECT id, application, provider, position, reference, amount_cents, refunded_cents, \
                      refund_asked_cents, state, created_at, look_at FROM payment_attempt";

fn read(row: &Row) -> Result<AttemptRow, DatabaseError> {
    let look: Option<i64> = row.get("look_at")?;
    Ok(AttemptRow {
        id: PaymentId(row.get("id")?),
        application: ApplicationId(row.get("application")?),
        provider: word(row, "provider", PaymentProvider::parse)?,
        position: row.get("position")?,
        reference: row.get("reference")?,
        amount_cents: row.get("amount_cents")?,
        refunded_cents: row.get("refunded_cents")?,
        refund_asked_cents: row.get("refund_asked_cents")?,
        state: word(row, "state", PaymentState::parse)?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        look_at: look.map(Timestamp::from_millis),
    })
}

/// The attempt of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: PaymentId) -> Result<Option<AttemptRow>, DatabaseError> {
    reader.row(&format!("{SELECT} WHERE id = $1"), vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// The attempt with this reference.
pub(crate) async fn by_reference(reader: Reader<'_>, reference: &str) -> Result<Option<AttemptRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE reference = $1");
    reader.row(&sql, vec![reference.into()]).await?.as_ref().map(read).transpose()
}

/// The attempts for an application, oldest first.
pub(crate) async fn of_application(
    reader: Reader<'_>,
    application: ApplicationId,
) -> Result<Vec<AttemptRow>, DatabaseError> {
    let rows = reader
        .rows(&format!("{SELECT} WHERE application = $1 ORDER BY position, id"), vec![application.0.into()])
        .await?;
    rows.iter().map(read).collect()
}

/// Attempts whose providers are to be asked by `now`, longest waiting first.
pub(crate) async fn due(reader: Reader<'_>, now: Timestamp, limit: i64) -> Result<Vec<AttemptRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE look_at <= $1 ORDER BY look_at LIMIT $2");
    reader.rows(&sql, vec![now.millis().into(), limit.into()]).await?.iter().map(read).collect()
}

/// Writes a new attempt.
///
/// # Errors
/// `Rule::PaymentReference`.
pub(crate) async fn insert(unit: &Unit, attempt: &AttemptRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO payment_attempt (id, application, provider, reference, amount_cents, refunded_cents, \
               refund_asked_cents, state, created_at, changed_at, look_at, position) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)";
    let values = vec![
        attempt.id.0.into(),
        attempt.application.0.into(),
        attempt.provider.as_str().into(),
        attempt.reference.as_str().into(),
        attempt.amount_cents.into(),
        attempt.refunded_cents.into(),
        attempt.refund_asked_cents.into(),
        attempt.state.as_str().into(),
        attempt.created_at.millis().into(),
        attempt.look_at.map(Timestamp::millis).into(),
        attempt.position.into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// The attempt with this reference, which nobody else changes before this unit ends.
pub(crate) async fn lock(unit: &Unit, reference: &str, at: Timestamp) -> Result<Option<AttemptRow>, DatabaseError> {
    let sql = "UPDATE payment_attempt SET changed_at = $1 WHERE reference = $2";
    unit.execute(sql, vec![at.millis().into(), reference.into()]).await?;
    by_reference(Reader::Unit(unit), reference).await
}

/// Notes what was said. `false` when it was said before.
pub(crate) async fn note(
    unit: &Unit,
    attempt: PaymentId,
    event: &str,
    evidence: PaymentState,
    refunded_cents: i64,
    said_at: Timestamp,
    heard_at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "INSERT INTO payment_event (attempt, event, evidence, refunded_cents, said_at, heard_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (attempt, event) DO NOTHING";
    let values = vec![
        attempt.0.into(),
        event.into(),
        evidence.as_str().into(),
        refunded_cents.into(),
        said_at.millis().into(),
        heard_at.millis().into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Writes what is known of a locked attempt. What is not final, or owed, is asked about.
pub(crate) async fn put(
    unit: &Unit,
    id: PaymentId,
    state: PaymentState,
    refunded_cents: i64,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE payment_attempt SET state = $1, refunded_cents = $2, changed_at = $3 WHERE id = $4";
    let values = vec![state.as_str().into(), refunded_cents.into(), at.millis().into(), id.0.into()];
    unit.execute(sql, values).await.map(drop)
}

/// Asks for so much to have gone back. `false` when somebody asked for something else since it was read.
///
/// # Errors
/// `Rule::PaymentRefund`.
pub(crate) async fn ask_refund(
    unit: &Unit,
    seen: &AttemptRow,
    cents: i64,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE payment_attempt SET refund_asked_cents = $1, look_at = $2, changed_at = $2 \
               WHERE id = $3 AND refund_asked_cents = $4 AND refunded_cents = $5";
    let values = vec![
        cents.into(),
        at.millis().into(),
        seen.id.0.into(),
        seen.refund_asked_cents.into(),
        seen.refunded_cents.into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Says when the provider is asked next.
pub(crate) async fn look_again(unit: &Unit, id: PaymentId, at: Option<Timestamp>) -> Result<(), DatabaseError> {
    let sql = "UPDATE payment_attempt SET look_at = $1 WHERE id = $2";
    unit.execute(sql, vec![at.map(Timestamp::millis).into(), id.0.into()]).await.map(drop)
}
