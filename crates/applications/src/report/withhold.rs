//! Taking a report back from everybody's eyes. Its case goes on.

use domain::identifier::CaseId;
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::{Reader, report_steps};

/// Withholds a report.
#[derive(Debug, Clone)]
pub struct WithholdReport {
    /// Its case.
    pub case: CaseId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Withholds a report: words and photo are forgotten here. Of one that was not published nothing changes.
    ///
    /// # Errors
    /// [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`] also for a case that reports no place.
    pub async fn withhold_report(&self, actor: &Actor, command: &WithholdReport) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let key = idempotency_key(actor, &command.idempotency_key, "withhold_report", &command.case.to_string())?;
        let work = async || {
            self.case_to_work_on(Reader::Database(&self.database), actor, command.case).await?;
            let now = self.now();
            let unit = self.database.begin().await?;
            if !report_steps::withhold(&unit, command.case, now).await? {
                return Err(Problem::NotFound.into());
            }
            self.trace(&unit, command.case, "report.withhold", actor.account(), now).await?;
            unit.remember(&key, command.case.0, now).await?;
            unit.commit().await?;
            Ok(command.case.0)
        };
        self.once(&key, work).await?;
        Ok(self.team_case(Reader::Database(&self.database), actor, command.case).await?.case)
    }
}
