//! Why nobody was signed in, in words that name nobody.

use database::DatabaseError;
use domain::law::TrustLevel;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    /// No provider of this name is configured.
    #[error("there is no such provider")]
    UnknownProvider,
    /// The provider cannot be reached, or answers what nobody can use. Trying again later may help.
    #[error("the provider is not available: {0}")]
    Unavailable(String),
    /// The attempt is over, was used before, belongs to another browser, or never was. Beginning again helps.
    #[error("this attempt to sign in is over")]
    AttemptOver,
    /// The provider says no.
    #[error("the provider refused: {0:?}")]
    Refused(ProviderRefusal),
    /// The ID token proves nothing.
    #[error("the ID token is not acceptable: {0:?}")]
    Token(TokenFault),
    /// The person proved less than is needed.
    #[error("the level {needed:?} is needed and {proven:?} was proven")]
    TrustTooLow {
        /// What is needed.
        needed: TrustLevel,
        /// What was proven.
        proven: TrustLevel,
    },
    /// Nobody created an account for this person, or it is disabled.
    #[error("there is no account for this person")]
    NoAccount,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// How a provider says no (RFC 6749 sections 4.1.2.1 and 5.2; OpenID Connect Core 1.0, section 3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderRefusal {
    /// The person changed their mind, or the provider did not let them.
    AccessDenied,
    /// The provider can do nothing for the moment.
    TemporarilyUnavailable,
    /// The provider does not know or accept us: a mistake in the configuration, here or there.
    Client,
    /// The code is not, or no longer, good.
    Code,
    /// The provider cannot prove the level that was asked for.
    TrustUnmet,
    /// Anything else.
    Other,
}

impl ProviderRefusal {
    /// The kind of an error code. The text itself goes no further: anybody can write it into an address.
    pub(super) fn of(code: &str) -> Self {
        match code {
            "access_denied" | "login_required" | "consent_required" | "interaction_required" => Self::AccessDenied,
            "temporarily_unavailable" | "server_error" => Self::TemporarilyUnavailable,
            "invalid_client"
            | "unauthorized_client"
            | "invalid_request"
            | "invalid_scope"
            | "unsupported_response_type"
            | "unsupported_grant_type" => Self::Client,
            "invalid_grant" => Self::Code,
            "unmet_authentication_requirements" => Self::TrustUnmet,
            _ => Self::Other,
        }
    }
}

/// What is wrong with an ID token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// The provider sent none, or what it sent cannot be read.
    Unreadable,
    /// It comes from another issuer, or the answer does.
    Issuer,
    /// It is not for us, or not for us alone, or another party asked for it.
    Audience,
    /// It belongs to another attempt.
    Nonce,
    /// It is over, or from the future.
    Time,
    /// It is signed with an algorithm that is not allowed, or not signed.
    Algorithm,
    /// The signature is wrong.
    Signature,
    /// No key of the provider made the signature.
    UnknownKey,
    /// It belongs to another access token.
    AccessToken,
    /// It lacks a claim that the configuration asks for.
    Claim,
}
