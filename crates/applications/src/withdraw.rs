//! Taking back: a draft is gone, a case ends with an outcome of its own.

use domain::application::{ApplicationStep, CaseStep, DeliveryChannel, Outcome};
use domain::permission::Actor;

use crate::Applications;
use crate::access::{Access, Place};
use crate::advance::Effect;
use crate::case::Decision;
use crate::case_status::CaseStatus;
use crate::failure::{Failure, Problem};
use crate::requests::{idempotency_key, retried};
use crate::store::Reader;

/// Takes back.
#[derive(Debug, Clone)]
pub struct Withdraw {
    /// By what right.
    pub access: Access,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Takes a case back, before it is decided.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn withdraw(&self, actor: &Actor, command: &Withdraw) -> Result<CaseStatus, Failure> {
        let input = self.secret.fingerprint(&format!("{:?}", command.access));
        let key = idempotency_key(actor, &command.idempotency_key, "withdraw", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let work = async || {
            let found = self.own_case(actor, &command.access).await?;
            let now = self.now();
            let decision = Decision {
                outcome: Outcome::Withdrawn,
                reasons: Vec::new(),
                automatic: false,
                traces: serde_json::Value::Null,
            };
            let mut step = self.decided(&found, CaseStep::Withdraw, &decision, now)?;
            step.effects.push(Effect::GiveBackQuota);
            let unit = self.database.begin().await?;
            let case = self.take_step(&unit, &found.case, step, actor.account(), now).await?;
            // Whoever took it back knows: it is announced at once.
            let step = self.announced(case.clone(), DeliveryChannel::Portal, now)?;
            let case = self.take_step(&unit, &case, step, None, now).await?;
            unit.remember(&key, case.id.0, now).await?;
            unit.commit().await?;
            self.tell(&case);
            Ok(case.id.0)
        };
        self.once(&key, work).await?;
        self.case_status(actor, &command.access).await
    }

    /// Deletes a draft that was not handed in, or a rehearsal, with its key. Doing it twice finds nothing.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn abandon_draft(&self, actor: &Actor, access: &Access) -> Result<(), Failure> {
        let work = async || {
            let reader = Reader::Database(&self.database);
            let Place::Real(entry) = self.enter(reader, actor, access).await? else {
                return Err(Problem::NotFound.into());
            };
            if entry.party.position != 0 {
                return Err(Problem::NotFound.into());
            }
            entry.draft.state.after(ApplicationStep::Abandon)?;
            self.delete_draft(&entry).await?;
            Ok(())
        };
        retried(work).await?;
        self.delete_garbage_now().await;
        Ok(self.database.scrub().await?)
    }
}
