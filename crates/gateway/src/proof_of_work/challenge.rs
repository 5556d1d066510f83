//! A challenge of ALTCHA, version 2, and the answer to it.
//!
//! Source: <https://altcha.org/docs/v2/>, npm `altcha-lib` 2.8 (`createChallenge`, `verifySolution`). Somebody looks for
//! a counter such that SHA-256 over salt, nonce and counter, repeated `cost` times, begins with `keyPrefix`.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::Timestamp;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest answer that is read, in bytes; an honest one has some 700.
const LONGEST_ANSWER: usize = 2_048;
const ALGORITHM: &str = "SHA-256";
const KEY_LENGTH: u32 = 32;

/// What to solve, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    parameters: Parameters,
    signature: String,
}

/// The fields stand in the order of their names: the signature is made over this text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Parameters {
    algorithm: String,
    cost: u32,
    data: Purpose,
    expires_at: i64,
    key_length: u32,
    key_prefix: String,
    nonce: String,
    salt: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Purpose {
    /// What the proof is good for, as a keyed hash.
    purpose: String,
}

#[derive(Deserialize)]
struct Answer {
    challenge: Challenge,
    solution: Found,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    counter: u32,
    derived_key: String,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is not Base64 of the JSON that the protocol asks for.
    #[error("it is not well formed")]
    Unreadable,
    /// The challenge was not signed here, or was changed.
    #[error("its challenge is not one of ours")]
    Forged,
    /// The challenge has ended.
    #[error("it came too late")]
    Late,
    /// The challenge was given for another thing or another place.
    #[error("it was made for something else")]
    ForSomethingElse,
    /// The work was not done.
    #[error("it does not solve its challenge")]
    Wrong,
}

/// An answer that solves its challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Solution {
    /// SHA-256 over the challenge's signature: what must not count twice.
    pub challenge: [u8; 32],
    /// When the challenge ends.
    pub expires_at: Timestamp,
}

impl Challenge {
    pub(super) fn new(key: &[u8; 32], purpose: String, hashes: u32, expires_at: Timestamp, chance: &[u8; 32]) -> Self {
        let (key_prefix, cost) = work(hashes);
        let parameters = Parameters {
            algorithm: ALGORITHM.to_owned(),
            cost,
            data: Purpose { purpose },
            expires_at: expires_at.seconds(),
            key_length: KEY_LENGTH,
            key_prefix: key_prefix.to_owned(),
            nonce: hex::encode(&chance[..16]),
            salt: hex::encode(&chance[16..]),
        };
        let signature = hex::encode(signed(key, &parameters).finalize().into_bytes());
        Self { parameters, signature }
    }

    /// The challenge as the official widget takes it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Until when it can be answered.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.parameters.expires_at)
    }

    /// Hashes an answer costs on average.
    pub fn hashes(&self) -> u64 {
        u64::from(self.parameters.cost) << (4 * self.parameters.key_prefix.len())
    }
}

impl Solution {
    /// Reads and checks an answer as the widget sends it: Base64 over JSON. The cheapest checks come first.
    ///
    /// # Errors
    /// The first [`Flaw`].
    pub(super) fn read(answer: &str, key: &[u8; 32], purpose: &str, now: Timestamp) -> Result<Self, Flaw> {
        if answer.len() > LONGEST_ANSWER {
            return Err(Flaw::Unreadable);
        }
        let json = STANDARD.decode(answer).map_err(|_| Flaw::Unreadable)?;
        let Answer { challenge, solution } = serde_json::from_slice(&json).map_err(|_| Flaw::Unreadable)?;
        let Challenge { parameters, signature } = challenge;
        let signature = hex::decode(signature).map_err(|_| Flaw::Unreadable)?;
        signed(key, &parameters).verify_slice(&signature).map_err(|_| Flaw::Forged)?;
        if parameters.expires_at <= now.seconds() {
            return Err(Flaw::Late);
        }
        if parameters.data.purpose != purpose {
            return Err(Flaw::ForSomethingElse);
        }
        let derived = derived(&parameters, solution.counter).ok_or(Flaw::Unreadable)?;
        if derived != solution.derived_key || !derived.starts_with(&parameters.key_prefix) {
            return Err(Flaw::Wrong);
        }
        let expires_at = Timestamp::from_seconds(parameters.expires_at);
        Ok(Self { challenge: Sha256::digest(signature).into(), expires_at })
    }
}

/// The beginning to look for and the hashes of one try, which multiply to about `hashes`. A longer beginning would make
/// luck play too large a part, a shorter one would make checking dear.
fn work(hashes: u32) -> (&'static str, u32) {
    match hashes {
        0..4_096 => ("0", (hashes / 16).max(1)),
        4_096.. => ("000", hashes / 4_096),
    }
}

fn signed(key: &[u8; 32], parameters: &Parameters) -> Hmac<Sha256> {
    let text = serde_json::to_vec(parameters).unwrap_or_default();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(&text);
    mac
}

fn derived(parameters: &Parameters, counter: u32) -> Option<String> {
    let (salt, nonce) = (hex::decode(&parameters.salt).ok()?, hex::decode(&parameters.nonce).ok()?);
    let first = Sha256::new().chain_update(salt).chain_update(nonce).chain_update(counter.to_be_bytes()).finalize();
    let last = (1..parameters.cost).fold(first, |key, _| Sha256::digest(key));
    Some(hex::encode(last))
}

#[cfg(test)]
impl Challenge {
    /// Solves it as a client does.
    pub(super) fn solve(&self) -> String {
        let counters = 0..=u32::MAX;
        let (counter, derived_key) = counters
            .filter_map(|counter| Some((counter, derived(&self.parameters, counter)?)))
            .find(|(_, key)| key.starts_with(&self.parameters.key_prefix))
            .expect("some counter fits");
        self.answered(counter, &derived_key)
    }

    pub(super) fn answered(&self, counter: u32, derived_key: &str) -> String {
        let solution = serde_json::json!({ "counter": counter, "derivedKey": derived_key, "time": 12.5 });
        STANDARD.encode(serde_json::json!({ "challenge": self, "solution": solution }).to_string())
    }
}
