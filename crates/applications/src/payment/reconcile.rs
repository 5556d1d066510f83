//! Asking providers about attempts of which nothing final is known, and for refunds that were asked for.

use domain::application::PaymentState;
use domain::time::Timestamp;

use crate::Applications;
use crate::failure::Failure;
use crate::payment::PaymentProvider;
use crate::store::Reader;
use crate::store::payments::{self, AttemptRow};

/// How many in one round.
const PORTION: i64 = 100;
/// A failed attempt may be captured late; after so many days nobody asks any more.
const ASKED_DAYS: i64 = 30;
const DAY_SECONDS: i64 = 24 * 3600;

impl Applications {
    /// Asks about what is due. Gives how many attempts were looked at. One that cannot be asked about holds up no other.
    pub(crate) async fn look_at_payments(&self) -> Result<u64, Failure> {
        let due = payments::due(Reader::Database(&self.database), self.now(), PORTION).await?;
        let mut looked = 0;
        for attempt in due {
            match self.look_at_payment(&attempt).await {
                Ok(()) => looked += 1,
                Err(failure) => tracing::error!(payment.id = %attempt.id, %failure, "a provider cannot be asked"),
            }
        }
        Ok(looked)
    }

    async fn look_at_payment(&self, attempt: &AttemptRow) -> Result<(), Failure> {
        match attempt.provider {
            // The cash office tells of invoices.
            PaymentProvider::Invoice => {}
            PaymentProvider::PracticeBank => {
                let is_owed = attempt.refund_asked_cents > attempt.refunded_cents;
                let said = if is_owed && attempt.state.is_final() {
                    self.bank_refunds(&attempt.reference, attempt.refund_asked_cents).await?
                } else {
                    self.asked_bank(&attempt.reference).await?
                };
                self.note_payment(attempt.provider, &said).await?;
            }
        }
        self.give_back_surplus(attempt.application).await?;
        let reader = Reader::Database(&self.database);
        let Some(now_known) = payments::by_id(reader, attempt.id).await? else { return Ok(()) };
        let next = next_look(&now_known, self.now());
        let unit = self.database.begin().await?;
        payments::look_again(&unit, attempt.id, next).await?;
        unit.commit().await?;
        Ok(())
    }
}

/// When to ask again: soon at first, hourly after a day, never about what is settled.
fn next_look(attempt: &AttemptRow, now: Timestamp) -> Option<Timestamp> {
    let owes = attempt.refund_asked_cents > attempt.refunded_cents;
    let age = now.seconds() - attempt.created_at.seconds();
    let is_asked = match attempt.provider {
        PaymentProvider::Invoice => false,
        PaymentProvider::PracticeBank => owes || (!attempt.state.is_final() && age < ASKED_DAYS * DAY_SECONDS),
    };
    let pause = match attempt.state {
        PaymentState::Created | PaymentState::Pending if age < DAY_SECONDS => 60,
        _ if owes => 60,
        _ => 3600,
    };
    is_asked.then(|| now.plus_seconds(pause))
}
