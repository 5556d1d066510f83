//! `[[lockers]]` of an office: boxes with compartments, from which documents are fetched.

use domain::locker::{CompartmentRow, CompartmentSize, Locker, MOST_COMPARTMENTS};

use reading::{Code, Node, Table, Unique};

const SIZES: [(&str, CompartmentSize); 3] =
    [("small", CompartmentSize::Small), ("medium", CompartmentSize::Medium), ("large", CompartmentSize::Large)];

/// One box.
pub(super) fn locker(table: &Table<'_>, keys: &mut Unique) -> Option<Locker> {
    let key = table.required("key", |node| {
        let key = node.key()?;
        keys.note(node, &key);
        Some(key)
    });
    let name = table.required("name", |node| node.localized(200));
    let place = table.required("place", |node| node.localized(500));
    let keep_days = table.required("keep_days", |node| node.integer(1..=60));
    let mut rows: Vec<CompartmentRow> = Vec::new();
    table.list("rows", 200, |node| {
        let row = node.table(row)?;
        apart(node, row, &rows);
        rows.push(row);
        Some(())
    });
    if table.field("rows").is_none() {
        table.refuse_at("rows", Code::MissingKey, "a box has \"rows\" of compartments".into());
    }
    rows.sort_by_key(|row| row.first);
    Some(Locker { key: key?, name: name?, place: place?, keep_days: keep_days?, rows })
}

fn row(table: &Table<'_>) -> Option<CompartmentRow> {
    let first = table.required("first", |node| node.integer(1..=MOST_COMPARTMENTS));
    let last = table.required("last", |node| node.integer(1..=MOST_COMPARTMENTS));
    let size = table.required("size", |node| node.word(&SIZES));
    let height_cm = table.required("height_cm", |node| node.integer(1..=250));
    let (first, last) = (first?, last?);
    if last < first {
        let message = format!("the last compartment comes before the first, {first}");
        table.refuse_at("last", Code::Contradiction, message);
        return None;
    }
    Some(CompartmentRow { first, last, size: size?, height_cm: height_cm? })
}

/// Complains where a number stands on two doors.
fn apart(node: &Node<'_>, row: CompartmentRow, others: &[CompartmentRow]) {
    if let Some(other) = others.iter().find(|other| row.first <= other.last && other.first <= row.last) {
        let shared = row.first.max(other.first);
        let message = format!("compartment {shared} stands in the row from {} to {} already", other.first, other.last);
        node.refuse(Code::Overlap, message);
    }
}
