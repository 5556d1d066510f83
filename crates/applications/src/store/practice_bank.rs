//! The books of the practice bank.

use database::{DatabaseError, Row, Unit};
use domain::application::PaymentState;
use domain::time::Timestamp;

use crate::store::{Reader, word};

/// An order.
#[derive(Debug, Clone)]
pub(crate) struct OrderRow {
    pub(crate) reference: String,
    pub(crate) state: PaymentState,
    pub(crate) refunded_cents: i64,
    pub(crate) amount_cents: i64,
    /// How often it changed.
    pub(crate) changes: i64,
    pub(crate) changed_at: Timestamp,
}

fn read(row: &Row) -> Result<OrderRow, DatabaseError> {
    Ok(OrderRow {
        reference: row.get("reference")?,
        state: word(row, "state", PaymentState::parse)?,
        refunded_cents: row.get("refunded_cents")?,
        amount_cents: row.get("amount_cents")?,
        changes: row.get("changes")?,
        changed_at: Timestamp::from_millis(row.get("changed_at")?),
    })
}

/// Opens an order.
pub(crate) async fn open(unit: &Unit, reference: &str, amount_cents: i64, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO practice_bank (reference, state, refunded_cents, amount_cents, changes, changed_at) \
               VALUES ($1, 'created', 0, $2, 0, $3)";
    unit.execute(sql, vec![reference.into(), amount_cents.into(), at.millis().into()]).await.map(drop)
}

/// The order of a reference.
pub(crate) async fn by_reference(reader: Reader<'_>, reference: &str) -> Result<Option<OrderRow>, DatabaseError> {
    let sql = "SELECT reference, state, refunded_cents, amount_cents, changes, changed_at FROM practice_bank \
               WHERE reference = $1";
    reader.row(sql, vec![reference.into()]).await?.as_ref().map(read).transpose()
}

/// Changes an order.
pub(crate) async fn change(
    unit: &Unit,
    reference: &str,
    state: PaymentState,
    refunded_cents: i64,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE practice_bank SET state = $1, refunded_cents = $2, changes = changes + 1, changed_at = $3 \
               WHERE reference = $4";
    let values = vec![state.as_str().into(), refunded_cents.into(), at.millis().into(), reference.into()];
    unit.execute(sql, values).await.map(drop)
}
