//! The cells of one team, found by looking at the wall clock in every minute.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;

use domain::city::City;
use domain::identifier::Key;
use domain::office::Office;
use domain::opening::{
    Access, Closure, Cycle, Fold, HolidayPolicy, Join, OpeningRule, Recurrence, RuleDays, Tail, WallMinute, Window,
};
use domain::time::Timestamp;

use super::Cell;

pub(crate) struct Grid<'a> {
    pub(crate) cells: BTreeMap<i64, Cell<'a>>,
    pub(crate) overlaps: bool,
}

/// What the clock shows in a minute.
#[derive(Clone, Copy)]
struct Minute {
    local: NaiveDateTime,
    again: bool,
}

/// A stretch of minutes in which a rule is open.
struct Opening<'a> {
    rule: &'a OpeningRule,
    day: NaiveDate,
    from: i64,
    to: i64,
}

struct Scan<'a> {
    city: &'a City,
    office: &'a Office,
    team: &'a Key,
    first: i64,
    minutes: Vec<Minute>,
}

impl<'a> Grid<'a> {
    pub(crate) fn new(city: &'a City, office: &'a Office, team: &'a Key, first_day: NaiveDate, days: u16) -> Self {
        let scan = Scan::new(city, office, team, first_day, days);
        let mut openings: Vec<Opening> =
            first_day.iter_days().take(usize::from(days) + 1).flat_map(|day| scan.openings(day)).collect();
        openings.sort_by_key(|opening| opening.from);
        let end = first_day + TimeDelta::days(i64::from(days));
        let overlaps = openings.windows(2).any(|pair| pair[1].from < pair[0].to && pair[0].day < end);
        let mut cells = BTreeMap::new();
        let mut homes = BTreeMap::new();
        for (index, opening) in openings.iter().enumerate().filter(|(_, opening)| opening.day < end) {
            if opening.rule.access == Access::Appointment && !overlaps {
                for (start, cell) in scan.cells(opening, openings.get(index + 1)) {
                    homes.insert(start, index);
                    cells.insert(start, cell);
                }
            }
        }
        let goes_on = |start: i64, cell: &Cell| {
            let (here, there) = (homes[&start], *homes.get(&cell.end)?);
            let (left, right) = (&openings[here], &openings[there]);
            let touching = left.to == cell.end && right.from == cell.end && left.day == right.day;
            (here == there || (touching && may_join(left.rule, right.rule))).then_some(cell.end)
        };
        for (start, cell) in &mut cells {
            cell.next = goes_on(*start, cell);
        }
        Self { cells, overlaps }
    }
}

impl<'a> Scan<'a> {
    fn new(city: &'a City, office: &'a Office, team: &'a Key, first_day: NaiveDate, days: u16) -> Self {
        let zone: Tz = city.municipality.time_zone;
        // From well before the first local midnight until well after the last.
        let first = first_day.and_time(NaiveTime::MIN).and_utc().timestamp() / 60 - 1440;
        let count = (i64::from(days) + 4) * 1440;
        let locals: Vec<NaiveDateTime> =
            (first..first + count).map(|at| Timestamp::from_seconds(at * 60).local(zone)).collect();
        let minutes = (0..locals.len())
            .map(|i| Minute { local: locals[i], again: locals[i.saturating_sub(180)..i].contains(&locals[i]) });
        let minutes = minutes.collect();
        Self { city, office, team, first, minutes }
    }

    fn minute(&self, at: i64) -> Minute {
        self.minutes[(at - self.first) as usize]
    }

    /// The first minute at which the clock shows this time or a later one.
    fn first_at(&self, day: NaiveDate, wall: WallMinute) -> i64 {
        let wanted = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(wall.0));
        self.first
            + self.minutes.iter().position(|minute| minute.local >= wanted).expect("the scan is long enough") as i64
    }

    fn openings(&self, day: NaiveDate) -> Vec<Opening<'a>> {
        let mut openings = Vec::new();
        for rule in self.winners(day) {
            let windows = if is_holiday(self.city, day) {
                match &rule.holidays {
                    HolidayPolicy::Closed => &[],
                    HolidayPolicy::Open => rule.windows.as_slice(),
                    HolidayPolicy::Reduced { windows } => windows.as_slice(),
                }
            } else {
                rule.windows.as_slice()
            };
            for window in windows {
                for (from, to) in self.stretches(day, *window, rule.fold) {
                    openings.push(Opening { rule, day, from, to });
                }
            }
        }
        openings
    }

    fn stretches(&self, day: NaiveDate, window: Window, fold: Fold) -> Vec<(i64, i64)> {
        let (from, to) = (self.first_at(day, window.from), self.first_at(day, window.to));
        match fold {
            Fold::FirstPass if from < to => vec![(from, to)],
            Fold::FirstPass => Vec::new(),
            Fold::BothPasses => {
                let mut stretches: Vec<(i64, i64)> = Vec::new();
                let begin = self.first_at(day, WallMinute(0));
                for at in begin..begin + 1600 {
                    if shows(self.minute(at), day, window) {
                        match stretches.last_mut() {
                            Some(last) if last.1 == at => last.1 = at + 1,
                            _ => stretches.push((at, at + 1)),
                        }
                    }
                }
                stretches
            }
        }
    }

    /// The cells of one opening that nothing closes, with the minute in which each begins.
    fn cells(&self, opening: &Opening<'a>, next: Option<&Opening>) -> Vec<(i64, Cell<'a>)> {
        let step = i64::from(opening.rule.step_minutes);
        let overrun = match opening.rule.tail {
            Tail::Drop => 0,
            Tail::Allow { max_overrun_minutes } => i64::from(max_overrun_minutes),
        };
        let works = |at: i64| at < opening.to || (at < opening.to + overrun && next.is_none_or(|next| at < next.from));
        let usable = |at: i64| works(at) && !self.is_closed(self.minute(at));
        let mut cells = Vec::new();
        let mut start = opening.from;
        while works(start) {
            let end = start + step;
            if (start..end).all(usable) {
                let second = opening.rule.fold == Fold::FirstPass && self.minute(start).again;
                let is_start = start < opening.to && !second;
                let desks = self.desks(opening.rule, start..end);
                cells.push((start, Cell { end, day: opening.day, rule: opening.rule, is_start, next: None, desks }));
            }
            start = end;
        }
        cells
    }

    fn desks(&self, rule: &OpeningRule, minutes: std::ops::Range<i64>) -> BTreeMap<Key, u16> {
        let team = self.office.team(self.team).expect("the team exists");
        let mut desks = BTreeMap::new();
        for group in &team.groups {
            let named: u16 = rule.desks.iter().filter(|named| named.group == group.key).map(|named| named.count).sum();
            let present = minutes.clone().map(|at| named.saturating_sub(self.missing(self.minute(at), &group.key)));
            desks.insert(group.key.clone(), present.min().unwrap_or(0));
        }
        desks
    }

    fn missing(&self, minute: Minute, group: &Key) -> u16 {
        let absences =
            self.office.absences.iter().filter(|absence| absence.team == *self.team && absence.desks.group == *group);
        let now = absences.filter(|absence| covers(minute, absence.from, absence.to, &absence.windows));
        now.map(|absence| absence.desks.count).sum()
    }

    fn is_closed(&self, minute: Minute) -> bool {
        let concerns = |closure: &&Closure| closure.team.as_ref().is_none_or(|team| team == self.team);
        let mut closures = self.city.closures.iter().chain(&self.office.closures).filter(concerns);
        closures.any(|closure| covers(minute, closure.from, closure.to, &closure.windows))
    }

    fn winners(&self, day: NaiveDate) -> Vec<&'a OpeningRule> {
        let valid = |rule: &&OpeningRule| {
            rule.team == *self.team
                && rule.valid_from.is_none_or(|from| day >= from)
                && rule.valid_to.is_none_or(|to| day <= to)
        };
        let rules: Vec<&OpeningRule> = self.office.rules.iter().filter(valid).collect();
        let exceptions =
            rules.iter().filter(|rule| matches!(&rule.days, RuleDays::Exception { dates } if dates.contains(&day)));
        let special =
            rules.iter().filter(|rule| matches!(&rule.days, RuleDays::SpecialDay { dates } if dates.contains(&day)));
        let series =
            rules.iter().filter(|rule| matches!(&rule.days, RuleDays::Series(recurrence) if recurs(recurrence, day)));
        let (exceptions, special, series) =
            (exceptions.copied().collect(), special.copied().collect(), series.copied().collect());
        [exceptions, special, series].into_iter().find(|rules: &Vec<_>| !rules.is_empty()).unwrap_or_default()
    }
}

fn may_join(left: &OpeningRule, right: &OpeningRule) -> bool {
    left.join == Join::Joined
        && right.join == Join::Joined
        && left.access == right.access
        && left.step_minutes == right.step_minutes
        && left.channel == right.channel
        && left.variant == right.variant
}

fn shows(minute: Minute, day: NaiveDate, window: Window) -> bool {
    let wall = minute.local.hour() * 60 + minute.local.minute();
    minute.local.date() == day && u32::from(window.from.0) <= wall && wall < u32::from(window.to.0)
}

fn covers(minute: Minute, from: NaiveDate, to: NaiveDate, windows: &[Window]) -> bool {
    let day = minute.local.date();
    from <= day && day <= to && (windows.is_empty() || windows.iter().any(|window| shows(minute, day, *window)))
}

fn is_holiday(city: &City, day: NaiveDate) -> bool {
    city.holidays(day.year()).iter().any(|holiday| holiday.date == day)
}

/// By walking through the calendar instead of calculating.
fn recurs(recurrence: &Recurrence, day: NaiveDate) -> bool {
    let same_month = |other: &NaiveDate| (other.year(), other.month()) == (day.year(), day.month());
    let first = day.with_day(1).expect("every month has a first day");
    let alike: BTreeSet<NaiveDate> =
        first.iter_days().take_while(same_month).filter(|other| other.weekday() == day.weekday()).collect();
    recurrence.weekdays.contains(&day.weekday())
        && match recurrence.cycle {
            Cycle::Weeks { weeks, anchor } => {
                let monday = |date: NaiveDate| date.week(chrono::Weekday::Mon).first_day();
                let (early, late) = (monday(day).min(monday(anchor)), monday(day).max(monday(anchor)));
                early.iter_days().step_by(7 * usize::from(weeks)).find(|week| *week >= late) == Some(late)
            }
            Cycle::NthOfMonth { n } => alike.iter().nth(usize::from(n) - 1) == Some(&day),
            Cycle::LastOfMonth => alike.last() == Some(&day),
            Cycle::BlockOfMonth { n } => (u32::from(n) * 7 - 6..=u32::from(n) * 7).contains(&day.day()),
        }
}
