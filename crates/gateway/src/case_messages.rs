//! What messages about cases need to know: the port of messages to applications.

use std::sync::Arc;

use applications::{ApplicantNews, Applications, Failure};
use domain::application::CaseState;
use domain::identifier::CaseId;
use domain::permission::Actor;
use notifications::{Answer, CaseFacts, CaseMessage, CaseOccasion, FactsMissing, Recipient};
use scheduling::Scheduling;

use crate::application::Application;

/// Applications, and the city they belong to.
#[derive(Debug)]
pub(crate) struct FromApplications {
    applications: Arc<Applications>,
    scheduling: Arc<Scheduling>,
}

impl FromApplications {
    /// The port over an application.
    pub(crate) fn new(application: &Application) -> Self {
        let (applications, scheduling) = (Arc::clone(&application.applications), Arc::clone(&application.scheduling));
        Self { applications, scheduling }
    }

    async fn read(&self, case: CaseId, occasion: CaseOccasion) -> Result<Option<CaseMessage>, FactsMissing> {
        // A worker on its own follows nobody, so it looks once for a city.
        if self.scheduling.board().picture().is_err() {
            self.scheduling.follow_changes().await.map_err(|failure| FactsMissing(failure.to_string()))?;
        }
        let picture = self.scheduling.board().picture().map_err(|problem| FactsMissing(problem.to_string()))?;
        let news = self.applications.applicant_news(&Actor::System, case).await.map_err(|failure| missing(&failure))?;
        let Some(news) = news.filter(|news| still_holds(news, occasion)) else { return Ok(None) };
        let municipality = &picture.city.municipality;
        let office = picture.city.offices.get(&news.office);
        let phone = office.and_then(|office| office.phone.clone()).or_else(|| municipality.phone.clone());
        let ApplicantNews { mail, language, service, receipt, permit_until, .. } = news;
        Ok(Some(CaseMessage {
            // The name is never written; a mailbox needs none.
            recipient: Recipient { mail, name: String::new().into(), language },
            service,
            number: receipt.as_str().to_owned(),
            until: permit_until,
            city: municipality.name.get(language).to_owned(),
            phone,
        }))
    }
}

/// Whether the news is still news: of what has moved on the later event tells.
fn still_holds(news: &ApplicantNews, occasion: CaseOccasion) -> bool {
    match occasion {
        CaseOccasion::Received => !news.state.is_announced(),
        CaseOccasion::ItemsRequested => news.state == CaseState::AwaitingApplicant,
        CaseOccasion::Decided => news.state.is_announced(),
        CaseOccasion::PermitExpiresSoon => news.permit_until.is_some(),
    }
}

impl CaseFacts for FromApplications {
    fn facts(&self, case: CaseId, occasion: CaseOccasion) -> Answer<'_, Option<CaseMessage>> {
        Box::pin(self.read(case, occasion))
    }
}

fn missing(failure: &Failure) -> FactsMissing {
    FactsMissing(failure.to_string())
}
