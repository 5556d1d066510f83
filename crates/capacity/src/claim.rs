//! Claims: the exact cells and pools that one visit takes, for the database to write.

use domain::identifier::Key;
use domain::opening::VisitChannel;
use domain::time::Timestamp;

use crate::demand::Demand;
use crate::moment::Moment;
use crate::supply::pools::{Pool, PoolId, levels_of_class, limit, pools_of_visit, slot};
use crate::supply::{RuleFacts, Run, Supply, TeamSupply};

/// A start that somebody wants to take.
#[derive(Debug, Clone, Copy)]
pub struct ClaimRequest<'a> {
    /// Where.
    pub office: &'a Key,
    /// With which team; absent: any.
    pub team: Option<&'a Key>,
    /// When the visit begins: an instant of the grid.
    pub start: Timestamp,
    /// What the visit needs.
    pub demand: &'a Demand,
    /// The present instant.
    pub now: Timestamp,
}

/// A visit that already has its place, under whichever rules it was booked.
#[derive(Debug, Clone, Copy)]
pub struct BookedVisit<'a> {
    /// Where.
    pub office: &'a Key,
    /// With which team.
    pub team: &'a Key,
    /// When it begins; need not lie on the grid.
    pub start: Timestamp,
    /// When it ends, as booked; the minutes of `demand` do not count.
    pub end: Timestamp,
    /// What the visit needs.
    pub demand: &'a Demand,
    /// The present instant.
    pub now: Timestamp,
}

/// What one visit takes. All or nothing: it is free only if every cell of every pool takes one more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The office.
    pub office: Key,
    /// The team.
    pub team: Key,
    /// The rule under which it begins.
    pub rule: Key,
    /// How the visit takes place.
    pub channel: VisitChannel,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends: the start and the planned minutes. The last cell may reach further.
    pub end: Timestamp,
    /// Length of a cell in seconds.
    pub step_seconds: u32,
    /// How many cells it takes.
    pub cells: u16,
    /// One entry per pool, ascending by pool: writers who keep this order do not deadlock.
    pub takes: Vec<Take>,
}

/// One unit of one pool in consecutive cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// The pool.
    pub pool: PoolId,
    /// The instant of the first cell, in seconds since 1970-01-01T00:00:00Z.
    pub first_cell: i64,
    /// Distance of the cells in seconds.
    pub step_seconds: u32,
    /// How many visits each cell takes at most; one entry per cell. The write must hold `taken + 1 <= limit`.
    pub limits: Vec<u16>,
}

impl Take {
    /// Each cell with its instant (seconds since the epoch) and its limit, in order of time.
    pub fn cells(&self) -> impl Iterator<Item = (i64, u16)> {
        let step = i64::from(self.step_seconds);
        (0..).zip(&self.limits).map(move |(index, limit)| (self.first_cell + index * step, *limit))
    }
}

/// Why there is nothing to claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// The office or the team is not known.
    #[error("this office does not exist")]
    UnknownOffice,
    /// No visit of this length begins at this instant: closed, off the grid, or too near to the end.
    #[error("there is no appointment at this time")]
    NoSuchStart,
    /// No desk that works at this time can serve the visit.
    #[error("no desk of this office can serve this visit at this time")]
    NoDeskForThis,
    /// The rule of this time serves only who asks for its variant, or has none of the variant asked for.
    #[error("this time is kept for another kind of appointment")]
    WrongVariant,
    /// Visits at this time take place in another way.
    #[error("this time is for visits of another kind (counter, video or mobile)")]
    WrongChannel,
    /// The day has not been released yet.
    #[error("this day cannot be booked yet")]
    TooFarAhead,
    /// Less than the lead time is left.
    #[error("it is too late to book this time")]
    TooSoon,
    /// The start has passed.
    #[error("this time has passed")]
    InThePast,
}

impl Supply {
    /// What a visit takes at exactly this start, with the first team (by key) that has such a start. Whether it is still
    /// free is not asked here: the database decides.
    ///
    /// # Errors
    /// [`Refusal`]; of several teams the one that comes nearest to a yes.
    pub fn claim(&self, request: &ClaimRequest) -> Result<Claim, Refusal> {
        self.claims(request).map(|mut claims| claims.swap_remove(0))
    }

    /// The same with every team that has such a start, by key; at least one.
    ///
    /// # Errors
    /// As [`Supply::claim`].
    pub fn claims(&self, request: &ClaimRequest) -> Result<Vec<Claim>, Refusal> {
        let office = &self.offices[self.office_index(request.office).ok_or(Refusal::UnknownOffice)?];
        if request.start < request.now {
            return Err(Refusal::InThePast);
        }
        let mut claims = Vec::new();
        let mut nearest = if request.team.is_some() { Refusal::UnknownOffice } else { Refusal::NoSuchStart };
        let wanted =
            office.teams.iter().enumerate().filter(|(_, team)| request.team.is_none_or(|key| *key == team.key));
        for (index, team) in wanted {
            match self.claim_in_team(team, request.demand.eligible.mask(index), request) {
                Ok(claim) => claims.push(claim),
                Err(refusal) => nearest = nearest.max(refusal),
            }
        }
        if claims.is_empty() { Err(nearest) } else { Ok(claims) }
    }

    /// What a booked visit takes under this supply, even off the grid: every cell that it touches. `None` when the rules
    /// no longer cover it, which is for the conflict plan to settle. Booking windows are not asked again.
    pub fn cells_of(&self, visit: &BookedVisit) -> Option<Claim> {
        let office = &self.offices[self.office_index(visit.office)?];
        let index = office.teams.iter().position(|team| team.key == *visit.team)?;
        let team = &office.teams[index];
        let (start, end) = (visit.start.seconds(), visit.end.seconds().max(visit.start.seconds() + 1));
        let run = self.run_at(team, start)?;
        if end > run.end() {
            return None;
        }
        let step = i64::from(run.step);
        let first = ((start - run.first) / step) as u16;
        let after = ((end - run.first + step - 1) / step) as u16;
        let rule = self.rule(self.stretch_of(run, first));
        if !suits(rule, visit.demand) {
            return None;
        }
        let spot = Spot { team, run, first, cells: after - first, start };
        let takes =
            self.takes(&spot, visit.demand, office_mask(visit.demand, index)?, Moment::new(visit.now, self.zone))?;
        Some(Claim {
            office: visit.office.clone(),
            team: team.key.clone(),
            rule: rule.key.clone(),
            channel: rule.channel,
            start: visit.start,
            end: visit.end,
            step_seconds: run.step,
            cells: spot.cells,
            takes,
        })
    }

    fn claim_in_team(&self, team: &TeamSupply, eligible: u8, request: &ClaimRequest) -> Result<Claim, Refusal> {
        let ClaimRequest { start, demand, now, .. } = *request;
        let at = start.seconds();
        let run = self.run_at(team, at).ok_or(Refusal::NoSuchStart)?;
        let first = run
            .cell_at(at)
            .filter(|cell| run.begins(*cell) && start.millis() % 1000 == 0)
            .ok_or(Refusal::NoSuchStart)?;
        let rule = self.rule(self.stretch_of(run, first));
        if demand.channel.is_some_and(|channel| channel != rule.channel) {
            return Err(Refusal::WrongChannel);
        }
        if demand.variant != rule.variant {
            return Err(Refusal::WrongVariant);
        }
        let cells = demand.cells(run.step);
        if u64::from(first) + cells > u64::from(run.cells) {
            return Err(Refusal::NoSuchStart);
        }
        let moment = Moment::new(now, self.zone);
        if Moment::too_far_ahead(rule, demand.class, moment.days_until(self.date(run.day))) {
            return Err(Refusal::TooFarAhead);
        }
        if at < moment.earliest_second(rule, demand.class) {
            return Err(Refusal::TooSoon);
        }
        let spot = Spot { team, run, first, cells: cells as u16, start: at };
        let takes = (eligible != 0)
            .then(|| self.takes(&spot, demand, eligible, moment))
            .flatten()
            .ok_or(Refusal::NoDeskForThis)?;
        Ok(Claim {
            office: request.office.clone(),
            team: team.key.clone(),
            rule: rule.key.clone(),
            channel: rule.channel,
            start,
            end: start.plus_minutes(i64::from(demand.minutes)),
            step_seconds: run.step,
            cells: spot.cells,
            takes,
        })
    }

    /// `None` when in some cell no desk is there that can serve the visit.
    fn takes(&self, spot: &Spot, demand: &Demand, eligible: u8, moment: Moment) -> Option<Vec<Take>> {
        let groups = spot.team.groups.len();
        let limits = |pool: Pool| -> Vec<u16> {
            let of_cell = |cell| {
                let stretch = self.stretch_of(spot.run, cell);
                let rule = self.rule(stretch);
                limit(stretch, rule, pool, moment.released(rule, spot.start))
            };
            (spot.first..spot.first + spot.cells).map(of_cell).collect()
        };
        if limits(Pool::Hall(eligible)).contains(&0) {
            return None;
        }
        let levels = levels_of_class(demand.class) & spot.run.levels;
        let mut takes: Vec<Take> = pools_of_visit(groups, eligible, levels)
            .map(|pool| Take {
                pool: spot.team.pools[slot(groups, pool)],
                first_cell: spot.run.instant(spot.first),
                step_seconds: spot.run.step,
                limits: limits(pool),
            })
            .collect();
        takes.sort_by_key(|take| take.pool);
        Some(takes)
    }
}

/// Where in a run a visit lies, and the second at which it begins.
struct Spot<'a> {
    team: &'a TeamSupply,
    run: &'a Run,
    first: u16,
    cells: u16,
    start: i64,
}

fn office_mask(demand: &Demand, team: usize) -> Option<u8> {
    Some(demand.eligible.mask(team)).filter(|mask| *mask != 0)
}

/// Whether a rule offers visits of this kind at all.
pub(crate) fn suits(rule: &RuleFacts, demand: &Demand) -> bool {
    demand.channel.is_none_or(|channel| channel == rule.channel) && demand.variant == rule.variant
}
