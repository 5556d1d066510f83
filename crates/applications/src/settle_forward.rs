//! Settling a case that could not be sent: it reached the other body in another way, or need not.

use domain::identifier::CaseId;
use domain::permission::Actor;

use crate::Applications;
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::{Reader, forwards, tasks};

/// How it was seen to. Words of a list: they stand where nothing personal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettledBy {
    /// It went by post.
    Post,
    /// It was handed over in person.
    InPerson,
    /// It went by another electronic way, such as De-Mail or a portal of the other body.
    OtherWay,
    /// The other body does not need it any more.
    NotNeeded,
}

impl SettledBy {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "SETTLED_BY_POST",
            Self::InPerson => "SETTLED_IN_PERSON",
            Self::OtherWay => "SETTLED_OTHERWISE",
            Self::NotNeeded => "NOT_NEEDED",
        }
    }
}

/// Settles a forward that was given up.
#[derive(Debug, Clone)]
pub struct SettleForward {
    /// Which case.
    pub case: CaseId,
    /// Which sink.
    pub sink: String,
    /// How it was seen to.
    pub by: SettledBy,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Settles what was given up on its way to another body: nobody tries it again, its task is done, and the audit log says
    /// who said so.
    ///
    /// # Errors
    /// [`Problem::NothingGivenUp`]; [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`].
    pub async fn settle_forward(&self, actor: &Actor, command: &SettleForward) -> Result<Case, Failure> {
        let SettleForward { case, sink, by, idempotency_key: client_key } = command;
        let reader = Reader::Database(&self.database);
        let found = self.case_to_work_on(reader, actor, *case).await?;
        let key = idempotency_key(actor, client_key, "settle_forward", &format!("{case} {sink} {by:?}"))?;
        let work = async || {
            let now = self.now();
            let unit = self.database.begin().await?;
            let settled = forwards::settle(&unit, *case, sink, by.as_str(), now).await?;
            if settled.is_empty() {
                return Err(Problem::NothingGivenUp.into());
            }
            for task in settled {
                tasks::close_one(&unit, *case, task, now).await?;
            }
            self.trace(&unit, *case, "case.forward_settled", actor.account(), now).await?;
            unit.remember(&key, case.0, now).await?;
            unit.commit().await?;
            Ok(case.0)
        };
        self.once(&key, work).await?;
        Ok(found.case)
    }
}
