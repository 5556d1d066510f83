//! Finding out who an API client or a device is.

use database::DatabaseError;

use crate::Identity;
use crate::claims::{self, Unacceptable, Verified};
use crate::footing::{Footing, Recognised, Way};
use crate::session_token::sha256;

/// Why an access token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not a token of ours, or changed, or for somebody else, or of an account that is disabled or has signed out
    /// everywhere.
    #[error("the access token is not valid")]
    Invalid,
    /// A token of ours that has ended; draw a new one.
    #[error("the access token has expired")]
    Expired,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Who the access token `jwt` belongs to, as the account stands now (at most [`crate::REMEMBERED_SECONDS`] ago):
    /// a change of role, office or password counts for tokens that were issued before it.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn authenticate_token(&self, jwt: &str) -> Result<Recognised, TokenError> {
        let Verified { account, generation, family, expires_at } = self.verified(jwt).await?;
        let standing = self.standing(account, Some(family)).await?.ok_or(TokenError::Invalid)?;
        if standing.generation != generation {
            return Err(TokenError::Invalid);
        }
        let footing = Footing { account, generation, way: Way::Family(family), ends_at: expires_at };
        Ok(Recognised { actor: standing.actor, footing })
    }

    /// Checks the token itself, once; asked again the answer comes from memory until the token ends.
    async fn verified(&self, jwt: &str) -> Result<Verified, TokenError> {
        let now = self.clock.now();
        let hash = sha256(jwt.as_bytes());
        if let Some(verified) = self.verified.get(&hash, now) {
            return Ok(verified);
        }
        let id = claims::key_id(jwt).ok_or(TokenError::Invalid)?;
        let mut ring = self.ring().await?;
        if ring.accepted(&id, now).is_none() {
            // Another gateway may have made a key since we looked.
            ring = self.ring_for_unknown_key().await?;
        }
        let key = ring.accepted(&id, now).ok_or(TokenError::Invalid)?;
        let verified = claims::verify(key, &self.settings, jwt, now).map_err(|reason| match reason {
            Unacceptable::Invalid => TokenError::Invalid,
            Unacceptable::Expired => TokenError::Expired,
        })?;
        self.verified.put(hash, verified, now, verified.expires_at);
        Ok(verified)
    }
}
