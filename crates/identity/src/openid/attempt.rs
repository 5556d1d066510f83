//! One attempt to sign in: a sealed value in the browser's cookie, and everything that is computed from its secret.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::environment::Entropy;
use domain::law::TrustLevel;
use domain::text::Language;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::openid::return_path::ReturnPath;
use crate::session_token::sha256;

/// How long somebody may take at the provider, in seconds.
pub(super) const LASTS_SECONDS: i64 = 15 * 60;
/// Longest sealed attempt that is looked at, in bytes; ours have at most about 1,200.
const LONGEST: usize = 2048;

/// The key that seals attempts.
pub(super) struct Seal(hmac::Key);

/// An attempt to sign in. Printing it shows the provider alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    #[serde(rename = "s")]
    secret: [u8; 32],
    #[serde(rename = "p")]
    provider: String,
    #[serde(rename = "r")]
    return_to: String,
    #[serde(rename = "t")]
    least_trust: TrustLevel,
    #[serde(rename = "l")]
    language: Language,
    #[serde(rename = "e")]
    expires_at: i64,
}

/// What an attempt is about.
pub(super) struct Wanted<'a> {
    pub(super) provider: &'a str,
    pub(super) return_to: &'a ReturnPath,
    pub(super) least_trust: TrustLevel,
    pub(super) language: Language,
}

impl Attempt {
    pub(super) fn draw(wanted: &Wanted<'_>, entropy: &dyn Entropy, now: Timestamp) -> Self {
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        Self {
            secret,
            provider: wanted.provider.to_owned(),
            return_to: wanted.return_to.as_str().to_owned(),
            least_trust: wanted.least_trust,
            language: wanted.language,
            expires_at: now.plus_seconds(LASTS_SECONDS).seconds(),
        }
    }

    /// The language in which the attempt was begun.
    pub const fn language(&self) -> Language {
        self.language
    }

    pub(super) fn provider(&self) -> &str {
        &self.provider
    }

    /// Where to go afterwards. Checked again: a seal proves who wrote it, not that it was right.
    pub(super) fn return_to(&self) -> ReturnPath {
        ReturnPath::wished(Some(&self.return_to))
    }

    pub(super) const fn least_trust(&self) -> TrustLevel {
        self.least_trust
    }

    pub(super) const fn expires_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.expires_at)
    }

    /// What the database remembers of it.
    pub(super) fn id(&self) -> [u8; 32] {
        sha256(self.derived("id").as_bytes())
    }

    /// `state`: binds the answer to this browser.
    pub(super) fn state(&self) -> String {
        self.derived("state")
    }

    /// `nonce`: binds the ID token to this attempt.
    pub(super) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// The PKCE verifier: binds the code to this attempt. 43 signs, the least RFC 7636 allows, hold 256 bits.
    pub(super) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// None of these tells the secret or another of them: HMAC-SHA-256 under the secret is a pseudorandom function.
    fn derived(&self, label: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        URL_SAFE_NO_PAD.encode(hmac::sign(&key, format!("servicepoint openid {label} 1").as_bytes()))
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl Seal {
    pub(super) fn from_master(master: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, master);
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, b"servicepoint openid seal 1").as_ref()))
    }

    /// The attempt as the value of a cookie.
    pub(super) fn close(&self, attempt: &Attempt) -> String {
        let text = serde_json::to_vec(attempt).expect("numbers and texts can be written as JSON");
        let tag = hmac::sign(&self.0, &text);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(tag))
    }

    /// The attempt in a cookie, if we sealed it and it is not over at `now`.
    pub(super) fn open(&self, cookie: &str, now: Timestamp) -> Option<Attempt> {
        let (text, tag) = (cookie.len() <= LONGEST).then(|| cookie.split_once('.')).flatten()?;
        let (text, tag) = (URL_SAFE_NO_PAD.decode(text).ok()?, URL_SAFE_NO_PAD.decode(tag).ok()?);
        hmac::verify(&self.0, &text, &tag).ok()?;
        let attempt: Attempt = serde_json::from_slice(&text).ok()?;
        (now < attempt.expires_at()).then_some(attempt)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_424_400);

    #[derive(Debug)]
    struct Sevens(u8);

    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn attempt(chance: u8) -> Attempt {
        let return_to = ReturnPath::wished(Some("/termine"));
        let wanted = Wanted {
            provider: "bund",
            return_to: &return_to,
            least_trust: TrustLevel::Substantial,
            language: Language::English,
        };
        Attempt::draw(&wanted, &Sevens(chance), NOW)
    }

    #[test]
    fn a_sealed_attempt_opens_until_its_end() {
        let seal = Seal::from_master(&[1; 32]);
        let cookie = seal.close(&attempt(7));
        let opened = seal.open(&cookie, NOW.plus_seconds(LASTS_SECONDS - 1)).unwrap();
        assert_eq!((opened.provider(), opened.return_to().as_str()), ("bund", "/termine"));
        assert_eq!((opened.least_trust(), opened.language()), (TrustLevel::Substantial, Language::English));
        assert_eq!(opened.state(), attempt(7).state());
        assert!(seal.open(&cookie, NOW.plus_seconds(LASTS_SECONDS)).is_none());
    }

    #[test]
    fn every_change_breaks_the_seal() {
        let seal = Seal::from_master(&[1; 32]);
        let cookie = seal.close(&attempt(7));
        assert!(Seal::from_master(&[2; 32]).open(&cookie, NOW).is_none());
        for place in 0..cookie.len() {
            let mut changed = cookie.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(seal.open(&changed, NOW).is_none(), "{place}");
        }
        for broken in ["", ".", "a.b", "ä.ö", cookie.trim_end_matches(|sign| sign != '.'), &"A".repeat(10_000)] {
            assert!(seal.open(broken, NOW).is_none(), "{broken:.20}");
        }
    }

    #[test]
    fn what_is_computed_differs_between_uses_and_attempts_and_fits_pkce() {
        let mut seen = std::collections::BTreeSet::new();
        for chance in [7, 8] {
            let attempt = attempt(chance);
            for value in [attempt.state(), attempt.nonce(), attempt.verifier()] {
                assert_eq!(value.len(), 43);
                assert!(seen.insert(value));
            }
            assert!(!format!("{attempt:?}").contains("7, 7"));
        }
    }
}
