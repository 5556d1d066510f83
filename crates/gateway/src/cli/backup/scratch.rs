//! A folder for a copy that lives as long as the check: people's data lies in it, so only our own account may look.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rand::RngCore;

/// The folder. Dropping it takes it away.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one inside `parent`.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        // A name that others cannot foresee: in a shared folder they could be there first.
        let path = parent.join(format!("servicepoint-{:016x}", rand::rng().next_u64()));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The system empties its temporary folder anyway.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
