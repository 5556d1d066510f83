//! Following what other processes and operators change: bookings, and the city itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use capacity::{Supply, SupplyProblem};
use domain::city::City;
use domain::identifier::AppointmentId;
use domain::time::{Timestamp, first_instant_at};

use database::DatabaseError;

use crate::Scheduling;
use crate::board::Picture;
use crate::failure::Failure;
use crate::store::appointments::Which;
use crate::store::{cells, changes, city};
use crate::take::Take;

/// How far back each look reaches, in seconds: longer than a transaction lives between drawing its ids and its commit.
const OVERLAP_SECONDS: i64 = 10;

impl Scheduling {
    /// Brings the board up to date. Call it once a second; it is cheap when nothing happened.
    ///
    /// Gives whether a city is there to serve.
    ///
    /// # Errors
    /// [`Failure::Database`] when the database cannot be read; the board then stays as it was.
    pub async fn follow_changes(&self) -> Result<bool, Failure> {
        let now = self.now();
        let Some((version, fingerprint)) = city::active(&self.database).await? else {
            return Ok(false);
        };
        let today = |picture: &Picture| now.local_date(picture.city.municipality.time_zone);
        match self.board.picture() {
            Ok(picture) if picture.version == version && picture.supply.first_day() == today(&picture) => {
                self.follow_appointments(now).await?;
            }
            _ => self.rebuild(version, fingerprint, now).await?,
        }
        Ok(true)
    }

    /// Reads the city and everything that is taken, and starts the board anew.
    pub(crate) async fn rebuild(&self, version: i64, fingerprint: String, now: Timestamp) -> Result<(), Failure> {
        let city = match self.board.picture() {
            Ok(picture) if picture.version == version => Arc::clone(&picture.city),
            _ => Arc::new(self.read_city(version).await?),
        };
        let picture = compile(city, version, fingerprint, now)
            // A city is checked for that before it is loaded.
            .map_err(|problems| DatabaseError::Internal(format!("the city's rules do not compile: {problems:?}")))?;
        let first_second = picture_start(&picture).seconds();
        let counts = cells::read_all(&self.database, first_second).await?;
        let lapsing = self.find(&Which::Lapsing, now).await?;
        self.board.replace(picture, &counts, &lapsing, now);
        self.board.has_followed(now);
        Ok(())
    }

    async fn read_city(&self, version: i64) -> Result<City, Failure> {
        let document = city::document(&self.database, version)
            .await?
            .ok_or_else(|| DatabaseError::Internal(format!("version {version} of the city is missing")))?;
        let unreadable =
            |error| DatabaseError::Internal(format!("version {version} of the city is unreadable: {error}"));
        Ok(serde_json::from_str(&document).map_err(unreadable)?)
    }

    async fn follow_appointments(&self, now: Timestamp) -> Result<(), Failure> {
        let again = self.board.begin_round();
        let followed = self.follow_events(now, &again).await;
        match &followed {
            Ok(()) => self.board.has_followed(now),
            Err(_) => self.board.read_again(again),
        }
        followed
    }

    async fn follow_events(&self, now: Timestamp, again: &BTreeSet<(i64, i64)>) -> Result<(), Failure> {
        // From the last look that succeeded on: whoever was cut off for an hour has an hour to catch up with.
        let since = self.board.followed_until(now).plus_seconds(-OVERLAP_SECONDS);
        let mut events = changes::since(&self.database, since, self.origin).await?;
        let doubtful = self.board.doubts.doubtful();
        if !doubtful.is_empty() {
            events.extend(changes::named(&self.database, &doubtful).await?);
        }
        let foreign: Vec<_> = events.into_iter().filter(|(event, _, _)| !self.board.was_followed(*event)).collect();
        if foreign.is_empty() && again.is_empty() {
            self.board.doubts.looked(&[]);
            return Ok(());
        }
        let subjects: BTreeSet<AppointmentId> = foreign.iter().map(|(_, subject, _)| AppointmentId(*subject)).collect();
        let subjects: Vec<AppointmentId> = subjects.into_iter().collect();
        let changed = self.find(&Which::Ids(&subjects), now).await?;
        let mut touched = again.clone();
        for (_, _, payload) in &foreign {
            touched.extend(touched_by(payload).iter().flat_map(|take| take.each()));
        }
        touched.extend(changed.iter().flat_map(|appointment| appointment.takes.iter().flat_map(|take| take.each())));
        let touched: Vec<(i64, i64)> = touched.into_iter().collect();
        let counts = cells::read(&self.database, &touched).await?;
        let counts: Vec<(i64, i64, i64)> = counts.into_iter().map(|(pool, at, taken, _)| (pool, at, taken)).collect();
        self.board.follow(&changed, &counts);
        let seen: Vec<_> = foreign.iter().map(|(event, _, _)| *event).collect();
        self.board.doubts.looked(&seen);
        // Seen once is enough; what was read is absolute, so a repetition would only cost.
        for (event, _, _) in foreign {
            self.board.followed(event);
        }
        Ok(())
    }
}

/// Compiles a city for the days from today on.
///
/// # Errors
/// Every contradiction of the rules, as the engine names it.
pub(crate) fn compile(
    city: Arc<City>,
    version: i64,
    fingerprint: String,
    now: Timestamp,
) -> Result<Picture, Vec<SupplyProblem>> {
    let today = now.local_date(city.municipality.time_zone);
    let supply = Supply::compile(&city, today, city.municipality.horizon_days)?;
    Ok(Picture { city, version, fingerprint, supply: Arc::new(supply) })
}

/// The first instant of the first day that a picture knows.
pub(crate) fn picture_start(picture: &Picture) -> Timestamp {
    first_instant_at(picture.supply.first_day().and_time(chrono::NaiveTime::MIN), picture.supply.zone())
}

fn touched_by(payload: &str) -> Vec<Take> {
    #[derive(serde::Deserialize)]
    struct Payload {
        touched: Vec<Take>,
    }
    serde_json::from_str::<Payload>(payload).map(|payload| payload.touched).unwrap_or_default()
}
