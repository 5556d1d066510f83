//! Writing a content: sealed chunk by chunk while it arrives, so that a file of any length takes the same memory.

use database::Order;
use object_store::{ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};

use super::CHUNK;
use super::store::{Content, FileStore, FileStoreError, path_of};

/// How many parts may be on their way to the store while the next one is filled.
const PARTS_ON_THE_WAY: usize = 2;

/// A content that is being written.
pub(crate) struct BlobWriter {
    upload: WriteMultipart,
    content: Content,
    buffer: Vec<u8>,
    number: u64,
    bytes: u64,
    digest: Sha256,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) bytes: u64,
    /// Of the open content, 64 hexadecimal digits.
    pub(crate) sha256: String,
}

impl BlobWriter {
    /// Begins a content.
    ///
    /// # Errors
    /// [`FileStoreError::Unusable`].
    pub(crate) async fn begin(store: &FileStore, content: Content) -> Result<Self, FileStoreError> {
        let upload = store.objects().put_multipart(&path_of(content.blob)).await?;
        Ok(Self {
            upload: WriteMultipart::new(upload),
            content,
            buffer: Vec::with_capacity(CHUNK),
            number: 0,
            bytes: 0,
            digest: Sha256::new(),
        })
    }

    /// How much there is already.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds what comes next.
    ///
    /// # Errors
    /// [`FileStoreError::Unusable`].
    pub(crate) async fn write(&mut self, mut bytes: &[u8]) -> Result<(), FileStoreError> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.buffer.len() == CHUNK {
                // More has come, so this chunk is not the last.
                self.seal(Order::More).await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    async fn seal(&mut self, order: Order) -> Result<(), FileStoreError> {
        self.upload.wait_for_capacity(PARTS_ON_THE_WAY).await?;
        let sealed = self.content.chunks.seal(self.number, order, &self.buffer);
        self.upload.put(sealed.into());
        self.number += 1;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the content. From now on it is there.
    ///
    /// # Errors
    /// [`FileStoreError::Unusable`]; nothing is there then.
    pub(crate) async fn finish(mut self) -> Result<Written, FileStoreError> {
        self.seal(Order::Last).await?;
        let Self { upload, bytes, digest, .. } = self;
        upload.finish().await?;
        Ok(Written { bytes, sha256: hex::encode(digest.finalize()) })
    }

    /// Gives it up. What cannot be taken back here is swept later.
    pub(crate) async fn abort(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "a half-written content could not be taken back");
        }
    }
}
