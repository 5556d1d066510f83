//! Supply: what the offices of a city can serve in each cell of each day, compiled from rules once and then only read.

pub(crate) mod clock;
mod compile;
pub(crate) mod days;
pub(crate) mod hours;
pub(crate) mod pools;
pub(crate) mod problem;
mod runs;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use domain::city::City;
use domain::identifier::Key;
use domain::office::DeskGroup;
use domain::opening::{Access, BookingWindow, Join, Quota, VisitChannel};
use domain::time::Timestamp;

use crate::demand::Eligible;
use crate::supply::hours::Hours;
use crate::supply::pools::{MAX_GROUPS, PoolId};
use crate::supply::problem::SupplyProblem;

/// The compiled supply of all offices of a city over a number of local days. Immutable.
#[derive(Debug)]
pub struct Supply {
    pub(crate) zone: Tz,
    pub(crate) first_day: NaiveDate,
    pub(crate) days: u16,
    /// In order of their keys.
    pub(crate) offices: Vec<OfficeSupply>,
    pub(crate) rules: Vec<RuleFacts>,
    /// By office, team and time; [`TeamSupply::runs_of_day`] points into it.
    pub(crate) runs: Vec<Run>,
    pub(crate) stretches: Vec<Stretch>,
    pub(crate) pools: BTreeMap<PoolId, PoolPlace>,
    /// How many counters a ledger of this supply has.
    pub(crate) counters: usize,
}

/// One office.
#[derive(Debug)]
pub(crate) struct OfficeSupply {
    pub(crate) key: Key,
    /// In order of their keys.
    pub(crate) teams: Vec<TeamSupply>,
    /// In order of time.
    pub(crate) hours: Vec<Hours>,
}

/// One team, the owner of capacity.
#[derive(Debug)]
pub(crate) struct TeamSupply {
    pub(crate) key: Key,
    /// In order of their keys; bit `i` of a mask is the group at `i`.
    pub(crate) groups: Vec<DeskGroup>,
    /// By slot.
    pub(crate) pools: Vec<PoolId>,
    /// Where the runs of each day begin in [`Supply::runs`]; one more entry than days.
    pub(crate) runs_of_day: Vec<u32>,
}

/// Where a pool belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolPlace {
    pub(crate) office: u16,
    pub(crate) team: u16,
    pub(crate) slot: u8,
}

/// What the engine needs to know of a rule at run time.
#[derive(Debug, Clone)]
pub(crate) struct RuleFacts {
    pub(crate) key: Key,
    pub(crate) quota: Quota,
    pub(crate) booking: BookingWindow,
    pub(crate) access: Access,
    pub(crate) channel: VisitChannel,
    pub(crate) variant: Option<Key>,
    pub(crate) join: Join,
}

/// Consecutive cells of one team on one local day, over which a visit can extend.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The first cell's instant in seconds since the epoch.
    pub(crate) first: i64,
    /// Length of a cell in seconds.
    pub(crate) step: u32,
    pub(crate) cells: u16,
    /// Visits begin in cells before this one; the others lie past the end of the window (the allowed overrun).
    pub(crate) starts: u16,
    /// Cells in which no visit begins although it may extend over them: the second pass of the autumn hour.
    pub(crate) second_pass: (u16, u16),
    /// Days since the first day of the supply.
    pub(crate) day: u16,
    /// The level pools that the rules of this run need, as bits.
    pub(crate) levels: u8,
    pub(crate) stretch_count: u16,
    pub(crate) first_stretch: u32,
    /// Where its counters begin in a ledger: one row of `cells` counters per pool.
    pub(crate) counters: u32,
}

/// Cells of a run that have the same rule and the same desks.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    pub(crate) first_cell: u16,
    pub(crate) rule: u32,
    /// Desks of each group.
    pub(crate) desks: [u16; MAX_GROUPS],
}

impl Run {
    /// The instant of a cell in seconds since the epoch.
    pub(crate) fn instant(&self, cell: u16) -> i64 {
        self.first + i64::from(cell) * i64::from(self.step)
    }

    /// The first instant after its last cell.
    pub(crate) fn end(&self) -> i64 {
        self.instant(self.cells)
    }

    /// The cell that begins exactly at `at`.
    pub(crate) fn cell_at(&self, at: i64) -> Option<u16> {
        let passed = at - self.first;
        let step = i64::from(self.step);
        let inside = passed >= 0 && passed % step == 0 && passed / step < i64::from(self.cells);
        inside.then(|| (passed / step) as u16)
    }

    /// Whether a visit may begin in `cell`.
    pub(crate) fn begins(&self, cell: u16) -> bool {
        cell < self.starts && !(self.second_pass.0..self.second_pass.1).contains(&cell)
    }
}

/// A run as others may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// The team.
    pub team: Key,
    /// The rule of its first cell.
    pub rule: Key,
    /// Its first instant.
    pub first: Timestamp,
    /// Length of a cell in seconds.
    pub step_seconds: u32,
    /// How many cells a visit may extend over.
    pub cells: u16,
    /// How many of them a visit may begin in.
    pub starts: u16,
    /// All desks of the team at work, for each cell.
    pub desks: Vec<u16>,
}

impl Supply {
    /// Compiles the rules of `city` for `days` local days from `first_day`.
    ///
    /// # Errors
    /// Every [`SupplyProblem`] found, sorted; the order in which rules are listed does not matter.
    pub fn compile(city: &City, first_day: NaiveDate, days: u16) -> Result<Self, Vec<SupplyProblem>> {
        compile::compile(city, first_day, days)
    }

    /// The zone of the city's wall clock.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The first local day.
    pub fn first_day(&self) -> NaiveDate {
        self.first_day
    }

    /// How many local days were compiled.
    pub fn days(&self) -> u16 {
        self.days
    }

    /// The keys of the offices, ascending.
    pub fn offices(&self) -> impl Iterator<Item = &Key> {
        self.offices.iter().map(|office| &office.key)
    }

    /// The desk groups that can serve a visit which needs all of `skills` and `equipment` (of several matters together:
    /// one desk serves the whole visit). `None` when the office is unknown.
    pub fn eligible<'a>(
        &self,
        office: &Key,
        skills: impl Iterator<Item = &'a Key>,
        equipment: impl Iterator<Item = &'a Key>,
    ) -> Option<Eligible> {
        let (skills, equipment): (Vec<&Key>, Vec<&Key>) = (skills.collect(), equipment.collect());
        let serves = |group: &DeskGroup| group.serves(skills.iter().copied(), equipment.iter().copied());
        let mask = |team: &TeamSupply| {
            let able = team.groups.iter().enumerate().filter(|(_, group)| serves(group));
            able.fold(0, |mask, (bit, _)| mask | 1u8 << bit)
        };
        let office = &self.offices[self.office_index(office)?];
        Some(Eligible::from_masks(office.teams.iter().map(mask).collect()))
    }

    /// The runs of an office on a local day, by team and time.
    pub fn runs(&self, office: &Key, day: NaiveDate) -> Vec<RunView> {
        let (Some(office), Some(day)) = (self.office_index(office), self.day_index(day)) else {
            return Vec::new();
        };
        let of_team =
            |team: &TeamSupply| self.runs_of_day(team, day).iter().map(|run| self.view(team, run)).collect::<Vec<_>>();
        self.offices[office].teams.iter().flat_map(of_team).collect()
    }

    pub(crate) fn office_index(&self, key: &Key) -> Option<usize> {
        self.offices.binary_search_by(|office| office.key.cmp(key)).ok()
    }

    pub(crate) fn day_index(&self, day: NaiveDate) -> Option<u16> {
        let index = (day - self.first_day).num_days();
        (0..i64::from(self.days)).contains(&index).then_some(index as u16)
    }

    pub(crate) fn date(&self, day: u16) -> NaiveDate {
        self.first_day + chrono::TimeDelta::days(i64::from(day))
    }

    pub(crate) fn runs_of_day(&self, team: &TeamSupply, day: u16) -> &[Run] {
        let day = usize::from(day);
        &self.runs[team.runs_of_day[day] as usize..team.runs_of_day[day + 1] as usize]
    }

    pub(crate) fn runs_of_team(&self, team: &TeamSupply) -> &[Run] {
        let (Some(first), Some(last)) = (team.runs_of_day.first(), team.runs_of_day.last()) else {
            return &[];
        };
        &self.runs[*first as usize..*last as usize]
    }

    /// The run of the team that holds the instant `at`.
    pub(crate) fn run_at(&self, team: &TeamSupply, at: i64) -> Option<&Run> {
        let runs = self.runs_of_team(team);
        let after = runs.partition_point(|run| run.first <= at);
        runs[..after].last().filter(|run| at < run.end())
    }

    pub(crate) fn stretches(&self, run: &Run) -> &[Stretch] {
        let first = run.first_stretch as usize;
        &self.stretches[first..first + usize::from(run.stretch_count)]
    }

    /// The stretch of a run that `cell` lies in.
    pub(crate) fn stretch_of(&self, run: &Run, cell: u16) -> &Stretch {
        let stretches = self.stretches(run);
        &stretches[stretches.partition_point(|stretch| stretch.first_cell <= cell) - 1]
    }

    pub(crate) fn rule(&self, stretch: &Stretch) -> &RuleFacts {
        &self.rules[stretch.rule as usize]
    }

    fn view(&self, team: &TeamSupply, run: &Run) -> RunView {
        RunView {
            team: team.key.clone(),
            rule: self.rule(self.stretch_of(run, 0)).key.clone(),
            first: Timestamp::from_seconds(run.first),
            step_seconds: run.step,
            cells: run.cells,
            starts: run.starts,
            desks: (0..run.cells).map(|cell| self.stretch_of(run, cell).desks.iter().sum()).collect(),
        }
    }
}
