//! The rules that hold after every step, checked with plain arithmetic on the rows.

use std::collections::{BTreeMap, BTreeSet};

use database::{Database, DatabaseError, Engine};
use domain::identifier::AppointmentId;
use domain::time::Timestamp;
use uuid::Uuid;

/// Desks of the offices of the simulated city.
pub(super) const DESKS: [(&str, usize); 2] = [("mitte", 2), ("nord", 1)];

struct Row {
    id: Uuid,
    status: String,
    office: String,
    starts_at: i64,
    ends_at: i64,
    expires_at: Option<i64>,
    person: Option<i64>,
    visit: String,
    takes: Vec<(i64, i64, i64, i64)>,
}

/// Says what is wrong, if anything is.
pub(super) async fn check(
    database: &Database,
    told: &BTreeSet<AppointmentId>,
    now: Timestamp,
) -> Result<Option<String>, DatabaseError> {
    let rows = read(database).await?;
    let counted = counts(database).await?;
    let wrong = counts_differ(&rows, &counted)
        .or_else(|| too_many_at_once(&rows))
        .or_else(|| two_of_a_matter(&rows, now))
        .or_else(|| vanished(&rows, told));
    Ok(wrong)
}

async fn read(database: &Database) -> Result<Vec<Row>, DatabaseError> {
    let sql =
        "SELECT id, status, office, starts_at, ends_at, expires_at, person, visit, takes FROM appointment ORDER BY id";
    let rows = database.rows(sql, vec![]).await?;
    let read = |row: &database::Row| -> Result<Row, DatabaseError> {
        let takes: String = row.at(8)?;
        Ok(Row {
            id: row.at(0)?,
            status: row.at(1)?,
            office: row.at(2)?,
            starts_at: row.at(3)?,
            ends_at: row.at(4)?,
            expires_at: row.at(5)?,
            person: row.at(6)?,
            visit: row.at(7)?,
            takes: serde_json::from_str(&takes).unwrap_or_default(),
        })
    };
    rows.iter().map(read).collect()
}

/// Taken and capacity of every cell that is taken.
async fn counts(database: &Database) -> Result<BTreeMap<(i64, i64), (i64, i64)>, DatabaseError> {
    let sql = match database.engine() {
        Engine::Sqlite | Engine::Postgres => {
            "SELECT pool, at, taken, capacity FROM capacity_cell WHERE taken > 0 ORDER BY pool, at"
        }
    };
    let rows = database.rows(sql, vec![]).await?;
    rows.iter().map(|row| Ok(((row.at(0)?, row.at(1)?), (row.at(2)?, row.at(3)?)))).collect()
}

/// Every count is what the appointments take, and none is over its capacity.
fn counts_differ(rows: &[Row], counted: &BTreeMap<(i64, i64), (i64, i64)>) -> Option<String> {
    let mut expected: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for (pool, first, step, cells) in rows.iter().flat_map(|row| row.takes.iter().copied()) {
        (0..cells).for_each(|cell| *expected.entry((pool, first + cell * step)).or_default() += 1);
    }
    for (cell, taken) in &expected {
        let count = counted.get(cell).map_or(0, |(taken, _)| *taken);
        if count != *taken {
            return Some(format!("the cell {cell:?} counts {count}, and appointments take {taken}"));
        }
    }
    let (cell, (taken, capacity)) =
        counted.iter().find(|(cell, (taken, capacity))| !expected.contains_key(*cell) || taken > capacity)?;
    Some(format!("the cell {cell:?} counts {taken} of {capacity}, and appointments take {:?}", expected.get(cell)))
}

/// At no moment are there more visits in an office than desks.
fn too_many_at_once(rows: &[Row]) -> Option<String> {
    for (office, desks) in DESKS {
        let there: Vec<&Row> =
            rows.iter().filter(|row| row.office == office && is_live(&row.status) && !row.takes.is_empty()).collect();
        for one in &there {
            let at = one.starts_at;
            let count = there.iter().filter(|row| row.starts_at <= at && at < row.ends_at).count();
            if count > desks {
                return Some(format!("{count} visits at {office} at {at}, and {desks} desks"));
            }
        }
    }
    None
}

/// One open booking for one matter of one person.
fn two_of_a_matter(rows: &[Row], now: Timestamp) -> Option<String> {
    let mut seen: BTreeSet<(i64, &str)> = BTreeSet::new();
    let is_open = |row: &&Row| {
        let lives = matches!(row.status.as_str(), "pending_confirmation" | "confirmed");
        lives && row.ends_at > now.millis() && row.expires_at.is_none_or(|at| at > now.millis())
    };
    for row in rows.iter().filter(is_open) {
        if let Some(person) = row.person
            && !seen.insert((person, &row.visit))
        {
            return Some(format!("one person has two bookings of {}", row.visit));
        }
    }
    None
}

fn vanished(rows: &[Row], told: &BTreeSet<AppointmentId>) -> Option<String> {
    let there: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
    let missing = told.iter().find(|id| !there.contains(&id.0))?;
    Some(format!("the appointment {missing} was acknowledged and is not there"))
}

fn is_live(status: &str) -> bool {
    matches!(status, "held" | "pending_confirmation" | "confirmed")
}
