//! The ledger: how many visits are in each cell of each pool, a mirror in memory of the database's counters.

use std::sync::Arc;

use crate::claim::{Claim, Take};
use crate::supply::pools::{PoolId, row};
use crate::supply::{Run, Supply};

/// Counters over one supply. The database is the truth; this copy answers searches.
#[derive(Debug, Clone)]
pub struct Ledger {
    supply: Arc<Supply>,
    taken: Vec<u16>,
    epoch: u64,
}

impl Ledger {
    /// Nothing is taken yet.
    pub fn new(supply: Arc<Supply>) -> Self {
        let taken = vec![0; supply.counters];
        Self { supply, taken, epoch: 0 }
    }

    /// The supply that is counted over.
    pub fn supply(&self) -> &Arc<Supply> {
        &self.supply
    }

    /// A number that grows with every change; the version of an answer.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Moves a counter by `delta`, never below 0. False, and nothing happens, when the pool or the cell (seconds since
    /// the epoch) is not part of this supply.
    pub fn add(&mut self, pool: PoolId, cell_at: i64, delta: i32) -> bool {
        let Some(index) = self.locate(pool, cell_at) else {
            return false;
        };
        let moved = (i64::from(self.taken[index]) + i64::from(delta)).clamp(0, i64::from(u16::MAX));
        self.write(index, moved as u16);
        true
    }

    /// Sets a counter. False, and nothing happens, when the pool or the cell is not part of this supply.
    pub fn set(&mut self, pool: PoolId, cell_at: i64, taken: u16) -> bool {
        let Some(index) = self.locate(pool, cell_at) else {
            return false;
        };
        self.write(index, taken);
        true
    }

    /// How many visits a counter holds; `None` when the pool or the cell is not part of this supply.
    pub fn taken(&self, pool: PoolId, cell_at: i64) -> Option<u16> {
        self.locate(pool, cell_at).map(|index| self.taken[index])
    }

    /// Counts a visit in. False when a part of it lies outside this supply; the rest is counted.
    pub fn apply(&mut self, claim: &Claim) -> bool {
        self.move_all(claim, 1)
    }

    /// Counts a visit out. False when a part of it lies outside this supply; the rest is counted.
    pub fn release(&mut self, claim: &Claim) -> bool {
        self.move_all(claim, -1)
    }

    /// How many visits of exactly this kind still fit: 0 means taken.
    pub fn free(&self, claim: &Claim) -> u16 {
        let rest = |take: &Take| {
            take.cells().map(|(at, limit)| limit.saturating_sub(self.taken(take.pool, at).unwrap_or(0))).min()
        };
        claim.takes.iter().filter_map(rest).min().unwrap_or(0)
    }

    /// The counters of one pool of a run, by cell.
    pub(crate) fn counters(&self, run: &Run, row: usize) -> &[u16] {
        let cells = usize::from(run.cells);
        let first = run.counters as usize + row * cells;
        &self.taken[first..first + cells]
    }

    fn move_all(&mut self, claim: &Claim, delta: i32) -> bool {
        let mut complete = true;
        for take in &claim.takes {
            for (at, _) in take.cells() {
                complete &= self.add(take.pool, at, delta);
            }
        }
        complete
    }

    fn write(&mut self, index: usize, taken: u16) {
        if self.taken[index] != taken {
            self.taken[index] = taken;
            self.epoch += 1;
        }
    }

    fn locate(&self, pool: PoolId, cell_at: i64) -> Option<usize> {
        let place = self.supply.pools.get(&pool)?;
        let team = self.supply.offices.get(usize::from(place.office))?.teams.get(usize::from(place.team))?;
        let run = self.supply.run_at(team, cell_at)?;
        let cell = run.cell_at(cell_at)?;
        let row = row(team.groups.len(), run.levels, usize::from(place.slot))?;
        Some(run.counters as usize + row * usize::from(run.cells) + usize::from(cell))
    }
}
