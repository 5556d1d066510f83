//! What stands in a backup: the manifest, and the seal that shows who wrote it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use database::{Checksum, TableSum};

use super::contents::Part;
use crate::configuration::MasterKey;

/// The format of backups that this program writes, and the newest it reads.
pub(crate) const FORMAT: u32 = 1;

/// The manifest. Its form is described in `docs/operations/backup.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The format of the backup.
    pub(crate) format: u32,
    /// The program that wrote it.
    pub(crate) program: String,
    /// The engine it comes from.
    pub(crate) engine: String,
    /// When its snapshot was taken, in UTC. Everything acknowledged before is inside.
    pub(crate) taken_at: DateTime<Utc>,
    /// The youngest event in the outbox of the snapshot.
    pub(crate) last_event: Option<LastEvent>,
    /// When the very first city was loaded: tells backups of one city from those of another.
    pub(crate) city_since: Option<DateTime<Utc>>,
    /// The version of the city that served.
    pub(crate) city_version: Option<i64>,
    /// The migrations that had been applied, oldest first.
    pub(crate) migrations: Vec<String>,
    /// The tables, by name.
    pub(crate) tables: BTreeMap<String, Entry>,
    /// Tables whose rows are in no backup.
    pub(crate) left_out: Vec<String>,
}

/// An event by id and time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastEvent {
    pub(crate) id: Uuid,
    pub(crate) at: DateTime<Utc>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Where its file lies.
    pub(crate) part: Part,
    /// The names of its columns, in the order of the values of a line.
    pub(crate) columns: Vec<String>,
    /// How many rows.
    pub(crate) rows: u64,
    /// Over all rows, whatever their order: 32 hexadecimal digits.
    pub(crate) checksum: String,
    /// Length of the file.
    pub(crate) bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub(crate) sha256: String,
}

impl Entry {
    /// Whether a table adds up to what stands here.
    pub(crate) fn is(&self, sum: TableSum) -> bool {
        self.rows == sum.rows && self.checksum.parse() == Ok::<Checksum, _>(sum.checksum)
    }
}

impl Manifest {
    /// The last migration: the version of the tables.
    pub(crate) fn schema(&self) -> &str {
        self.migrations.last().map_or("none", String::as_str)
    }

    /// All rows of all tables.
    pub(crate) fn rows(&self) -> u64 {
        self.tables.values().map(|entry| entry.rows).sum()
    }

    /// The length of all files.
    pub(crate) fn bytes(&self) -> u64 {
        self.tables.values().map(|entry| entry.bytes).sum()
    }
}

/// How a manifest's seal looks from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seal {
    /// Written by whoever has our master key, and unchanged.
    Ours,
    /// Written under another master key: nothing can be said.
    Foreign,
    /// Changed, or missing.
    Broken,
}

type Code = Hmac<Sha256>;

/// The seal over the bytes of a manifest: which key, and the code.
pub(crate) fn seal(key: &MasterKey, manifest: &[u8]) -> String {
    let code = code(key, "servicepoint backup manifest v1", manifest).finalize().into_bytes();
    format!("{} {}\n", key_id(key), hex::encode(code))
}

/// Judges a seal. Without a key every seal is foreign.
pub(crate) fn judge(key: Option<&MasterKey>, manifest: &[u8], seal: &str) -> Seal {
    let Some((id, written)) = seal.trim().split_once(' ') else { return Seal::Broken };
    let Ok(written) = hex::decode(written) else { return Seal::Broken };
    let Some(key) = key.filter(|key| key_id(key) == id) else { return Seal::Foreign };
    match code(key, "servicepoint backup manifest v1", manifest).verify_slice(&written) {
        Ok(()) => Seal::Ours,
        Err(_) => Seal::Broken,
    }
}

/// Names a master key without telling anything about it.
fn key_id(key: &MasterKey) -> String {
    hex::encode(&code(key, "servicepoint key id v1", b"").finalize().into_bytes()[..8])
}

/// A code under a key of its own, derived from the master key for this purpose.
fn code(key: &MasterKey, purpose: &str, bytes: &[u8]) -> Code {
    let keyed = |key: &[u8]| Code::new_from_slice(key).expect("HMAC takes keys of every length");
    let derived = keyed(key.bytes()).chain_update(purpose).finalize().into_bytes();
    keyed(&derived).chain_update(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::load_or_create_secret;

    #[test]
    fn a_seal_holds_for_its_manifest_and_its_key_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = load_or_create_secret(&folder.path().join("one")).expect("a key");
        let other = load_or_create_secret(&folder.path().join("other")).expect("a key");
        let sealed = seal(&key, b"manifest");
        assert_eq!(judge(Some(&key), b"manifest", &sealed), Seal::Ours);
        assert_eq!(judge(Some(&key), b"manifesto", &sealed), Seal::Broken);
        assert_eq!(judge(Some(&other), b"manifest", &sealed), Seal::Foreign);
        assert_eq!(judge(None, b"manifest", &sealed), Seal::Foreign);
        for broken in ["", "abc", "abc zz", &sealed.replace(|sign: char| sign.is_ascii_digit(), "f")] {
            assert_ne!(judge(Some(&key), b"manifest", broken), Seal::Ours, "{broken}");
        }
    }
}
