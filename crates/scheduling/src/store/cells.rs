//! Cells: taking, releasing and reading what is taken of a pool.

use database::{Database, DatabaseError, Engine, Unit};

use crate::take::{CellTake, Take};

/// Takes one unit of each cell. Cells are written in one order everywhere, so that two writers never wait for each other
/// in a circle.
///
/// # Errors
/// `Rule::CapacityNotExceeded` when a cell is full; the unit can then only be dropped.
pub(crate) async fn take(unit: &Unit, cells: &[CellTake]) -> Result<(), DatabaseError> {
    if cells.is_empty() {
        return Ok(());
    }
    let sql = unit.engine().choose(TAKE_SQLITE, TAKE_POSTGRES);
    unit.execute(sql, vec![takes_json(cells.to_vec()).into()]).await.map(drop)
}

/// `[[pool, at, units, limit], ...]`: each cell once, in order, with the smallest limit that anybody computed for it.
///
/// Summed here, because a database plans a hash table for it whose emptiness costs more than the cells.
pub(crate) fn takes_json(mut cells: Vec<CellTake>) -> String {
    cells.sort_unstable();
    // The smallest limit comes first in a run of equal cells.
    let rows: Vec<(i64, i64, usize, i64)> = cells
        .chunk_by(|one, next| (one.pool, one.at) == (next.pool, next.at))
        .map(|same| (same[0].pool, same[0].at, same.len(), same[0].limit))
        .collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

pub(super) const TAKE_SQLITE: &str = "
    INSERT INTO capacity_cell (pool, at, taken, capacity)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM jsonb_each($1) WHERE true
    ON CONFLICT (pool, at) DO UPDATE SET taken = taken + excluded.taken, capacity = excluded.capacity";

const TAKE_POSTGRES: &str = "
    INSERT INTO capacity_cell (pool, at, taken, capacity)
    SELECT (value ->> 0)::bigint, (value ->> 1)::bigint, (value ->> 2)::bigint, (value ->> 3)::bigint
    FROM json_array_elements($1::json) ORDER BY 1, 2
    ON CONFLICT (pool, at) DO UPDATE SET taken = capacity_cell.taken + excluded.taken, capacity = excluded.capacity";

/// Gives back one unit of each cell of `takes`.
///
/// # Errors
/// `Rule::TakenNotNegative` would show a mistake of ours.
pub(crate) async fn release(unit: &Unit, takes: &[Take]) -> Result<(), DatabaseError> {
    let cells: Vec<(i64, i64)> = takes.iter().flat_map(|take| take.each()).collect();
    release_cells(unit, &cells).await
}

/// Gives back one unit of each cell.
///
/// # Errors
/// As [`release`].
pub(crate) async fn release_cells(unit: &Unit, cells: &[(i64, i64)]) -> Result<(), DatabaseError> {
    if cells.is_empty() {
        return Ok(());
    }
    let sql = match unit.engine() {
        Engine::Sqlite => {
            "UPDATE capacity_cell SET taken = taken - t.units
             FROM (SELECT value ->> 0 AS pool, value ->> 1 AS at, count(*) AS units FROM json_each($1) GROUP BY 1, 2) AS t
             WHERE capacity_cell.pool = t.pool AND capacity_cell.at = t.at"
        }
        Engine::Postgres => {
            "UPDATE capacity_cell SET taken = taken - t.units
             FROM (SELECT (value ->> 0)::bigint AS pool, (value ->> 1)::bigint AS at, count(*) AS units
                   FROM json_array_elements($1::json) GROUP BY 1, 2) AS t
             WHERE capacity_cell.pool = t.pool AND capacity_cell.at = t.at"
        }
    };
    unit.execute(sql, vec![serde_json::to_string(cells).unwrap_or_default().into()]).await.map(drop)
}

/// Takes what is counted elsewhere already: one unit of each cell of `takes`, whatever its capacity. The next booking writes
/// the capacity that holds then.
///
/// # Errors
/// See [`DatabaseError`].
pub(crate) async fn move_in(unit: &Unit, takes: &[Take]) -> Result<(), DatabaseError> {
    let mut cells: Vec<(i64, i64)> = takes.iter().flat_map(|take| take.each()).collect();
    cells.sort_unstable();
    for (pool, at) in cells {
        let sql = "INSERT INTO capacity_cell (pool, at, taken, capacity) VALUES ($1, $2, 1, 1) \
                   ON CONFLICT (pool, at) DO UPDATE SET taken = capacity_cell.taken + 1, \
                   capacity = CASE WHEN capacity_cell.capacity > capacity_cell.taken THEN capacity_cell.capacity \
                   ELSE capacity_cell.taken + 1 END";
        unit.execute(sql, vec![pool.into(), at.into()]).await?;
    }
    Ok(())
}

/// Reads what is taken of the given cells: `(pool, at, taken, capacity)`. Cells that nobody ever took are missing.
pub(crate) async fn read(
    database: &Database,
    cells: &[(i64, i64)],
) -> Result<Vec<(i64, i64, i64, i64)>, DatabaseError> {
    let sql = match database.engine() {
        Engine::Sqlite => {
            "SELECT c.pool, c.at, c.taken, c.capacity FROM json_each($1) AS j
             JOIN capacity_cell AS c ON c.pool = j.value ->> 0 AND c.at = j.value ->> 1"
        }
        Engine::Postgres => {
            "SELECT c.pool, c.at, c.taken, c.capacity FROM json_array_elements($1::json) AS j
             JOIN capacity_cell AS c ON c.pool = (j.value ->> 0)::bigint AND c.at = (j.value ->> 1)::bigint"
        }
    };
    let rows = database.rows(sql, vec![serde_json::to_string(cells).unwrap_or_default().into()]).await?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?, row.at(3)?))).collect()
}

/// Reads every cell in time from `from` (UTC seconds) on: one text `second:taken,second:taken` per pool and day, so that
/// a city of 100 offices is a matter of some thousand rows.
pub(crate) async fn read_all(database: &Database, from: i64) -> Result<Vec<(i64, String)>, DatabaseError> {
    let sql = database.engine().choose(
        "SELECT pool, group_concat(at || ':' || taken) FROM capacity_cell WHERE at >= $1 AND taken > 0 GROUP BY pool, at / 86400",
        "SELECT pool, string_agg(at || ':' || taken, ',') FROM capacity_cell WHERE at >= $1 AND taken > 0 GROUP BY pool, at / 86400",
    );
    let rows = database.rows(sql, vec![from.into()]).await?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Forgets every cell in time from `from` on; the recount of a new city version writes them anew.
pub(crate) async fn clear_from(unit: &Unit, from: i64) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM capacity_cell WHERE at >= $1", vec![from.into()]).await.map(drop)
}

/// Writes counts as they are: `(pool, at, taken, capacity)`.
pub(crate) async fn write_counts(unit: &Unit, counts: &[(i64, i64, i64, i64)]) -> Result<(), DatabaseError> {
    let sql = unit.engine().choose(
        "INSERT INTO capacity_cell (pool, at, taken, capacity)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        "INSERT INTO capacity_cell (pool, at, taken, capacity)
         SELECT (value ->> 0)::bigint, (value ->> 1)::bigint, (value ->> 2)::bigint, (value ->> 3)::bigint
         FROM json_array_elements($1::json)",
    );
    for part in counts.chunks(5_000) {
        unit.execute(sql, vec![serde_json::to_string(part).unwrap_or_default().into()]).await?;
    }
    Ok(())
}
