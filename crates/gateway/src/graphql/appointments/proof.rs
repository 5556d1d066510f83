//! Proof of work before anonymous holds and bookings by mail: asking for a challenge, and presenting the answer.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use database::DatabaseError;

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, ProblemObject, of_database};
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;
use crate::proof_of_work::{Challenge, Required, Subject};

/// Asking for challenges.
#[derive(Default)]
pub(crate) struct ProofQuery;

/// What the proof shall be good for: one of the three.
#[derive(OneofObject)]
enum ProofOfWorkSubjectInput {
    /// Holding a place.
    Hold(HoldProofInput),
    /// Booking a free start directly.
    Booking(BookingProofInput),
    /// Booking the place held under this code.
    HoldCode(String),
}

/// A hold to come.
#[derive(InputObject)]
struct HoldProofInput {
    /// The session, as it will stand in `HoldSlotInput`.
    session: String,
    /// The id of the office.
    office: ID,
    /// The start.
    starts_at: Instant,
}

/// A booking to come.
#[derive(InputObject)]
struct BookingProofInput {
    /// The id of the office.
    office: ID,
    /// The start.
    starts_at: Instant,
}

/// A puzzle that costs a browser about half a second: ALTCHA, version 2, with SHA-256.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "ProofOfWorkChallenge")]
pub(crate) struct ChallengeObject {
    /// The challenge as JSON, as the ALTCHA widget takes it. Its `payload` is what `proofOfWork` of the input wants.
    json: String,
    /// When it can no longer be answered, UTC; ten minutes from now.
    expires_at: Instant,
}

impl From<Challenge> for ChallengeObject {
    fn from(challenge: Challenge) -> Self {
        Self { json: challenge.to_json(), expires_at: challenge.expires_at().into() }
    }
}

impl ProofOfWorkSubjectInput {
    fn subject(self) -> Result<Subject> {
        Ok(match self {
            Self::Hold(HoldProofInput { session, office, starts_at }) => {
                let office = Global::office(&office)?.to_string();
                Subject::Hold { session, office, starts_at: starts_at.0 }
            }
            Self::Booking(BookingProofInput { office, starts_at }) => {
                Subject::Booking { office: Global::office(&office)?.to_string(), starts_at: starts_at.0 }
            }
            Self::HoldCode(code) => Subject::BookingOfHold { code },
        })
    }
}

#[Object]
impl ProofQuery {
    /// A challenge to solve while somebody still types. It is good for one hold or booking of what is named here; whoever
    /// has signed in needs none. A mutation that needs a proof and has none answers `PROOF_OF_WORK_REQUIRED` with one too.
    async fn proof_of_work_challenge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the proof shall be good for.")] subject: ProofOfWorkSubjectInput,
    ) -> Result<ChallengeObject> {
        Ok(ctx.application().proof_of_work.challenge(&subject.subject()?).into())
    }
}

/// Lets a mutation go on, or gives the problem that asks for work.
pub(super) async fn missing_proof(
    ctx: &Context<'_>,
    subject: Subject,
    proof: Option<&str>,
    idempotency_key: &str,
) -> Result<Option<ProblemObject>> {
    let gate = &ctx.application().proof_of_work;
    let required: Result<Option<Required>, DatabaseError> =
        gate.require(ctx.actor(), &subject, proof, idempotency_key).await;
    required.map(|required| required.map(ProblemObject::from)).map_err(|error| of_database(&error).masked())
}
