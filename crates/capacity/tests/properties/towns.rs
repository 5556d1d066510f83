//! Random towns with one office, one team and up to four rules of all kinds.

use chrono::{NaiveDate, TimeDelta, Weekday};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{select, subsequence};

use domain::city::City;
use domain::opening::{
    Absence, Access, BookingWindow, Closure, Cycle, DeskCount, Fold, HolidayPolicy, Join, OpeningRule, Quota,
    Recurrence, RuleDays, Tail, VisitChannel, Window,
};
use domain::text::Localized;
use domain::time::Timestamp;

use crate::build::{EVERY_DAY, city, date, group, key, office, rule, window};
use crate::properties::GROUPS;

/// Days that every supply of the properties covers.
pub(crate) const DAYS: u16 = 4;

#[derive(Debug, Clone)]
pub(crate) struct Town {
    pub(crate) city: City,
    pub(crate) first_day: NaiveDate,
    pub(crate) now: Timestamp,
}

/// Around the clock changes, the turn of the year, Easter, and a plain week.
pub(crate) fn towns() -> impl Strategy<Value = Town> {
    let days = vec![date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 30), date(2026, 4, 2), date(2026, 6, 15)];
    select(days).prop_flat_map(|first_day| {
        // Half of the towns have simple days that rarely contradict each other.
        let rules = prop_oneof![vec(rules(first_day), 1..=2), vec(rules(first_day), 1..=4)];
        (rules, vec(closures(first_day), 0..=2), vec(absences(first_day), 0..=2), -600i64..2000, 0i64..60_000).prop_map(
            move |(mut rules, closures, absences, minute, millis)| {
                for (index, rule) in rules.iter_mut().enumerate() {
                    rule.key = key(&format!("rule-{index}"));
                }
                let groups = GROUPS.map(|name| group(name, 4)).into();
                let mut office = office("office", groups, rules);
                office.closures = closures;
                office.absences = absences;
                let midnight =
                    Timestamp::from_seconds(first_day.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp());
                let now = Timestamp::from_millis(midnight.plus_minutes(minute).millis() + millis);
                Town { city: city(vec![office]), first_day, now }
            },
        )
    })
}

fn rules(first_day: NaiveDate) -> impl Strategy<Value = OpeningRule> {
    let kind = (days(first_day), windows(), select(vec![5u16, 10, 15, 20, 25, 30, 45, 70]), desks(), quotas());
    let manner = (
        booking(),
        mostly(Access::Appointment, Access::WalkIn),
        mostly(VisitChannel::Counter, VisitChannel::Video),
        0u8..16,
        holidays(),
    );
    let shape = (
        prop_oneof![Just(Tail::Drop), (1u16..90).prop_map(|max_overrun_minutes| Tail::Allow { max_overrun_minutes })],
        select(vec![Join::Separate, Join::Joined, Join::Joined]),
        select(vec![Fold::FirstPass, Fold::BothPasses]),
    );
    (kind, manner, shape).prop_map(
        |(
            (days, windows, step_minutes, desks, quota),
            (booking, access, channel, variant, holidays),
            (tail, join, fold),
        )| {
            let variant = (variant == 0).then(|| key("interpreter"));
            OpeningRule {
                days,
                windows,
                step_minutes,
                desks,
                quota,
                booking,
                access,
                channel,
                variant,
                holidays,
                tail,
                join,
                fold,
                ..rule("rule")
            }
        },
    )
}

fn days(first_day: NaiveDate) -> impl Strategy<Value = RuleDays> {
    let near = move || {
        vec(0i64..5, 0..3).prop_map(move |days| days.into_iter().map(|day| first_day + TimeDelta::days(day)).collect())
    };
    let cycle = prop_oneof![
        1 => (2u16..4, -30i64..30)
            .prop_map(move |(weeks, day)| Cycle::Weeks { weeks, anchor: first_day + TimeDelta::days(day) }),
        5 => (1u16..2, -30i64..30)
            .prop_map(move |(weeks, day)| Cycle::Weeks { weeks, anchor: first_day + TimeDelta::days(day) }),
        1 => (1u8..6).prop_map(|n| Cycle::NthOfMonth { n }),
        1 => Just(Cycle::LastOfMonth),
        1 => (1u8..6).prop_map(|n| Cycle::BlockOfMonth { n }),
    ];
    let weekdays = subsequence::<Weekday>(EVERY_DAY.to_vec(), 5..=7);
    prop_oneof![
        4 => (weekdays, cycle).prop_map(|(weekdays, cycle)| RuleDays::Series(Recurrence { weekdays, cycle })),
        1 => near().prop_map(|dates| RuleDays::SpecialDay { dates }),
        1 => near().prop_map(|dates| RuleDays::Exception { dates }),
    ]
}

/// Windows on quarters of an hour, often at night where the clocks jump; neighbours often touch.
fn windows() -> impl Strategy<Value = Vec<Window>> {
    let edges = subsequence((0u16..=32).chain([36, 40, 60, 92, 96]).collect::<Vec<u16>>(), 2..=4);
    edges.prop_map(|edges| edges.windows(2).map(|pair| window(pair[0] * 15, pair[1] * 15)).take(2).collect())
}

/// The first in nine of ten cases.
fn mostly<T: Copy + std::fmt::Debug>(usual: T, rare: T) -> impl Strategy<Value = T> {
    (0u8..10).prop_map(move |draw| if draw == 0 { rare } else { usual })
}

fn desks() -> impl Strategy<Value = Vec<DeskCount>> {
    [0u16..4, 0u16..4, 0u16..3].prop_map(|counts| {
        let named = GROUPS.into_iter().zip(counts).filter(|(_, count)| *count > 0);
        named.map(|(name, count)| DeskCount { group: key(name), count }).collect()
    })
}

fn quotas() -> impl Strategy<Value = Quota> {
    let some = (0u16..2, 0u16..2, 0u16..2, select(vec![0u32, 0, 30, 600, 3000]))
        .prop_map(|(internal, urgent, walk_in, release_minutes)| Quota { internal, urgent, walk_in, release_minutes });
    prop_oneof![Just(Quota::default()), some]
}

fn booking() -> impl Strategy<Value = BookingWindow> {
    (select(vec![0u16, 1, 2, 60, 60, 60]), select(vec![0u32, 0, 0, 0, 7, 120, 2000]))
        .prop_map(|(days_ahead, lead_minutes)| BookingWindow { days_ahead, lead_minutes })
}

fn holidays() -> impl Strategy<Value = HolidayPolicy> {
    prop_oneof![
        Just(HolidayPolicy::Closed),
        Just(HolidayPolicy::Open),
        windows().prop_map(|windows| HolidayPolicy::Reduced { windows })
    ]
}

/// A part of a day to the minute, or a whole day.
fn hours() -> impl Strategy<Value = Vec<Window>> {
    prop_oneof![
        1 => Just(Vec::new()),
        5 => (0u16..600, 1u16..200).prop_map(|(from, length)| vec![window(from, from + length)]),
    ]
}

fn closures(first_day: NaiveDate) -> impl Strategy<Value = Closure> {
    (0i64..5, 0i64..2, hours(), any::<bool>()).prop_map(move |(day, length, windows, of_team)| Closure {
        key: key("closed"),
        from: first_day + TimeDelta::days(day),
        to: first_day + TimeDelta::days(day + length),
        windows,
        team: of_team.then(|| key("team")),
        reason: Localized::german("zu"),
    })
}

fn absences(first_day: NaiveDate) -> impl Strategy<Value = Absence> {
    (0i64..5, 0i64..2, hours(), select(GROUPS.to_vec()), 1u16..3).prop_map(
        move |(day, length, windows, name, count)| Absence {
            team: key("team"),
            from: first_day + TimeDelta::days(day),
            to: first_day + TimeDelta::days(day + length),
            windows,
            desks: DeskCount { group: key(name), count },
        },
    )
}
