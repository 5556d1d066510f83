//! Checking an ID token, completely, before anything in it is believed (OpenID Connect Core 1.0, section 3.1.3.7).

use std::collections::BTreeMap;

use chrono::DateTime;
use domain::time::Timestamp;
use openidconnect::core::{CoreGenderClaim, CoreIdTokenVerifier};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, ClaimsVerificationError, ClientId, IdTokenClaims, IssuerUrl, Nonce,
    OAuth2TokenResponse, SignatureVerificationError, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::openid::error::TokenFault;
use crate::openid::provider::{Known, Tokens};
use crate::openid::settings::OpenIdProvider;

/// How far, in seconds, the provider's clock may differ from ours.
const LEEWAY_SECONDS: i64 = 60;
/// Longest subject, in bytes (section 2: 255 ASCII characters).
const LONGEST_SUBJECT: usize = 255;

/// Claims the standard does not name.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct OtherClaims {
    #[serde(flatten)]
    claims: BTreeMap<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

impl std::fmt::Debug for OtherClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OtherClaims(hidden)")
    }
}

/// What a provider says about a person, checked. It is not printed.
pub(super) struct Person {
    pub(super) subject: String,
    pub(super) acr: Option<String>,
    claims: Value,
}

impl Person {
    /// A claim that is a text and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    /// Whether the provider has verified the mail address it names.
    pub(super) fn has_verified_mail(&self) -> bool {
        self.claims.get("email_verified").and_then(Value::as_bool) == Some(true)
    }
}

/// The person of the ID token among `tokens`.
pub(super) fn person(
    tokens: &Tokens,
    known: &Known,
    settings: &OpenIdProvider,
    nonce: String,
    now: Timestamp,
) -> Result<Person, TokenFault> {
    let token = tokens.id_token().ok_or(TokenFault::Unreadable)?;
    // A verifier without our secret: no symmetric signature can pass, whatever the configuration says.
    let verifier = verifier(known, settings, now)?;
    let claims = token.claims(&verifier, &Nonce::new(nonce)).map_err(|error| fault(&error))?;
    check_party(claims, &settings.client_id)?;
    if let Some(expected) = claims.access_token_hash() {
        let key = token.signing_key(&verifier).map_err(|_| TokenFault::UnknownKey)?;
        let algorithm = token.signing_alg().map_err(|_| TokenFault::Algorithm)?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
        if actual.ok().as_ref() != Some(expected) {
            return Err(TokenFault::AccessToken);
        }
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
        return Err(TokenFault::Claim);
    }
    Ok(Person {
        subject: subject.to_owned(),
        acr: claims.auth_context_ref().map(|acr| acr.as_str().to_owned()),
        claims: serde_json::to_value(claims).map_err(|_| TokenFault::Unreadable)?,
    })
}

fn verifier<'a>(
    known: &Known,
    settings: &OpenIdProvider,
    now: Timestamp,
) -> Result<CoreIdTokenVerifier<'a>, TokenFault> {
    let client = ClientId::new(settings.client_id.clone());
    let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| TokenFault::Issuer)?;
    let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).ok_or(TokenFault::Time);
    let (earlier, later) = (at(now.seconds() - LEEWAY_SECONDS)?, at(now.seconds() + LEEWAY_SECONDS)?);
    Ok(CoreIdTokenVerifier::new_public_client(client, issuer, known.keys.clone())
        .set_allowed_algs(settings.algorithms.iter().map(|algorithm| algorithm.checked_by_library()))
        .set_time_fn(move || earlier)
        .set_issue_time_verifier_fn(move |issued| if issued <= later { Ok(()) } else { Err("from the future".into()) }))
}

/// The library leaves `azp` to us: when it is there, it is ours. (Other audiences are refused by the library.)
fn check_party(claims: &IdTokenClaims<OtherClaims, CoreGenderClaim>, client_id: &str) -> Result<(), TokenFault> {
    match claims.authorized_party() {
        Some(party) if party.as_str() != client_id => Err(TokenFault::Audience),
        Some(_) | None => Ok(()),
    }
}

fn fault(error: &ClaimsVerificationError) -> TokenFault {
    match error {
        ClaimsVerificationError::Expired(_) => TokenFault::Time,
        ClaimsVerificationError::InvalidAudience(_) => TokenFault::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => TokenFault::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => TokenFault::Nonce,
        ClaimsVerificationError::SignatureVerification(cause) => match cause {
            SignatureVerificationError::NoMatchingKey => TokenFault::UnknownKey,
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::NoSignature
            | SignatureVerificationError::UnsupportedAlg(_) => TokenFault::Algorithm,
            _ => TokenFault::Signature,
        },
        _ => TokenFault::Unreadable,
    }
}
