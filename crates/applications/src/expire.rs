//! Drafts and rehearsals that nobody went on with are deleted, with their keys.

use domain::application::ApplicationStep;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::{Reader, attachments, drafts, rehearsals};

/// How many are handled in one unit.
const PORTION: i64 = 200;

impl Applications {
    /// Deletes what has run out. Gives how many went.
    pub(crate) async fn expire_drafts(&self) -> Result<u64, Failure> {
        let mut gone = 0;
        loop {
            let portion = retried(|| self.expire_portion()).await?;
            gone += portion;
            if portion < PORTION as u64 {
                break;
            }
        }
        if gone > 0 {
            self.database.scrub().await?;
        }
        Ok(gone)
    }

    async fn expire_portion(&self) -> Result<u64, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let mut keys = rehearsals::delete_expired(&unit, now).await?;
        for id in drafts::expired(&unit, now, PORTION).await? {
            let draft = drafts::by_id(Reader::Unit(&unit), id).await?.ok_or(Problem::NotFound)?;
            draft.state.after(ApplicationStep::Expire)?;
            drafts::delete(&unit, id).await?;
            keys.push(id.0);
        }
        for owner in &keys {
            attachments::delete_of(&unit, *owner, now).await?;
        }
        unit.destroy_keys(&keys).await?;
        unit.commit().await?;
        Ok(keys.len() as u64)
    }
}
