//! Runs: the grid cells of opened windows, cut by closures, thinned by absences, joined where rules allow it.

use chrono_tz::Tz;

use domain::opening::{Join, OpeningRule, Tail};

use crate::supply::clock::{Interval, second_pass};
use crate::supply::pools::{MAX_GROUPS, levels_of_rule};
use crate::supply::{RuleFacts, Run, Stretch};

/// A window of a rule that is open on a day.
#[derive(Debug, Clone)]
pub(crate) struct Opening<'a> {
    pub(crate) day: u16,
    pub(crate) rule: &'a OpeningRule,
    /// The rule's place in the supply.
    pub(crate) rule_index: u32,
    pub(crate) open: Interval,
    /// Desks of each group when nobody is absent.
    pub(crate) desks: [u16; MAX_GROUPS],
}

/// Desks of a group that are missing for a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Missing {
    pub(crate) time: Interval,
    pub(crate) group: usize,
    pub(crate) count: u16,
}

/// A run with its stretches, before it has a place in the supply.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) run: Run,
    pub(crate) stretches: Vec<Stretch>,
    /// When the window of its last cell closes; an overrun goes on behind it.
    closes: i64,
}

/// The runs of one opening. `next` is when the team's next window begins: an overrun ends there at the latest.
pub(crate) fn runs_of_opening(
    opening: &Opening,
    next: Option<i64>,
    closed: &[Interval],
    missing: &[Missing],
    zone: Tz,
) -> Vec<Draft> {
    let step = i64::from(opening.rule.step_minutes) * 60;
    let Interval { from, to } = opening.open;
    let overrun = match opening.rule.tail {
        Tail::Drop => 0,
        Tail::Allow { max_overrun_minutes } => i64::from(max_overrun_minutes) * 60,
    };
    let last = (to + overrun).min(next.unwrap_or(i64::MAX)).max(to);
    let cells = (last - from) / step;
    let starts = cells.min(((to - from) + step - 1) / step);
    let hidden = second_pass_cells(opening, step, zone);

    open_cells(Interval { from, to: last }, step, cells, closed)
        .into_iter()
        .filter(|(first, _)| *first < starts)
        .map(|(first, end)| {
            let begin = from + first * step;
            let clip = |cell: i64| (cell.clamp(first, end) - first) as u16;
            let run = Run {
                first: begin,
                step: step as u32,
                cells: (end - first) as u16,
                starts: clip(starts),
                second_pass: (clip(hidden.0), clip(hidden.1)),
                day: opening.day,
                levels: 0,
                stretch_count: 0,
                first_stretch: 0,
                counters: 0,
            };
            let stretches = stretches(opening, &run, missing);
            Draft { run, stretches, closes: to }
        })
        .collect()
}

/// Joins touching runs of a day where both rules allow it and visits are of the same kind. `runs` in order of time.
pub(crate) fn join(runs: Vec<Draft>, rules: &[RuleFacts]) -> Vec<Draft> {
    let mut joined: Vec<Draft> = Vec::with_capacity(runs.len());
    for draft in runs {
        match joined.last_mut() {
            Some(last) if may_join(last, &draft, rules) => append(last, draft),
            _ => joined.push(draft),
        }
    }
    for draft in &mut joined {
        draft.run.levels =
            draft.stretches.iter().fold(0, |levels, stretch| levels | levels_of_rule(&rules[stretch.rule as usize]));
    }
    joined
}

fn may_join(left: &Draft, right: &Draft, rules: &[RuleFacts]) -> bool {
    let rule_of = |stretch: Option<&Stretch>| stretch.map(|stretch| &rules[stretch.rule as usize]);
    let (Some(before), Some(after)) = (rule_of(left.stretches.last()), rule_of(right.stretches.first())) else {
        return false;
    };
    left.run.end() == right.run.first
        && left.closes == right.run.first
        && left.run.day == right.run.day
        && left.run.step == right.run.step
        && before.join == Join::Joined
        && after.join == Join::Joined
        && before.channel == after.channel
        && before.variant == after.variant
}

fn append(left: &mut Draft, right: Draft) {
    let shift = left.run.cells;
    if right.run.second_pass.0 < right.run.second_pass.1 {
        left.run.second_pass = (right.run.second_pass.0 + shift, right.run.second_pass.1 + shift);
    }
    left.closes = right.closes;
    left.run.cells += right.run.cells;
    left.run.starts = shift + right.run.starts;
    left.stretches.extend(
        right.stretches.into_iter().map(|stretch| Stretch { first_cell: stretch.first_cell + shift, ..stretch }),
    );
}

/// The cells whose beginning the clock shows for the second time, where the rule does not offer them.
fn second_pass_cells(opening: &Opening, step: i64, zone: Tz) -> (i64, i64) {
    use domain::opening::Fold;
    let first_after = |at: i64| (at - opening.open.from + step - 1).div_euclid(step);
    match (opening.rule.fold, second_pass(opening.open, zone)) {
        (Fold::FirstPass, Some(pass)) => (first_after(pass.from), first_after(pass.to)),
        (Fold::FirstPass, None) | (Fold::BothPasses, _) => (0, 0),
    }
}

/// The parts of a grid that no closure touches, as half-open ranges of cells. The grid keeps its phase behind a closure.
fn open_cells(grid: Interval, step: i64, cells: i64, closed: &[Interval]) -> Vec<(i64, i64)> {
    let mut open = Vec::new();
    let mut next = 0;
    for closure in closed.iter().filter(|closure| closure.from < grid.to && grid.from < closure.to) {
        let first_closed = (closure.from - grid.from).div_euclid(step).max(0);
        let first_open = (closure.to - grid.from + step - 1).div_euclid(step);
        if next < first_closed {
            open.push((next, first_closed.min(cells)));
        }
        next = next.max(first_open);
    }
    if next < cells {
        open.push((next, cells));
    }
    open.retain(|(from, to)| from < to);
    open
}

fn stretches(opening: &Opening, run: &Run, missing: &[Missing]) -> Vec<Stretch> {
    let plain = Stretch { first_cell: 0, rule: opening.rule_index, desks: opening.desks };
    let relevant: Vec<&Missing> =
        missing.iter().filter(|gap| gap.time.from < run.end() && run.first < gap.time.to).collect();
    if relevant.is_empty() {
        return vec![plain];
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for cell in 0..run.cells {
        let desks = desks_in(opening.desks, &relevant, Interval { from: run.instant(cell), to: run.instant(cell + 1) });
        if stretches.last().is_none_or(|stretch| stretch.desks != desks) {
            stretches.push(Stretch { first_cell: cell, desks, ..plain.clone() });
        }
    }
    stretches
}

/// The desks that work through a whole cell: at every instant of it, what is there less what is missing.
fn desks_in(desks: [u16; MAX_GROUPS], missing: &[&Missing], cell: Interval) -> [u16; MAX_GROUPS] {
    let beginnings = missing.iter().map(|gap| gap.time.from.max(cell.from)).filter(|at| *at < cell.to);
    let mut least = desks;
    for at in beginnings {
        let mut present = desks;
        for gap in missing.iter().filter(|gap| gap.time.from <= at && at < gap.time.to) {
            present[gap.group] = present[gap.group].saturating_sub(gap.count);
        }
        for (least, present) in least.iter_mut().zip(present) {
            *least = (*least).min(present);
        }
    }
    least
}
