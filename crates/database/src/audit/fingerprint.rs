//! The fingerprint of an entry: a hash over all that it says, in one form on both engines.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An entry as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// The account that acted.
    pub actor: Option<Uuid>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: Uuid,
    /// When, milliseconds since 1970 (UTC).
    pub at: i64,
    /// Further subjects as a JSON list of ids.
    pub more: Option<String>,
}

/// A fingerprint: the first 16 bytes of SHA-256. The full hash of a batch stands in its seal; this one finds the place.
pub(super) type Fingerprint = [u8; 16];

impl AuditRow {
    /// The hash of everything but the id, which a seal lists beside it: so two entries that swapped their contents are
    /// told apart from two that were rewritten.
    pub(super) fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"servicepoint audit entry 1");
        optional(&mut hash, self.actor.as_ref().map(|actor| &actor.as_bytes()[..]));
        optional(&mut hash, Some(self.action.as_bytes()));
        hash.update(self.subject.as_bytes());
        hash.update(self.at.to_be_bytes());
        optional(&mut hash, self.more.as_deref().map(str::as_bytes));
        hash.finalize().into()
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        short(&self.hash())
    }
}

pub(super) fn short(hash: &[u8; 32]) -> Fingerprint {
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

fn optional(hash: &mut Sha256, part: Option<&[u8]>) {
    match part {
        None => hash.update([0]),
        Some(part) => {
            hash.update([1]);
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
}
