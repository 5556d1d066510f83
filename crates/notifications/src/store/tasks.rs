//! Deliveries that were given up, as people see and settle them.

use database::{Database, DatabaseError, Unit};
use domain::identifier::{DeliveryId, Key};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::consumer::Consumer;
use crate::delivery::{Delivery, State};
use crate::store::{COLUMNS, delivery};

/// Deliveries that were given up, oldest first, behind `after`; of one office, or all.
pub(crate) async fn dead(
    database: &Database,
    office: Option<&Key>,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM delivery WHERE state = 'dead' AND id > $1 AND ($2 = '' OR office = $2) ORDER BY id LIMIT $3"
    );
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let values = vec![after.into(), office.map_or("", Key::as_str).into(), limit.into()];
    database.rows(&sql, values).await?.iter().map(delivery).collect()
}

/// One delivery.
pub(crate) async fn find(unit: &Unit, id: DeliveryId) -> Result<Option<Delivery>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM delivery WHERE id = $1");
    unit.row(&sql, vec![id.0.into()]).await?.as_ref().map(delivery).transpose()
}

/// Settles a delivery that was given up. `false` when it is not given up any more.
pub(crate) async fn settle(unit: &Unit, id: DeliveryId, state: State, now: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE delivery SET state = $1, attempts = 0, next_at = $2, lease_until = NULL, changed_at = $2 \
               WHERE id = $3 AND state = 'dead'";
    Ok(unit.execute(sql, vec![state.as_str().into(), now.millis().into(), id.0.into()]).await? > 0)
}

/// Gives up what waits for endpoints that are not set up any more, and says how many.
pub(crate) async fn orphans(database: &Database, known: &[Consumer], now: Timestamp) -> Result<u64, DatabaseError> {
    let known = serde_json::to_string(&known.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap_or_default();
    let list = database
        .engine()
        .choose("SELECT value FROM json_each($2)", "SELECT value FROM json_array_elements_text($2::json)");
    let sql = format!(
        "UPDATE delivery SET state = 'dead', reason = 'ENDPOINT_REMOVED', changed_at = $1, lease_until = NULL \
         WHERE state = 'waiting' AND consumer NOT IN ({list}) RETURNING id"
    );
    Ok(database.write(&sql, vec![now.millis().into(), known.into()]).await?.len() as u64)
}

/// Forgets deliveries that were settled before `before`, and says how many.
pub(crate) async fn forget(database: &Database, before: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "DELETE FROM delivery WHERE state IN ('done', 'skipped', 'dismissed') AND changed_at < $1 RETURNING id";
    Ok(database.write(sql, vec![before.millis().into()]).await?.len() as u64)
}
