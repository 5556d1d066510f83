//! Reading a content back: opened chunk by chunk, in order, to its last one.

use bytes::{Buf, Bytes, BytesMut};
use database::{Chunks, Order};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, stream};
use object_store::ObjectStoreExt;

use super::CHUNK;
use super::store::{Content, FileStore, FileStoreError, path_of};

const SEALED_CHUNK: usize = CHUNK + Chunks::OVERHEAD;

/// A content that is being read.
struct Reading {
    arriving: BoxStream<'static, object_store::Result<Bytes>>,
    content: Content,
    buffer: BytesMut,
    number: u64,
    /// How many sealed bytes are still to be opened.
    left: u64,
}

impl FileStore {
    /// The content, chunk by chunk. A content that was changed, cut off or put in the place of another ends in an error.
    ///
    /// # Errors
    /// [`FileStoreError::Missing`], [`FileStoreError::Unusable`].
    pub(crate) async fn read(
        &self,
        content: Content,
    ) -> Result<impl Stream<Item = Result<Bytes, FileStoreError>> + Send + use<>, FileStoreError> {
        let got = self.objects().get(&path_of(content.blob)).await?;
        let left = got.meta.size;
        let reading = Reading { arriving: got.into_stream(), content, buffer: BytesMut::new(), number: 0, left };
        Ok(stream::try_unfold(reading, async |mut reading: Reading| {
            Ok(reading.next().await?.map(|chunk| (chunk, reading)))
        }))
    }

    /// A whole content of at most `most` bytes; nothing when it is longer.
    ///
    /// # Errors
    /// As [`FileStore::read`].
    pub(crate) async fn read_whole(&self, content: Content, most: usize) -> Result<Option<Bytes>, FileStoreError> {
        let mut chunks = Box::pin(self.read(content).await?);
        let mut whole = BytesMut::new();
        while let Some(chunk) = chunks.next().await {
            whole.extend_from_slice(&chunk?);
            if whole.len() > most {
                return Ok(None);
            }
        }
        Ok(Some(whole.freeze()))
    }
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, FileStoreError> {
        if self.left == 0 {
            return Ok(None);
        }
        let order = if self.left > SEALED_CHUNK as u64 { Order::More } else { Order::Last };
        let length = (self.left as usize).min(SEALED_CHUNK);
        while self.buffer.len() < length {
            match self.arriving.next().await {
                Some(bytes) => self.buffer.extend_from_slice(&bytes?),
                None => return Err(FileStoreError::DoesNotOpen),
            }
        }
        let opened = self.content.chunks.open(self.number, order, &self.buffer[..length]);
        let opened = opened.map_err(|_| FileStoreError::DoesNotOpen)?;
        self.buffer.advance(length);
        self.left -= length as u64;
        self.number += 1;
        Ok(Some(opened.into()))
    }
}
