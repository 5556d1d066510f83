//! What letters about documents that lie ready need to know: the port of messages to pick-ups.

use std::sync::Arc;

use domain::identifier::PickupId;
use domain::permission::Actor;
use notifications::{Answer, FactsMissing, PickupFacts, PickupMessage, PickupOccasion, Recipient};
use scheduling::Scheduling;
use scheduling::pickup::{self, PickupNews};

use crate::application::Application;
use crate::mail::grouped;

/// Pick-ups, and the city they belong to.
#[derive(Debug)]
pub(crate) struct FromPickups {
    scheduling: Arc<Scheduling>,
}

impl FromPickups {
    /// The port over an application.
    pub(crate) fn new(application: &Application) -> Self {
        Self { scheduling: Arc::clone(&application.scheduling) }
    }

    async fn read(&self, id: PickupId, occasion: PickupOccasion) -> Result<Option<PickupMessage>, FactsMissing> {
        // A worker on its own follows nobody, so it looks once for a city.
        if self.scheduling.board().picture().is_err() {
            self.scheduling.follow_changes().await.map_err(|failure| FactsMissing(failure.to_string()))?;
        }
        let picture = self.scheduling.board().picture().map_err(|problem| FactsMissing(problem.to_string()))?;
        let news = self.scheduling.pickup_news(&Actor::System, id, told_of(occasion)).await;
        let news = news.map_err(|failure| FactsMissing(failure.to_string()))?;
        let Some(PickupNews { pickup, contact, code, pin }) = news else { return Ok(None) };
        let Some(mail) = contact.mail else { return Ok(None) };
        let (municipality, language) = (&picture.city.municipality, contact.language);
        let office = picture.city.offices.get(&pickup.office);
        // A box that was taken away since then may still hold documents; then its key has to do.
        let locker = office.and_then(|office| office.lockers.iter().find(|locker| locker.key == pickup.locker));
        let service = picture.city.services.get(&pickup.service);
        let phone = office.and_then(|office| office.phone.clone()).or_else(|| municipality.phone.clone());
        Ok(Some(PickupMessage {
            // The name is never written; a mailbox needs none.
            recipient: Recipient { mail, name: String::new().into(), language },
            service: service.map_or(pickup.service.as_str(), |service| service.name.get(language)).to_owned(),
            number: grouped(&pickup.number),
            code,
            pin,
            locker: locker.map_or(pickup.locker.as_str(), |locker| locker.name.get(language)).to_owned(),
            place: locker.map(|locker| locker.place.get(language).to_owned()).unwrap_or_default(),
            until: pickup.expires_at,
            zone: municipality.time_zone,
            office: office.map_or(pickup.office.as_str(), |office| office.name.get(language)).to_owned(),
            address: office.and_then(|office| office.address.as_ref()).map(|address| address.line.clone()),
            city: municipality.name.get(language).to_owned(),
            phone,
        }))
    }
}

const fn told_of(occasion: PickupOccasion) -> pickup::PickupOccasion {
    match occasion {
        PickupOccasion::Ready => pickup::PickupOccasion::Ready,
        PickupOccasion::PinRenewed => pickup::PickupOccasion::PinRenewed,
        PickupOccasion::ExpiresSoon => pickup::PickupOccasion::ExpiresSoon,
        PickupOccasion::Expired => pickup::PickupOccasion::Expired,
        PickupOccasion::Collected => pickup::PickupOccasion::Collected,
    }
}

impl PickupFacts for FromPickups {
    fn facts(&self, pickup: PickupId, occasion: PickupOccasion) -> Answer<'_, Option<PickupMessage>> {
        Box::pin(self.read(pickup, occasion))
    }
}
