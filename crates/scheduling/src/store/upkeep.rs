//! What checks and backups ask about places.

use database::{Database, DatabaseError, Snapshot};
use domain::time::Timestamp;

/// Hands over the places of each appointment as they stand in the table.
pub(crate) async fn each_takes(
    snapshot: &Snapshot,
    mut take: impl FnMut(&str) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    snapshot.each("SELECT takes FROM appointment", vec![], |row| take(&row.at::<String>(0)?)).await
}

/// Hands over each cell in which something is taken: `(pool, at)`, what is taken, the capacity.
pub(crate) async fn each_count(
    snapshot: &Snapshot,
    mut take: impl FnMut((i64, i64), i64, i64),
) -> Result<(), DatabaseError> {
    let sql = "SELECT pool, at, taken, capacity FROM capacity_cell WHERE taken > 0";
    snapshot
        .each(sql, vec![], |row| {
            take((row.at(0)?, row.at(1)?), row.at(2)?, row.at(3)?);
            Ok(())
        })
        .await
}

/// The number of the city that serves.
pub(crate) async fn serving_version(snapshot: &Snapshot) -> Result<Option<i64>, DatabaseError> {
    snapshot.row("SELECT version FROM city_active", vec![]).await?.map(|row| row.at(0)).transpose()
}

/// When the first version of the city was loaded.
pub(crate) async fn first_loaded(snapshot: &Snapshot) -> Result<Option<Timestamp>, DatabaseError> {
    let row = snapshot.row("SELECT loaded_at FROM city_version ORDER BY version LIMIT 1", vec![]).await?;
    row.map(|row| Ok(Timestamp::from_millis(row.at(0)?))).transpose()
}

/// How many appointments take places although they lapsed before `before`.
pub(crate) async fn lapsed(database: &Database, before: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "SELECT count(*) FROM appointment WHERE expires_at IS NOT NULL AND expires_at < $1";
    let row = database.row(sql, vec![before.millis().into()]).await?;
    Ok(row.map(|row| row.at::<i64>(0)).transpose()?.unwrap_or_default() as u64)
}
