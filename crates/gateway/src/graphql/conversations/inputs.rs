//! What callers send about conversations.

use async_graphql::{ID, InputObject, OneofObject, Result};
use conversations::{Access, Wished};
use domain::personal::Pii;

use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;

/// Which conversation, and by what right: one of the two.
#[derive(OneofObject)]
pub(super) enum ConversationAccessInput {
    /// By the code that came when it began.
    Code(String),
    /// By id, as the account that began it.
    Own(ID),
}

impl ConversationAccessInput {
    pub(super) fn access(self) -> Result<Access> {
        Ok(match self {
            Self::Code(code) => Access::Code(code),
            Self::Own(id) => Access::Own(Global::conversation(&id)?),
        })
    }
}

/// A call back.
#[derive(InputObject)]
pub(super) struct CallBackInput {
    /// The telephone number. It is kept sealed, and goes with the conversation.
    phone: String,
    /// When at the earliest, UTC, within the next 14 days; absent: as soon as possible.
    at: Option<Instant>,
}

/// How somebody wants to reach a person.
pub(super) fn wished(call_back: Option<CallBackInput>) -> Wished {
    match call_back {
        None => Wished::Now,
        Some(CallBackInput { phone, at }) => Wished::CallBack { phone: Pii::new(phone), at: at.map(|at| at.0) },
    }
}
