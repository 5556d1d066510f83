//! Closures, of the whole city in `closures.toml` and of one office in its own file.

use chrono::NaiveDate;
use domain::opening::Closure;

use reading::{Code, Node, Table, Unique};

/// `closures.toml`.
pub(crate) fn closures(table: &Table<'_>) -> Vec<Closure> {
    let mut keys = Unique::default();
    let mut closures = table.list("closures", 1_000, |node| node.table(|table| closure(table, &mut keys)));
    closures.sort_by(|a, b| a.key.cmp(&b.key));
    closures
}

/// One closure; the team, which only an office has, stays open.
pub(super) fn closure(table: &Table<'_>, keys: &mut Unique) -> Option<Closure> {
    let key = table.required("key", |node| {
        let key = node.key()?;
        keys.note(node, &key);
        Some(key)
    });
    let days = first_and_last_day(table, "from", "to");
    let windows = table.optional("hours", |node| Some(node.hours())).unwrap_or_default();
    let reason = table.required("reason", |node| node.localized(500));
    let (from, to) = days?;
    Some(Closure { key: key?, from, to, windows, team: None, reason: reason? })
}

/// Two days that must stand there, in order.
pub(super) fn first_and_last_day(
    table: &Table<'_>,
    first: &'static str,
    last: &'static str,
) -> Option<(NaiveDate, NaiveDate)> {
    let from = table.required(first, Node::date);
    let to = table.required(last, Node::date);
    let (from, to) = (from?, to?);
    in_order(table, Some(from), last, Some(to));
    Some((from, to))
}

/// Complains at the field `last` if it lies before `from`.
pub(super) fn in_order(table: &Table<'_>, from: Option<NaiveDate>, last: &str, to: Option<NaiveDate>) {
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        table.refuse_at(last, Code::Contradiction, format!("the last day lies before the first day, {from}"));
    }
}
