//! Signing out of one browser.

use database::DatabaseError;

use crate::session_token::presented;
use crate::{Identity, store};

impl Identity {
    /// Ends the session of `token`. What is no session is no error: the wish is fulfilled.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn sign_out(&self, token: &str) -> Result<(), DatabaseError> {
        let Some(hash) = presented(token) else { return Ok(()) };
        store::session::close(&self.database, &hash).await?;
        self.sessions.forget(&hash);
        Ok(())
    }
}
