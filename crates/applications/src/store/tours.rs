//! Tours, and the places on them: what changes a place changes what the tour has taken, in the same unit.

use chrono::NaiveDate;
use database::{DatabaseError, Row, Unit};
use domain::identifier::{ApplicationId, CaseId, Key, TourId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::{Reader, key_word, word};
use crate::tour::PlaceState;

/// A tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TourRow {
    pub(crate) id: TourId,
    pub(crate) service: Key,
    pub(crate) team: Key,
    pub(crate) district: String,
    pub(crate) day: NaiveDate,
    /// Litres that fit.
    pub(crate) capacity: i64,
    /// Litres that are held or promised.
    pub(crate) taken: i64,
}

/// A place on a tour, with its tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlaceRow {
    pub(crate) id: Uuid,
    pub(crate) tour: TourRow,
    pub(crate) litres: i64,
    pub(crate) state: PlaceState,
    /// Until when it is held; absent once it is promised.
    pub(crate) expires_at: Option<Timestamp>,
}

impl PlaceRow {
    /// Whether it was held too long ago.
    pub(crate) fn has_lapsed(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|until| until <= now)
    }
}

const TOUR: &str = "t.id AS tour_id, t.service, t.team, t.district, t.day, t.capacity, t.taken";

fn read_tour(row: &Row) -> Result<TourRow, DatabaseError> {
    Ok(TourRow {
        id: TourId(row.get("tour_id")?),
        service: word(row, "service", key_word)?,
        team: word(row, "team", key_word)?,
        district: row.get("district")?,
        day: word(row, "day", |text| text.parse().ok())?,
        capacity: row.get("capacity")?,
        taken: row.get("taken")?,
    })
}

/// The tour of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: TourId) -> Result<Option<TourRow>, DatabaseError> {
    let sql = format!("SELECT {TOUR} FROM tour t WHERE t.id = $1");
    reader.row(&sql, vec![id.0.into()]).await?.as_ref().map(read_tour).transpose()
}

/// Plans a tour, or changes how much fits on it.
///
/// # Errors
/// `Rule::TourNotExceeded` when more is taken on it already.
pub(crate) async fn plan(unit: &Unit, tour: &TourRow, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO tour (id, service, team, district, day, capacity, taken, changed_at) \
               VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (service, district, day) \
               DO UPDATE SET capacity = excluded.capacity, team = excluded.team, changed_at = excluded.changed_at";
    let values = vec![
        tour.id.0.into(),
        tour.service.as_str().into(),
        tour.team.as_str().into(),
        tour.district.as_str().into(),
        tour.day.to_string().into(),
        tour.capacity.into(),
        at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Tours of a service in a district from `from` on, soonest first, with what is free on each in litres: what was held too
/// long ago is free, and so is what `application` has itself.
pub(crate) async fn free(
    reader: Reader<'_>,
    (service, district): (&Key, &str),
    from: NaiveDate,
    application: ApplicationId,
    now: Timestamp,
) -> Result<Vec<(TourRow, i64)>, DatabaseError> {
    let sql = format!(
        "SELECT {TOUR}, CAST(t.capacity - t.taken + COALESCE((SELECT SUM(p.litres) FROM tour_place p WHERE p.tour = t.id \
         AND (p.application = $4 OR (p.state = 'held' AND p.expires_at <= $5))), 0) AS BIGINT) AS free FROM tour t \
         WHERE t.service = $1 AND t.district = $2 AND t.day >= $3 ORDER BY t.day LIMIT 200"
    );
    let values = vec![
        service.as_str().into(),
        district.into(),
        from.to_string().into(),
        application.0.into(),
        now.millis().into(),
    ];
    let rows = reader.rows(&sql, values).await?;
    rows.iter().map(|row| Ok((read_tour(row)?, row.get("free")?))).collect()
}

/// Tours of an office from `from` on, soonest first.
pub(crate) async fn of_team(
    reader: Reader<'_>,
    team: &Key,
    from: NaiveDate,
    limit: i64,
) -> Result<Vec<TourRow>, DatabaseError> {
    let sql = format!(
        "SELECT {TOUR} FROM tour t WHERE t.team = $1 AND t.day >= $2 ORDER BY t.day, t.service, t.district LIMIT $3"
    );
    let values = vec![team.as_str().into(), from.to_string().into(), limit.into()];
    reader.rows(&sql, values).await?.iter().map(read_tour).collect()
}

/// The place that an application has.
pub(crate) async fn place_of(
    reader: Reader<'_>,
    application: ApplicationId,
) -> Result<Option<PlaceRow>, DatabaseError> {
    let sql = format!(
        "SELECT p.id, p.litres, p.state, p.expires_at, {TOUR} FROM tour_place p JOIN tour t ON t.id = p.tour \
         WHERE p.application = $1"
    );
    let row = reader.row(&sql, vec![application.0.into()]).await?;
    row.as_ref()
        .map(|row| {
            Ok(PlaceRow {
                id: row.get("id")?,
                tour: read_tour(row)?,
                litres: row.get("litres")?,
                state: word(row, "state", PlaceState::parse)?,
                expires_at: row.get::<Option<i64>>("expires_at")?.map(Timestamp::from_millis),
            })
        })
        .transpose()
}

/// Takes so many litres of a tour, if they fit. What was held too long ago makes room first.
pub(crate) async fn take(unit: &Unit, tour: TourId, litres: i64, now: Timestamp) -> Result<bool, DatabaseError> {
    if fits(unit, tour, litres).await? {
        return Ok(true);
    }
    let sql = "DELETE FROM tour_place WHERE tour = $1 AND state = 'held' AND expires_at <= $2 RETURNING litres";
    let mut lapsed: i64 = 0;
    for row in unit.rows(sql, vec![tour.0.into(), now.millis().into()]).await? {
        lapsed += row.at::<i64>(0)?;
    }
    if lapsed == 0 {
        return Ok(false);
    }
    give_back(unit, tour, lapsed).await?;
    fits(unit, tour, litres).await
}

/// The one statement that decides who gets a place.
async fn fits(unit: &Unit, tour: TourId, litres: i64) -> Result<bool, DatabaseError> {
    let sql = "UPDATE tour SET taken = taken + $2 WHERE id = $1 AND taken + $2 <= capacity";
    Ok(unit.execute(sql, vec![tour.0.into(), litres.into()]).await? == 1)
}

/// Gives litres back to a tour.
pub(crate) async fn give_back(unit: &Unit, tour: TourId, litres: i64) -> Result<(), DatabaseError> {
    let sql = "UPDATE tour SET taken = taken - $2 WHERE id = $1";
    unit.execute(sql, vec![tour.0.into(), litres.into()]).await.map(drop)
}

/// Writes a place; what it takes was taken before. `false` when the application has one meanwhile; then the unit is to be
/// dropped.
pub(crate) async fn insert(
    unit: &Unit,
    application: ApplicationId,
    place: &PlaceRow,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "INSERT INTO tour_place (id, tour, application, litres, state, expires_at, changed_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (application) DO NOTHING";
    let values = vec![
        place.id.into(),
        place.tour.id.0.into(),
        application.0.into(),
        place.litres.into(),
        place.state.as_str().into(),
        place.expires_at.map(Timestamp::millis).into(),
        at.millis().into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Writes a changed place back, if nobody changed it since `seen`. `false` when somebody did; then the unit is to be dropped.
pub(crate) async fn update(
    unit: &Unit,
    seen: &PlaceRow,
    place: &PlaceRow,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE tour_place SET tour = $1, litres = $2, state = $3, expires_at = $4, changed_at = $5 \
               WHERE id = $6 AND tour = $7 AND litres = $8 AND state = $9";
    let values = vec![
        place.tour.id.0.into(),
        place.litres.into(),
        place.state.as_str().into(),
        place.expires_at.map(Timestamp::millis).into(),
        at.millis().into(),
        seen.id.into(),
        seen.tour.id.0.into(),
        seen.litres.into(),
        seen.state.as_str().into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Promises what an application holds, unless it was held too long ago.
pub(crate) async fn promise(unit: &Unit, application: ApplicationId, now: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE tour_place SET state = 'promised', expires_at = NULL, changed_at = $2 \
               WHERE application = $1 AND state = 'held' AND expires_at > $2";
    Ok(unit.execute(sql, vec![application.0.into(), now.millis().into()]).await? == 1)
}

/// Notes what the crew did with a place that is promised or was missed.
pub(crate) async fn settle(
    unit: &Unit,
    application: ApplicationId,
    state: PlaceState,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE tour_place SET state = $2, changed_at = $3 \
               WHERE application = $1 AND state IN ('promised', 'missed')";
    let values = vec![application.0.into(), state.as_str().into(), at.millis().into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Announced cases whose tour went before a day, and of which nobody said what became of them.
pub(crate) async fn unrecorded(
    reader: Reader<'_>,
    before: NaiveDate,
    limit: i64,
) -> Result<Vec<CaseId>, DatabaseError> {
    let sql = "SELECT c.id FROM tour_place p JOIN tour t ON t.id = p.tour JOIN application a ON a.id = p.application \
               JOIN case_file c ON c.id = a.case_file WHERE t.day < $1 AND p.state = 'promised' AND c.state = 'delivered' \
               ORDER BY t.day LIMIT $2";
    let rows = reader.rows(sql, vec![before.to_string().into(), limit.into()]).await?;
    rows.iter().map(|row| Ok(CaseId(row.at(0)?))).collect()
}

/// Frees the place of an application, if it has one; what was collected stays counted.
pub(crate) async fn free_place(unit: &Unit, application: ApplicationId) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM tour_place WHERE application = $1 AND state <> 'collected' RETURNING tour, litres";
    for row in unit.rows(sql, vec![application.0.into()]).await? {
        give_back(unit, TourId(row.at(0)?), row.at(1)?).await?;
    }
    Ok(())
}

/// Lets nobody know any more whose place it was; how much was taken along stays.
pub(crate) async fn forget(unit: &Unit, application: ApplicationId) -> Result<(), DatabaseError> {
    let sql = "UPDATE tour_place SET application = NULL WHERE application = $1";
    unit.execute(sql, vec![application.0.into()]).await.map(drop)
}
