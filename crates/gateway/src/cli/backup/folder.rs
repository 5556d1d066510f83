//! The folders that backups lie in: made under another name, renamed when everything is on the disk, found again.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::manifest::Manifest;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SEAL: &str = "manifest.seal";
/// How a folder begins that is still being written.
pub(crate) const UNFINISHED: &str = ".unfinished-";
/// A manifest has a line for each table, not more.
const MOST_BYTES: u64 = 1 << 20;

/// The name of a backup taken at this instant.
pub(crate) fn name_of(taken_at: DateTime<Utc>) -> String {
    taken_at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A folder that is being written. Dropping it takes it away; a process that is killed leaves it behind, under a name that
/// nobody takes for a backup.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
    parent: PathBuf,
    name: String,
    is_kept: bool,
}

impl Unfinished {
    /// Makes the folder, and `parent` where it is missing.
    ///
    /// # Errors
    /// It cannot be made, or the name is taken.
    pub(crate) fn begin(parent: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        if parent.join(name).exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let path = parent.join(format!("{UNFINISHED}{name}-{}", std::process::id()));
        fs::create_dir(&path)?;
        Ok(Self { path, parent: parent.to_owned(), name: name.to_owned(), is_kept: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file through to the disk.
    ///
    /// # Errors
    /// The disk does not take it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create_new(self.path.join(name))?;
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()
    }

    /// Gives the folder its name, when all of it is on the disk. Nothing is ever overwritten.
    ///
    /// # Errors
    /// The disk does not take it, or the name was taken meanwhile.
    pub(crate) fn finish(mut self) -> io::Result<PathBuf> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                synced(&entry.path())?;
            }
        }
        synced(&self.path)?;
        let named = self.parent.join(&self.name);
        rename_without_replacing(&self.path, &named)?;
        self.is_kept = true;
        synced(&self.parent)?;
        Ok(named)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_kept {
            // What cannot be taken away keeps a name that says what it is; `backup prune` tries again.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Writes a folder's list of names through to the disk.
///
/// # Errors
/// The disk does not take it.
pub(crate) fn synced(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some network file systems do not know the flag; a folder that holds something is not replaced there either.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if !to.exists() => fs::rename(from, to),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => Err(io::ErrorKind::AlreadyExists.into()),
        renamed => Ok(renamed?),
    }
}

/// A backup that was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    /// Missing where the folder cannot be a whole backup.
    pub(crate) manifest: Option<Manifest>,
}

impl Found {
    /// Whether the part with keys is still there.
    pub(crate) fn has_keys(&self) -> bool {
        self.path.join(super::contents::Part::Keys.folder()).is_dir()
    }
}

/// The backups in a folder, newest first. A folder that is not there has none.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn list(parent: &Path) -> io::Result<Vec<Found>> {
    let entries = match fs::read_dir(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if entry.file_type()?.is_dir() && is_name(&name) {
            let manifest = read_limited(&entry.path().join(MANIFEST)).ok();
            let manifest = manifest.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            found.push(Found { path: entry.path(), name, manifest });
        }
    }
    found.sort_by(|one, other| other.name.cmp(&one.name));
    Ok(found)
}

/// Folders that a killed `backup create` left behind, not touched for longer than `age`.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn left_behind(parent: &Path, age: std::time::Duration) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let is_unfinished = entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED));
        let is_old = || entry.metadata()?.modified().map(|at| at.elapsed().is_ok_and(|since| since > age));
        if is_unfinished && is_old()? {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// When the newest whole backup was taken.
pub(crate) fn newest(parent: &Path) -> Option<DateTime<Utc>> {
    list(parent).ok()?.into_iter().find_map(|found| found.manifest).map(|manifest| manifest.taken_at)
}

/// Reads a file that is never large.
///
/// # Errors
/// It cannot be read, or it is large.
pub(crate) fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(File::open(path)?, MOST_BYTES + 1), &mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is too long to be what its name says"));
    }
    Ok(bytes)
}

fn is_name(name: &str) -> bool {
    chrono::NaiveDateTime::parse_from_str(name, "%Y%m%dT%H%M%SZ").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect()
    }

    #[test]
    fn a_folder_gets_its_name_when_it_is_finished_and_goes_when_it_is_not() {
        let parent = tempfile::tempdir().expect("a folder");
        let unfinished = Unfinished::begin(parent.path(), "20261123T090000Z").expect("made");
        unfinished.write("a", b"1").expect("written");
        assert!(names(parent.path())[0].starts_with(UNFINISHED));
        assert!(list(parent.path()).expect("read").is_empty());
        drop(unfinished);
        assert_eq!(names(parent.path()), Vec::<String>::new());
        let unfinished = Unfinished::begin(parent.path(), "20261123T090000Z").expect("made");
        // Somebody was faster: nothing of theirs is touched.
        fs::create_dir(parent.path().join("20261123T090000Z")).expect("made");
        assert_eq!(unfinished.finish().expect_err("taken").kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(names(parent.path()), ["20261123T090000Z"]);
        assert!(Unfinished::begin(parent.path(), "20261123T090000Z").is_err());
        Unfinished::begin(parent.path(), "20261123T090001Z").expect("made").finish().expect("named");
        let found = list(parent.path()).expect("read");
        assert_eq!(
            found.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(),
            ["20261123T090001Z", "20261123T090000Z"]
        );
        assert!(newest(parent.path()).is_none(), "neither has a manifest");
    }
}
