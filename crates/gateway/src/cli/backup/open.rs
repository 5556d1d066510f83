//! Opening a backup: is it one, can this program read it, and did we write it?

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::contents::Part;
use super::files::examine;
use super::folder::{MANIFEST, SEAL, UNFINISHED, list, read_limited};
use super::manifest::{Entry, FORMAT, Manifest, Seal, judge};
use crate::cli::CommandError;
use crate::configuration::{Configuration, MasterKey, load_or_create_secret};

/// What to think of a backup that was sealed under another master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherKey {
    Refuse,
    Accept,
}

impl OtherKey {
    pub(crate) const fn of(accept: bool) -> Self {
        if accept { Self::Accept } else { Self::Refuse }
    }
}

/// A backup whose manifest was read and whose seal was judged.
#[derive(Debug, Clone)]
pub(crate) struct Backup {
    pub(crate) path: PathBuf,
    pub(crate) manifest: Manifest,
    pub(crate) seal: Seal,
}

impl Backup {
    /// Opens the backup at `path`.
    ///
    /// # Errors
    /// It is no whole backup, of a newer format, or its seal is broken or (unless accepted) foreign.
    pub(crate) fn open(path: &Path, key: Option<&MasterKey>, other: OtherKey) -> Result<Self, CommandError> {
        let shown = path.display();
        let damaged = |reason: &str| CommandError::Damaged(format!("{shown}: {reason}"));
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(UNFINISHED) {
            return Err(damaged("it was never finished: `backup create` was interrupted"));
        }
        if !path.is_dir() {
            return Err(CommandError::Failed(format!("{shown}: there is no such folder")));
        }
        let bytes = read_limited(&path.join(MANIFEST))
            .map_err(|error| damaged(&format!("{MANIFEST} cannot be read: {error}; this is no whole backup")))?;
        if format_of(&bytes).is_some_and(|format| format > FORMAT) {
            return Err(CommandError::Refused(format!("{shown}: a newer program wrote it; use that one to read it")));
        }
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|error| damaged(&format!("{MANIFEST} is not what this program writes: {error}")))?;
        let written = read_limited(&path.join(SEAL)).ok().and_then(|seal| String::from_utf8(seal).ok());
        let seal = judge(key, &bytes, &written.unwrap_or_default());
        match seal {
            Seal::Broken => Err(damaged("the seal of the manifest is broken or missing: somebody changed it")),
            Seal::Foreign if other == OtherKey::Refuse => Err(damaged(
                "it was sealed under another master key than secrets.key_file. With another key the codes in letters and \
                 people's data are lost. If that is meant: --other-key",
            )),
            Seal::Foreign | Seal::Ours => Ok(Self { path: path.to_owned(), manifest, seal }),
        }
    }

    /// The backup to take the keys from: `named`, or the newest of the same city that lies beside this one and has keys, or
    /// this one. Never the oldest: who was erased since must stay erased.
    ///
    /// # Errors
    /// The named one is no backup we would take.
    pub(crate) fn with_newest_keys(
        &self,
        named: Option<&Path>,
        key: Option<&MasterKey>,
        other: OtherKey,
    ) -> Result<Self, CommandError> {
        if let Some(named) = named {
            return Self::open(named, key, other);
        }
        let beside = self.path.canonicalize().ok().and_then(|path| path.parent().map(Path::to_owned));
        let found = beside.and_then(|beside| list(&beside).ok()).unwrap_or_default();
        let younger = found.into_iter().filter(|found| {
            let manifest = found.manifest.as_ref();
            found.has_keys()
                && manifest.is_some_and(|manifest| {
                    manifest.city_since == self.manifest.city_since && manifest.taken_at > self.manifest.taken_at
                })
        });
        // A backup beside that is damaged is passed over; the next younger one serves as well.
        let opened = younger.filter_map(|found| Self::open(&found.path, key, other).ok());
        let whole = opened.into_iter().find(|candidate| candidate.seal == self.seal && candidate.problems().is_empty());
        Ok(whole.unwrap_or_else(|| self.clone()))
    }

    /// The file of a table.
    pub(crate) fn file(&self, table: &str, entry: &Entry) -> PathBuf {
        self.path.join(entry.part.folder()).join(format!("{table}.jsonl.gz"))
    }

    /// Whether the keys were taken away, as happens when their time is over.
    pub(crate) fn lacks_keys(&self) -> bool {
        let has_some = self.manifest.tables.values().any(|entry| entry.part == Part::Keys);
        has_some && !self.path.join(Part::Keys.folder()).exists()
    }

    /// Everything that is wrong with the files, a line each.
    pub(crate) fn problems(&self) -> Vec<String> {
        let lacks_keys = self.lacks_keys();
        let problem = |(table, entry): (&String, &Entry)| {
            if entry.part == Part::Keys && lacks_keys {
                return None;
            }
            if !table.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
                return Some("a table has a name that is none".to_owned());
            }
            let found = examine(&self.file(table, entry), entry)?;
            Some(format!("{}/{table}.jsonl.gz {found}", entry.part.folder()))
        };
        self.manifest.tables.iter().filter_map(problem).collect()
    }
}

/// The master key, if there is one. It is never made here: a key made now opens nothing.
///
/// # Errors
/// The file is unusable.
pub(crate) fn existing_key(configuration: &Configuration) -> Result<Option<MasterKey>, CommandError> {
    let path = &configuration.secrets.key_file;
    if !path.exists() {
        return Ok(None);
    }
    let wrong = |error| CommandError::Failed(format!("secrets.key_file: {}: {error}", path.display()));
    load_or_create_secret(path).map(Some).map_err(wrong)
}

fn format_of(bytes: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    serde_json::from_slice::<Format>(bytes).ok().map(|read| read.format)
}
