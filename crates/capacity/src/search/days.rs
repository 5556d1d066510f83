//! Days on which somebody can come.

use std::ops::ControlFlow;

use chrono::NaiveDate;

use crate::search::Search;
use crate::search::walk::Walk;

/// A local day with at least one start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The local day.
    pub date: NaiveDate,
    /// The offices that have a start, in the query's order; never empty.
    pub offices: Vec<OfficeDay>,
}

/// An office that has a start on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeDay {
    /// Its index in the query.
    pub office: usize,
    /// How many starts it has; two teams at the same time are two. Not the number of visits that fit: see
    /// [`Search::max_bookable`].
    pub starts: u32,
}

impl Search<'_> {
    /// Every day that has a start, with the number of starts of each office.
    pub fn days(&self) -> Vec<Day> {
        let (first, end) = self.days;
        let width = usize::from(end.saturating_sub(first));
        let mut counts = vec![0u32; width * self.query.offices.len()];
        let mut walk = Walk::default();
        for probe in &self.probes {
            for day in first..end {
                let count = &mut counts[probe.place * width + usize::from(day - first)];
                let _ = walk.each_range(self, probe, day, |range| {
                    let free = range.free.iter().fold(0u16, |sum, free| sum + u16::from(*free > 0));
                    *count += u32::from(free);
                    ControlFlow::Continue(())
                });
            }
        }
        let office_day =
            |office: usize, day: u16| OfficeDay { office, starts: counts[office * width + usize::from(day - first)] };
        (first..end)
            .map(|day| Day {
                date: self.ledger.supply().date(day),
                offices: (0..self.query.offices.len())
                    .map(|office| office_day(office, day))
                    .filter(|found| found.starts > 0)
                    .collect(),
            })
            .filter(|day| !day.offices.is_empty())
            .collect()
    }

    /// Whether any of the offices has a start on the local day. Stops at the first one.
    pub fn is_offered(&self, date: NaiveDate) -> bool {
        let day = self.ledger.supply().day_index(date).filter(|day| (self.days.0..self.days.1).contains(day));
        day.is_some_and(|day| self.has_start(day, &mut Walk::default()))
    }

    /// The first `most` days that have a start at any of the offices. Stops early on each day and after the last.
    pub fn offered_days(&self, most: usize) -> Vec<NaiveDate> {
        let mut walk = Walk::default();
        let offered = (self.days.0..self.days.1).filter(|day| self.has_start(*day, &mut walk));
        offered.take(most).map(|day| self.ledger.supply().date(day)).collect()
    }

    fn has_start(&self, day: u16, walk: &mut Walk) -> bool {
        let mut found = |range: crate::search::walk::Range| {
            if range.free.iter().any(|free| *free > 0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        self.probes.iter().any(|probe| walk.each_range(self, probe, day, &mut found).is_break())
    }
}
