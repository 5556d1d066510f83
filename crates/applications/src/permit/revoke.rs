//! Taking a permit back.

use domain::identifier::CaseId;
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::{Reader, letters, permits};

/// Why a permit is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeReason {
    /// The holder moved away.
    Moved,
    /// The holder asked for it.
    Returned,
    /// It was lost or stolen.
    Lost,
    /// It should not have been granted (§ 48 VwVfG).
    Mistake,
}

/// Takes a permit back.
#[derive(Debug, Clone)]
pub struct RevokePermit {
    /// The case that granted it.
    pub case: CaseId,
    /// Why.
    pub reason: RevokeReason,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl RevokeReason {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Returned => "returned",
            Self::Lost => "lost",
            Self::Mistake => "mistake",
        }
    }
}

impl Applications {
    /// Takes back the permit that a case granted. Its letter does not hold any more either.
    ///
    /// # Errors
    /// [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`], also when the case has no permit that holds.
    pub async fn revoke_permit(&self, actor: &Actor, command: &RevokePermit) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let input = format!("{:?}", (command.case, command.reason));
        let key = idempotency_key(actor, &command.idempotency_key, "revoke_permit", &input)?;
        let work = async || {
            let reader = Reader::Database(&self.database);
            let found = self.case_to_work_on(reader, actor, command.case).await?;
            let permit = permits::of_case(reader, found.case.id).await?;
            let permit = permit.filter(|permit| permit.revoked_at.is_none()).ok_or(Problem::NotFound)?;
            let now = self.now();
            let unit = self.database.begin().await?;
            if !permits::revoke(&unit, permit.id, command.reason.as_str(), now).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            letters::revoke(&unit, permit.letter, now).await?;
            self.trace(&unit, found.case.id, "permit.revoked", actor.account(), now).await?;
            unit.remember(&key, found.case.id.0, now).await?;
            unit.commit().await?;
            self.tell(&found.case);
            Ok(found.case.id.0)
        };
        self.once(&key, work).await?;
        Ok(self.team_case(Reader::Database(&self.database), actor, command.case).await?.case)
    }
}
