//! The keys that sign access tokens (Ed25519) and the three phases of their lives, driven by the time alone.
//!
//! A key is *published* first, so that everybody who keeps our key set in a cache knows it before it is needed; then it
//! *signs*; when its successor signs it is *retired*, and still checks the tokens that it signed until the last has ended.
//! The keys stand in a table, so that all gateways of a city agree; the secret half is sealed.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::DatabaseError;
use domain::time::Timestamp;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

use crate::claims::SKEW_SECONDS;
use crate::session_token::sha256;

/// How long others may keep our key set, in seconds.
pub const KEY_SET_CACHE_SECONDS: i64 = 3600;
/// How long a key is published before it signs, in seconds: longer than any cache keeps the set without it.
pub(crate) const PUBLISHED_AHEAD_SECONDS: i64 = 2 * KEY_SET_CACHE_SECONDS;

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPhase {
    /// Others learn it; it signs nothing yet.
    Published,
    /// It signs.
    Signing,
    /// It signs no more; what it signed is still accepted.
    Retired,
    /// Nothing that it signed can be good any more.
    Gone,
}

/// One key with its times.
pub(crate) struct TokenKey {
    id: String,
    published_at: Timestamp,
    signs_from: Timestamp,
    /// When its successor takes over; `None` for the newest.
    retires_at: Option<Timestamp>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// The public half as base64url, `x` of a JSON Web Key.
    public: String,
}

/// All keys that matter, as they stood in the table at `read_at`.
pub(crate) struct KeyRing {
    keys: Vec<TokenKey>,
    /// The number of the newest key; 0 without any.
    newest: i64,
    read_at: Timestamp,
    token_seconds: i64,
}

impl TokenKey {
    /// The key of a 32-byte seed.
    pub(crate) fn from_seed(
        seed: &[u8],
        published_at: Timestamp,
        signs_from: Timestamp,
    ) -> Result<Self, DatabaseError> {
        let unusable = || DatabaseError::Internal("a signing key cannot be read".into());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| unusable())?;
        let document = pair.to_pkcs8v1().map_err(|_| unusable())?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        Ok(Self {
            id: thumbprint(&public),
            published_at,
            signs_from,
            retires_at: None,
            encoding: EncodingKey::from_ed_der(document.as_ref()),
            decoding: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            public,
        })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) const fn encoding(&self) -> &EncodingKey {
        &self.encoding
    }

    fn phase(&self, now: Timestamp, token_seconds: i64) -> KeyPhase {
        let over = |retires_at: Timestamp| retires_at.plus_seconds(token_seconds.saturating_add(SKEW_SECONDS));
        match self.retires_at {
            Some(retires_at) if now >= over(retires_at) => KeyPhase::Gone,
            Some(retires_at) if now >= retires_at => KeyPhase::Retired,
            Some(_) | None if now >= self.signs_from => KeyPhase::Signing,
            Some(_) | None => KeyPhase::Published,
        }
    }
}

impl KeyRing {
    /// A ring of `keys` in the order of their numbers, the last of which is `newest`, read at `read_at`; tokens last
    /// `token_seconds`.
    pub(crate) fn new(mut keys: Vec<TokenKey>, newest: i64, read_at: Timestamp, token_seconds: i64) -> Self {
        let successors: Vec<Option<Timestamp>> =
            (1..=keys.len()).map(|next| keys.get(next).map(|key| key.signs_from)).collect();
        for (key, retires_at) in keys.iter_mut().zip(successors) {
            key.retires_at = retires_at;
        }
        Self { keys, newest, read_at, token_seconds }
    }

    pub(crate) const fn read_at(&self) -> Timestamp {
        self.read_at
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The number of the newest key; 0 without any.
    pub(crate) const fn newest(&self) -> i64 {
        self.newest
    }

    /// The key that signs at `now`. A first key that another gateway made a moment ahead of our clock signs, too.
    pub(crate) fn signing(&self, now: Timestamp) -> Option<&TokenKey> {
        self.keys.iter().rev().find(|key| key.signs_from <= now).or_else(|| self.keys.first())
    }

    /// The key of this id, if tokens signed with it are accepted at `now`.
    pub(crate) fn accepted(&self, id: &str, now: Timestamp) -> Option<&DecodingKey> {
        self.known(now).find(|key| key.id == id).map(|key| &key.decoding)
    }

    /// The public halves of all keys that are not gone at `now`, as a JSON Web Key Set (RFC 7517, RFC 8037).
    pub(crate) fn jwks(&self, now: Timestamp) -> Value {
        let key = |key: &TokenKey| json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": key.public });
        json!({ "keys": self.known(now).map(key).collect::<Vec<_>>() })
    }

    /// Each key's id and phase at `now`, oldest first.
    pub(crate) fn phases(&self, now: Timestamp) -> Vec<(String, KeyPhase)> {
        self.keys.iter().map(|key| (key.id.clone(), key.phase(now, self.token_seconds))).collect()
    }

    /// When the newest key was published.
    pub(crate) fn newest_published_at(&self) -> Option<Timestamp> {
        self.keys.last().map(|key| key.published_at)
    }

    fn known(&self, now: Timestamp) -> impl Iterator<Item = &TokenKey> {
        self.keys.iter().filter(move |key| key.phase(now, self.token_seconds) != KeyPhase::Gone)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.keys.iter().map(TokenKey::id).collect();
        f.debug_struct("KeyRing").field("keys", &ids).finish_non_exhaustive()
    }
}

/// The thumbprint of a public key after RFC 7638 and RFC 8037: the same key has the same id everywhere.
fn thumbprint(public: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
    URL_SAFE_NO_PAD.encode(sha256(members.as_bytes()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_424_400);

    /// A ring with one key that signs.
    pub(crate) fn ring(seed: u8) -> KeyRing {
        KeyRing::new(vec![TokenKey::from_seed(&[seed; 32], NOW, NOW).unwrap()], 1, NOW, 600)
    }

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // RFC 8037, appendix A.3.
        let public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(thumbprint(public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn nothing_secret_is_shown() {
        let ring = ring(7);
        let key = &ring.jwks(NOW)["keys"][0];
        assert!(key.get("d").is_none());
        assert_eq!(key["kid"], ring.signing(NOW).unwrap().id());
        assert_eq!(format!("{ring:?}"), format!("KeyRing {{ keys: [{}], .. }}", key["kid"]));
    }

    #[test]
    fn a_key_is_published_signs_retires_and_goes_by_the_clock_alone() {
        let second_signs = NOW.plus_seconds(PUBLISHED_AHEAD_SECONDS);
        let keys = || {
            vec![
                TokenKey::from_seed(&[1; 32], NOW.plus_seconds(-100), NOW.plus_seconds(-100)).unwrap(),
                TokenKey::from_seed(&[2; 32], NOW, second_signs).unwrap(),
            ]
        };
        let ring = KeyRing::new(keys(), 2, NOW, 600);
        let (first, second) = (keys()[0].id.clone(), keys()[1].id.clone());
        for (now, phases, signs) in [
            (NOW, [KeyPhase::Signing, KeyPhase::Published], &first),
            (second_signs.plus_seconds(-1), [KeyPhase::Signing, KeyPhase::Published], &first),
            (second_signs, [KeyPhase::Retired, KeyPhase::Signing], &second),
            (second_signs.plus_seconds(629), [KeyPhase::Retired, KeyPhase::Signing], &second),
            (second_signs.plus_seconds(630), [KeyPhase::Gone, KeyPhase::Signing], &second),
        ] {
            let found: Vec<KeyPhase> = ring.phases(now).into_iter().map(|(_, phase)| phase).collect();
            assert_eq!(found, phases, "{now:?}");
            assert_eq!(ring.signing(now).unwrap().id(), signs);
            assert_eq!(ring.accepted(&first, now).is_some(), phases[0] != KeyPhase::Gone);
            assert!(ring.accepted(&second, now).is_some() && ring.accepted("unknown", now).is_none());
        }
    }
}
