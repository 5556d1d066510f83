//! Finishing to sign in: the provider's answer is checked, the person's account found or made, a fresh session opened.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use database::Rule;
use domain::time::Timestamp;

use crate::openid::attempt::Attempt;
use crate::openid::claims::{self, Person};
use crate::openid::error::{OpenIdError, ProviderRefusal, TokenFault};
use crate::openid::provider::{Known, Provider, Tokens};
use crate::openid::{OpenId, ReturnPath};
use crate::sign_in::SignedIn;
use crate::store;

/// Longest code that is sent on, in bytes.
const LONGEST_CODE: usize = 4096;

/// What came back from a provider, through a browser.
#[derive(Clone, Copy)]
pub struct FinishSignIn<'a> {
    /// The provider in the address that was called.
    pub provider: &'a str,
    /// The attempt in the browser's cookie.
    pub attempt: Option<&'a Attempt>,
    /// `state`.
    pub state: Option<&'a str>,
    /// `code`.
    pub code: Option<&'a str>,
    /// `iss` (RFC 9207).
    pub issuer: Option<&'a str>,
    /// `error`.
    pub error: Option<&'a str>,
    /// The session this browser had until now; it ends.
    pub former_session: Option<&'a str>,
}

impl fmt::Debug for FinishSignIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishSignIn").finish_non_exhaustive()
    }
}

/// Somebody has signed in.
#[derive(Debug)]
pub struct Finished {
    /// The fresh session and whose it is.
    pub signed_in: SignedIn,
    /// Where to go now.
    pub return_to: ReturnPath,
}

impl OpenId {
    /// The attempt in a cookie, if it is one of ours and not over.
    pub fn read_attempt(&self, cookie: &str) -> Option<Attempt> {
        self.seal.open(cookie, self.clock().now())
    }

    /// Finishes to sign in. Anybody may; the provider's answer proves who it is. Each attempt finishes once, whatever comes of it.
    ///
    /// # Errors
    /// See [`OpenIdError`].
    pub async fn finish_sign_in(&self, command: &FinishSignIn<'_>) -> Result<Finished, OpenIdError> {
        let provider = self.provider(command.provider)?;
        let now = self.clock().now();
        let attempt = attempt_of(command)?;
        if !store::openid::use_attempt(self.database(), &attempt.id(), attempt.expires_at()).await? {
            return Err(OpenIdError::AttemptOver);
        }
        let code = code_of(command)?;
        let known = provider.known(now).await?;
        check_issuer(command.issuer, provider, &known)?;
        let tokens = provider.exchange(&known, attempt, code).await?;
        let person = believed(provider, known, &tokens, attempt, now).await?;

        let settings = provider.settings();
        let (needed, proven) = (attempt.least_trust(), settings.proven(person.acr.as_deref()));
        if proven < needed {
            return Err(OpenIdError::TrustTooLow { needed, proven });
        }
        let signed_in = match self.open(provider, &person).await {
            // Two first sign-ins of one person met: the other one made the account, which is now there to be found.
            Err(OpenIdError::Database(error)) if error.breaks(Rule::OpenIdSubject) => {
                self.open(provider, &person).await
            }
            outcome => outcome,
        }?;
        if let Some(former) = command.former_session {
            self.identity.sign_out(former).await?;
        }
        Ok(Finished { signed_in, return_to: attempt.return_to() })
    }

    /// Finds or makes the account and opens the session, in one unit.
    async fn open(&self, provider: &Provider, person: &Person) -> Result<SignedIn, OpenIdError> {
        let settings = provider.settings();
        self.identity.unlocked().await?;
        let unit = self.database().begin().await?;
        let credentials = self.account_of(&unit, settings, person).await?;
        let mut signed_in = self.identity.open_session(&unit, credentials).await?;
        // A provider that proves no levels leaves the account's own.
        let trust = (!settings.trust.is_empty()).then(|| settings.proven(person.acr.as_deref()));
        store::openid::note_session(&unit, &signed_in.token.hash(), settings.key.as_str(), trust).await?;
        unit.commit().await?;
        signed_in.account.trust = trust.unwrap_or(signed_in.account.trust);
        Ok(signed_in)
    }
}

/// The attempt this answer belongs to: of this browser, for this provider, and with the `state` we sent.
fn attempt_of<'a>(command: &FinishSignIn<'a>) -> Result<&'a Attempt, OpenIdError> {
    let attempt = command.attempt.filter(|attempt| attempt.provider() == command.provider);
    let attempt = attempt.ok_or(OpenIdError::AttemptOver)?;
    let state = command.state.unwrap_or_default();
    verify_slices_are_equal(attempt.state().as_bytes(), state.as_bytes()).map_err(|_| OpenIdError::AttemptOver)?;
    Ok(attempt)
}

fn code_of<'a>(command: &FinishSignIn<'a>) -> Result<&'a str, OpenIdError> {
    if let Some(error) = command.error {
        return Err(OpenIdError::Refused(ProviderRefusal::of(error)));
    }
    let code = command.code.filter(|code| !code.is_empty() && code.len() <= LONGEST_CODE);
    code.ok_or(OpenIdError::Refused(ProviderRefusal::Code))
}

/// RFC 9207: an answer that names another issuer, or that should name one and does not, was mixed up on its way.
fn check_issuer(named: Option<&str>, provider: &Provider, known: &Known) -> Result<(), OpenIdError> {
    let is_right = match named {
        Some(named) => named == provider.settings().issuer,
        None => !known.names_itself(),
    };
    if is_right { Ok(()) } else { Err(OpenIdError::Token(TokenFault::Issuer)) }
}

/// The person of the ID token. When no known key made its signature, the keys are read again, once: providers rotate them.
async fn believed(
    provider: &Provider,
    known: Arc<Known>,
    tokens: &Tokens,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Person, OpenIdError> {
    let check = |known: &Known| claims::person(tokens, known, provider.settings(), attempt.nonce(), now);
    match check(&known) {
        Ok(person) => Ok(person),
        // A provider without key ids shows its rotation by signatures that no longer fit.
        Err(fault @ (TokenFault::UnknownKey | TokenFault::Signature)) => {
            let newer = provider.with_newer_keys(&known, now).await?;
            newer.map_or(Err(fault), |known| check(&known)).map_err(OpenIdError::Token)
        }
        Err(fault) => Err(OpenIdError::Token(fault)),
    }
}
