//! Keys of others, as JSON Web Keys (RFC 7517): nothing is sealed for a key that is weak, private or meant for something else.

use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;

use super::FEWEST_KEY_BITS;

/// Why a key is not used. Repeats nothing of the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// No JSON Web Key.
    #[error("the key is no JSON Web Key")]
    NoKey,
    /// Not RSA.
    #[error("the key is no RSA key")]
    NotRsa,
    /// It has no name, or another one than was asked for.
    #[error("the key has not the name that was asked for")]
    OtherName,
    /// It holds a secret.
    #[error("the key holds its private part; whoever sent it must replace it")]
    Private,
    /// `alg` names another algorithm.
    #[error("the key is for another algorithm than {wanted}")]
    Algorithm {
        /// The one that is needed.
        wanted: &'static str,
    },
    /// `use` names another purpose.
    #[error("the key is for another purpose: its use is not {wanted}")]
    Use {
        /// The one that is needed.
        wanted: &'static str,
    },
    /// `key_ops` does not name the operation.
    #[error("the key may not be used for {wanted}: key_ops does not say so")]
    Operations {
        /// The one that is needed.
        wanted: &'static str,
    },
    /// Too short.
    #[error("the key has {bits} bits; FIT-Connect asks for at least {FEWEST_KEY_BITS}")]
    TooShort {
        /// How long it is.
        bits: usize,
    },
    /// Another exponent than 65537.
    #[error("the key has another exponent than 65537")]
    Exponent,
    /// The library refuses the numbers.
    #[error("the numbers of the key make no RSA key")]
    Unusable,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    n: Option<String>,
    e: Option<String>,
    d: Option<serde::de::IgnoredAny>,
    p: Option<serde::de::IgnoredAny>,
}

/// What a key must be for.
struct Purpose {
    algorithm: &'static str,
    usage: &'static str,
    operation: &'static str,
}

const WRAPPING: Purpose = Purpose { algorithm: "RSA-OAEP-256", usage: "enc", operation: "wrapKey" };
const VERIFYING: Purpose = Purpose { algorithm: "PS512", usage: "sig", operation: "verify" };

/// A destination's key, checked: what is sealed for it opens nobody else.
#[derive(Debug)]
pub struct EncryptionKey {
    pub(super) name: String,
    pub(super) key: OaepPublicEncryptingKey,
}

impl EncryptionKey {
    /// Checks a key that was asked for under `name`.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_jwk(json: &str, name: &str) -> Result<Self, KeyRefused> {
        let (n, e) = checked(json, name, &WRAPPING)?;
        let key: Result<PublicEncryptingKey, _> = PublicKeyComponents { n, e }.try_into();
        let key = key.and_then(OaepPublicEncryptingKey::new).map_err(|_| KeyRefused::Unusable)?;
        Ok(Self { name: name.to_owned(), key })
    }
}

/// A key that signs events, checked.
#[derive(Clone)]
pub struct VerificationKey {
    pub(super) name: String,
    pub(super) key: DecodingKey,
}

impl std::fmt::Debug for VerificationKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "VerificationKey({})", self.name)
    }
}

impl VerificationKey {
    /// Checks a key that was asked for under `name`.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_jwk(json: &str, name: &str) -> Result<Self, KeyRefused> {
        let (n, e) = checked(json, name, &VERIFYING)?;
        Ok(Self { name: name.to_owned(), key: DecodingKey::from_rsa_raw_components(&n, &e) })
    }

    /// The name under which events refer to it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Modulus and exponent of a key that passes.
fn checked(json: &str, name: &str, wanted: &Purpose) -> Result<(Vec<u8>, Vec<u8>), KeyRefused> {
    let jwk: Jwk = serde_json::from_str(json).map_err(|_| KeyRefused::NoKey)?;
    if jwk.kty != "RSA" {
        return Err(KeyRefused::NotRsa);
    }
    if jwk.d.is_some() || jwk.p.is_some() {
        return Err(KeyRefused::Private);
    }
    if name.is_empty() || jwk.kid.as_deref() != Some(name) {
        return Err(KeyRefused::OtherName);
    }
    if jwk.alg.as_deref() != Some(wanted.algorithm) {
        return Err(KeyRefused::Algorithm { wanted: wanted.algorithm });
    }
    if jwk.purpose.is_some_and(|usage| usage != wanted.usage) {
        return Err(KeyRefused::Use { wanted: wanted.usage });
    }
    if !jwk.key_ops.is_some_and(|operations| {
        operations.iter().all(|operation| operation == wanted.operation) && !operations.is_empty()
    }) {
        return Err(KeyRefused::Operations { wanted: wanted.operation });
    }
    let number = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
    let (Some(n), Some(e)) = (number(jwk.n), number(jwk.e)) else { return Err(KeyRefused::NoKey) };
    let zeros = n.iter().take_while(|byte| **byte == 0).count();
    let bits = n.get(zeros).map_or(0, |first| (n.len() - zeros) * 8 - first.leading_zeros() as usize);
    if bits < FEWEST_KEY_BITS {
        return Err(KeyRefused::TooShort { bits });
    }
    if e != [1, 0, 1] {
        return Err(KeyRefused::Exponent);
    }
    Ok((n[zeros..].to_vec(), e))
}
