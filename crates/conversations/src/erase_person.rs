//! Erasing a person (Art. 17 DSGVO): every conversation of their account goes, with its key.

use domain::identifier::AccountId;
use domain::permission::Actor;

use crate::Conversations;
use crate::export_person::may_handle;
use crate::failure::Failure;
use crate::requests::retried;
use crate::store::{Reader, conversations};

/// How many are handled in one unit.
const PORTION: i64 = 200;

impl Conversations {
    /// Erases the conversations of an account. Doing it twice does no harm. Gives how many went.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; what was done stays done.
    pub async fn erase_person(&self, actor: &Actor, account: AccountId) -> Result<u64, Failure> {
        may_handle(actor, account)?;
        let mut gone = 0;
        loop {
            let portion = retried(|| self.erase_some_of(account)).await?;
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

    async fn erase_some_of(&self, account: AccountId) -> Result<u64, Failure> {
        let unit = self.database.begin().await?;
        let rows = conversations::of_account(Reader::Unit(&unit), account, PORTION).await?;
        let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.conversation.id.0).collect();
        for id in &ids {
            conversations::delete(&unit, *id).await?;
        }
        unit.destroy_keys(&ids).await?;
        unit.commit().await?;
        Ok(ids.len() as u64)
    }
}
