//! Finding out who an API client or a device is.

use database::DatabaseError;
use domain::permission::Actor;

use crate::Identity;
use crate::claims::{self, Unacceptable, Verified};
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
    pub async fn authenticate_token(&self, jwt: &str) -> Result<Actor, TokenError> {
        let verified = self.verified(jwt)?;
        let standing = self.standing(verified.account).await?.ok_or(TokenError::Invalid)?;
        if standing.generation == verified.generation { Ok(standing.actor) } else { Err(TokenError::Invalid) }
    }

    /// Checks the token itself, once; asked again the answer comes from memory until the token ends.
    fn verified(&self, jwt: &str) -> Result<Verified, TokenError> {
        let now = self.clock.now();
        let hash = sha256(jwt.as_bytes());
        if let Some(verified) = self.verified.get(&hash, now) {
            return Ok(verified);
        }
        let verified = claims::verify(&self.tokens, &self.settings, jwt, now).map_err(|reason| match reason {
            Unacceptable::Invalid => TokenError::Invalid,
            Unacceptable::Expired => TokenError::Expired,
        })?;
        self.verified.put(hash, verified, now, verified.expires_at);
        Ok(verified)
    }
}
