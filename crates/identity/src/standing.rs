//! How an account stands: what it may do now, and which sessions and tokens still count.

use database::DatabaseError;
use domain::identifier::{AccountId, TokenFamilyId};
use domain::permission::Actor;

use crate::{Identity, REMEMBERED_SECONDS, store};

/// An account that is not disabled, as it stood when it was last read.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// The account as the one who asks.
    pub(crate) actor: Actor,
    /// Sessions and tokens of an earlier generation are void.
    pub(crate) generation: i64,
    /// The token family that was asked about; it stands as well.
    pub(crate) family: Option<TokenFamilyId>,
}

impl Identity {
    /// How `account` stands, at most [`REMEMBERED_SECONDS`] old; `None` when it is unknown or disabled, or when the token
    /// family that is asked about was revoked or has ended.
    pub(crate) async fn standing(
        &self,
        account: AccountId,
        family: Option<TokenFamilyId>,
    ) -> Result<Option<Standing>, DatabaseError> {
        let now = self.clock.now();
        if let Some(standing) = self.standings.get(&(account, family), now) {
            return Ok(Some(standing));
        }
        let found = store::account::standing(&self.database, account, family, now).await?;
        if let Some(standing) = &found {
            self.standings.put((account, family), standing.clone(), now, now.plus_seconds(REMEMBERED_SECONDS));
        }
        Ok(found)
    }
}
