//! What was reported near a place: by everybody, so that nobody reports it twice, and by staff, so that they find what is the
//! same.

use chrono::Duration;
use domain::geography::Position;
use domain::identifier::Key;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::report::Report;
use crate::store::Reader;
use crate::store::reports::{self, Around, Eyes};

/// How far anybody may look, in metres.
pub const MAX_RADIUS_METRES: u16 = 5_000;
/// Most reports of one answer.
const MOST: i64 = 100;
/// For how many days everybody sees what has ended.
const SHOWN_DAYS: i64 = 30;

/// Asks what was reported near a place.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportsNear {
    /// The service.
    pub service: Key,
    /// Where somebody looks.
    pub position: Position,
    /// How far, in metres; as the service says if absent.
    pub radius_metres: Option<u16>,
    /// About what; everything if absent.
    pub category: Option<String>,
}

/// Asks the same for the staff of an office.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficeReports {
    /// The office.
    pub team: Key,
    /// Where to look.
    pub near: ReportsNear,
}

impl Applications {
    /// What everybody may read near a place, the nearest first: what was published and did not go on elsewhere. What ended is
    /// shown for 30 days. At most 100.
    ///
    /// # Errors
    /// [`Problem::UnknownService`] also for a service that takes no reports; [`Problem::RadiusInvalid`].
    pub async fn reports_near(&self, wanted: &ReportsNear) -> Result<Vec<Report>, Failure> {
        let rule = self.report_rule(&wanted.service).await?.radius_m;
        let since = self.now().to_utc() - Duration::days(SHOWN_DAYS);
        let eyes = Eyes::Public(Timestamp::from_millis(since.timestamp_millis()));
        self.look_around(wanted, rule, &eyes).await
    }

    /// What the staff of an office see near a place, published or not, the nearest first. At most 100. What the reporters
    /// wrote stands in the cases.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for other offices; as [`Applications::reports_near`].
    pub async fn office_reports_near(&self, actor: &Actor, wanted: &OfficeReports) -> Result<Vec<Report>, Failure> {
        actor.may_in(Permission::WorkOnCases, &wanted.team)?;
        let rule = self.report_rule(&wanted.near.service).await?.staff_radius_m;
        self.look_around(&wanted.near, rule, &Eyes::Office(wanted.team.clone())).await
    }

    async fn look_around(&self, wanted: &ReportsNear, usual: u16, eyes: &Eyes) -> Result<Vec<Report>, Failure> {
        let around = around(wanted.position, wanted.radius_metres.unwrap_or(usual))?;
        let category = wanted.category.as_deref();
        let reader = Reader::Database(&self.database);
        let rows = reports::near(reader, &wanted.service, around, category, eyes, MOST).await?;
        let mut near = Vec::with_capacity(rows.len());
        for row in rows {
            let metres = around.position.distance_metres(row.position);
            // The box has corners; the circle has not.
            if metres <= f64::from(around.metres) {
                near.push(Report { distance_metres: Some(metres.round() as u32), ..self.shown_report(row).await? });
            }
        }
        Ok(near)
    }

    /// What a service says of its reports.
    pub(crate) async fn report_rule(&self, service: &Key) -> Result<forms::ReportRule, Failure> {
        let pinned = self.newest(service).await?;
        Ok(pinned.form.service().report.clone().ok_or(Problem::UnknownService)?)
    }
}

/// A place to look around.
///
/// # Errors
/// [`Problem::RadiusInvalid`].
pub(crate) fn around(position: Position, metres: u16) -> Result<Around, Problem> {
    if (1..=MAX_RADIUS_METRES).contains(&metres) {
        Ok(Around { position, metres })
    } else {
        Err(Problem::RadiusInvalid { most_metres: MAX_RADIUS_METRES })
    }
}
