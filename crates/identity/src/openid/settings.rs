//! What the configuration says about one provider.

use std::collections::BTreeMap;
use std::fmt;

use domain::identifier::Key;
use domain::law::TrustLevel;
use openidconnect::core::CoreJwsSigningAlgorithm;

/// One sign-in provider, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIdProvider {
    /// Its name in addresses.
    pub key: Key,
    /// Its name on the button.
    pub name: String,
    /// Its issuer identifier, exactly as it writes it itself.
    pub issuer: String,
    /// Whether it may be asked without TLS.
    pub plain_http: PlainHttp,
    /// What we are called there.
    pub client_id: String,
    /// How we prove there who we are.
    pub secret: ClientSecret,
    /// Whom it signs in.
    pub purpose: Purpose,
    /// The algorithms its ID tokens may be signed with; at least one.
    pub algorithms: Vec<Algorithm>,
    /// What we ask for beside `openid`.
    pub scopes: Vec<String>,
    /// Which `acr` proves how much. What is not named proves nothing.
    pub trust: BTreeMap<String, TrustLevel>,
    /// The least level that lets anybody in.
    pub least_trust: TrustLevel,
    /// The claim an account's name is taken from; none: names are not taken.
    pub name_claim: Option<String>,
    /// Whether signing out here signs out there.
    pub end_at_provider: EndAtProvider,
}

/// Whom a provider signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Citizens: whoever comes for the first time gets an account.
    Citizens,
    /// Staff: nobody gets an account; people find the one an operator created.
    Staff {
        /// The claim that holds the login of the account. `email` counts only when the provider has verified it.
        login_claim: String,
    },
}

/// How we prove to the provider who we are.
#[derive(Clone, PartialEq, Eq)]
pub enum ClientSecret {
    /// A shared secret.
    Shared {
        /// The secret.
        secret: String,
        /// Where it is sent.
        sent: ClientSecretUse,
    },
    /// Not at all: a public client, protected by PKCE alone.
    Public,
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shared { sent, .. } => f.debug_struct("Shared").field("sent", sent).finish_non_exhaustive(),
            Self::Public => f.write_str("Public"),
        }
    }
}

/// Where the shared secret is sent (OpenID Connect Core 1.0, section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientSecretUse {
    /// In the header: `client_secret_basic`.
    Basic,
    /// In the form: `client_secret_post`.
    Post,
}

/// Whether a provider may be asked without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainHttp {
    /// Never.
    Never,
    /// On this machine alone, while somebody develops.
    OnThisMachine,
}

/// Whether signing out here signs out there (OpenID Connect RP-Initiated Logout 1.0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndAtProvider {
    /// Our session ends; the one at the provider goes on.
    No,
    /// The browser is sent to the provider, which asks whether to end its own session too.
    Yes,
}

/// An algorithm of signatures that everybody can check and one can make. Symmetric ones and `none` cannot be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of RFC 7518 and RFC 8037")]
pub enum Algorithm {
    EdDsa,
    Es256,
    Es384,
    Ps256,
    Ps384,
    Ps512,
    Rs256,
    Rs384,
    Rs512,
}

impl Algorithm {
    /// Every algorithm, the strongest and smallest first.
    pub const ALL: [Self; 9] = [
        Self::EdDsa,
        Self::Es256,
        Self::Es384,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
    ];

    /// The name in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// The algorithm of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    pub(super) const fn checked_by_library(self) -> CoreJwsSigningAlgorithm {
        match self {
            Self::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
            Self::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            Self::Es384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
            Self::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            Self::Ps384 => CoreJwsSigningAlgorithm::RsaSsaPssSha384,
            Self::Ps512 => CoreJwsSigningAlgorithm::RsaSsaPssSha512,
            Self::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            Self::Rs384 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
            Self::Rs512 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
        }
    }
}

/// A provider as the sign-in page offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInProvider {
    /// Its name in addresses.
    pub key: Key,
    /// Its name on the button.
    pub name: String,
    /// Whom it signs in.
    pub purpose: Purpose,
    /// The highest level it can prove.
    pub highest_trust: TrustLevel,
}

impl OpenIdProvider {
    pub(super) fn offered(&self) -> SignInProvider {
        SignInProvider {
            key: self.key.clone(),
            name: self.name.clone(),
            purpose: self.purpose.clone(),
            highest_trust: self.trust.values().copied().max().unwrap_or_default(),
        }
    }

    /// What `acr` proves here. Nothing, when it is absent or not named in the configuration.
    pub(super) fn proven(&self, acr: Option<&str>) -> TrustLevel {
        acr.and_then(|acr| self.trust.get(acr)).copied().unwrap_or_default()
    }

    /// The values of `acr` that prove at least `needed`, the lowest first, so that nobody is asked for more than needed.
    pub(super) fn acr_values(&self, needed: TrustLevel) -> Vec<&str> {
        let mut enough: Vec<_> = self.trust.iter().filter(|(_, level)| **level >= needed).collect();
        enough.sort_by_key(|(_, level)| **level);
        enough.into_iter().map(|(acr, _)| acr.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> OpenIdProvider {
        let trust =
            [("eidas/low", TrustLevel::Low), ("eidas/high", TrustLevel::High), ("eidas/mid", TrustLevel::Substantial)];
        OpenIdProvider {
            key: Key::new("bund").unwrap(),
            name: "Bund".into(),
            issuer: "https://id.example".into(),
            plain_http: PlainHttp::Never,
            client_id: "city".into(),
            secret: ClientSecret::Shared { secret: "hunter2".into(), sent: ClientSecretUse::Basic },
            purpose: Purpose::Citizens,
            algorithms: vec![Algorithm::Es256],
            scopes: vec![],
            trust: trust.map(|(acr, level)| (acr.to_owned(), level)).into(),
            least_trust: TrustLevel::None,
            name_claim: None,
            end_at_provider: EndAtProvider::No,
        }
    }

    #[test]
    fn an_acr_proves_what_the_configuration_says_and_no_more() {
        assert_eq!(provider().proven(Some("eidas/mid")), TrustLevel::Substantial);
        for unknown in [None, Some(""), Some("eidas"), Some("EIDAS/HIGH"), Some("eidas/high ")] {
            assert_eq!(provider().proven(unknown), TrustLevel::None, "{unknown:?}");
        }
        assert_eq!(provider().acr_values(TrustLevel::Substantial), ["eidas/mid", "eidas/high"]);
        assert_eq!(provider().offered().highest_trust, TrustLevel::High);
    }

    #[test]
    fn no_algorithm_without_a_private_key_can_be_said() {
        for weak in ["none", "None", "HS256", "HS384", "HS512", "ES512", "rs256", ""] {
            assert_eq!(Algorithm::named(weak), None, "{weak}");
        }
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.as_str()), Some(algorithm));
        }
    }

    #[test]
    fn printing_shows_no_secret() {
        assert!(!format!("{:?}", provider()).contains("hunter2"));
    }
}
