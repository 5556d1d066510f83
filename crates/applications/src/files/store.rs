//! Where the sealed contents of files lie: a folder of this machine or a bucket that all gateways reach.

use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use database::{Chunks, Place};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use uuid::Uuid;

/// Below which every content lies.
const PREFIX: &str = "files";

/// Where contents lie.
#[derive(Debug, Clone)]
pub enum FilePlace {
    /// A folder; it is made if it is missing. Gateways on several machines need one that all of them see.
    Folder(PathBuf),
    /// A bucket that speaks S3.
    Bucket(Bucket),
    /// The memory of this process: for tests.
    Memory,
}

/// A bucket that speaks S3.
#[derive(Clone)]
pub struct Bucket {
    /// Its server, as `https://s3.example`.
    pub endpoint: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Who we are there.
    pub access_key: String,
    /// The secret that goes with it.
    pub secret_key: String,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("endpoint", &self.endpoint).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Contents cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileStoreError {
    /// The folder or bucket cannot be used.
    #[error("files cannot be kept: {0}")]
    Unusable(String),
    /// There is no such content.
    #[error("this content is not there")]
    Missing,
    /// What lies there is not what was written.
    #[error("this content was changed or belongs elsewhere")]
    DoesNotOpen,
}

impl From<object_store::Error> for FileStoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            // Paths are ids; nothing in such an error is personal.
            error => Self::Unusable(error.to_string()),
        }
    }
}

/// The place where contents lie, open.
#[derive(Debug, Clone)]
pub struct FileStore {
    store: Arc<dyn ObjectStore>,
    /// Where half-written files of a process that died may lie.
    folder: Option<PathBuf>,
}

impl FileStore {
    /// Opens the place. Nothing is asked of a bucket yet.
    ///
    /// # Errors
    /// [`FileStoreError::Unusable`].
    pub fn open(place: &FilePlace) -> Result<Self, FileStoreError> {
        match place {
            FilePlace::Folder(folder) => Self::in_folder(folder),
            FilePlace::Bucket(bucket) => Self::in_bucket(bucket),
            FilePlace::Memory => Ok(Self { store: Arc::new(InMemory::new()), folder: None }),
        }
    }

    fn in_folder(folder: &Folder) -> Result<Self, FileStoreError> {
        let unusable =
            |error: &dyn std::fmt::Display| FileStoreError::Unusable(format!("{}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(|error| unusable(&error))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| unusable(&error))?;
        // Whatever was acknowledged survives a power cut.
        Ok(Self { store: Arc::new(store.with_fsync(true)), folder: Some(folder.join(PREFIX)) })
    }

    fn in_bucket(bucket: &Bucket) -> Result<Self, FileStoreError> {
        let store = AmazonS3Builder::new()
            .with_endpoint(&bucket.endpoint)
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.access_key)
            .with_secret_access_key(&bucket.secret_key)
            .with_allow_http(bucket.endpoint.starts_with("http://"))
            .build()?;
        Ok(Self { store: Arc::new(store), folder: None })
    }

    pub(super) fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// Deletes a content. One that is not there is no mistake: somebody was faster.
    pub(crate) async fn delete(&self, blob: Uuid) -> Result<(), FileStoreError> {
        match self.store.delete(&path_of(blob)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// All contents that lie there, in portions of at most `most`.
    pub(crate) fn contents(
        &self,
        most: usize,
    ) -> impl futures_util::Stream<Item = Result<Vec<Uuid>, FileStoreError>> + use<> {
        let listed = self.store.list(Some(&Path::from(PREFIX))).map_err(FileStoreError::from);
        let ids = listed.try_filter_map(|meta| async move {
            Ok(meta.location.filename().and_then(|name| Uuid::try_parse(name).ok()))
        });
        ids.chunks(most).map(|portion| portion.into_iter().collect())
    }

    /// Deletes what processes that died left half-written longer than `age` ago. A bucket does the same by its own rule for
    /// incomplete uploads. Gives how many there were.
    pub(crate) async fn sweep_half_written(&self, age: Duration) -> Result<u64, FileStoreError> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        let swept = tokio::task::spawn_blocking(move || half_written(&folder, age)).await;
        let swept = swept.map_err(|error| FileStoreError::Unusable(error.to_string()))?;
        swept.map_err(|error| FileStoreError::Unusable(error.to_string()))
    }
}

/// Half-written files carry a `#` and a number behind their name.
fn half_written(folder: &Folder, age: Duration) -> std::io::Result<u64> {
    let mut gone = 0;
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let is_half = entry.file_name().to_string_lossy().contains('#');
        let is_old = || entry.metadata().and_then(|about| about.modified()).is_ok_and(|at| is_older(at, age));
        if is_half && is_old() {
            std::fs::remove_file(entry.path())?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// The system's own clock stamps files, so it is asked how old they are.
fn is_older(at: SystemTime, age: Duration) -> bool {
    at.elapsed().is_ok_and(|elapsed| elapsed >= age)
}

pub(super) fn path_of(blob: Uuid) -> Path {
    Path::from(format!("{PREFIX}/{}", blob.simple()))
}

/// What the chunks of a content are bound to.
pub(crate) const fn content_of(blob: Uuid) -> Place {
    Place { table: "attachment", column: "content", row: blob }
}

/// A content and what seals it.
pub(crate) struct Content {
    pub(crate) blob: Uuid,
    pub(crate) chunks: Chunks,
}
