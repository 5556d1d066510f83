//! Reading attempts to pay.

use domain::identifier::CaseId;
use domain::permission::Actor;

use crate::Applications;
use crate::access::Access;
use crate::failure::{Failure, Problem};
use crate::payment::{Payment, PaymentProvider};
use crate::store::Reader;
use crate::store::payments::{self, AttemptRow};

impl Applications {
    /// The attempts to pay for one's own application, oldest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn my_payments(&self, actor: &Actor, access: &Access) -> Result<Vec<Payment>, Failure> {
        let reader = Reader::Database(&self.database);
        let entry = self.enter_real(reader, actor, access).await?;
        if entry.party.position != 0 {
            return Err(Problem::NotFound.into());
        }
        let rows = payments::of_application(reader, entry.draft.id).await?;
        Ok(rows.into_iter().map(payment).collect())
    }

    /// The attempts to pay for a case of one's office, oldest first.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`].
    pub async fn case_payments(&self, actor: &Actor, case: CaseId) -> Result<Vec<Payment>, Failure> {
        let reader = Reader::Database(&self.database);
        let found = self.team_case(reader, actor, case).await?;
        let rows = payments::of_application(reader, found.case.application).await?;
        Ok(rows.into_iter().map(payment).collect())
    }
}

/// An attempt as its payer sees it.
pub(crate) fn payment(row: AttemptRow) -> Payment {
    let AttemptRow { id, provider, reference, amount_cents, refunded_cents, state, created_at, .. } = row;
    let page = match provider {
        PaymentProvider::PracticeBank if !state.is_final() => Some(format!("/practice-bank/{reference}")),
        PaymentProvider::PracticeBank | PaymentProvider::Invoice => None,
    };
    Payment { id, provider, reference, amount_cents, refunded_cents, state, created_at, page }
}
