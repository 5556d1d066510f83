//! Finding a start: at any, several or one office, for several matters and people, with the way there.

use capacity::{Cursor, OfficeQuery, Query, Search as Answers, Start};
use chrono::{NaiveDate, TimeDelta};
use domain::geography::{Position, TravelMode};
use domain::identifier::Key;
use domain::opening::{QuotaClass, VisitChannel};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::board::Picture;
use crate::failure::{Failure, Problem};
use crate::place::{demand, usual_channel};
use crate::visit::{Visit, VisitRefusal};

/// What somebody looks for.
#[derive(Debug, Clone)]
pub struct Search {
    /// The matters and people.
    pub visit: Visit,
    /// The offices that come into question; empty: all.
    pub offices: Vec<Key>,
    /// First local day; absent: today.
    pub from: Option<NaiveDate>,
    /// Last local day, included; absent: as far as the city plans.
    pub to: Option<NaiveDate>,
    /// Only this kind of visit; absent: as each office usually works.
    pub channel: Option<VisitChannel>,
    /// A variant asked for by name.
    pub variant: Option<Key>,
    /// Only offices that can be reached without steps.
    pub step_free_only: bool,
    /// Where the person sets out, if the way matters.
    pub origin: Option<Origin>,
    /// From which quota: the public's, or staff's.
    pub quota: QuotaClass,
}

/// Where somebody sets out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Origin {
    /// The place.
    pub position: Position,
    /// How the person travels.
    pub mode: TravelMode,
    /// The longest way in minutes; offices further away are left out.
    pub at_most_minutes: Option<u32>,
}

/// A free start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeStart {
    /// The office.
    pub office: Key,
    /// The team.
    pub team: Key,
    /// Start, UTC.
    pub starts_at: Timestamp,
    /// End as planned, UTC.
    pub ends_at: Timestamp,
    /// How the visit takes place.
    pub channel: VisitChannel,
    /// How many such visits could begin then; at least 1.
    pub free: u16,
    /// Estimated minutes of the way, if the search named where the person sets out.
    pub travel_minutes: Option<u32>,
}

/// A part of the list of starts.
#[derive(Debug, Clone)]
pub struct StartPage {
    /// In order of time.
    pub starts: Vec<FreeStart>,
    /// Where the list goes on.
    pub next: Option<Cursor>,
    /// The state of the board the answer was read from.
    pub epoch: u64,
}

/// A local day on which at least one start is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeDay {
    /// The day.
    pub date: NaiveDate,
    /// The offices with starts on that day, with the number of starts.
    pub offices: Vec<(Key, u32)>,
}

/// The earliest starts.
#[derive(Debug, Clone)]
pub struct Earliest {
    /// The earliest of all offices, as many as asked for.
    pub overall: Vec<FreeStart>,
    /// The earliest of each office that has one, earliest first.
    pub per_office: Vec<FreeStart>,
}

impl Scheduling {
    /// The free starts in order of time, `first` at most, behind `after`.
    ///
    /// # Errors
    /// The problems of a visit or a search.
    pub fn find_starts(&self, search: &Search, first: usize, after: Option<&Cursor>) -> Result<StartPage, Failure> {
        self.answer(search, |plan, answers| {
            let page = answers.starts(first, after);
            StartPage {
                starts: page.starts.into_iter().map(|start| plan.named(start)).collect(),
                next: page.next,
                epoch: answers.epoch(),
            }
        })
    }

    /// The local days that have a free start, ascending, each with its offices.
    ///
    /// # Errors
    /// As [`Scheduling::find_starts`].
    pub fn find_days(&self, search: &Search) -> Result<Vec<FreeDay>, Failure> {
        self.answer(search, |plan, answers| {
            let named = |day: capacity::Day| FreeDay {
                date: day.date,
                offices: day
                    .offices
                    .iter()
                    .map(|office| (plan.offices[office.office].0.clone(), office.starts))
                    .collect(),
            };
            answers.days().into_iter().map(named).collect()
        })
    }

    /// The earliest starts: `alternatives` of all offices together, and one of each.
    ///
    /// # Errors
    /// As [`Scheduling::find_starts`].
    pub fn find_earliest(&self, search: &Search, alternatives: usize) -> Result<Earliest, Failure> {
        self.answer(search, |plan, answers| {
            let overall = answers.earliest(alternatives).into_iter().map(|start| plan.named(start)).collect();
            let mut per_office: Vec<FreeStart> =
                answers.earliest_per_office().into_iter().flatten().map(|start| plan.named(start)).collect();
            per_office.sort_by(|a, b| (a.starts_at, &a.office).cmp(&(b.starts_at, &b.office)));
            Earliest { overall, per_office }
        })
    }

    /// How many such visits could still be booked on a local day at each office, in the order of their keys. Unlike the
    /// number of starts this counts visits that fit one after the other.
    ///
    /// # Errors
    /// As [`Scheduling::find_starts`].
    pub fn max_bookable(&self, search: &Search, day: NaiveDate) -> Result<Vec<(Key, u32)>, Failure> {
        self.answer(search, |plan, answers| {
            let counts = answers.max_bookable(day);
            plan.offices.iter().map(|(office, _)| office.clone()).zip(counts).collect()
        })
    }

    fn answer<T>(&self, search: &Search, read: impl FnOnce(&Plan, &Answers<'_>) -> T) -> Result<T, Failure> {
        let now = self.now();
        let picture = self.board.picture()?;
        let plan = Plan::new(&picture, search, now)?;
        Ok(self.board.ask(now, |_, ledger| read(&plan, &Answers::new(ledger, &plan.query)))?)
    }
}

/// A search that has been checked: which offices are asked for what.
struct Plan {
    offices: Vec<(Key, Option<u32>)>,
    query: Query,
}

impl Plan {
    fn new(picture: &Picture, search: &Search, now: Timestamp) -> Result<Self, Problem> {
        let zone = picture.supply.zone();
        let today = now.local_date(zone);
        let from = search.from.unwrap_or(today);
        let last = picture.supply.first_day() + TimeDelta::days(i64::from(picture.supply.days()) - 1);
        let to = search.to.unwrap_or(last);
        if to < from {
            return Err(Problem::Search("the last day lies before the first"));
        }
        if search.to.is_some_and(|to| to < today) {
            return Err(Problem::Search("the days asked for are in the past"));
        }
        if let Some(unknown) = search.offices.iter().find(|key| !picture.city.offices.contains_key(*key)) {
            tracing::debug!(office = %unknown, "search for an unknown office");
            return Err(Problem::UnknownOffice);
        }
        let mut offices = Vec::new();
        let mut queries = Vec::new();
        let mut refused = None;
        for office in picture.city.offices.values() {
            let wanted = search.offices.is_empty() || search.offices.contains(&office.key);
            if !wanted || (search.step_free_only && office.step_free != Some(true)) {
                continue;
            }
            let travel = match travel(search.origin, office.position) {
                Travel::Minutes(minutes) => Some(minutes),
                Travel::NoWay => None,
                Travel::TooFar => continue,
            };
            // An office that works on another channel than the one asked for is left out, not an error.
            if search.channel.is_some_and(|channel| channel != usual_channel(office.kind)) && search.offices.is_empty()
            {
                continue;
            }
            let channel = search.channel;
            match demand(picture, office, &search.visit, channel, search.variant.clone(), search.quota) {
                Ok(demand) => {
                    let arrival = now.plus_minutes(i64::from(travel.unwrap_or(0)));
                    queries.push(OfficeQuery { office: office.key.clone(), demand, arrival });
                    offices.push((office.key.clone(), travel));
                }
                Err(Problem::Visit(VisitRefusal::NotBookable(service))) => {
                    refused = Some(VisitRefusal::NotBookable(service));
                }
                Err(problem) => return Err(problem),
            }
        }
        match refused {
            Some(refusal) if offices.is_empty() => Err(refusal.into()),
            _ => Ok(Self { offices, query: Query { offices: queries, from, to, now } }),
        }
    }

    fn named(&self, start: Start) -> FreeStart {
        let travel_minutes = self.offices.iter().find(|(key, _)| *key == start.office).and_then(|(_, travel)| *travel);
        FreeStart {
            office: start.office,
            team: start.team,
            starts_at: start.at,
            ends_at: start.end,
            channel: start.channel,
            free: start.free,
            travel_minutes,
        }
    }
}

enum Travel {
    Minutes(u32),
    /// Nobody asked, or the office has no place on the map (video).
    NoWay,
    TooFar,
}

fn travel(origin: Option<Origin>, office: Option<Position>) -> Travel {
    let (Some(origin), Some(office)) = (origin, office) else { return Travel::NoWay };
    let minutes = origin.mode.minutes(origin.position.distance_metres(office));
    if origin.at_most_minutes.is_some_and(|most| minutes > most) { Travel::TooFar } else { Travel::Minutes(minutes) }
}
