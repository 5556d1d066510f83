//! What can be proven about a table before anybody is decided on: gaps, overlaps, rows that never count.
//!
//! Every test of a column is constant between two neighbouring ends that are written in the column. So one value at each
//! end and one in each space between stand for all values, and the boxes they span stand for all combinations.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use chrono::Days;
use rust_decimal::Decimal;

use crate::table::{Cell, CellType, DecisionTable, HitPolicy, Input};

/// The most boxes that are looked at; a table beyond is told to be too large to prove.
const MAX_BOXES: usize = 200_000;
/// The most gaps that are told.
const MAX_GAPS: usize = 5;

/// What was found. Rows are counted from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// Combinations that no row answers, in words.
    pub gaps: Vec<String>,
    /// Rows that fit the same combination and should not.
    pub overlaps: Vec<Overlap>,
    /// Rows that can never count.
    pub unreachable: Vec<usize>,
    /// The table is too large; nothing about gaps is proven.
    pub too_large: bool,
}

/// Two rows that fit the same combination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The first row, from 1.
    pub first: usize,
    /// The second row, from 1.
    pub second: usize,
    /// A combination that both fit, in words.
    pub example: String,
}

impl Proof {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.gaps.is_empty() && self.overlaps.is_empty() && self.unreachable.is_empty() && !self.too_large
    }
}

impl DecisionTable {
    /// Proves the table over the values its inputs declare.
    pub fn proof(&self) -> Proof {
        self.proof_within(&vec![None; self.inputs.len()])
    }

    /// Proves the table, where `options` knows all texts that an input can give.
    pub(crate) fn proof_within(&self, options: &[Option<Vec<String>>]) -> Proof {
        let samples: Vec<Vec<Option<Cell>>> =
            (0..self.inputs.len()).map(|at| self.samples(at, options.get(at).and_then(Option::as_deref))).collect();
        let boxes = Boxes::of(self, &samples);
        let mut proof = Proof { unreachable: boxes.never(), ..Proof::default() };
        proof.overlaps = self.overlaps(&boxes);
        let mut search = Search { boxes: &boxes, seen: HashSet::new(), left: MAX_BOXES };
        if self.hit_policy.needs_a_row() {
            let rows: Vec<usize> = (0..self.rows.len()).collect();
            let mut prefix = Vec::new();
            search.gaps(0, &rows, &mut prefix, &mut proof.gaps);
        }
        if matches!(self.hit_policy, HitPolicy::First) {
            for row in 1..self.rows.len() {
                let before: Vec<usize> = (0..row).collect();
                if !proof.unreachable.contains(&(row + 1)) && search.covered(row, 0, &before) {
                    proof.unreachable.push(row + 1);
                }
            }
            proof.unreachable.sort_unstable();
        }
        proof.too_large = search.left == 0;
        proof
    }

    fn overlaps(&self, boxes: &Boxes<'_>) -> Vec<Overlap> {
        let mut found = Vec::new();
        for second in 1..self.rows.len() {
            for first in 0..second {
                let differ = match self.hit_policy {
                    HitPolicy::Unique => true,
                    HitPolicy::Any => self.rows[first].outputs != self.rows[second].outputs,
                    _ => return found,
                };
                if let Some(example) = differ.then(|| boxes.both(first, second)).flatten() {
                    found.push(Overlap { first: first + 1, second: second + 1, example });
                }
                if found.len() >= MAX_GAPS * 4 {
                    return found;
                }
            }
        }
        found
    }

    /// One value for every stretch of the input's values that no test divides; `None` stands for missing.
    fn samples(&self, at: usize, options: Option<&[String]>) -> Vec<Option<Cell>> {
        let input = &self.inputs[at];
        let tests = self.rows.iter().map(|row| &row.tests[at]).chain([&input.allowed]);
        let ends: BTreeSet<Cell> =
            tests.flat_map(|tests| tests.intervals.iter().flat_map(crate::table::Interval::ends)).cloned().collect();
        let mut cells: BTreeSet<Cell> = match (input.kind, options) {
            (CellType::Bool, _) => [Cell::Bool(false), Cell::Bool(true)].into(),
            (CellType::Text, Some(options)) => options.iter().cloned().map(Cell::Text).collect(),
            (CellType::Text, None) => ends.iter().cloned().chain([any_other(&ends)]).collect(),
            (CellType::Number | CellType::Date, _) => stretches(input, &ends),
        };
        cells.retain(|cell| input.allowed.hold(Some(cell)));
        let missing = (!input.allowed.any && input.allowed.or_missing).then_some(None);
        cells.into_iter().map(Some).chain(missing).collect()
    }
}

/// A text that no test names.
fn any_other(ends: &BTreeSet<Cell>) -> Cell {
    let mut text = "any other".to_owned();
    while ends.contains(&Cell::Text(text.clone())) {
        text.push('…');
    }
    Cell::Text(text)
}

/// Every end, and one value between each two and beyond the outermost.
fn stretches(input: &Input, ends: &BTreeSet<Cell>) -> BTreeSet<Cell> {
    let mut cells = ends.clone();
    let ascending: Vec<&Cell> = ends.iter().collect();
    for pair in ascending.windows(2) {
        cells.extend(between(input, pair[0], pair[1]));
    }
    match (ascending.first(), ascending.last()) {
        (Some(lowest), Some(highest)) => {
            cells.extend([moved(lowest, Ordering::Less), moved(highest, Ordering::Greater)].into_iter().flatten());
        }
        _ if input.kind == CellType::Number => {
            cells.insert(Cell::Number(Decimal::ZERO));
        }
        _ => {
            cells.extend(chrono::NaiveDate::from_ymd_opt(2000, 1, 1).map(Cell::Date));
        }
    }
    if input.whole {
        cells.retain(|cell| !matches!(cell, Cell::Number(number) if number.normalize().scale() > 0));
    }
    cells
}

fn between(input: &Input, low: &Cell, high: &Cell) -> Option<Cell> {
    match (low, high) {
        (Cell::Number(a), Cell::Number(b)) => {
            if input.whole {
                let next = a.floor() + Decimal::ONE;
                return (next < *b).then_some(Cell::Number(next));
            }
            a.checked_add(*b).map(|sum| Cell::Number(sum / Decimal::TWO))
        }
        (Cell::Date(a), Cell::Date(b)) => a.succ_opt().filter(|next| next < b).map(Cell::Date),
        _ => None,
    }
}

fn moved(cell: &Cell, to: Ordering) -> Option<Cell> {
    let up = to == Ordering::Greater;
    match cell {
        Cell::Number(number) => {
            let whole =
                if up { number.floor().checked_add(Decimal::ONE) } else { number.ceil().checked_sub(Decimal::ONE) };
            whole.map(Cell::Number)
        }
        Cell::Date(day) => {
            if up { day.checked_add_days(Days::new(1)) } else { day.checked_sub_days(Days::new(1)) }.map(Cell::Date)
        }
        Cell::Bool(_) | Cell::Text(_) => None,
    }
}

/// Which row fits which sample of which column.
struct Boxes<'a> {
    table: &'a DecisionTable,
    samples: &'a [Vec<Option<Cell>>],
    /// By column, by sample, by row.
    fits: Vec<Vec<Vec<bool>>>,
}

impl<'a> Boxes<'a> {
    fn of(table: &'a DecisionTable, samples: &'a [Vec<Option<Cell>>]) -> Self {
        let column = |(at, samples): (usize, &Vec<Option<Cell>>)| {
            let sample =
                |sample: &Option<Cell>| table.rows.iter().map(|row| row.tests[at].hold(sample.as_ref())).collect();
            samples.iter().map(sample).collect()
        };
        Self { table, samples, fits: samples.iter().enumerate().map(column).collect() }
    }

    fn never(&self) -> Vec<usize> {
        let row_never = |row: &usize| self.fits.iter().any(|samples| !samples.iter().any(|rows| rows[*row]));
        (0..self.table.rows.len()).filter(row_never).map(|row| row + 1).collect()
    }

    fn both(&self, first: usize, second: usize) -> Option<String> {
        let common = |samples: &Vec<Vec<bool>>| samples.iter().position(|rows| rows[first] && rows[second]);
        let places = self.fits.iter().map(common).collect::<Option<Vec<usize>>>()?;
        Some(self.words(&places))
    }

    /// A combination in words; columns beyond `places` can have any value.
    fn words(&self, places: &[usize]) -> String {
        let mut words = String::new();
        for (at, (input, samples)) in self.table.inputs.iter().zip(self.samples).enumerate() {
            let value = match places.get(at).map(|place| &samples[*place]) {
                Some(Some(cell)) => cell.to_string(),
                Some(None) => "missing".to_owned(),
                None => continue,
            };
            let comma = if words.is_empty() { "" } else { ", " };
            let _ = write!(words, "{comma}{} = {value}", input.expression);
        }
        if words.is_empty() { "anything".to_owned() } else { words }
    }
}

/// A search through boxes that remembers which it has seen.
struct Search<'a> {
    boxes: &'a Boxes<'a>,
    seen: HashSet<(usize, Vec<usize>)>,
    left: usize,
}

impl Search<'_> {
    fn spend(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    /// Finds combinations that none of `rows` answers, from column `at` on.
    fn gaps(&mut self, at: usize, rows: &[usize], prefix: &mut Vec<usize>, gaps: &mut Vec<String>) {
        if gaps.len() >= MAX_GAPS || !self.spend() {
            return;
        }
        if rows.is_empty() {
            gaps.push(self.boxes.words(prefix));
            return;
        }
        if at == self.boxes.fits.len() || !self.seen.insert((at, rows.to_vec())) {
            return;
        }
        for sample in 0..self.boxes.fits[at].len() {
            let fitting: Vec<usize> = rows.iter().copied().filter(|row| self.boxes.fits[at][sample][*row]).collect();
            prefix.push(sample);
            self.gaps(at + 1, &fitting, prefix, gaps);
            prefix.pop();
        }
    }

    /// Whether `rows` together answer everything that `row` does.
    fn covered(&mut self, row: usize, at: usize, rows: &[usize]) -> bool {
        if rows.is_empty() || !self.spend() {
            return false;
        }
        if at == self.boxes.fits.len() {
            return true;
        }
        let boxes = self.boxes;
        let own = boxes.fits[at].iter().filter(|fits| fits[row]);
        own.clone().all(|fits| {
            let fitting: Vec<usize> = rows.iter().copied().filter(|other| fits[*other]).collect();
            self.covered(row, at + 1, &fitting)
        })
    }
}
