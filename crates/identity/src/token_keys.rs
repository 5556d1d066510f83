//! The keys that sign access tokens (Ed25519): made from the installation's secret, published as a JSON Web Key Set.

use std::fmt;

use aws_lc_rs::hkdf;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

use crate::session_token::sha256;

/// What sets this key apart from others that are made from the same secret.
const LABEL: &[u8] = b"servicepoint access token ed25519 1";

/// The key that signs, and those whose tokens are still accepted.
pub struct TokenKeys {
    signing: SigningKey,
    accepted: Vec<VerifyingKey>,
}

struct SigningKey {
    id: String,
    key: EncodingKey,
}

struct VerifyingKey {
    id: String,
    key: DecodingKey,
    /// The public key as base64url, `x` of a JSON Web Key.
    public: String,
}

impl TokenKeys {
    /// Keys made from the 32-byte secret of the installation (HKDF-SHA256, RFC 5869). The same secret gives the same
    /// keys, so several gateways that share it accept each other's tokens.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        let (signing, verifying) = derive(secret);
        Self { signing, accepted: vec![verifying] }
    }

    /// Also accepts tokens signed with the keys of another secret: the next one before a change, the last one after it.
    #[must_use]
    pub fn also_accepting(mut self, secret: &[u8; 32]) -> Self {
        let (_, verifying) = derive(secret);
        self.accepted.push(verifying);
        self
    }

    /// All accepted public keys as a JSON Web Key Set (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> Value {
        let key = |key: &VerifyingKey| json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": key.public });
        json!({ "keys": self.accepted.iter().map(key).collect::<Vec<_>>() })
    }

    /// The key that signs, and its id.
    pub(crate) fn signing(&self) -> (&EncodingKey, &str) {
        (&self.signing.key, &self.signing.id)
    }

    /// The accepted key of this id.
    pub(crate) fn accepted(&self, id: &str) -> Option<&DecodingKey> {
        self.accepted.iter().find(|key| key.id == id).map(|key| &key.key)
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.accepted.iter().map(|key| &key.id).collect();
        f.debug_struct("TokenKeys").field("accepted", &ids).finish_non_exhaustive()
    }
}

fn derive(secret: &[u8; 32]) -> (SigningKey, VerifyingKey) {
    let mut seed = [0; 32];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, b"servicepoint").extract(secret);
    extracted
        .expand(&[LABEL], hkdf::HKDF_SHA256)
        .and_then(|output| output.fill(&mut seed))
        .expect("one block of SHA-256 is 32 bytes");
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed of Ed25519");
    let document = pair.to_pkcs8v1().expect("a whole pair can be written down");
    let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let id = thumbprint(&public);
    let signing = SigningKey { id: id.clone(), key: EncodingKey::from_ed_der(document.as_ref()) };
    let verifying = VerifyingKey { id, key: DecodingKey::from_ed_der(pair.public_key().as_ref()), public };
    (signing, verifying)
}

/// The thumbprint of a public key after RFC 7638 and RFC 8037: the same key has the same id everywhere.
fn thumbprint(public: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(sha256(members.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // RFC 8037, appendix A.3.
        let public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(thumbprint(public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_same_secret_gives_the_same_key_and_nothing_secret_is_shown() {
        let keys = TokenKeys::from_secret(&[7; 32]);
        assert_eq!(keys.jwks(), TokenKeys::from_secret(&[7; 32]).jwks());
        assert_ne!(keys.jwks(), TokenKeys::from_secret(&[8; 32]).jwks());
        let key = &keys.jwks()["keys"][0];
        assert!(key.get("d").is_none());
        assert_eq!(key["kid"], keys.signing().1);
        assert_eq!(format!("{keys:?}"), format!("TokenKeys {{ accepted: [{}], .. }}", key["kid"]));
    }

    #[test]
    fn a_change_of_secret_publishes_both_keys() {
        let keys = TokenKeys::from_secret(&[8; 32]).also_accepting(&[7; 32]);
        let former = TokenKeys::from_secret(&[7; 32]);
        assert_eq!(keys.jwks()["keys"].as_array().map(Vec::len), Some(2));
        assert!(keys.accepted(former.signing().1).is_some());
        assert!(former.accepted(keys.signing().1).is_none());
    }
}
