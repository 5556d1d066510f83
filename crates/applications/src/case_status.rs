//! What the applicant reads: where it stands, what is asked, what was decided and what one can do about it.

use chrono::NaiveDate;
use database::IdempotencyKey;
use domain::application::{CaseState, DeliveryChannel, Outcome, PublicStatus, ReceiptNumber};
use domain::identifier::{CaseId, Key};
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::Applications;
use crate::access::Access;
use crate::advance::Step;
use crate::case::{Case, CaseDeadline, Decision, DecisionReason, ItemRequest};
use crate::failure::{Failure, Problem};
use crate::sealed::{decision_of, request_of};
use crate::store::Reader;
use crate::store::cases::{self, Found};
use crate::tour::ChosenTour;

/// How a case stands, for its applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStatus {
    /// The case.
    pub case: CaseId,
    /// The service.
    pub service: Key,
    /// What to quote.
    pub receipt: Option<ReceiptNumber>,
    /// Where it stands.
    pub status: PublicStatus,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// Its last change.
    pub changed_at: Timestamp,
    /// What the city asked for, while it waits for the answer.
    pub asked: Vec<String>,
    /// Until when to answer, and until when the city has time.
    pub deadlines: Vec<CaseDeadline>,
    /// The decision, once it was announced.
    pub notice: Option<Notice>,
    /// The day of the collection, where something is collected.
    pub tour: Option<ChosenTour>,
    /// The same as an iCalendar file, once the decision was announced.
    pub calendar_file: Option<String>,
    /// Grows with each change.
    pub generation: i64,
}

/// A decision as it was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What came out.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<DecisionReason>,
    /// Whether the machine decided; then anybody may ask for a person.
    pub automatic: bool,
    /// How it was announced.
    pub channel: Option<DeliveryChannel>,
    /// The local day on which it counts as received.
    pub received_on: Option<NaiveDate>,
    /// The last local day on which one may object.
    pub objection_until: Option<NaiveDate>,
}

impl Applications {
    /// How a case stands, for whoever has a part in it.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn case_status(&self, actor: &Actor, access: &Access) -> Result<CaseStatus, Failure> {
        let found = self.own_case(actor, access).await?;
        self.status(&found).await
    }

    /// How a case stands, for its applicant.
    pub(crate) async fn status(&self, found: &Found) -> Result<CaseStatus, Failure> {
        self.vault.unlock(&self.database, self.now()).await?;
        let deadlines = cases::deadlines(Reader::Database(&self.database), found.case.id).await?;
        let case = &found.case;
        let asked = if case.state == CaseState::AwaitingApplicant {
            let place = request_of(case.id);
            let request: ItemRequest = self.open(found.key.as_ref(), place, case.request_sealed.as_deref())?;
            request.items
        } else {
            Vec::new()
        };
        let (tour, calendar_file) = self.tour_of_case(case).await?;
        Ok(CaseStatus {
            case: case.id,
            service: case.service.clone(),
            receipt: case.receipt.clone(),
            status: case.state.public(),
            submitted_at: case.submitted_at,
            changed_at: case.changed_at,
            asked,
            deadlines,
            notice: self.notice(found)?,
            tour,
            calendar_file,
            generation: case.generation,
        })
    }

    fn notice(&self, found: &Found) -> Result<Option<Notice>, Failure> {
        let case = &found.case;
        // A decision exists for the applicant only once it was announced (§ 43 (1) VwVfG).
        if case.delivered_at.is_none() || case.decision_sealed.is_none() {
            return Ok(None);
        }
        let Decision { outcome, reasons, automatic, .. } =
            self.open(found.key.as_ref(), decision_of(case.id), case.decision_sealed.as_deref())?;
        Ok(Some(Notice {
            outcome,
            reasons,
            automatic,
            channel: case.channel,
            received_on: case.deemed_received_on,
            objection_until: case.objection_until,
        }))
    }

    /// The case of an application in which the asker has a part.
    pub(crate) async fn own_case(&self, actor: &Actor, access: &Access) -> Result<Found, Failure> {
        let reader = Reader::Database(&self.database);
        let entry = self.enter_real(reader, actor, access).await?;
        let id = entry.draft.case.ok_or(Problem::NotFound)?;
        Ok(cases::by_id(reader, id).await?.ok_or(Problem::NotFound)?)
    }

    /// Lets the applicant take one step, once however often it is asked for.
    pub(crate) async fn applicant_step(
        &self,
        actor: &Actor,
        access: &Access,
        key: &IdempotencyKey,
        decide: impl Fn(&Found, Timestamp) -> Result<Step, Failure>,
    ) -> Result<CaseStatus, Failure> {
        self.vault.unlock(&self.database, self.now()).await?;
        let work = async || {
            let found = self.own_case(actor, access).await?;
            let now = self.now();
            let step = decide(&found, now)?;
            let unit = self.database.begin().await?;
            let case: Case = self.take_step(&unit, &found.case, step, actor.account(), now).await?;
            unit.remember(key, case.id.0, now).await?;
            unit.commit().await?;
            self.tell(&case);
            Ok(case.id.0)
        };
        self.once(key, work).await?;
        self.case_status(actor, access).await
    }
}
