//! `municipality.toml`: who and where the city is, and which days are holidays only there.

use std::str::FromStr as _;

use chrono_tz::Tz;
use domain::calendar::FederalState;
use domain::city::{ExtraDays, ExtraHoliday, Municipality};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};

use reading::{Code, Node, Table, suggestion, visible};

/// The codes of the states, each with the first two digits of the official municipality keys there.
const STATES: [(&str, &str); 16] = [
    ("SH", "01"),
    ("HH", "02"),
    ("NI", "03"),
    ("HB", "04"),
    ("NW", "05"),
    ("HE", "06"),
    ("RP", "07"),
    ("BW", "08"),
    ("BY", "09"),
    ("SL", "10"),
    ("BE", "11"),
    ("BB", "12"),
    ("MV", "13"),
    ("SN", "14"),
    ("ST", "15"),
    ("TH", "16"),
];

pub(crate) fn municipality(table: &Table<'_>) -> Option<Municipality> {
    let key = table.required("key", Node::key);
    let name = table.required("name", |node| node.localized(200));
    let ags = table.required("ags", ags);
    let ags_certainty = table.required("ags_certainty", |node| node.line(200));
    let state = table.required("state", state);
    let time_zone = table.required("time_zone", time_zone);
    let phone = table.optional("phone", Node::phone);
    let extra_holidays = table.list("extra_holidays", 100, extra_holiday);
    let horizon_days = table.required("horizon_days", |node| node.integer(1..=400));
    if let (Some(ags), Some((_, prefix))) = (&ags, &state)
        && !ags.starts_with(prefix)
    {
        table.refuse_at(
            "ags",
            Code::Contradiction,
            format!("official municipality keys of this state begin with {prefix}"),
        );
    }
    Some(Municipality {
        key: key?,
        name: name?,
        ags: ags?,
        ags_certainty: ags_certainty?,
        state: state?.0,
        time_zone: time_zone?,
        phone,
        extra_holidays,
        horizon_days: horizon_days?,
    })
}

fn ags(node: &Node<'_>) -> Option<String> {
    let text = node.raw_text()?;
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        node.refuse(Code::BadForm, "an official municipality key (AGS) has 8 digits");
        return None;
    }
    Some(text.to_owned())
}

/// The state and the first two digits of its municipality keys.
fn state(node: &Node<'_>) -> Option<(FederalState, &'static str)> {
    let (code, prefix) = node.word(&STATES.map(|(code, prefix)| (code, (code, prefix))))?;
    let word: StrDeserializer<'_, Error> = code.into_deserializer();
    node.accept(Code::UnknownWord, FederalState::deserialize(word)).map(|state| (state, prefix))
}

fn time_zone(node: &Node<'_>) -> Option<Tz> {
    let text = node.raw_text()?;
    let zone = Tz::from_str(text).ok();
    if zone.is_none() {
        let near = suggestion(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        node.refuse(Code::UnknownWord, format!("there is no time zone \"{}\"{near}", visible(text, 60)));
    }
    zone
}

fn extra_holiday(node: &Node<'_>) -> Option<ExtraHoliday> {
    node.table(|table| {
        let name = table.required("name", |node| node.line(200));
        let days = table.required("days", extra_days);
        let source = table.required("source", |node| node.line(1_000));
        Some(ExtraHoliday { name: name?, days: days?, source: source? })
    })
}

#[derive(Clone, Copy)]
enum On {
    Yearly,
    AfterEaster,
    Once,
}

fn extra_days(node: &Node<'_>) -> Option<ExtraDays> {
    node.table(|table| {
        match table.required("on", |node| {
            node.word(&[("yearly", On::Yearly), ("after_easter", On::AfterEaster), ("once", On::Once)])
        })? {
            On::Yearly => {
                let month = table.required("month", |node| node.integer(1..=12));
                let day = table.required("day", |node| node.integer(1..=31));
                let (month, day): (u8, u8) = (month?, day?);
                // 2024 is a leap year: what does not exist then exists in no year.
                if chrono::NaiveDate::from_ymd_opt(2024, month.into(), day.into()).is_none() {
                    table.refuse_at("day", Code::OutOfRange, format!("month {month} has no day {day}"));
                }
                Some(ExtraDays::Yearly { month, day })
            }
            On::AfterEaster => {
                table.required("days", |node| node.integer(-100..=250)).map(|days| ExtraDays::AfterEaster { days })
            }
            On::Once => table.required("date", Node::date).map(|date| ExtraDays::Once { date }),
        }
    })
}
