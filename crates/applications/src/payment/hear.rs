//! Hearing what a provider says: signed, once however often it is said, in whatever order.

use domain::application::PaymentState;
use domain::keyed;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::payment::PaymentProvider;
use crate::requests::retried;
use crate::store::payments;

/// How far the clocks of a provider and ours may be apart, and how late a message may come; later ones are found by asking.
const TOLERANCE_SECONDS: i64 = 300;
/// Most bytes of a message.
const MOST_BYTES: usize = 4096;

/// What a provider says about an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentMessage {
    /// Which attempt.
    pub reference: String,
    /// The provider's name for what happened: said twice it is the same.
    pub event: String,
    /// What happened.
    pub state: PaymentState,
    /// How much went back so far, in euro cents.
    #[serde(default)]
    pub refunded_cents: i64,
    /// When it happened, milliseconds since 1970.
    pub at: i64,
}

/// A message as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMessage {
    /// When it was sent, seconds since 1970.
    pub sent_at: i64,
    /// HMAC-SHA256 over time and body, hexadecimal.
    pub signature: String,
    /// The JSON text of a [`PaymentMessage`].
    pub body: String,
}

impl Applications {
    /// Hears a message that came over the network.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a wrong signature, an old message, an unknown attempt, or whatever is none: whoever guesses
    /// learns nothing.
    pub async fn hear_payment(
        &self,
        provider: PaymentProvider,
        message: &SignedMessage,
    ) -> Result<PaymentState, Failure> {
        let wanted = self.payment_signature(provider, message.sent_at, &message.body);
        let is_signed: bool = wanted.as_bytes().ct_eq(message.signature.as_bytes()).into();
        let is_fresh = (self.now().seconds() - message.sent_at).abs() <= TOLERANCE_SECONDS;
        if !is_signed || !is_fresh || message.body.len() > MOST_BYTES {
            return Err(Problem::NotFound.into());
        }
        let said: PaymentMessage = serde_json::from_str(&message.body).map_err(|_| Problem::NotFound)?;
        self.note_payment(provider, &said).await
    }

    /// The signature of a message of a provider.
    pub(crate) fn payment_signature(&self, provider: PaymentProvider, sent_at: i64, body: &str) -> String {
        let key = self.secret.provider_key(provider.as_str());
        hex::encode(keyed::digest(&key, &[&sent_at.to_be_bytes(), body.as_bytes()]))
    }

    /// Notes what a provider says, once, and gives what is known now.
    pub(crate) async fn note_payment(
        &self,
        provider: PaymentProvider,
        said: &PaymentMessage,
    ) -> Result<PaymentState, Failure> {
        let (state, application) = retried(async || {
            let now = self.now();
            let unit = self.database.begin().await?;
            // The row is ours for the rest of the unit: of two messages at once the second one sees the first.
            let attempt = payments::lock(&unit, &said.reference, now).await?;
            let attempt = attempt.filter(|attempt| attempt.provider == provider).ok_or(Problem::NotFound)?;
            let refunded = said.refunded_cents.clamp(0, attempt.amount_cents);
            let said_at = Timestamp::from_millis(said.at);
            if !payments::note(&unit, attempt.id, &said.event, said.state, refunded, said_at, now).await? {
                return Ok((attempt.state, attempt.application));
            }
            let refunded_cents = attempt.refunded_cents.max(refunded);
            let by_refund = PaymentState::of_refund(refunded_cents, attempt.amount_cents);
            let state = attempt.state.with(said.state);
            let state = by_refund.map_or(state, |evidence| state.with(evidence));
            payments::put(&unit, attempt.id, state, refunded_cents, now).await?;
            unit.commit().await?;
            Ok((state, attempt.application))
        })
        .await?;
        // It is noted; what goes back is found again by the worker.
        if let Err(failure) = self.give_back_surplus(application).await {
            tracing::warn!(application.id = %application, %failure, "what was paid too much waits for the worker");
        }
        Ok(state)
    }
}
