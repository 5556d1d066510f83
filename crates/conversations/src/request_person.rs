//! Asking for a person: here and now, or by telephone later.

use chatbot::dialogue::HandOverReason;
use domain::identifier::ConversationId;
use domain::permission::Actor;
use domain::personal::Pii;
use domain::text::phone_number;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Conversations;
use crate::access::Access;
use crate::conversation::{Conversation, State, Wish};
use crate::event::{Content, Speaker};
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::say::queue;
use crate::sealed::call_back_of;
use crate::store::Reader;
use crate::store::conversations;
use crate::traces::{Audited, Change};

/// How far ahead a call back can be asked for, in days.
const AHEAD_DAYS: i64 = 14;

/// How somebody wants to be reached.
#[derive(Debug, Clone)]
pub enum Wished {
    /// Here and now.
    Now,
    /// By telephone.
    CallBack {
        /// The number.
        phone: Pii<String>,
        /// When at the earliest, UTC; absent: as soon as possible.
        at: Option<Timestamp>,
    },
}

/// Asks for a person.
#[derive(Debug, Clone)]
pub struct RequestPerson {
    /// In which conversation.
    pub access: Access,
    /// How.
    pub wish: Wished,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// What is sealed of a call back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// The number to call.
    pub phone: String,
}

impl Conversations {
    /// Puts a conversation into the queue, or changes how its person wants to be reached. Anybody with access may.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Ended`], [`Problem::WrongState`] when a person has taken it already;
    /// [`Problem::NobodyThere`] for [`Wished::Now`] while no office is open; [`Problem::PhoneInvalid`],
    /// [`Problem::TimeInvalid`].
    pub async fn request_person(&self, actor: &Actor, command: &RequestPerson) -> Result<Conversation, Failure> {
        let wanted = self.checked(&command.wish)?;
        let reader = Reader::Database(&self.database);
        let id = self.enter(reader, actor, &command.access).await?.conversation.id;
        let (phone, at) = match &wanted {
            Wished::Now => ("", None),
            Wished::CallBack { phone, at } => (phone.expose().as_str(), *at),
        };
        let at = at.map_or(0, Timestamp::millis).to_be_bytes();
        let input = self.secret.fingerprint(&[id.0.as_bytes(), phone.as_bytes(), &at]);
        let key = idempotency_key(actor, &command.idempotency_key, "request_person", &input)?;
        self.once(&key, || self.enqueue(id, &wanted, &key)).await?;
        Ok(conversations::by_id(reader, id).await?.ok_or(Problem::NotFound)?.conversation)
    }

    fn checked(&self, wish: &Wished) -> Result<Wished, Problem> {
        match wish {
            Wished::Now => Ok(Wished::Now),
            Wished::CallBack { phone, at } => {
                let phone = phone.try_map(|phone| phone_number(phone)).map_err(|_| Problem::PhoneInvalid)?;
                let (first, last) = (self.now(), self.now().plus_minutes(AHEAD_DAYS * 24 * 60));
                let is_possible = at.is_none_or(|at| (first..=last).contains(&at));
                if is_possible { Ok(Wished::CallBack { phone, at: *at }) } else { Err(Problem::TimeInvalid) }
            }
        }
    }

    async fn enqueue(
        &self,
        id: ConversationId,
        wanted: &Wished,
        key: &database::IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let row = conversations::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        match row.conversation.state_at(self.now()) {
            State::Open | State::Waiting => {}
            State::Taken => return Err(Problem::WrongState.into()),
            State::Ended => return Err(Problem::Ended.into()),
        }
        let mut after = row.clone();
        let reason = row.conversation.reason.unwrap_or(HandOverReason::Asked);
        queue(&mut after.conversation, reason, self.now());
        match wanted {
            Wished::Now => {
                if !self.is_anybody_there() {
                    return Err(Problem::NobodyThere.into());
                }
                after.conversation.wish = Some(Wish::Now);
                after.conversation.call_at = None;
                after.call_back_sealed = None;
            }
            Wished::CallBack { phone, at } => {
                let subject = row.key.as_ref().ok_or(Problem::NotFound)?;
                let call_back = CallBack { phone: phone.expose().clone() };
                after.conversation.wish = Some(Wish::CallBack);
                after.conversation.call_at = *at;
                after.call_back_sealed = Some(self.seal(subject, call_back_of(id), &call_back)?);
            }
        }
        let events = vec![(Speaker::System, Content::PersonRequested)];
        self.write(Change { before: row, after, events, kind: "conversation.waiting" }, Audited::No, key).await
    }
}
