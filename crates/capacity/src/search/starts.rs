//! Times at which somebody can come, earliest first.

use std::ops::ControlFlow;

use domain::identifier::Key;
use domain::opening::VisitChannel;
use domain::time::Timestamp;

use crate::search::walk::{Range, Walk};
use crate::search::{Probe, Search};

/// A time at which a visit can begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The office.
    pub office: Key,
    /// The team.
    pub team: Key,
    /// How the visit takes place.
    pub channel: VisitChannel,
    /// When the visit begins.
    pub at: Timestamp,
    /// When it ends: the start and the planned minutes.
    pub end: Timestamp,
    /// How many such visits could begin at this time; at least 1. Do not add these numbers up over starts of visits
    /// longer than a cell: see [`Search::max_bookable`].
    pub free: u16,
}

/// A place in the list of starts: behind the last one seen. Holds over changes of the supply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The last start seen.
    pub at: Timestamp,
    /// Its office.
    pub office: Key,
    /// Its team.
    pub team: Key,
}

/// A part of the list of starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In order of time, then of the keys of office and team.
    pub starts: Vec<Start>,
    /// Where the list goes on; absent at its end.
    pub next: Option<Cursor>,
}

/// A start before it has its names.
#[derive(Clone, Copy)]
struct Found<'a> {
    at: i64,
    free: u16,
    channel: VisitChannel,
    probe: &'a Probe<'a>,
}

impl Start {
    /// The place behind this start.
    pub fn cursor(&self) -> Cursor {
        Cursor { at: self.at, office: self.office.clone(), team: self.team.clone() }
    }
}

impl<'a> Search<'a> {
    /// The first `most` starts behind `after`, in order of time, then of the keys of office and team.
    pub fn starts(&self, most: usize, after: Option<&Cursor>) -> Page {
        let mut walk = Walk::default();
        let mut page = Vec::new();
        let mut next = None;
        for day in self.days.0..self.days.1 {
            let mut found = Vec::new();
            for probe in &self.probes {
                self.collect(probe, day, &mut walk, |start| found.push(start));
            }
            found.retain(|start| {
                after.is_none_or(|cursor| place(start) > (cursor.at.seconds(), &cursor.office, &cursor.team))
            });
            let room = most - page.len();
            // A day of a city has thousands of starts and a page has twenty: only those are put in order.
            if found.len() > room + 1 {
                found.select_nth_unstable_by_key(room, order);
            }
            let more = found.len() > room;
            found.truncate(room);
            found.sort_unstable_by_key(order);
            page.extend(found.iter().map(named));
            if more {
                next = page.last().map(Start::cursor);
                break;
            }
        }
        Page { starts: page, next }
    }

    /// The earliest start of each office of the query, in its order.
    pub fn earliest_per_office(&self) -> Vec<Option<Start>> {
        let mut walk = Walk::default();
        let mut earliest: Vec<Option<Found>> = vec![None; self.query.offices.len()];
        for probe in &self.probes {
            let best = &mut earliest[probe.place];
            for day in self.days.0..self.days.1 {
                let mut first: Option<Found> = None;
                self.collect(probe, day, &mut walk, |start| {
                    first = first.filter(|first| first.at <= start.at).or(Some(start));
                });
                if let Some(start) = first {
                    *best = best.filter(|best| best.at <= start.at).or(Some(start));
                    break;
                }
            }
        }
        earliest.iter().map(|found| found.as_ref().map(named)).collect()
    }

    /// The earliest starts of all offices that the person can reach, and up to `most` of them.
    pub fn earliest(&self, most: usize) -> Vec<Start> {
        self.starts(most, None).starts
    }

    fn collect<'b>(&'b self, probe: &'b Probe<'b>, day: u16, walk: &mut Walk, mut push: impl FnMut(Found<'b>))
    where
        'a: 'b,
    {
        let supply = self.ledger.supply();
        let _ = walk.each_range(self, probe, day, |Range { run, first, free }| {
            let channel = supply.rule(supply.stretch_of(run, first)).channel;
            for (cell, free) in (first..).zip(free).filter(|(_, free)| **free > 0) {
                push(Found { at: run.instant(cell), free: *free, channel, probe });
            }
            ControlFlow::Continue(())
        });
    }
}

/// The same order as that of [`place`], in numbers.
fn order(found: &Found) -> (i64, u32) {
    (found.at, found.probe.rank)
}

fn place<'a>(found: &Found<'a>) -> (i64, &'a Key, &'a Key) {
    (found.at, &found.probe.office.key, &found.probe.team.key)
}

fn named(found: &Found) -> Start {
    let at = Timestamp::from_seconds(found.at);
    Start {
        office: found.probe.office.key.clone(),
        team: found.probe.team.key.clone(),
        channel: found.channel,
        at,
        end: at.plus_minutes(i64::from(found.probe.demand.minutes)),
        free: found.free,
    }
}
