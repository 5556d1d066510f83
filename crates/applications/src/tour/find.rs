//! Which tours there are: with room for what somebody has, and of an office.

use chrono::NaiveDate;
use domain::identifier::{ApplicationId, Key, TourId};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Applications;
use crate::access::Access;
use crate::definition::Pinned;
use crate::failure::Failure;
use crate::store::Reader;
use crate::store::tours::{self, TourRow};
use crate::tour::{Need, first_day, put_out_by};

/// More tours than anybody looks through.
const MOST_TOURS: i64 = 200;

/// A day on which everything that somebody has fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TourDay {
    /// The tour.
    pub tour: TourId,
    /// The local day.
    pub day: NaiveDate,
    /// Until when everything must stand outside.
    pub put_out_by: Timestamp,
    /// How much is free on it, in litres, at this moment.
    pub free_litres: i64,
}

/// A tour, as its office sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeTour {
    /// Its id.
    pub id: TourId,
    /// The service.
    pub service: Key,
    /// The key of the district.
    pub district: String,
    /// The local day.
    pub day: NaiveDate,
    /// How much fits, in litres.
    pub capacity_litres: i64,
    /// How much is held and promised, in litres.
    pub taken_litres: i64,
}

impl Applications {
    /// The days on which what an application names fits on a tour, soonest first: while it is filled in, and afterwards to
    /// choose another one.
    ///
    /// # Errors
    /// [`crate::Problem::TourUnasked`], [`crate::Problem::TourElsewhere`]; [`crate::Problem::NotFound`].
    pub async fn tour_days(&self, actor: &Actor, access: &Access) -> Result<Vec<TourDay>, Failure> {
        let entry = self.enter_real(Reader::Database(&self.database), actor, access).await?;
        let (pinned, need) = self.need_of(&entry).await?;
        self.days_for(&pinned, &need, entry.draft.id).await
    }

    async fn days_for(
        &self,
        pinned: &Pinned,
        need: &Need,
        application: ApplicationId,
    ) -> Result<Vec<TourDay>, Failure> {
        let Some(rule) = &pinned.form.service().tour else { return Ok(Vec::new()) };
        let (now, calendar) = (self.now(), self.calendar()?);
        let from = first_day(rule, &calendar, now.local_date(calendar.time_zone))?;
        let reader = Reader::Database(&self.database);
        let found = tours::free(reader, (&pinned.service, &need.district), from, application, now).await?;
        let fitting = found.into_iter().filter(|(_, free)| *free >= need.litres);
        let day = |(TourRow { id, day, .. }, free_litres)| TourDay {
            tour: id,
            day,
            put_out_by: put_out_by(rule, &calendar, day),
            free_litres,
        };
        Ok(fitting.map(day).collect())
    }

    /// The tours of one's own office from a day on, soonest first, at most 200.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for other offices.
    pub async fn office_tours(&self, actor: &Actor, office: &Key, from: NaiveDate) -> Result<Vec<OfficeTour>, Failure> {
        actor.may_in(Permission::WorkOnCases, office)?;
        let rows = tours::of_team(Reader::Database(&self.database), office, from, MOST_TOURS).await?;
        let tour = |row: TourRow| OfficeTour {
            id: row.id,
            service: row.service,
            district: row.district,
            day: row.day,
            capacity_litres: row.capacity,
            taken_litres: row.taken,
        };
        Ok(rows.into_iter().map(tour).collect())
    }
}
