//! What a visit needs: time, a desk that can serve it, and for whom the place is taken.

use domain::identifier::Key;
use domain::opening::{QuotaClass, VisitChannel};

/// What one visit needs at one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Planned elapsed minutes of the whole visit, all matters and people together. 0 counts as one cell.
    pub minutes: u32,
    /// Which desks of the office can serve it; from [`Supply::eligible`](crate::Supply::eligible).
    pub eligible: Eligible,
    /// For whom the place is taken. The booking window of a rule (days ahead, lead time) holds for the public only.
    pub class: QuotaClass,
    /// Only visits of this kind; absent: any.
    pub channel: Option<VisitChannel>,
    /// The variant asked for by name. Rules with a variant serve only who asks for it; rules without one serve only
    /// who asks for none.
    pub variant: Option<Key>,
}

impl Demand {
    /// How many cells of `step_seconds` the visit takes; at least one.
    pub(crate) fn cells(&self, step_seconds: u32) -> u64 {
        (u64::from(self.minutes) * 60).div_ceil(u64::from(step_seconds.max(1))).max(1)
    }
}

/// For each team of one office (in order of the teams' keys) the desk groups that can serve a visit: bit `i` is the
/// `i`-th group in order of the groups' keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Eligible(Vec<u8>);

impl Eligible {
    /// From one mask per team, teams and groups in order of their keys.
    pub fn from_masks(masks: Vec<u8>) -> Self {
        Self(masks)
    }

    /// The mask of the team at `index`; 0 where the team cannot serve.
    pub fn mask(&self, index: usize) -> u8 {
        self.0.get(index).copied().unwrap_or(0)
    }

    /// Whether no desk can serve the visit.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|mask| *mask == 0)
    }
}
