//! Answers as a letter shows them: options by their labels, days and amounts as people write them.

use chrono::{Datelike, NaiveDate};
use forms::{Definition, Evaluation, Field, FieldType, Locale, Value};
use serde_json::Map;

use crate::definition::without_row;
use crate::letter::texts::german;

/// Every answer that counts, by its path.
pub(crate) fn answers(form: &Definition, evaluation: &Evaluation) -> Map<String, serde_json::Value> {
    let shown = |(path, value): (&str, &Value)| (path.to_owned(), serde_json::Value::from(answer(form, path, value)));
    evaluation.effective.iter().map(shown).collect()
}

/// The first answer to a field that `is_meant`, in the order of the form.
pub(crate) fn first<'a>(
    form: &'a Definition,
    evaluation: &'a Evaluation,
    is_meant: impl Fn(&FieldType) -> bool,
) -> Option<&'a Value> {
    let meant = |path: &str| {
        let known = form.form().field(&without_row(path));
        known.is_some_and(|(_, field)| is_meant(&field.kind))
    };
    evaluation.effective.iter().find(|(path, _)| meant(path)).map(|(_, value)| value)
}

/// One answer.
pub(crate) fn answer(form: &Definition, path: &str, value: &Value) -> String {
    let known = without_row(path);
    let field = form.form().field(&known).map(|(_, field)| field);
    let option = |key: &str| form.text(&format!("field.{known}.option.{key}"), Locale::De).unwrap_or(key).to_owned();
    match value {
        Value::Bool(true) | Value::Signature(_) | Value::Declaration(_) => german("answer.yes").to_owned(),
        Value::Bool(false) => german("answer.no").to_owned(),
        Value::Number(number) => match field.map(|field| &field.kind) {
            Some(FieldType::Money) => format!("{} €", number.round_dp(2).to_string().replace('.', ",")),
            _ => number.normalize().to_string().replace('.', ","),
        },
        Value::Text(text) if is_choice(field) => option(text),
        Value::Text(text) => text.clone(),
        Value::Date(date) => day(*date),
        Value::PartialDate(date) => date.to_string(),
        Value::Time(time) => time.format("%H:%M").to_string(),
        Value::DateTime(at) => at.format("%d.%m.%Y %H:%M").to_string(),
        Value::Choices(keys) => keys.iter().map(|key| option(key)).collect::<Vec<_>>().join(", "),
        Value::Address(address) => address.line(),
        Value::GeoPoint(point) => format!("{}; {}", point.latitude, point.longitude),
        Value::Files(files) => files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", "),
        Value::Slot(slot) => day(slot.starts_at.to_utc().date_naive()),
    }
}

fn is_choice(field: Option<&Field>) -> bool {
    field.is_some_and(|field| matches!(field.kind, FieldType::Choice { .. }))
}

/// A day: `1. Dezember 2026` would need the names of months; `01.12.2026` does not.
pub(crate) fn day(day: NaiveDate) -> String {
    format!("{:02}.{:02}.{}", day.day(), day.month(), day.year())
}

/// An amount: `30,70 €`.
pub(crate) fn euro(cents: i64) -> String {
    format!("{},{:02} €", cents / 100, cents % 100)
}
