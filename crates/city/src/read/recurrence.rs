//! On which days an opening rule holds: a rhythm of weekdays, special days or exceptions.

use chrono::NaiveDate;
use domain::opening::{Cycle, Recurrence, RuleDays};

use reading::{Code, Node, Table, Unique};

/// Every week. The rhythm needs an anchor, and any Monday will do.
const EVERY_WEEK: Cycle =
    Cycle::Weeks { weeks: 1, anchor: NaiveDate::from_ymd_opt(2024, 1, 1).expect("the first of January exists") };

/// Exactly one of `weekdays` (with `repeat`), `special_days` and `exception_days`.
pub(super) fn rule_days(table: &Table<'_>) -> Option<RuleDays> {
    let weekdays = table.optional("weekdays", |node| {
        let mut unique = Unique::default();
        let elements = node.elements(7);
        if elements.is_empty() {
            node.refuse(Code::OutOfRange, "at least one day of the week must stand here");
        }
        let mut once = |node: &Node<'_>| {
            node.raw_text().inspect(|written| unique.note(node, written))?;
            node.weekday()
        };
        Some(elements.iter().filter_map(&mut once).collect::<Vec<_>>())
    });
    let cycle = table.optional("repeat", cycle);
    let special = table.optional("special_days", |node| Some(dates(node)));
    let exception = table.optional("exception_days", |node| Some(dates(node)));
    let repeats = table.field("repeat").is_some();
    match (weekdays, special, exception) {
        (Some(weekdays), None, None) => {
            Some(RuleDays::Series(Recurrence { weekdays, cycle: cycle.unwrap_or(EVERY_WEEK) }))
        }
        (None, Some(dates), None) if !repeats => Some(RuleDays::SpecialDay { dates }),
        (None, None, Some(dates)) if !repeats => Some(RuleDays::Exception { dates }),
        _ => {
            let message = "a rule says its days by \"weekdays\" (perhaps with \"repeat\"), by \"special_days\" or by \"exception_days\", and only by one of them";
            table.refuse_at("", Code::Contradiction, message.into());
            None
        }
    }
}

fn dates(node: &Node<'_>) -> Vec<NaiveDate> {
    let mut dates: Vec<NaiveDate> = Vec::new();
    let elements = node.elements(400);
    if elements.is_empty() {
        node.refuse(Code::OutOfRange, "at least one day must stand here");
    }
    for element in elements {
        let Some(date) = element.date() else { continue };
        if dates.last().is_some_and(|last| *last >= date) {
            element.refuse(Code::Contradiction, "the days must ascend");
        }
        dates.push(date);
    }
    dates
}

fn cycle(node: &Node<'_>) -> Option<Cycle> {
    if node.is_text() {
        return node.word(&[("every_week", EVERY_WEEK), ("last_of_month", Cycle::LastOfMonth)]);
    }
    node.table(|table| {
        let weeks = table.optional("every_weeks", |node| node.integer(1..=52));
        let anchor = table.optional("anchor", Node::date);
        let nth = table.optional("nth_of_month", |node| node.integer(1..=5));
        let block = table.optional("block_of_month", |node| node.integer(1..=5));
        match (weeks, anchor, nth, block) {
            (Some(weeks), Some(anchor), None, None) => Some(Cycle::Weeks { weeks, anchor }),
            (None, None, Some(n), None) => Some(Cycle::NthOfMonth { n }),
            (None, None, None, Some(n)) => Some(Cycle::BlockOfMonth { n }),
            _ => {
                let message = "a rhythm is one of { every_weeks = 2, anchor = 2026-01-05 }, { nth_of_month = 1 }, { block_of_month = 1 }, \"last_of_month\" and \"every_week\"";
                table.refuse_at("", Code::Contradiction, message.into());
                None
            }
        }
    })
}
