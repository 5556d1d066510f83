//! One provider: what it says about itself, remembered for a while, and the questions we ask it.

use std::sync::Arc;

use domain::time::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType, CoreTokenIntrospectionResponse,
    CoreTokenType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthenticationContextClass, AuthorizationCode, Client, ClientId, CsrfToken,
    EmptyExtraTokenFields, EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    LogoutRequest, Nonce, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use crate::openid::attempt::Attempt;
use crate::openid::claims::OtherClaims;
use crate::openid::error::{OpenIdError, ProviderRefusal, TokenFault};
use crate::openid::keys::believable;
use crate::openid::settings::{ClientSecret, ClientSecretUse, OpenIdProvider};
use crate::openid::wire::{Wire, WireError};

/// How long, in seconds, what a provider says about itself is believed without asking again: a retired key is refused
/// after this time at the latest.
const REMEMBERED_SECONDS: i64 = 60 * 60;
/// How long, in seconds, nobody asks again after a failure, so that people who wait get their answer at once.
const REST_SECONDS: i64 = 5;
/// How often, in seconds, keys are read again at most because a token names an unknown one.
const KEYS_EVERY_SECONDS: i64 = 10;

type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    openidconnect::core::CoreJwsSigningAlgorithm,
>;

/// What the token endpoint answers.
pub(super) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;

type Asking = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What we read of a provider's description beyond the standard's core.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct OtherMetadata {
    end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207: its answers name their issuer.
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for OtherMetadata {}

type Metadata = ProviderMetadata<
    OtherMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What a provider said about itself, as of one moment.
#[derive(Debug)]
pub(super) struct Known {
    metadata: Metadata,
    pub(super) keys: CoreJsonWebKeySet,
    read_at: Timestamp,
}

impl Known {
    /// Whether answers of this provider always name their issuer.
    pub(super) fn names_itself(&self) -> bool {
        self.metadata.additional_metadata().authorization_response_iss_parameter_supported == Some(true)
    }
}

#[derive(Debug, Default)]
struct Memory {
    known: Option<Arc<Known>>,
    failed_at: Option<Timestamp>,
    keys_read_again_at: Option<Timestamp>,
}

/// A provider.
#[derive(Debug)]
pub(super) struct Provider {
    settings: OpenIdProvider,
    wire: Wire,
    redirect: String,
    /// Held while the provider is asked, so that a hundred people who come at once ask it once.
    memory: Mutex<Memory>,
}

impl Provider {
    pub(super) fn new(settings: OpenIdProvider, redirect: String) -> Self {
        let wire = Wire::new(settings.plain_http);
        Self { settings, wire, redirect, memory: Mutex::default() }
    }

    pub(super) const fn settings(&self) -> &OpenIdProvider {
        &self.settings
    }

    /// What the provider says about itself, at most [`REMEMBERED_SECONDS`] old.
    pub(super) async fn known(&self, now: Timestamp) -> Result<Arc<Known>, OpenIdError> {
        let mut memory = self.memory.lock().await;
        if let Some(known) = &memory.known
            && is_within(known.read_at, now, REMEMBERED_SECONDS)
        {
            return Ok(Arc::clone(known));
        }
        if memory.failed_at.is_some_and(|failed_at| is_within(failed_at, now, REST_SECONDS)) {
            return Err(OpenIdError::Unavailable("it was not a moment ago".into()));
        }
        match self.discover(now).await {
            Ok(known) => {
                let known = Arc::new(known);
                *memory = Memory { known: Some(Arc::clone(&known)), ..Memory::default() };
                Ok(known)
            }
            Err(error) => {
                memory.failed_at = Some(now);
                Err(error)
            }
        }
    }

    /// The same with newer keys than `stale` has, because a token names a key that is not among them. `None` when there
    /// are none, or when they were read again a moment ago.
    pub(super) async fn with_newer_keys(
        &self,
        stale: &Arc<Known>,
        now: Timestamp,
    ) -> Result<Option<Arc<Known>>, OpenIdError> {
        let mut memory = self.memory.lock().await;
        if let Some(known) = &memory.known
            && !Arc::ptr_eq(known, stale)
        {
            return Ok(Some(Arc::clone(known)));
        }
        if memory.keys_read_again_at.is_some_and(|at| is_within(at, now, KEYS_EVERY_SECONDS)) {
            return Ok(None);
        }
        memory.keys_read_again_at = Some(now);
        let keys = CoreJsonWebKeySet::fetch_async(stale.metadata.jwks_uri(), &self.wire).await.map_err(unavailable)?;
        let known = Known { metadata: stale.metadata.clone(), keys: believable(&keys), read_at: stale.read_at };
        let known = Arc::new(known);
        memory.known = Some(Arc::clone(&known));
        Ok(Some(known))
    }

    /// Where the browser goes to sign in. Asks for one of `acr_values` when there are any.
    pub(super) fn authorization_url(
        &self,
        known: &Known,
        attempt: &Attempt,
        acr_values: &[&str],
    ) -> Result<Url, OpenIdError> {
        let client = self.client(known)?;
        let (state, nonce) = (CsrfToken::new(attempt.state()), Nonce::new(attempt.nonce()));
        let verifier = PkceCodeVerifier::new(attempt.verifier());
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        for acr in acr_values {
            request = request.add_auth_context_value(AuthenticationContextClass::new((*acr).to_owned()));
        }
        self.checked(request.url().0)
    }

    /// Exchanges the code of an answer for tokens.
    pub(super) async fn exchange(&self, known: &Known, attempt: &Attempt, code: &str) -> Result<Tokens, OpenIdError> {
        let client = self.client(known)?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| OpenIdError::Unavailable("it names no token endpoint".into()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()));
        request.request_async(&self.wire).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(refusal) => {
                OpenIdError::Refused(ProviderRefusal::of(refusal.error().as_ref()))
            }
            RequestTokenError::Request(cause) => OpenIdError::Unavailable(cause.to_string()),
            // What it said may hold claims; it goes no further.
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => OpenIdError::Token(TokenFault::Unreadable),
        })
    }

    /// Where the browser goes to end its session there, if the provider has such a place. Without an ID token as a hint:
    /// keeping one for this would keep personal data for a day.
    pub(super) fn end_session_url(&self, known: &Known, back: &str) -> Option<Url> {
        let endpoint = known.metadata.additional_metadata().end_session_endpoint.clone()?;
        let request = LogoutRequest::from(endpoint)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned()).ok()?);
        self.checked(request.http_get_url()).ok()
    }

    async fn discover(&self, now: Timestamp) -> Result<Known, OpenIdError> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|_| wrong_address())?;
        let metadata = Metadata::discover_async(issuer, &self.wire).await.map_err(unavailable)?;
        let keys = believable(metadata.jwks());
        Ok(Known { metadata, keys, read_at: now })
    }

    fn client(&self, known: &Known) -> Result<Asking, OpenIdError> {
        let (secret, sent) = match &self.settings.secret {
            ClientSecret::Shared { secret, sent } => (Some(openidconnect::ClientSecret::new(secret.clone())), *sent),
            ClientSecret::Public => (None, ClientSecretUse::Post),
        };
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|_| wrong_address())?;
        let id = ClientId::new(self.settings.client_id.clone());
        let client = Asking::from_provider_metadata(known.metadata.clone(), id, secret).set_redirect_uri(redirect);
        Ok(client.set_auth_type(match sent {
            ClientSecretUse::Basic => AuthType::BasicAuth,
            ClientSecretUse::Post => AuthType::RequestBody,
        }))
    }

    fn checked(&self, url: Url) -> Result<Url, OpenIdError> {
        if self.wire.may_ask(&url) { Ok(url) } else { Err(wrong_address()) }
    }
}

/// Whether `now` is less than `seconds` after `then`. A clock that was set back makes nothing last longer.
fn is_within(then: Timestamp, now: Timestamp, seconds: i64) -> bool {
    then <= now && now < then.plus_seconds(seconds)
}

fn wrong_address() -> OpenIdError {
    OpenIdError::Unavailable(WireError::Address.to_string())
}

fn unavailable(error: openidconnect::DiscoveryError<WireError>) -> OpenIdError {
    use openidconnect::DiscoveryError;
    OpenIdError::Unavailable(match error {
        DiscoveryError::Request(cause) => cause.to_string(),
        DiscoveryError::Validation(_) => "its description names another issuer".into(),
        DiscoveryError::Response(status, ..) => format!("its description answers with status {status}"),
        DiscoveryError::Parse(_) => "its description cannot be read".into(),
        _ => "its description cannot be asked for".into(),
    })
}
