//! Checking that every count is what the appointments take: nothing sold twice, no place lost.

use std::collections::BTreeMap;

use database::{Database, DatabaseError, Snapshot};
use domain::time::Timestamp;

use crate::store;
use crate::take::Take;

/// What the check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Appointments that were read.
    pub appointments: u64,
    /// Cells in which something is taken.
    pub cells: u64,
    /// Cells that count more or less than the appointments take.
    pub wrong: u64,
    /// Cells that count more than their capacity.
    pub overfull: u64,
}

impl Counts {
    /// Whether nothing was found.
    pub const fn are_right(&self) -> bool {
        self.wrong == 0 && self.overfull == 0
    }
}

/// The system alone: `doctor`, backups. Compares every count with what the appointments take, at one moment.
///
/// # Errors
/// See [`DatabaseError`]; an appointment whose places cannot be read is [`DatabaseError::Internal`].
pub async fn check_counts(snapshot: &Snapshot) -> Result<Counts, DatabaseError> {
    let mut counts = Counts::default();
    let mut missing: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    store::upkeep::each_takes(snapshot, |takes| {
        counts.appointments += 1;
        let takes: Vec<Take> = serde_json::from_str(takes)
            .map_err(|_| DatabaseError::Internal("the places of an appointment cannot be read".to_owned()))?;
        takes.iter().flat_map(|take| take.each()).for_each(|cell| *missing.entry(cell).or_default() += 1);
        Ok(())
    })
    .await?;
    store::upkeep::each_count(snapshot, |cell, taken, capacity| {
        counts.cells += 1;
        counts.overfull += u64::from(taken > capacity);
        if missing.remove(&cell).unwrap_or_default() != taken {
            counts.wrong += 1;
        }
    })
    .await?;
    counts.wrong += missing.len() as u64;
    Ok(counts)
}

/// The system alone: backups. The number of the city that serves, if one was ever loaded.
///
/// # Errors
/// See [`DatabaseError`].
pub async fn serving_version(snapshot: &Snapshot) -> Result<Option<i64>, DatabaseError> {
    store::upkeep::serving_version(snapshot).await
}

/// The system alone: backups. When the very first city was loaded into this database: two backups with the same answer are of
/// the same city.
///
/// # Errors
/// See [`DatabaseError`].
pub async fn city_since(snapshot: &Snapshot) -> Result<Option<Timestamp>, DatabaseError> {
    store::upkeep::first_loaded(snapshot).await
}

/// The system alone: `doctor`. How many places lapsed before `before` and were not given back yet; many mean that no
/// worker runs.
///
/// # Errors
/// See [`DatabaseError`].
pub async fn lapsed_places(database: &Database, before: Timestamp) -> Result<u64, DatabaseError> {
    store::upkeep::lapsed(database, before).await
}
