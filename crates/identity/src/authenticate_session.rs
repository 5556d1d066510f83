//! Finding out who a browser belongs to.

use database::DatabaseError;

use crate::footing::Recognised;
use crate::session_token::presented;
use crate::{Identity, REMEMBERED_SECONDS, store};

impl Identity {
    /// Who the session `token` belongs to; `None` when it is unknown, has ended, or its account is disabled.
    ///
    /// Asked again within [`REMEMBERED_SECONDS`] seconds, the answer comes from memory. A session that another process
    /// ended can live on here for that long.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn authenticate_session(&self, token: &str) -> Result<Option<Recognised>, DatabaseError> {
        let Some(hash) = presented(token) else { return Ok(None) };
        let now = self.clock.now();
        if let Some(recognised) = self.sessions.get(&hash, now) {
            return Ok(Some(recognised));
        }
        let Some(recognised) = store::session::find(&self.database, &hash, now).await? else {
            return Ok(None);
        };
        let until = recognised.footing.ends_at.min(now.plus_seconds(REMEMBERED_SECONDS));
        self.sessions.put(hash, recognised.clone(), now, until);
        Ok(Some(recognised))
    }
}
