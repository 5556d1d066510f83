//! Versions of the city.

use database::{Database, DatabaseError, Unit};
use domain::time::Timestamp;

/// The number and fingerprint of the version that serves, if any city was ever loaded.
pub(crate) async fn active(database: &Database) -> Result<Option<(i64, String)>, DatabaseError> {
    let sql = "SELECT v.version, v.fingerprint FROM city_active AS a JOIN city_version AS v ON v.version = a.version";
    database.row(sql, vec![]).await?.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

/// The document of a version.
pub(crate) async fn document(database: &Database, version: i64) -> Result<Option<String>, DatabaseError> {
    let row = database.row("SELECT document FROM city_version WHERE version = $1", vec![version.into()]).await?;
    row.map(|row| row.at(0)).transpose()
}

/// Keeps every writer of places out until the unit ends, so that nobody books by rules that are just being replaced.
/// SQLite's units run one after the other anyway.
pub(crate) async fn stop_booking(unit: &Unit) -> Result<(), DatabaseError> {
    match unit.engine() {
        database::Engine::Sqlite => Ok(()),
        database::Engine::Postgres => {
            unit.execute("LOCK TABLE capacity_cell IN SHARE ROW EXCLUSIVE MODE", vec![]).await.map(drop)
        }
    }
}

/// Adds a version and makes it the one that serves.
pub(crate) async fn activate(
    unit: &Unit,
    version: i64,
    fingerprint: &str,
    document: &str,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let values = vec![version.into(), fingerprint.into(), now.millis().into(), document.into()];
    unit.execute(
        "INSERT INTO city_version (version, fingerprint, loaded_at, document) VALUES ($1, $2, $3, $4)",
        values,
    )
    .await?;
    let sql = "INSERT INTO city_active (id, version) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET version = excluded.version";
    unit.execute(sql, vec![version.into()]).await.map(drop)
}
