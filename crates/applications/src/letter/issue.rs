//! Issuing a letter, in the unit of what it tells of.

use database::Unit;
use domain::identifier::{CaseId, LetterId};
use domain::time::Timestamp;

use crate::Applications;
use crate::case::{Decision, ItemRequest};
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::letter::values::Material;
use crate::letter::{LetterContent, Occasion};
use crate::sealed::{decision_of, letter_of, request_of};
use crate::secret::{Scope, new_number};
use crate::store::letters::{self, LetterRow};
use crate::store::{Reader, cases, permits};

impl Applications {
    /// Freezes what a letter says and stores it. Earlier decisions in the same case do not hold any more.
    pub(crate) async fn issue_letter(
        &self,
        unit: &Unit,
        case: CaseId,
        occasion: Occasion,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let reader = Reader::Unit(unit);
        // As it stands after the step.
        let found = cases::by_id(reader, case).await?.ok_or(Problem::NotFound)?;
        let key = found.key.as_ref().ok_or(Problem::NotFound)?;
        let pinned = self.pinned_in(reader, found.case.definition).await?;
        let calendar = self.calendar()?;
        let head = self.town.letterhead(&found.case.team).ok_or(Problem::NoCity)?;
        let snapshot = self.snapshot(reader, &found).await?;
        let day = found.case.submitted_at.local_date(calendar.time_zone);
        let evaluation = pinned.evaluate_snapshot(&snapshot, &calendar, day);
        let decision: Option<Decision> = match (occasion.is_decision(), found.case.decision_sealed.as_deref()) {
            (true, Some(sealed)) => Some(self.open(Some(key), decision_of(case), Some(sealed))?),
            (true, None) | (false, _) => None,
        };
        let items = match occasion {
            Occasion::Request => {
                let sealed = found.case.request_sealed.as_deref();
                let request: ItemRequest = self.open(Some(key), request_of(case), sealed)?;
                request.items
            }
            Occasion::Receipt
            | Occasion::Grant
            | Occasion::PartGrant
            | Occasion::Refuse
            | Occasion::Forward
            | Occasion::End => Vec::new(),
        };
        let id = LetterId(self.entropy.id(now));
        let number = new_number(&*self.entropy);
        let code = self.secret.code(Scope::Verify, &number, id.0, 0);
        let granted = if occasion == Occasion::Grant {
            self.new_permit(reader, &found, &pinned, &evaluation, id, now).await?
        } else {
            None
        };
        let material = Material {
            case: &found.case,
            occasion,
            pinned: &pinned,
            evaluation: &evaluation,
            calendar: &calendar,
            head: &head,
            decision: decision.as_ref(),
            items: &items,
            code: &code,
            tour: self.chosen_tour(reader, &pinned, found.case.application).await?,
            permit: granted.as_ref().map(|granted| (granted.shown.clone(), granted.token.clone())),
            now,
        };
        let mut values = material.values();
        if let (Some(granted), Some(rule)) = (&granted, &pinned.form.service().permit) {
            // A permit that replaces another one ends when that one would have ended.
            values["answers"][&rule.until] = super::shown::day(granted.row.valid_until).into();
        }
        let content = LetterContent { file: file_of(&pinned, occasion), values };
        let row = LetterRow {
            id,
            case,
            definition: found.case.definition,
            service: found.case.service.clone(),
            occasion,
            position: found.case.events,
            number,
            content_sealed: self.seal(key, letter_of(id), &content)?,
            issued_at: now,
            revoked_at: None,
        };
        if occasion.is_decision() {
            // Whatever an earlier decision granted ends with it.
            permits::revoke_of_case(unit, case, "decided_anew", now).await?;
            letters::revoke_decisions(unit, case, now).await?;
        }
        letters::insert(unit, &row).await?;
        if let Some(granted) = granted {
            self.put_permit(unit, &granted, now).await?;
        }
        Ok(())
    }
}

/// The template that the service has for an occasion.
fn file_of(pinned: &Pinned, occasion: Occasion) -> Option<String> {
    let rules = &pinned.form.service().letters;
    rules.iter().find(|rule| rule.occasion == occasion.as_str()).map(|rule| rule.file.clone())
}
