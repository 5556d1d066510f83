//! What is kept about whoever supports reports: which, and it goes when they are erased (Art. 15 and 17 DSGVO).

use domain::identifier::AccountId;

use crate::Applications;
use crate::failure::Failure;
use crate::requests::retried;
use crate::secret::Supporter;
use crate::store::{Reader, report_steps, reports};

impl Applications {
    /// The numbers of the reports that an account reported or supports.
    pub(crate) async fn supported_by(&self, account: AccountId) -> Result<Vec<String>, Failure> {
        let voter = self.secret.supporter(Supporter::Account(account));
        Ok(reports::supported(Reader::Database(&self.database), voter).await?)
    }

    /// Nobody can tell any more what an account supported.
    pub(crate) async fn forget_supporter(&self, account: AccountId) -> Result<(), Failure> {
        let voter = self.secret.supporter(Supporter::Account(account));
        let work = async || {
            let unit = self.database.begin().await?;
            report_steps::forget_voter(&unit, voter.clone()).await?;
            Ok(unit.commit().await?)
        };
        retried(work).await
    }
}
