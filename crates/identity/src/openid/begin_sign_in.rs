//! Beginning to sign in: an attempt for the cookie, and the address of the provider.

use domain::law::TrustLevel;
use domain::text::Language;

use crate::openid::attempt::{Attempt, LASTS_SECONDS, Wanted};
use crate::openid::error::OpenIdError;
use crate::openid::{OpenId, ReturnPath};

/// Who wants to sign in where.
#[derive(Debug, Clone)]
pub struct BeginSignIn<'a> {
    /// The key of the provider.
    pub provider: &'a str,
    /// Where to go afterwards.
    pub return_to: ReturnPath,
    /// The least level the person has to prove, for a service that needs it.
    pub least_trust: TrustLevel,
    /// The language of the pages that may follow.
    pub language: Language,
}

/// A sign-in has begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes now.
    pub address: String,
    /// The sealed attempt, for the browser's cookie.
    pub cookie: String,
    /// How long the cookie is good, in seconds.
    pub lasts_seconds: i64,
}

impl OpenId {
    /// Begins to sign in. Anybody may; nothing is written.
    ///
    /// # Errors
    /// See [`OpenIdError`]. [`OpenIdError::TrustTooLow`] when this provider can prove no such level at all.
    pub async fn begin_sign_in(&self, command: &BeginSignIn<'_>) -> Result<Begun, OpenIdError> {
        let provider = self.provider(command.provider)?;
        let settings = provider.settings();
        let needed = command.least_trust.max(settings.least_trust);
        // Asked even when nothing is needed: many providers say what was proven only to those who ask.
        let acr_values = settings.acr_values(needed);
        if needed > TrustLevel::None && acr_values.is_empty() {
            return Err(OpenIdError::TrustTooLow { needed, proven: settings.offered().highest_trust });
        }
        let now = self.clock().now();
        let known = provider.known(now).await?;
        let wanted = Wanted {
            provider: settings.key.as_str(),
            return_to: &command.return_to,
            least_trust: needed,
            language: command.language,
        };
        let attempt = Attempt::draw(&wanted, self.entropy(), now);
        let address = provider.authorization_url(&known, &attempt, &acr_values)?;
        Ok(Begun { address: address.into(), cookie: self.seal.close(&attempt), lasts_seconds: LASTS_SECONDS })
    }
}
