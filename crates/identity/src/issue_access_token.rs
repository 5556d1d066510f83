//! Issuing a short-lived access token to an API client or a device.

use std::fmt;

use database::DatabaseError;
use domain::permission::{Actor, Forbidden, Permission};
use domain::time::Timestamp;

use crate::Identity;
use crate::claims::{self, Claims};

/// An access token. Printing it shows its end alone.
#[derive(Clone)]
pub struct AccessToken {
    /// The signed token, for an `Authorization: Bearer` header.
    pub jwt: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Why no token was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueAccessTokenError {
    /// The asker may not, or has no account to issue a token for.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The account has been disabled since the request began.
    #[error("the account is disabled")]
    Disabled,
    /// The signing key does not work.
    #[error("the token could not be signed")]
    Unsigned,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Issues an access token for the asker's own account. Offer this to sessions only: a token that could draw the next
    /// one would never end.
    ///
    /// # Errors
    /// See [`IssueAccessTokenError`].
    pub async fn issue_access_token(&self, actor: &Actor) -> Result<AccessToken, IssueAccessTokenError> {
        actor.may(Permission::IssueTokens)?;
        let account = actor.account().ok_or(Forbidden { permission: Permission::IssueTokens })?;
        let standing = self.standing(account).await?.ok_or(IssueAccessTokenError::Disabled)?;
        let Actor::Account { id, role, office, trust } = standing.actor else {
            return Err(IssueAccessTokenError::Disabled);
        };
        let issued_at = self.clock.now().seconds();
        let claims = Claims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: id,
            role,
            office,
            trust,
            generation: standing.generation,
            iat: issued_at,
            exp: issued_at.saturating_add(self.settings.access_token_seconds()),
            jti: self.new_id(),
        };
        let jwt = claims::sign(&self.tokens, &claims).ok_or(IssueAccessTokenError::Unsigned)?;
        Ok(AccessToken { jwt, expires_at: Timestamp::from_seconds(claims.exp) })
    }
}
