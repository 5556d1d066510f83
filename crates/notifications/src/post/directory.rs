//! A directory of letters, for a first look, for tests and for a program that carries them on.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tokio::fs::{File, OpenOptions, rename};
use tokio::io::AsyncWriteExt;

use crate::post::NotSent;

/// A directory that takes letters.
#[derive(Debug, Clone)]
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Writes `<message id>.eml`. Whoever watches the directory never sees half a letter; the same letter put twice is
    /// one file.
    pub(super) async fn put(&self, message_id: &str, letter: &[u8]) -> Result<(), NotSent> {
        self.try_put(message_id, letter).await.map_err(|error| NotSent::Directory(error.kind()))
    }

    async fn try_put(&self, message_id: &str, letter: &[u8]) -> io::Result<()> {
        make(&self.0)?;
        let draft = self.0.join(format!(".{message_id}.draft"));
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft).await?;
        file.write_all(letter).await?;
        file.sync_all().await?;
        rename(&draft, self.0.join(format!("{message_id}.eml"))).await?;
        // Without this a power cut forgets the name of a letter that counts as sent.
        File::open(&self.0).await?.sync_all().await
    }
}

fn make(directory: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}
