//! What a message to the applicant may say: that there is news about a number, and of what kind. Nothing of what is in it.
//!
//! Whoever typed the address may not own it: a message names nobody, opens nothing and repeats nothing that was typed.

use chrono::NaiveDate;
use domain::application::{CaseState, ReceiptNumber};
use domain::identifier::CaseId;
use domain::permission::{Actor, Permission};
use domain::personal::Pii;
use domain::text::Language;
use forms::{FieldType, Locale, Value};

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::letter::first_answer;
use crate::store::{Reader, cases, drafts, permits};

/// What a message to the applicant is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicantNews {
    /// Where to.
    pub mail: Pii<String>,
    /// In which language.
    pub language: Language,
    /// The name of the service in that language.
    pub service: String,
    /// The number to quote.
    pub receipt: ReceiptNumber,
    /// Where the case stands.
    pub state: CaseState,
    /// The last local day on which the permit holds that the case granted.
    pub permit_until: Option<NaiveDate>,
    /// The office that has the case.
    pub office: domain::identifier::Key,
}

impl Applications {
    /// What there is to tell the applicant of a case; `None` where nobody left an address, or nothing is left to tell.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn applicant_news(&self, actor: &Actor, id: CaseId) -> Result<Option<ApplicantNews>, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let reader = Reader::Database(&self.database);
        let Some(found) = cases::by_id(reader, id).await? else { return Ok(None) };
        let (Some(receipt), true) = (found.case.receipt.clone(), found.key.is_some()) else { return Ok(None) };
        let Some(draft) = drafts::by_id(reader, found.case.application).await? else { return Ok(None) };
        self.vault.unlock(&self.database, self.now()).await?;
        let pinned = self.pinned(found.case.definition).await?;
        let snapshot = self.snapshot(reader, &found).await?;
        let calendar = self.town.calendar().ok_or(Problem::NoCity)?;
        let day = found.case.submitted_at.local_date(calendar.time_zone);
        let evaluation = pinned.evaluate_snapshot(&snapshot, &calendar, day);
        let address = first_answer(&pinned.form, &evaluation, |kind| matches!(kind, FieldType::Email { .. }));
        let Some(Value::Text(mail)) = address else { return Ok(None) };
        let service = pinned.form.text("service.title", Locale::from(draft.language));
        let permit = permits::of_case(reader, id).await?.filter(|permit| permit.revoked_at.is_none());
        Ok(Some(ApplicantNews {
            mail: mail.clone().into(),
            language: draft.language,
            service: service.unwrap_or(found.case.service.as_str()).to_owned(),
            receipt,
            state: found.case.state,
            permit_until: permit.map(|permit| permit.valid_until),
            office: found.case.team,
        }))
    }
}
