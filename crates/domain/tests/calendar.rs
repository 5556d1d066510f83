//! The holidays of every state against the published table, and the rules around it.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use domain::calendar::{FederalState, Holiday, add_working_days, easter_sunday, holiday_on, holidays, is_working_day};
use domain::city::{ExtraDays, ExtraHoliday};

/// The published table: PyPI package `holidays` 0.109 (MIT), public holidays of each subdivision.
const PUBLISHED: &str = include_str!("data/holidays-de.json");

#[derive(Deserialize)]
struct Published {
    states: BTreeMap<FederalState, BTreeMap<NaiveDate, String>>,
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn by_day(days: Vec<Holiday>) -> BTreeMap<NaiveDate, String> {
    days.into_iter().map(|holiday| (holiday.date, holiday.name)).collect()
}

fn extra(name: &str, days: ExtraDays) -> ExtraHoliday {
    ExtraHoliday { name: name.into(), days, source: "test".into() }
}

fn names_on(state: FederalState, day: &str) -> Option<String> {
    holiday_on(state, &[], date(day)).map(|holiday| holiday.name)
}

#[test]
fn holidays_of_all_sixteen_states_equal_the_published_table() {
    let published: Published = serde_json::from_str(PUBLISHED).unwrap();
    assert_eq!(published.states.len(), 16);
    for state in FederalState::ALL {
        let expected = &published.states[&state];
        let computed: BTreeMap<_, _> = (2024..=2030).flat_map(|year| by_day(holidays(state, &[], year))).collect();
        assert_eq!(&computed, expected, "{state}");
    }
}

#[test]
fn lower_saxony_has_ten_holidays_in_2026_with_these_names() {
    let listed: Vec<String> = holidays(FederalState::Ni, &[], 2026)
        .into_iter()
        .map(|holiday| format!("{} {}", holiday.date, holiday.name))
        .collect();
    assert_eq!(
        listed,
        [
            "2026-01-01 Neujahr",
            "2026-04-03 Karfreitag",
            "2026-04-06 Ostermontag",
            "2026-05-01 Erster Mai",
            "2026-05-14 Christi Himmelfahrt",
            "2026-05-25 Pfingstmontag",
            "2026-10-03 Tag der Deutschen Einheit",
            "2026-10-31 Reformationstag",
            "2026-12-25 Erster Weihnachtstag",
            "2026-12-26 Zweiter Weihnachtstag",
        ]
    );
}

#[test]
fn holidays_begin_and_end_with_the_laws_that_made_them() {
    for (state, day, expected) in [
        (FederalState::Be, "2018-03-08", None),
        (FederalState::Be, "2019-03-08", Some("Frauentag")),
        (FederalState::Mv, "2022-03-08", None),
        (FederalState::Mv, "2023-03-08", Some("Frauentag")),
        (FederalState::Th, "2018-09-20", None),
        (FederalState::Th, "2019-09-20", Some("Weltkindertag")),
        (FederalState::Ni, "2016-10-31", None),
        (FederalState::Ni, "2018-10-31", Some("Reformationstag")),
        (FederalState::By, "2016-10-31", None),
        (FederalState::By, "2018-10-31", None),
        (FederalState::Be, "2021-05-08", None),
        (FederalState::Be, "2027-06-17", None),
        (FederalState::Be, "2028-06-17", Some("75. Jahrestag des Aufstandes vom 17. Juni 1953")),
        (FederalState::Bb, "2026-04-05", Some("Ostersonntag")),
        (FederalState::Bb, "2026-05-24", Some("Pfingstsonntag")),
        (FederalState::Ni, "2026-04-05", None),
        (FederalState::By, "2026-08-15", None),
        (FederalState::Sl, "2026-08-15", Some("Mariä Himmelfahrt")),
    ] {
        assert_eq!(names_on(state, day).as_deref(), expected, "{state} {day}");
    }
    assert!(names_on(FederalState::Be, "2020-05-08").unwrap().starts_with("75. Jahrestag der Befreiung"));
    assert!(names_on(FederalState::Be, "2025-05-08").unwrap().starts_with("80. Jahrestag der Befreiung"));
    for state in FederalState::ALL {
        assert_eq!(names_on(state, "2017-10-31").as_deref(), Some("Reformationstag"), "{state}");
    }
}

#[test]
fn easter_falls_on_the_known_sundays_and_never_outside_its_five_weeks() {
    for day in
        ["1583-04-10", "1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2024-03-31", "2038-04-25", "2285-03-22"]
    {
        assert_eq!(easter_sunday(date(day).year()), Some(date(day)));
    }
    for year in 1583..=4099 {
        let easter = easter_sunday(year).unwrap();
        let day_of_march =
            i64::from(easter.ordinal()) - i64::from(NaiveDate::from_ymd_opt(year, 3, 1).unwrap().ordinal()) + 1;
        assert!(easter.weekday() == Weekday::Sun && (22..=56).contains(&day_of_march), "{easter}");
    }
    for year in [i32::MIN, -1, 0, 1582, 4100, i32::MAX] {
        assert_eq!(easter_sunday(year), None);
    }
}

#[test]
fn repentance_day_is_the_wednesday_before_23_november_and_saxon_only() {
    for year in 1995..2100 {
        let all = holidays(FederalState::Sn, &[], year);
        let day = all.iter().find(|holiday| holiday.name == "Buß- und Bettag").unwrap().date;
        assert!(day.weekday() == Weekday::Wed && day.month() == 11 && (16..=22).contains(&day.day()), "{day}");
        assert_eq!(holiday_on(FederalState::Th, &[], day), None);
    }
}

#[test]
fn municipal_extras_are_added_and_the_name_of_the_state_wins() {
    let extras = [
        extra("Augsburger Friedensfest", ExtraDays::Yearly { month: 8, day: 8 }),
        extra("Mariä Himmelfahrt", ExtraDays::Yearly { month: 8, day: 15 }),
        extra("Fronleichnam am Ort", ExtraDays::AfterEaster { days: 60 }),
        extra("Stadtjubiläum", ExtraDays::Once { date: date("2026-07-01") }),
    ];
    let plain = holidays(FederalState::By, &[], 2026).len();
    let with_extras = holidays(FederalState::By, &extras, 2026);
    assert_eq!(with_extras.len(), plain + 3);
    assert!(with_extras.is_sorted_by(|a, b| a.date < b.date));
    let on = |day: &str| holiday_on(FederalState::By, &extras, date(day)).map(|holiday| holiday.name);
    assert_eq!(on("2026-08-08").as_deref(), Some("Augsburger Friedensfest"));
    assert_eq!(on("2026-06-04").as_deref(), Some("Fronleichnam"));
    assert_eq!(on("2026-07-01").as_deref(), Some("Stadtjubiläum"));
    assert_eq!(on("2027-07-01"), None);
    let saxon = holiday_on(FederalState::Sn, &extras, date("2026-06-04"));
    assert_eq!(saxon.unwrap().name, "Fronleichnam am Ort");
}

#[test]
fn extras_that_name_no_day_of_the_year_are_left_out() {
    let extras = [
        extra("a", ExtraDays::Yearly { month: 2, day: 30 }),
        extra("b", ExtraDays::Yearly { month: 0, day: 255 }),
        extra("c", ExtraDays::AfterEaster { days: i16::MAX }),
        extra("d", ExtraDays::AfterEaster { days: i16::MIN }),
    ];
    for year in [i32::MIN, 1500, 2026, 5000, i32::MAX] {
        assert_eq!(holidays(FederalState::Ni, &extras, year), holidays(FederalState::Ni, &[], year));
    }
    let leap = [extra("Schalttag", ExtraDays::Yearly { month: 2, day: 29 })];
    assert!(holiday_on(FederalState::Ni, &leap, date("2028-02-29")).is_some());
    assert_eq!(holidays(FederalState::Ni, &leap, 2027).len(), 10);
}

#[test]
fn one_day_has_one_name_even_when_two_holidays_meet() {
    // Ascension fell on 1 May in 2008.
    let all = holidays(FederalState::Ni, &[], 2008);
    assert_eq!(all.iter().filter(|holiday| holiday.date == date("2008-05-01")).count(), 1);
    assert_eq!(names_on(FederalState::Ni, "2008-05-01").as_deref(), Some("Erster Mai"));
}

#[test]
fn looking_one_day_up_agrees_with_the_list_of_the_year() {
    for state in FederalState::ALL {
        let listed = by_day(holidays(state, &[], 2025));
        for day in date("2025-01-01").iter_days().take(365) {
            assert_eq!(
                holiday_on(state, &[], day).map(|holiday| holiday.name),
                listed.get(&day).cloned(),
                "{state} {day}"
            );
        }
    }
}

#[test]
fn working_days_leave_out_weekends_and_holidays() {
    let after = |day: &str, count: u16| add_working_days(FederalState::Ni, &[], date(day), count).unwrap();
    assert_eq!(after("2026-04-01", 1), date("2026-04-02"));
    assert_eq!(after("2026-04-02", 1), date("2026-04-07"), "Good Friday, weekend, Easter Monday");
    assert_eq!(after("2026-04-04", 0), date("2026-04-04"));
    assert_eq!(after("2026-12-23", 2), date("2026-12-28"));
    assert_eq!(after("2026-12-30", 5), date("2027-01-07"));
    let fair = [extra("Schützenfest", ExtraDays::Once { date: date("2026-07-03") })];
    assert_eq!(add_working_days(FederalState::Ni, &fair, date("2026-07-02"), 1), Some(date("2026-07-06")));
    assert!(!is_working_day(FederalState::Ni, &fair, date("2026-07-03")));
    assert!(is_working_day(FederalState::Ni, &[], date("2026-07-03")));
    assert_eq!(add_working_days(FederalState::Ni, &[], NaiveDate::MAX, 1), None);
}

#[test]
fn states_are_read_and_written_by_their_official_codes() {
    for state in FederalState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
        assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        assert_eq!(serde_json::from_str::<FederalState>(&format!("\"{state}\"")).unwrap(), state);
        assert!(!state.german_name().is_empty());
    }
    for bad in ["", "ni", "XX", "NDS", "NI "] {
        assert!(bad.parse::<FederalState>().is_err(), "{bad}");
    }
}
