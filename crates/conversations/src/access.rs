//! Who may take part in a conversation: whoever has its code, the account that began it, and the staff who answer.

use domain::identifier::{AccountId, ConversationId};
use domain::permission::{Actor, Permission};

use crate::Conversations;
use crate::conversation::State;
use crate::failure::{Failure, Problem};
use crate::secret::parse_code;
use crate::store::Reader;
use crate::store::conversations::{self, ConversationRow};

/// By what right somebody comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// With the code that came when it began.
    Code(String),
    /// As the account that began it.
    Own(ConversationId),
}

impl Conversations {
    /// The conversation that `access` leads to. Strangers and wrong codes get one and the same answer.
    pub(crate) async fn enter(
        &self,
        reader: Reader<'_>,
        actor: &Actor,
        access: &Access,
    ) -> Result<ConversationRow, Failure> {
        let found = match access {
            Access::Code(code) => {
                let (number, proof) = parse_code(code).ok_or(Problem::NotFound)?;
                let found = conversations::by_number(reader, &number).await?;
                found.filter(|row| self.secret.opens(row.conversation.id, &proof))
            }
            Access::Own(id) => {
                let account = actor.account().ok_or(Problem::NotFound)?;
                let found = conversations::by_id(reader, *id).await?;
                found.filter(|row| row.conversation.account == Some(account))
            }
        };
        self.vault.unlock(&self.database, self.now()).await?;
        Ok(found.ok_or(Problem::NotFound)?)
    }

    /// The conversation, as somebody who answers, and who that is. What is one's own is not one's to answer.
    pub(crate) async fn enter_as_staff(
        &self,
        reader: Reader<'_>,
        actor: &Actor,
        id: ConversationId,
    ) -> Result<(ConversationRow, AccountId), Failure> {
        actor.may(Permission::AnswerChats)?;
        let clerk = actor.account().ok_or(Problem::NotFound)?;
        let row = conversations::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        if row.conversation.account == Some(clerk) {
            return Err(Problem::OwnConversation.into());
        }
        // Whoever talks with the chatbot alone, or with a colleague, is nobody's business.
        let is_reachable = match row.conversation.state {
            State::Waiting => true,
            State::Taken | State::Ended => row.conversation.clerk == Some(clerk),
            State::Open => false,
        };
        self.vault.unlock(&self.database, self.now()).await?;
        if is_reachable { Ok((row, clerk)) } else { Err(Problem::NotFound.into()) }
    }

    /// The conversation that this clerk has taken and not ended.
    pub(crate) async fn enter_taken(
        &self,
        reader: Reader<'_>,
        actor: &Actor,
        id: ConversationId,
    ) -> Result<ConversationRow, Failure> {
        let (row, clerk) = self.enter_as_staff(reader, actor, id).await?;
        let Some(holder) = row.conversation.clerk.filter(|_| row.conversation.state == State::Taken) else {
            return Err(Problem::WrongState.into());
        };
        if holder == clerk { Ok(row) } else { Err(Problem::NotFound.into()) }
    }
}

/// The account that begins a conversation, if the asker has one of their own. A kiosk is many people.
pub(crate) fn beginner(actor: &Actor) -> Option<AccountId> {
    actor.may(Permission::BookForOneself).ok().and_then(|()| actor.account())
}
