//! Beginning to pay the fee of an application.

use database::{IdempotencyKey, Rule};
use domain::application::{ApplicationState, ApplicationStep, PaymentState};
use domain::code::{grouped, signs};
use domain::identifier::PaymentId;
use domain::permission::Actor;
use uuid::Uuid;

use crate::Applications;
use crate::access::{Access, Entry};
use crate::failure::{Failure, Problem};
use crate::payment::read;
use crate::payment::{Payment, PaymentProvider};
use crate::requests::idempotency_key;
use crate::store::drafts::DraftRow;
use crate::store::payments::{self, AttemptRow};
use crate::store::{Reader, practice_bank};

/// Signs of a reference, 60 bits.
const REFERENCE_SIGNS: usize = 12;
/// How soon the worker asks the provider for the first time.
const FIRST_LOOK_SECONDS: i64 = 60;

/// Begins to pay.
#[derive(Debug, Clone)]
pub struct StartPayment {
    /// Which application, by the right of whoever began.
    pub access: Access,
    /// With whom.
    pub provider: PaymentProvider,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Begins to pay what is still due of the fee. The application waits for it.
    ///
    /// # Errors
    /// [`Problem::NothingDue`]; [`Problem::ProviderClosed`]; [`Problem::Incomplete`]; [`Problem::NotFound`],
    /// [`Problem::WrongState`].
    pub async fn start_payment(&self, actor: &Actor, command: &StartPayment) -> Result<Payment, Failure> {
        let input = self.secret.fingerprint(&format!("{:?}", (&command.access, command.provider)));
        let key = idempotency_key(actor, &command.idempotency_key, "start_payment", &input)?;
        let id = self.once(&key, || self.begin_payment(actor, command, &key)).await?;
        let row = payments::by_id(Reader::Database(&self.database), PaymentId(id)).await?;
        Ok(read::payment(row.ok_or(Problem::NotFound)?))
    }

    async fn begin_payment(
        &self,
        actor: &Actor,
        command: &StartPayment,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let entry = self.enter_real(Reader::Database(&self.database), actor, &command.access).await?;
        if entry.party.position != 0 {
            return Err(Problem::NotFound.into());
        }
        if command.provider == PaymentProvider::PracticeBank && !self.practice_bank_is_open {
            return Err(Problem::ProviderClosed.into());
        }
        let amount_cents = self.still_due(&entry).await?;
        let before = payments::of_application(Reader::Database(&self.database), entry.draft.id).await?;
        let position = i64::try_from(before.len()).unwrap_or(i64::MAX);
        let now = self.now();
        let mut random = [0; REFERENCE_SIGNS];
        self.entropy.fill(&mut random);
        let attempt = AttemptRow {
            id: PaymentId(self.entropy.id(now)),
            application: entry.draft.id,
            provider: command.provider,
            position,
            reference: format!("RE-{}", grouped(&signs(&random, REFERENCE_SIGNS))),
            amount_cents,
            refunded_cents: 0,
            refund_asked_cents: 0,
            state: PaymentState::Created,
            created_at: now,
            look_at: Some(now.plus_seconds(FIRST_LOOK_SECONDS)),
        };
        let unit = self.database.begin().await?;
        if entry.draft.state.is_open() {
            let state = match entry.draft.state {
                ApplicationState::AwaitingPayment => ApplicationState::AwaitingPayment,
                state => state.after(ApplicationStep::AskPayment)?,
            };
            let draft = DraftRow { state, rev: entry.draft.rev + 1, ..entry.draft.clone() };
            self.put_back(&unit, &draft, entry.draft.rev, now).await?;
        }
        payments::insert(&unit, &attempt).await.map_err(|error| {
            if error.breaks(Rule::PaymentReference) { database::DatabaseError::Contended } else { error }
        })?;
        if command.provider == PaymentProvider::PracticeBank {
            practice_bank::open(&unit, &attempt.reference, amount_cents, now).await?;
        }
        unit.remember(key, attempt.id.0, now).await?;
        unit.commit().await?;
        Ok(attempt.id.0)
    }

    /// What of the fee was neither paid nor put on an invoice, in cents.
    async fn still_due(&self, entry: &Entry) -> Result<i64, Failure> {
        let fee = if entry.draft.state.is_open() {
            let (pinned, evaluation) = self.evaluated(entry).await?;
            let errors = pinned.obstacles(&evaluation, &entry.party.role, entry.draft.language.into());
            if !errors.is_empty() {
                return Err(Problem::Incomplete { errors }.into());
            }
            evaluation.fee.map(|fee| i64::from(fee.cents))
        } else {
            self.fee_of_case(&entry.draft).await?
        };
        let reader = Reader::Database(&self.database);
        let settled = super::settle::settled_cents(&payments::of_application(reader, entry.draft.id).await?);
        match fee.unwrap_or(0) - settled {
            due if due > 0 => Ok(due),
            _ => Err(Problem::NothingDue.into()),
        }
    }
}
