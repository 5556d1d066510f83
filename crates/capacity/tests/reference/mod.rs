//! A second engine, as plain as can be: minute by minute from the rules, desk by desk by matching.
//!
//! It shares nothing with the crate but the types of the domain, and takes its time.

mod grid;
mod matching;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};

use domain::city::City;
use domain::identifier::Key;
use domain::opening::{OpeningRule, QuotaClass, VisitChannel};
use domain::time::Timestamp;

use grid::Grid;

/// What a visit needs.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) minutes: i64,
    /// The groups of the team that can serve it.
    pub(crate) groups: BTreeSet<Key>,
    pub(crate) class: QuotaClass,
    pub(crate) channel: Option<VisitChannel>,
    pub(crate) variant: Option<Key>,
}

/// One visit that has its place.
#[derive(Debug, Clone)]
struct Booking {
    groups: BTreeSet<Key>,
    class: QuotaClass,
}

/// One team with its bookings.
pub(crate) struct Reference<'a> {
    city: &'a City,
    grid: Grid<'a>,
    /// By the minute in which a cell begins.
    bookings: BTreeMap<i64, Vec<Booking>>,
}

/// A cell of the grid. Instants are minutes since the epoch.
pub(crate) struct Cell<'a> {
    pub(crate) end: i64,
    pub(crate) day: NaiveDate,
    pub(crate) rule: &'a OpeningRule,
    pub(crate) is_start: bool,
    /// The cell over which a visit extends next.
    pub(crate) next: Option<i64>,
    pub(crate) desks: BTreeMap<Key, u16>,
}

impl<'a> Reference<'a> {
    pub(crate) fn new(city: &'a City, office: &Key, team: &'a Key, first_day: NaiveDate, days: u16) -> Self {
        Self { city, grid: Grid::new(city, &city.offices[office], team, first_day, days), bookings: BTreeMap::new() }
    }

    /// Two rules are open in the same minute.
    pub(crate) fn overlaps(&self) -> bool {
        self.grid.overlaps
    }

    /// All starts (minutes since the epoch) that a visit may be booked at, with the number of visits that fit; 0: taken.
    pub(crate) fn starts(&self, wish: &Wish, now: Timestamp, arrival: Timestamp) -> BTreeMap<i64, u16> {
        let mut memory = BTreeMap::new();
        let offered = self.grid.cells.keys().filter_map(|start| {
            let visit = self.visit_at(*start, wish, now)?;
            (start * 60_000 >= arrival.millis()).then(|| (*start, self.fitting(&visit, wish, now, *start, &mut memory)))
        });
        offered.collect()
    }

    /// Books a visit, whether or not it fits.
    pub(crate) fn book(&mut self, start: i64, wish: &Wish, now: Timestamp) {
        for cell in self.visit_at(start, wish, now).expect("only starts are booked") {
            self.bookings.entry(cell).or_default().push(Booking { groups: wish.groups.clone(), class: wish.class });
        }
    }

    /// The most visits that fit into one day, by trying every way.
    pub(crate) fn most(&self, day: NaiveDate, wish: &Wish, now: Timestamp) -> u32 {
        let starts = self.grid.cells.iter().filter(|(_, cell)| cell.day == day).map(|(start, _)| *start);
        let visits: Vec<Vec<i64>> = starts.filter_map(|start| self.visit_at(start, wish, now)).collect();
        let mut rest: BTreeMap<i64, u16> = BTreeMap::new();
        for cell in visits.iter().flatten() {
            rest.entry(*cell).or_insert_with(|| self.fitting_in_cell(*cell, wish, now, *cell));
        }
        most_of(&visits, &mut rest, &mut BTreeMap::new())
    }

    /// The cells of a visit that begins at `start`, if it may be booked at all.
    fn visit_at(&self, start: i64, wish: &Wish, now: Timestamp) -> Option<Vec<i64>> {
        let first = self.grid.cells.get(&start)?;
        let rule = first.rule;
        let offered = first.is_start
            && rule.variant == wish.variant
            && wish.channel.is_none_or(|channel| channel == rule.channel);
        let lead = start * 60_000 - now.millis();
        let in_time = match wish.class {
            QuotaClass::Public => {
                let released = first.day - TimeDelta::days(i64::from(rule.booking.days_ahead));
                lead >= i64::from(rule.booking.lead_minutes) * 60_000
                    && now.local_date(self.city.municipality.time_zone) >= released
            }
            QuotaClass::Internal | QuotaClass::Urgent | QuotaClass::WalkIn => true,
        };
        if !offered || lead < 0 || !in_time {
            return None;
        }
        let mut cells = vec![start];
        let mut at = first;
        while (cells.len() as i64) * i64::from(rule.step_minutes) < wish.minutes {
            let next = at.next?;
            cells.push(next);
            at = &self.grid.cells[&next];
        }
        Some(cells)
    }

    fn fitting(
        &self,
        visit: &[i64],
        wish: &Wish,
        now: Timestamp,
        start: i64,
        memory: &mut BTreeMap<(i64, bool), u16>,
    ) -> u16 {
        let fits = visit.iter().map(|cell| {
            let released = is_released(self.grid.cells[cell].rule, now, start);
            *memory.entry((*cell, released)).or_insert_with(|| self.fitting_in_cell(*cell, wish, now, start))
        });
        fits.min().unwrap_or(0)
    }

    /// How many further visits fit into one cell: reserves kept, and every visit at a desk of its own.
    fn fitting_in_cell(&self, cell: i64, wish: &Wish, now: Timestamp, start: i64) -> u16 {
        let place = &self.grid.cells[&cell];
        let mut visits = self.bookings.get(&cell).cloned().unwrap_or_default();
        let mut fits = 0;
        loop {
            visits.push(Booking { groups: wish.groups.clone(), class: wish.class });
            let sets: Vec<&BTreeSet<Key>> = visits.iter().map(|visit| &visit.groups).collect();
            if !keeps_reserves(place, &visits, wish.class, is_released(place.rule, now, start))
                || !matching::fits(&sets, &place.desks)
            {
                return fits;
            }
            fits += 1;
        }
    }
}

fn is_released(rule: &OpeningRule, now: Timestamp, start: i64) -> bool {
    let minutes = i64::from(rule.quota.release_minutes);
    minutes > 0 && start * 60_000 - now.millis() <= minutes * 60_000
}

/// A visit of `class` may not use what is kept for others: for its class and each wider one, the visits of that class
/// and below leave the reserves of the classes above untouched.
fn keeps_reserves(cell: &Cell, visits: &[Booking], class: QuotaClass, released: bool) -> bool {
    let quota = cell.rule.quota;
    let all: u16 = cell.desks.values().sum();
    let reserves = [
        (QuotaClass::Public, quota.internal + quota.urgent + quota.walk_in),
        (QuotaClass::Internal, quota.urgent + quota.walk_in),
        (QuotaClass::Urgent, quota.walk_in),
        (QuotaClass::WalkIn, 0),
    ];
    let concerned = reserves.iter().filter(|(level, _)| *level >= class);
    concerned.into_iter().all(|(level, reserve)| {
        let reserve = if released { 0 } else { *reserve };
        let live = visits.iter().filter(|visit| visit.class <= *level).count();
        live <= usize::from(all.saturating_sub(reserve))
    })
}

/// Tries every number of visits at each start; remembers what is left behind so that no way is walked twice.
fn most_of(visits: &[Vec<i64>], rest: &mut BTreeMap<i64, u16>, memory: &mut BTreeMap<(i64, Vec<u16>), u32>) -> u32 {
    let Some((visit, others)) = visits.split_first() else {
        return 0;
    };
    let left: Vec<u16> = rest.range(visit[0]..).take(visit.len()).map(|(_, left)| *left).collect();
    if let Some(known) = memory.get(&(visit[0], left.clone())) {
        return *known;
    }
    let mut best = most_of(others, rest, memory);
    if visit.iter().all(|cell| rest[cell] > 0) {
        for cell in visit {
            *rest.get_mut(cell).expect("known cell") -= 1;
        }
        best = best.max(1 + most_of(visits, rest, memory));
        for cell in visit {
            *rest.get_mut(cell).expect("known cell") += 1;
        }
    }
    memory.insert((visit[0], left), best);
    best
}
