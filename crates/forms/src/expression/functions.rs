//! Our own functions: years, working days, distances, zones, households.

use chrono::{Datelike as _, Days, Months, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::expression::evaluate::{Scene, evaluate, number};
use crate::expression::node::{Function, Node};
use crate::value::Value;

/// More working days than this are no deadline.
const MOST_WORKING_DAYS: u16 = 1_000;

/// Calls `function`. What cannot be computed is missing.
pub(super) fn call(function: Function, args: &[Node], scene: &Scene<'_>, rows: &[usize]) -> Option<Value> {
    let arg = |at: usize| args.get(at).and_then(|node| evaluate(node, scene, rows));
    let day = |at: usize| match arg(at).as_deref() {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let whole = |at: usize| number(args.get(at)?, scene, rows)?.to_i32();
    let text = |at: usize| match arg(at).as_deref() {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let circumstances = scene.circumstances;
    match function {
        Function::YearsBetween => Some(Value::Number(years_between(day(0)?, day(1)?).into())),
        Function::DaysBetween => Some(Value::Number(day(1)?.signed_duration_since(day(0)?).num_days().into())),
        Function::AddDays => {
            let (day, count) = (day(0)?, whole(1)?);
            let days = Days::new(count.unsigned_abs().into());
            if count < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }.map(Value::Date)
        }
        Function::AddMonths => {
            let (day, count) = (day(0)?, whole(1)?);
            let months = Months::new(count.unsigned_abs());
            if count < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }.map(Value::Date)
        }
        Function::AddWorkingDays => {
            let count = u16::try_from(whole(1)?).ok().filter(|count| *count <= MOST_WORKING_DAYS)?;
            circumstances.add_working_days(day(0)?, count).map(Value::Date)
        }
        Function::DistanceMetres => match (arg(0).as_deref(), arg(1).as_deref()) {
            (Some(Value::GeoPoint(a)), Some(Value::GeoPoint(b))) => {
                Decimal::try_from(a.distance_metres(*b).round()).ok().map(Value::Number)
            }
            _ => None,
        },
        Function::Zone => match arg(0).as_deref() {
            Some(Value::Address(address)) => circumstances.zones.zone(address).map(Value::Text),
            _ => None,
        },
        Function::HouseholdUsed => circumstances.household_used.map(|used| Value::Number(used.into())),
        Function::Length => Some(Value::Number(text(0)?.chars().count().into())),
        Function::FileCount => match arg(0).as_deref() {
            Some(Value::Files(files)) => Some(Value::Number(files.len().into())),
            _ => None,
        },
        Function::StartsWith => Some(Value::Bool(text(0)?.starts_with(&text(1)?))),
        Function::Contains => Some(Value::Bool(text(0)?.contains(&text(1)?))),
    }
}

/// Completed years from `from` to `to`; negative if `to` lies before. Who was born on 29 February completes a year at the
/// end of 28 February, so on 1 March in common years (§§ 187 (2), 188 (2) BGB).
fn years_between(from: NaiveDate, to: NaiveDate) -> i32 {
    if to < from {
        return -years_between(to, from);
    }
    let years = to.year() - from.year();
    if (to.month(), to.day()) < (from.month(), from.day()) { years - 1 } else { years }
}
