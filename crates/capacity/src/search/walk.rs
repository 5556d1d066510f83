//! The one function behind all answers: the free starts of a run.

use std::ops::ControlFlow;

use crate::claim::suits;
use crate::moment::Moment;
use crate::search::{Probe, Search};
use crate::supply::Run;
use crate::supply::pools::{levels_of_class, limit, pools_of_visit, row, slot};

/// Buffers that are used again from run to run.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// Free places per cell; after sliding, per start.
    free: Vec<u16>,
    other: Vec<u16>,
    /// Cells in which a visit may begin, half open and ascending.
    ranges: Vec<(u16, u16)>,
    /// Where a reserve's release divides the starts; the last entry is the end.
    cuts: Vec<u16>,
}

/// Consecutive starts of a run with the number of visits that could begin at each.
pub(crate) struct Range<'a> {
    pub(crate) run: &'a Run,
    pub(crate) first: u16,
    pub(crate) free: &'a [u16],
}

impl Walk {
    /// Shows every stretch of possible starts in the runs of one day of one team, in order of time. A start with 0 free
    /// places is taken.
    pub(crate) fn each_range(
        &mut self,
        search: &Search,
        probe: &Probe,
        day: u16,
        mut show: impl FnMut(Range) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for run in search.ledger.supply().runs_of_day(probe.team, day) {
            let Some(width) = self.prepare(search, probe, run) else {
                continue;
            };
            let mut from = 0;
            for cut in 0..self.cuts.len() {
                let to = self.cuts[cut];
                if !self.ranges.iter().any(|range| range.0 < to && from < range.1) {
                    from = to;
                    continue;
                }
                self.fill(search, probe, run, from);
                self.slide(width);
                for range in 0..self.ranges.len() {
                    let (first, end) = (self.ranges[range].0.max(from), self.ranges[range].1.min(to));
                    if first < end {
                        show(Range { run, first, free: &self.free[usize::from(first)..usize::from(end)] })?;
                    }
                }
                from = to;
            }
        }
        ControlFlow::Continue(())
    }

    /// How many further visits of this kind fit into one day of a team when starts are filled in order of time.
    ///
    /// Visits of a query are of equal length and take the same pools, so filling by earliest end is optimal. Only where
    /// a reserve's release divides a run the number is a lower bound.
    pub(crate) fn pack(&mut self, search: &Search, probe: &Probe, day: u16) -> u32 {
        let mut packed = 0;
        let mut booked = Vec::new();
        for run in search.ledger.supply().runs_of_day(probe.team, day) {
            let Some(width) = self.prepare(search, probe, run) else {
                continue;
            };
            booked.clear();
            booked.resize(usize::from(run.cells), 0u16);
            let mut from = 0;
            for cut in 0..self.cuts.len() {
                let to = self.cuts[cut];
                self.fill(search, probe, run, from);
                for start in self.ranges.iter().flat_map(|range| range.0.max(from)..range.1.min(to)) {
                    let visit = usize::from(start)..usize::from(start) + width;
                    let rest = self.free[visit.clone()]
                        .iter()
                        .zip(&booked[visit.clone()])
                        .map(|(free, booked)| free.saturating_sub(*booked));
                    let fits = rest.min().unwrap_or(0);
                    booked[visit].iter_mut().for_each(|cell| *cell += fits);
                    packed += u32::from(fits);
                }
                from = to;
            }
        }
        packed
    }

    /// Finds where visits may begin and how many cells they take; `None` when nowhere.
    fn prepare(&mut self, search: &Search, probe: &Probe, run: &Run) -> Option<usize> {
        let supply = search.ledger.supply();
        let demand = probe.demand;
        let width = u16::try_from(demand.cells(run.step)).ok().filter(|width| *width <= run.cells)?;
        let positions = (run.cells - width + 1).min(run.starts);
        let stretches = supply.stretches(run);
        let days_until = search.days_until_first + i64::from(run.day);
        self.ranges.clear();
        self.cuts.clear();
        for (index, stretch) in stretches.iter().enumerate() {
            let rule = supply.rule(stretch);
            let last_released = search.moment.last_released_second(rule);
            let cut = first_cell_from(run, last_released.saturating_add(1));
            if run.levels != 0 && 0 < cut && cut < positions {
                self.cuts.push(cut);
            }
            if !suits(rule, demand) || Moment::too_far_ahead(rule, demand.class, days_until) {
                continue;
            }
            let earliest = probe.arrival.max(search.moment.earliest_second(rule, demand.class));
            let from = stretch.first_cell.max(first_cell_from(run, earliest));
            let to = stretches.get(index + 1).map_or(run.cells, |next| next.first_cell).min(positions);
            self.push_range(from, to.min(run.second_pass.0.max(from)));
            self.push_range(from.max(run.second_pass.1.min(to)), to);
        }
        self.cuts.sort_unstable();
        self.cuts.dedup();
        self.cuts.push(positions);
        (!self.ranges.is_empty()).then_some(usize::from(width))
    }

    fn push_range(&mut self, from: u16, to: u16) {
        if from < to {
            self.ranges.push((from, to));
        }
    }

    /// The free places of every cell for a visit that begins in cell `start`: the least over its pools.
    fn fill(&mut self, search: &Search, probe: &Probe, run: &Run, start: u16) {
        let supply = search.ledger.supply();
        let groups = probe.team.groups.len();
        let stretches = supply.stretches(run);
        self.free.clear();
        self.free.resize(usize::from(run.cells), u16::MAX);
        for pool in pools_of_visit(groups, probe.eligible, levels_of_class(probe.demand.class) & run.levels) {
            let Some(row) = row(groups, run.levels, slot(groups, pool)) else {
                continue;
            };
            let taken = search.ledger.counters(run, row);
            for (index, stretch) in stretches.iter().enumerate() {
                let rule = supply.rule(stretch);
                let limit = limit(stretch, rule, pool, search.moment.released(rule, run.instant(start)));
                let cells = usize::from(stretch.first_cell)
                    ..stretches.get(index + 1).map_or(run.cells, |next| next.first_cell).into();
                for (free, taken) in self.free[cells.clone()].iter_mut().zip(&taken[cells]) {
                    *free = (*free).min(limit.saturating_sub(*taken));
                }
            }
        }
    }

    /// Replaces each entry by the least of itself and the `width - 1` entries behind it, in steps that double.
    fn slide(&mut self, width: usize) {
        let mut covered = 1;
        while covered < width {
            let shift = covered.min(width - covered);
            let kept = self.free.len() - shift;
            self.other.clear();
            self.other.extend(self.free[..kept].iter().zip(&self.free[shift..]).map(|(here, there)| *here.min(there)));
            std::mem::swap(&mut self.free, &mut self.other);
            covered += shift;
        }
    }
}

/// The first cell that begins at or after `at`; may lie behind the run.
fn first_cell_from(run: &Run, at: i64) -> u16 {
    if at <= run.first {
        return 0;
    }
    if at > run.instant(run.cells) {
        return u16::MAX;
    }
    ((at - run.first + i64::from(run.step) - 1) / i64::from(run.step)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sliding_finds_the_least_of_every_window() {
        let values: Vec<u16> = (0..60u32).map(|i| (i * 7919 % 31) as u16).collect();
        for width in 1..=60 {
            let mut walk = Walk { free: values.clone(), ..Walk::default() };
            walk.slide(width);
            let expected: Vec<u16> =
                values.windows(width).map(|window| window.iter().copied().min().unwrap()).collect();
            assert_eq!(walk.free, expected, "width {width}");
        }
    }
}
