//! Counting all future appointments again under new rules. Pure: what to write comes out as values.

use std::collections::{BTreeMap, HashSet};

use capacity::{BookedVisit, Claim};
use domain::opening::QuotaClass;
use domain::time::Timestamp;

use crate::appointment::{Appointment, Conflict};
use crate::board::Picture;
use crate::load_city::{ConflictPlan, PlannedConflict};
use crate::place::{demand, takes_of};
use crate::take::Take;

/// The outcome of a recount.
pub(crate) struct Recount {
    /// Appointments whose row must be written.
    pub(crate) changed: Vec<Changed>,
    looked_at: usize,
    conflicts: Vec<PlannedConflict>,
    /// Per cell: taken, and the limit under the new rules.
    cells: BTreeMap<(i64, i64), (i64, i64)>,
}

/// An appointment as it is after the recount.
pub(crate) struct Changed {
    pub(crate) appointment: Appointment,
    pub(crate) generation: i64,
    pub(crate) newly_in_conflict: bool,
}

impl Recount {
    /// Counts `future` under `picture`. Who booked first keeps a place that has become scarce.
    pub(crate) fn new(picture: &Picture, mut future: Vec<Appointment>, now: Timestamp) -> Self {
        future.sort_by_key(|appointment| (appointment.created_at, appointment.id));
        let mut recount =
            Self { changed: Vec::new(), looked_at: future.len(), conflicts: Vec::new(), cells: BTreeMap::new() };
        for appointment in future {
            recount.count(picture, appointment, now);
        }
        recount.conflicts.sort_by_key(|planned| (planned.starts_at, planned.appointment));
        recount
    }

    /// What to tell the people in charge.
    pub(crate) fn plan(&self) -> ConflictPlan {
        ConflictPlan { appointments: self.looked_at, conflicts: self.conflicts.clone() }
    }

    /// Every cell to write: `(pool, at, taken, capacity)`. A cell that holds more than its limit keeps them all.
    pub(crate) fn counts(&self) -> Vec<(i64, i64, i64, i64)> {
        self.cells.iter().map(|((pool, at), (taken, limit))| (*pool, *at, *taken, (*limit).max(*taken))).collect()
    }

    fn count(&mut self, picture: &Picture, appointment: Appointment, now: Timestamp) {
        let claim = claim(picture, &appointment, appointment.quota, now);
        // Quotas hold for booking; whether there is a desk is asked of the sets of desks alone, as for a walk-in.
        let desks = claim.as_ref().and_then(|_| claim_of_desks(picture, &appointment, now));
        let people = appointment.takes.iter().copied().filter(|take| !take.in_time());
        let places = claim.as_ref().map(takes_of).unwrap_or_default();
        let takes: Vec<Take> = places.into_iter().chain(people).collect();
        let over = self.enter(claim.as_ref(), &desks.unwrap_or_default());
        let found = match (claim.is_some(), over) {
            (false, _) => Some(Conflict::Closed),
            (true, true) => Some(Conflict::OverCapacity),
            (true, false) => None,
        };
        // Places that only rest after a cancellation are nobody's conflict, and a decision once made stays made.
        let conflict = match (found, appointment.conflict) {
            (Some(_), _) if !appointment.status.takes_a_place() => None,
            (Some(Conflict::OverCapacity), Some(Conflict::Kept)) => Some(Conflict::Kept),
            (found, _) => found,
        };
        if let Some(conflict) = conflict.filter(|conflict| *conflict != Conflict::Kept) {
            self.conflicts.push(PlannedConflict {
                appointment: appointment.id,
                office: appointment.office.clone(),
                starts_at: appointment.starts_at,
                conflict,
            });
        }
        if takes != appointment.takes || conflict != appointment.conflict {
            let generation = appointment.generation;
            let newly_in_conflict = conflict.is_some() && conflict != appointment.conflict;
            let changed = Appointment { takes, conflict, changed_at: now, generation: generation + 1, ..appointment };
            self.changed.push(Changed { appointment: changed, generation, newly_in_conflict });
        }
    }

    /// Counts a claim in; says whether a set of desks is now fuller than it has desks.
    fn enter(&mut self, claim: Option<&Claim>, desks: &HashSet<i64>) -> bool {
        let mut over = false;
        for take in claim.iter().flat_map(|claim| &claim.takes) {
            for (at, limit) in take.cells() {
                let cell = self.cells.entry((take.pool.0, at)).or_insert((0, i64::from(limit)));
                cell.0 += 1;
                over |= desks.contains(&take.pool.0) && cell.0 > cell.1;
            }
        }
        over
    }
}

fn claim(picture: &Picture, appointment: &Appointment, class: QuotaClass, now: Timestamp) -> Option<Claim> {
    let office = picture.city.offices.get(&appointment.office)?;
    let variant = appointment.variant.clone();
    let mut demand = demand(picture, office, &appointment.visit, Some(appointment.channel), variant, class).ok()?;
    demand.minutes = u32::try_from(appointment.minutes()).ok()?;
    picture.supply.cells_of(&BookedVisit {
        office: &appointment.office,
        team: &appointment.team,
        start: appointment.starts_at,
        end: appointment.ends_at,
        demand: &demand,
        now,
    })
}

fn claim_of_desks(picture: &Picture, appointment: &Appointment, now: Timestamp) -> Option<HashSet<i64>> {
    let desks = claim(picture, appointment, QuotaClass::WalkIn, now)?;
    Some(desks.takes.iter().map(|take| take.pool.0).collect())
}
