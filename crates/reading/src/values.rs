//! The values that stand in many files: keys, texts in several languages, hours, statutes, sources.

use std::collections::BTreeSet;

use chrono::Weekday;
use domain::geography::{Position, Provenance};
use domain::identifier::Key;
use domain::law::LegalBasis;
use domain::opening::{WallMinute, Window};
use domain::text::Localized;

use crate::node::Node;
use crate::problem::{Code, suggestion, visible};

/// The days of the week as they are written in a file.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

/// Notes a second one of what may stand only once.
#[derive(Debug, Default)]
pub struct Unique(BTreeSet<String>);

impl Unique {
    /// Notes `value` and complains at `node` if it was there before.
    pub fn note(&mut self, node: &Node<'_>, value: &impl ToString) {
        let value = value.to_string();
        if self.0.contains(&value) {
            node.refuse(Code::Duplicate, format!("\"{}\" stands twice", visible(&value, 80)));
        }
        self.0.insert(value);
    }
}

impl Node<'_> {
    /// A key.
    pub fn key(&self) -> Option<Key> {
        let text = self.raw_text()?;
        self.accept(Code::BadForm, Key::new(text))
    }

    /// A key that must be one of `known`; `what` says of what.
    pub fn reference<'k>(&self, what: &str, known: impl Iterator<Item = &'k Key> + Clone) -> Option<Key> {
        let key = self.key()?;
        if known.clone().any(|candidate| *candidate == key) {
            return Some(key);
        }
        let near = suggestion(key.as_str(), known.map(Key::as_str));
        self.refuse(Code::UnknownReference, format!("there is no {what} \"{key}\"{near}"));
        None
    }

    /// A text in several languages: a table with `de` and perhaps `de-simple` and `en`, each of at most `max` characters.
    pub fn localized(&self, max: usize) -> Option<Localized> {
        self.table(|table| {
            let de = table.required("de", |node| node.line(max));
            let de_simple = table.optional("de-simple", |node| node.line(max));
            let en = table.optional("en", |node| node.line(max));
            Some(Localized { de: de?, de_simple, en })
        })
    }

    /// A telephone number as people read it.
    pub fn phone(&self) -> Option<String> {
        let text = self.line(40)?;
        let form =
            domain::text::phone_number(&text).map_err(|_| "a telephone number such as \"0511 168-32000\" is expected");
        self.accept(Code::BadForm, form).map(|_| text)
    }

    /// A statute.
    pub fn statute(&self) -> Option<LegalBasis> {
        self.line(300).map(LegalBasis)
    }

    /// Where a fact comes from.
    pub fn provenance(&self) -> Option<Provenance> {
        self.table(|table| {
            let source = table.required("source", |node| node.line(1_000));
            let certainty = table.required("certainty", |node| node.line(1_000));
            let assumption = table.optional("assumption", Node::boolean).unwrap_or(false);
            Some(Provenance { source: source?, certainty: certainty?, assumption })
        })
    }

    /// A position on the map.
    pub fn position(&self) -> Option<Position> {
        self.table(|table| {
            let latitude = table.required("latitude", |node| node.decimal(-90.0..=90.0));
            let longitude = table.required("longitude", |node| node.decimal(-180.0..=180.0));
            Position::new(latitude?, longitude?)
        })
    }

    /// A day of the week.
    pub fn weekday(&self) -> Option<Weekday> {
        self.word(&WEEKDAYS)
    }

    /// Hours of a day: a list of `"08:00-12:30"`, ascending and without overlap.
    pub fn hours(&self) -> Vec<Window> {
        let mut windows: Vec<Window> = Vec::new();
        for node in self.elements(48) {
            let Some(window) = node.window() else { continue };
            if windows.last().is_some_and(|last| window.from < last.to) {
                node.refuse(Code::Contradiction, "the hours must ascend and not overlap");
            }
            windows.push(window);
        }
        windows
    }

    fn window(&self) -> Option<Window> {
        let text = self.raw_text()?;
        let window =
            text.split_once('-').and_then(|(from, to)| Some(Window { from: wall_minute(from)?, to: wall_minute(to)? }));
        let Some(window) = window else {
            self.refuse(Code::BadForm, "hours are written \"08:00-12:30\"; \"24:00\" is the end of the day");
            return None;
        };
        if window.from >= window.to {
            self.refuse(Code::Contradiction, "the hours end before they begin");
            return None;
        }
        Some(window)
    }
}

/// Minutes since midnight of `hh:mm`, 00:00 to 24:00.
fn wall_minute(text: &str) -> Option<WallMinute> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two_digits =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok())?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 1440).then_some(WallMinute(minute))
}
