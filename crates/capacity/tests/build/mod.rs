//! Short ways to write a city for a test.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;

use domain::calendar::FederalState;
use domain::city::{City, Municipality};
use domain::geography::Provenance;
use domain::identifier::Key;
use domain::office::{DeskGroup, Office, OfficeKind, Team};
use domain::opening::{
    Access, BookingWindow, Cycle, DeskCount, Fold, HolidayPolicy, Join, OpeningRule, Quota, Recurrence, RuleDays, Tail,
    VisitChannel, WallMinute, Window,
};
use domain::text::Localized;

pub(crate) const EVERY_DAY: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).expect("tests write well-formed keys")
}

pub(crate) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("tests write days that exist")
}

pub(crate) fn window(from: u16, to: u16) -> Window {
    Window { from: WallMinute(from), to: WallMinute(to) }
}

pub(crate) fn weekly(weekdays: &[Weekday]) -> RuleDays {
    RuleDays::Series(Recurrence {
        weekdays: weekdays.to_vec(),
        cycle: Cycle::Weeks { weeks: 1, anchor: date(2026, 1, 5) },
    })
}

/// A rule that is open every day from 8 to 12 with one desk of the group `desks`, bookable without limits.
pub(crate) fn rule(name: &str) -> OpeningRule {
    OpeningRule {
        key: key(name),
        team: key("team"),
        valid_from: None,
        valid_to: None,
        days: weekly(&EVERY_DAY),
        windows: vec![window(480, 720)],
        step_minutes: 10,
        desks: vec![DeskCount { group: key("desks"), count: 1 }],
        quota: Quota::default(),
        booking: BookingWindow { days_ahead: u16::MAX, lead_minutes: 0 },
        access: Access::Appointment,
        channel: VisitChannel::Counter,
        variant: None,
        holidays: HolidayPolicy::Open,
        tail: Tail::Drop,
        join: Join::Separate,
        fold: Fold::FirstPass,
    }
}

pub(crate) fn group(name: &str, desks: u16) -> DeskGroup {
    DeskGroup { key: key(name), desks, skills: Vec::new(), equipment: Vec::new() }
}

/// An office with one team of the groups given.
pub(crate) fn office(name: &str, groups: Vec<DeskGroup>, rules: Vec<OpeningRule>) -> Office {
    Office {
        key: key(name),
        name: Localized::german(name),
        kind: OfficeKind::Fixed,
        address: None,
        position: None,
        district: None,
        phone: None,
        step_free: None,
        notes: None,
        teams: vec![Team { key: key("team"), groups }],
        excluded_services: Vec::new(),
        rules,
        closures: Vec::new(),
        absences: Vec::new(),
        lockers: Vec::new(),
        provenance: Provenance::default(),
    }
}

pub(crate) fn city(offices: Vec<Office>) -> City {
    City {
        municipality: Municipality {
            key: key("town"),
            name: Localized::german("Town"),
            ags: "03241001".into(),
            ags_certainty: "test".into(),
            state: FederalState::Ni,
            time_zone: Tz::Europe__Berlin,
            phone: None,
            extra_holidays: Vec::new(),
            horizon_days: 60,
        },
        districts: Vec::new(),
        offices: offices.into_iter().map(|office| (office.key.clone(), office)).collect(),
        services: BTreeMap::new(),
        closures: Vec::new(),
        accounts: Vec::new(),
    }
}

/// A town with the one office `office` and its one team of ten desks in the group `desks`.
pub(crate) fn town(rules: Vec<OpeningRule>) -> City {
    city(vec![office("office", vec![group("desks", 10)], rules)])
}
