//! Signing out of one browser.

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, SessionId};

use crate::footing::Revocation;
use crate::session_token::presented;
use crate::{Identity, store};

impl Identity {
    /// Ends the session of `token`. What is no session is no error: the wish is fulfilled.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn sign_out(&self, token: &str) -> Result<(), DatabaseError> {
        let unit = self.database.begin().await?;
        if let Some((session, _)) = self.close_session(&unit, token).await? {
            unit.commit().await?;
            self.hear_now(Revocation::Session(session));
        }
        Ok(())
    }

    /// Closes the session of `token` within `unit`, if there is such a one. Let the process hear of it after the commit.
    pub(crate) async fn close_session(
        &self,
        unit: &Unit,
        token: &str,
    ) -> Result<Option<(SessionId, AccountId)>, DatabaseError> {
        let Some(hash) = presented(token) else { return Ok(None) };
        let closed = store::session::close(unit, &hash).await?;
        if let Some((session, _)) = closed {
            self.revoke(unit, Revocation::Session(session)).await?;
        }
        Ok(closed)
    }
}
