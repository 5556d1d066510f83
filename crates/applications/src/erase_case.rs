//! Erasing a closed case: its key is destroyed, its rows go, a tombstone stays for the figures.

use domain::application::{CaseState, CaseStep};
use domain::identifier::CaseId;
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::advance::Step;
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::{Reader, attachments, cases, drafts, erasure, intakes};

/// Erases a case.
#[derive(Debug, Clone, Copy)]
pub struct EraseCase {
    /// Which.
    pub case: CaseId,
}

impl Applications {
    /// Erases a closed case. Doing it twice changes nothing.
    ///
    /// # Errors
    /// [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn erase_case(&self, actor: &Actor, command: EraseCase) -> Result<Case, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        retried(|| self.erase_once(actor, command.case)).await?;
        self.delete_garbage_now().await;
        self.database.scrub().await?;
        let found = cases::by_id(Reader::Database(&self.database), command.case).await?;
        Ok(found.ok_or(Problem::NotFound)?.case)
    }

    async fn erase_once(&self, actor: &Actor, id: CaseId) -> Result<(), Failure> {
        let found = cases::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        if found.case.state == CaseState::Erased {
            return Ok(());
        }
        self.is_impartial(Reader::Database(&self.database), actor, &found.case).await?;
        let now = self.now();
        let unit = self.database.begin().await?;
        let step = Step::plain(CaseStep::Erase, found.case.clone());
        let case = self.take_step(&unit, &found.case, step, actor.account(), now).await?;
        let mut keys = vec![case.application.0];
        for arrival in intakes::of_case(Reader::Unit(&unit), id).await? {
            // What arrived like it and joined it goes with it.
            if arrival.application != case.application {
                drafts::delete(&unit, arrival.application).await?;
                attachments::delete_of(&unit, arrival.application.0, now).await?;
                keys.push(arrival.application.0);
            }
        }
        erasure::erase(&unit, id, case.application, now).await?;
        attachments::delete_of(&unit, case.application.0, now).await?;
        unit.destroy_keys(&keys).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(())
    }
}
