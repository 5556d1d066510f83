//! What applications and conversations learn of the city: the board has it in memory.

use std::sync::Arc;

use applications::{Applications, Letterhead, StreetZones, Town, TownCalendar};
use conversations::{FormVersion, Forms, Telling};
use database::DatabaseError;
use domain::identifier::Key;
use domain::text::Language;
use domain::time::Timestamp;
use scheduling::Scheduling;

/// The city that serves appointments serves applications, too.
#[derive(Debug)]
pub(crate) struct ServingTown {
    pub(crate) scheduling: Arc<Scheduling>,
    pub(crate) zones: Arc<StreetZones>,
    /// How browsers reach this server, without a slash at the end.
    pub(crate) public_url: String,
}

impl Town for ServingTown {
    fn calendar(&self) -> Option<TownCalendar> {
        let picture = self.scheduling.board().picture().ok()?;
        let municipality = &picture.city.municipality;
        Some(TownCalendar {
            state: municipality.state,
            extra_holidays: municipality.extra_holidays.clone(),
            time_zone: municipality.time_zone,
            offices: picture.city.offices.keys().cloned().collect(),
            zones: Arc::clone(&self.zones),
        })
    }

    fn letterhead(&self, office: &Key) -> Option<Letterhead> {
        let picture = self.scheduling.board().picture().ok()?;
        let municipality = &picture.city.municipality;
        let city = municipality.name.get(Language::German).to_owned();
        // An office that closed since then still has its cases: then the city itself signs.
        let office = picture.city.offices.get(office);
        let name = office.map(|office| office.name.get(Language::German).to_owned());
        let address = office.and_then(|office| office.address.as_ref()).map(|address| address.line.clone());
        let phone = office.and_then(|office| office.phone.clone()).or_else(|| municipality.phone.clone());
        let place: Vec<String> = name.into_iter().chain(address).collect();
        let office = if place.is_empty() { city.clone() } else { place.join(", ") };
        Some(Letterhead { city, office, phone, public_url: self.public_url.clone() })
    }
}

/// The city that serves appointments is the one that the chatbot talks about.
#[derive(Debug)]
pub(crate) struct TalkingTown {
    pub(crate) scheduling: Arc<Scheduling>,
}

impl conversations::Town for TalkingTown {
    fn serving(&self) -> Option<conversations::Serving> {
        let picture = self.scheduling.board().picture().ok()?;
        Some(conversations::Serving { version: picture.version, city: Arc::clone(&picture.city) })
    }

    fn is_any_office_open(&self, at: Timestamp) -> bool {
        let Ok(picture) = self.scheduling.board().picture() else { return false };
        let date = at.local_date(picture.supply.zone());
        // Hours belong to the day on which they begin, and may end on the next.
        let days = [date.pred_opt(), Some(date)].into_iter().flatten();
        let offices = picture.city.offices.keys();
        let mut hours = days.flat_map(|day| offices.clone().map(move |office| (office, day)));
        hours.any(|(office, day)| {
            picture.supply.opening_hours(office, day).iter().any(|open| (open.from..open.to).contains(&at))
        })
    }
}

/// What is published of online services, for the guides of the chatbot.
#[derive(Debug)]
pub(crate) struct PublishedForms {
    pub(crate) applications: Arc<Applications>,
}

impl Forms for PublishedForms {
    fn newest<'a>(&'a self, service: &'a Key) -> Telling<'a, Option<FormVersion>> {
        Box::pin(async move {
            match self.applications.newest_form(service, Language::German).await {
                Ok(form) => {
                    let (service, sequence, sha256) = (form.service, form.sequence, form.sha256);
                    Ok(Some(FormVersion { service, sequence, sha256 }))
                }
                Err(applications::Failure::Problem(applications::Problem::UnknownService)) => Ok(None),
                Err(failure) => Err(of_failure(failure)),
            }
        })
    }

    fn all(&self) -> Telling<'_, Vec<FormVersion>> {
        Box::pin(async move {
            let published = self.applications.published_services().await.map_err(of_failure)?;
            let version = |one: applications::PublishedService| FormVersion {
                service: one.key,
                sequence: one.sequence,
                sha256: one.sha256,
            };
            Ok(published.into_iter().map(version).collect())
        })
    }
}

fn of_failure(failure: applications::Failure) -> DatabaseError {
    match failure {
        applications::Failure::Database(error) => error,
        other => DatabaseError::Internal(format!("the published forms cannot be read: {other}")),
    }
}
