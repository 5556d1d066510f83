//! A seal: the members of a batch with their fingerprints, chained to the seal before it, signed.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::fingerprint::{AuditRow, Fingerprint};
use crate::vault::derive;

/// Length of a member in the list: id, then fingerprint.
const MEMBER: usize = 32;

/// A seal as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Counts from 1 without gaps.
    pub number: i64,
    /// When it was made, milliseconds since 1970 (UTC).
    pub sealed_at: i64,
    /// How many entries it seals, at least one.
    pub entries: i64,
    /// The smallest id among them.
    pub first: Uuid,
    /// The greatest id among them.
    pub last: Uuid,
    /// Each member's id and fingerprint, 32 bytes each, in order of ids. Absent once the entries went after their time.
    pub members: Option<Vec<u8>>,
    /// SHA-256 over `members`.
    pub members_hash: Vec<u8>,
    /// SHA-256 over the full hashes of the members, in order.
    pub rows_hash: Vec<u8>,
    /// The `hash` of the seal before; zeroes for the first.
    pub previous: Vec<u8>,
    /// SHA-256 over all of the above but `members`.
    pub hash: Vec<u8>,
    /// Ed25519 over `hash`.
    pub signature: Vec<u8>,
    /// Which key signed.
    pub key_id: String,
}

/// A seal that somebody keeps elsewhere: printed on paper, in a log of another machine. What was cut off the end since
/// then shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The number of the seal.
    pub number: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The text is no anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an anchor looks like 42:9f86d0... (the number of a seal, a colon, 64 hexadecimal digits)")]
pub struct NotAnAnchor;

impl FromStr for Anchor {
    type Err = NotAnAnchor;

    fn from_str(text: &str) -> Result<Self, NotAnAnchor> {
        let (number, hash) = text.trim().split_once(':').ok_or(NotAnAnchor)?;
        let number: i64 = number.parse().map_err(|_| NotAnAnchor)?;
        let hash = hex::decode(hash).map_err(|_| NotAnAnchor)?;
        if number > 0 && hash.len() == 32 { Ok(Self { number, hash }) } else { Err(NotAnAnchor) }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, hex::encode(&self.hash))
    }
}

/// The key that signs seals, derived from the root secret of the installation.
pub struct AuditKey {
    pair: Ed25519KeyPair,
    id: String,
}

/// The half of an [`AuditKey`] that checks. Whoever has it can verify and cannot sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPublicKey {
    bytes: Vec<u8>,
    id: String,
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl AuditKey {
    /// Derives the key; the same root secret gives the same key.
    ///
    /// # Panics
    /// Never: any 32 bytes are a seed of Ed25519.
    pub fn from_root(root: &[u8; 32]) -> Self {
        let seed = derive(root, "audit seal ed25519 1");
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed of Ed25519");
        let id = key_id(pair.public_key().as_ref());
        Self { pair, id }
    }

    /// The half that checks.
    pub fn public(&self) -> AuditPublicKey {
        AuditPublicKey { bytes: self.pair.public_key().as_ref().to_vec(), id: self.id.clone() }
    }

    /// Seals `rows`; nothing when there are none.
    pub fn seal(&self, rows: &[AuditRow], previous: Option<&Seal>, now: Timestamp) -> Option<Seal> {
        let mut rows: Vec<&AuditRow> = rows.iter().collect();
        rows.sort_unstable_by_key(|row| row.id);
        let (first, last) = (rows.first()?.id, rows.last()?.id);
        let mut members = Vec::with_capacity(rows.len() * MEMBER);
        let mut rows_hash = Sha256::new();
        for row in &rows {
            members.extend_from_slice(row.id.as_bytes());
            members.extend_from_slice(&row.fingerprint());
            rows_hash.update(row.hash());
        }
        let mut seal = Seal {
            number: previous.map_or(1, |seal| seal.number + 1),
            sealed_at: now.millis(),
            entries: rows.len() as i64,
            first,
            last,
            members_hash: Sha256::digest(&members).to_vec(),
            members: Some(members),
            rows_hash: rows_hash.finalize().to_vec(),
            previous: previous.map_or_else(|| vec![0; 32], |seal| seal.hash.clone()),
            hash: Vec::new(),
            signature: Vec::new(),
            key_id: self.id.clone(),
        };
        seal.hash = seal.computed_hash().to_vec();
        seal.signature = self.pair.sign(&seal.hash).as_ref().to_vec();
        Some(seal)
    }
}

impl AuditPublicKey {
    /// Reads a public key of 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = hex::decode(text.trim()).ok().filter(|bytes| bytes.len() == 32)?;
        Some(Self { id: key_id(&bytes), bytes })
    }

    /// Its id, as it stands in seals.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its text: 64 hexadecimal digits.
    pub fn text(&self) -> String {
        hex::encode(&self.bytes)
    }

    pub(super) fn signed(&self, seal: &Seal) -> bool {
        self.id == seal.key_id
            && UnparsedPublicKey::new(&ED25519, &self.bytes).verify(&seal.hash, &seal.signature).is_ok()
    }
}

fn key_id(public: &[u8]) -> String {
    hex::encode(&Sha256::digest(public)[..8])
}

impl Seal {
    /// What to keep elsewhere.
    pub fn anchor(&self) -> Anchor {
        Anchor { number: self.number, hash: self.hash.clone() }
    }

    pub(super) fn computed_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"servicepoint audit seal 1");
        hash.update(self.number.to_be_bytes());
        hash.update(self.sealed_at.to_be_bytes());
        hash.update(self.entries.to_be_bytes());
        hash.update(self.first.as_bytes());
        hash.update(self.last.as_bytes());
        for part in [&self.members_hash, &self.rows_hash, &self.previous] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(self.key_id.as_bytes());
        hash.finalize().into()
    }

    /// The members, if they are listed and the list is the one that was signed.
    pub(super) fn members(&self) -> Option<Vec<(Uuid, Fingerprint)>> {
        let members = self.members.as_ref()?;
        if members.len() as i64 != self.entries * MEMBER as i64 || Sha256::digest(members)[..] != self.members_hash[..]
        {
            return None;
        }
        let member = |bytes: &[u8]| {
            let (mut id, mut fingerprint) = ([0; 16], [0; 16]);
            id.copy_from_slice(&bytes[..16]);
            fingerprint.copy_from_slice(&bytes[16..]);
            (Uuid::from_bytes(id), fingerprint)
        };
        Some(members.chunks_exact(MEMBER).map(member).collect())
    }
}
