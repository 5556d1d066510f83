//! What is settled, what is due, and what goes back.

use domain::application::{ApplicationState, Outcome, PaymentState};
use domain::identifier::ApplicationId;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::payment::PaymentProvider;
use crate::store::drafts::{self, DraftRow};
use crate::store::payments::{self, AttemptRow};
use crate::store::{Reader, cases};

/// What is paid or stands on an invoice, in cents: with an invoice the fee is put off, and the case goes on.
pub(crate) fn settled_cents(attempts: &[AttemptRow]) -> i64 {
    attempts.iter().map(|attempt| if is_put_off(attempt) { attempt.amount_cents } else { held_cents(attempt) }).sum()
}

/// What the city holds of an attempt, in cents: what came, less what went back or is about to.
pub(crate) fn held_cents(attempt: &AttemptRow) -> i64 {
    let back = attempt.refunded_cents.max(attempt.refund_asked_cents);
    if attempt.state.is_final() { attempt.amount_cents - back } else { 0 }
}

fn is_put_off(attempt: &AttemptRow) -> bool {
    let is_open = matches!(attempt.state, PaymentState::Created | PaymentState::Pending);
    attempt.provider == PaymentProvider::Invoice && is_open && attempt.refund_asked_cents == 0
}

impl Applications {
    /// Whether enough is paid for what is handed in.
    ///
    /// # Errors
    /// [`Problem::PaymentDue`].
    pub(crate) async fn is_settled(&self, application: ApplicationId, fee_cents: i64) -> Result<(), Failure> {
        let attempts = payments::of_application(Reader::Database(&self.database), application).await?;
        let cents = fee_cents - settled_cents(&attempts);
        if cents > 0 { Err(Problem::PaymentDue { cents }.into()) } else { Ok(()) }
    }

    /// The fee of what was handed in; nothing where the case was taken back or erased.
    pub(crate) async fn fee_of_case(&self, draft: &DraftRow) -> Result<Option<i64>, Failure> {
        let reader = Reader::Database(&self.database);
        // What joined another case costs nothing of its own.
        let Some(case) = draft.case else { return Ok(None) };
        let found = cases::by_id(reader, case).await?.ok_or(Problem::NotFound)?;
        if found.case.outcome == Some(Outcome::Withdrawn) || found.key.is_none() {
            return Ok(None);
        }
        self.vault.unlock(&self.database, self.now()).await?;
        let pinned = self.pinned(found.case.definition).await?;
        let snapshot = self.snapshot(reader, &found).await?;
        let calendar = self.calendar()?;
        let day = found.case.submitted_at.local_date(calendar.time_zone);
        let evaluation = pinned.evaluate_snapshot(&snapshot, &calendar, day);
        Ok(evaluation.fee.map(|fee| i64::from(fee.cents)))
    }

    /// Asks for what was paid too much to go back: after a capture that came too late, a fee that became smaller, a
    /// withdrawal, or an application that is gone. Doing it twice changes nothing. While somebody still fills in, nothing
    /// goes back: they will hand in.
    pub(crate) async fn give_back_surplus(&self, application: ApplicationId) -> Result<(), Failure> {
        let reader = Reader::Database(&self.database);
        let attempts = payments::of_application(reader, application).await?;
        if attempts.iter().all(|attempt| held_cents(attempt) <= 0) {
            return Ok(());
        }
        let due = match drafts::by_id(reader, application).await? {
            None => 0,
            Some(draft) if draft.state == ApplicationState::Submitted => self.fee_of_case(&draft).await?.unwrap_or(0),
            Some(_) => return Ok(()),
        };
        let mut surplus = attempts.iter().map(held_cents).sum::<i64>() - due;
        let now = self.now();
        // The newest first: the one before is what the person meant to pay.
        for attempt in attempts.iter().rev() {
            let part = surplus.min(held_cents(attempt));
            if part > 0 {
                let asked = attempt.refunded_cents.max(attempt.refund_asked_cents) + part;
                let unit = self.database.begin().await?;
                payments::ask_refund(&unit, attempt, asked, now).await?;
                unit.commit().await?;
                surplus -= part;
            }
        }
        Ok(())
    }
}
