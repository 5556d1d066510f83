//! Letting everybody read about a report, in words that somebody at the office has looked at.

use domain::application::AttachmentState;
use domain::identifier::{AttachmentId, CaseId};
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::case::Case;
use crate::failure::{Failure, Problem, text};
use crate::requests::idempotency_key;
use crate::store::cases::Found;
use crate::store::{Reader, attachments, report_steps, reports};

/// Most signs of what everybody reads.
const MOST_SIGNS: usize = 2_000;

/// Publishes a report.
#[derive(Debug, Clone)]
pub struct PublishReport {
    /// Its case.
    pub case: CaseId,
    /// What everybody reads: names nobody.
    pub public_text: String,
    /// The photo that everybody sees: one of the case's in which nobody can be recognised.
    pub photo: Option<AttachmentId>,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Publishes a report, or changes what everybody reads of it.
    ///
    /// # Errors
    /// [`Problem::TextLength`]; [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`] also for a case that reports
    /// no place and for a photo that is not there.
    pub async fn publish_report(&self, actor: &Actor, command: &PublishReport) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let public_text = text(&command.public_text, MOST_SIGNS)?;
        let input = self.secret.fingerprint(&format!("{:?}", (command.case, &public_text, command.photo)));
        let key = idempotency_key(actor, &command.idempotency_key, "publish_report", &input)?;
        let work = async || {
            let found = self.case_to_work_on(Reader::Database(&self.database), actor, command.case).await?;
            self.shows_photo(&found, command.photo).await?;
            let now = self.now();
            let unit = self.database.begin().await?;
            if !report_steps::publish(&unit, command.case, &public_text, command.photo, now).await? {
                return Err(Problem::NotFound.into());
            }
            self.trace(&unit, command.case, "report.publish", actor.account(), now).await?;
            unit.remember(&key, command.case.0, now).await?;
            unit.commit().await?;
            Ok(command.case.0)
        };
        self.once(&key, work).await?;
        Ok(self.team_case(Reader::Database(&self.database), actor, command.case).await?.case)
    }

    /// Whether a photo is one of the report's in which nothing was found.
    async fn shows_photo(&self, found: &Found, photo: Option<AttachmentId>) -> Result<(), Failure> {
        let Some(photo) = photo else { return Ok(()) };
        let pinned = self.pinned(found.case.definition).await?;
        let field = pinned.form.service().report.as_ref().and_then(|rule| rule.photo.as_deref());
        let row = attachments::by_id(Reader::Database(&self.database), photo).await?.ok_or(Problem::NotFound)?;
        let is_its_own = row.owner == found.case.application.0 && row.state == AttachmentState::Clean;
        if is_its_own && field == Some(row.field.as_str()) { Ok(()) } else { Err(Problem::NotFound.into()) }
    }

    /// Whether a case reports a place.
    pub(crate) async fn is_report(&self, case: CaseId) -> Result<(), Failure> {
        let row = reports::of_case(Reader::Database(&self.database), case).await?;
        row.map(drop).ok_or_else(|| Problem::NotFound.into())
    }
}
