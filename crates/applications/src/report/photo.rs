//! The photo of a published report, for everybody.

use bytes::Bytes;
use domain::application::ReceiptNumber;
use futures_util::stream::BoxStream;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::files::FileStoreError;
use crate::store::{Reader, attachments, reports};

/// A photo on its way out. Its name, which the reporter gave it, stays here.
pub struct PublicPhoto {
    /// The media type.
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: i64,
    /// Its content.
    pub content: BoxStream<'static, Result<Bytes, FileStoreError>>,
}

impl std::fmt::Debug for PublicPhoto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicPhoto").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Applications {
    /// The photo that somebody at the office let everybody see. What the camera wrote into it went when it arrived.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Failure::Files`].
    pub async fn report_photo(&self, number: &str) -> Result<PublicPhoto, Failure> {
        let number = ReceiptNumber::parse(number).ok_or(Problem::NotFound)?;
        let reader = Reader::Database(&self.database);
        let photo = reports::public(reader, &number).await?.and_then(|row| row.photo).ok_or(Problem::NotFound)?;
        let row = attachments::by_id(reader, photo).await?.ok_or(Problem::NotFound)?;
        let key = attachments::key_of(reader, row.owner).await?.ok_or(Problem::NotFound)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let media_type = row.media_type.clone().ok_or(Problem::NotFound)?;
        Ok(PublicPhoto { media_type, bytes: row.bytes, content: Box::pin(self.content_of_file(&key, &row).await?) })
    }
}
