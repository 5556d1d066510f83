//! Handing a file to somebody who may read it: by an address that works for a minute, so that a browser can fetch it.

use bytes::Bytes;
use database::SubjectKey;
use domain::application::AttachmentState;
use domain::identifier::{AttachmentId, CaseId};
use domain::permission::Actor;
use domain::time::Timestamp;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use uuid::Uuid;

use crate::Applications;
use crate::access::Access;
use crate::failure::{Failure, Problem};
use crate::files::FileStoreError;
use crate::secret::Scope;
use crate::store::Reader;
use crate::store::attachments::{self, AttachmentRow};
use crate::store::cases::Found;
use crate::upload::Upload;

/// For how long a ticket works, in seconds.
const TICKET_SECONDS: i64 = 60;

/// What opens a file for a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadTicket {
    /// The file.
    pub upload: Upload,
    /// The last part of the address.
    pub ticket: String,
    /// Until when it works.
    pub until: Timestamp,
}

/// A file on its way out.
pub struct Download {
    /// The file.
    pub upload: Upload,
    /// Its content.
    pub content: BoxStream<'static, Result<Bytes, FileStoreError>>,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("id", &self.upload.id).finish_non_exhaustive()
    }
}

impl Applications {
    /// Opens a file of a case for staff of its office. Whoever shows it leaves a trace of that.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`] for what is not there, not clean, or another office's.
    pub async fn open_case_file(
        &self,
        actor: &Actor,
        case: CaseId,
        id: AttachmentId,
    ) -> Result<DownloadTicket, Failure> {
        let reader = Reader::Database(&self.database);
        let found = self.team_case(reader, actor, case).await?;
        let key = found.key.ok_or(Problem::NotFound)?;
        self.ticket(&key, found.case.application.0, id).await
    }

    /// Opens a file for whoever handed it in.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn open_upload(
        &self,
        actor: &Actor,
        access: &Access,
        id: AttachmentId,
    ) -> Result<DownloadTicket, Failure> {
        let upload = self.upload(actor, access, id).await?;
        let row = attachments::by_id(Reader::Database(&self.database), upload.id).await?.ok_or(Problem::NotFound)?;
        let key = attachments::key_of(Reader::Database(&self.database), row.owner).await?.ok_or(Problem::NotFound)?;
        self.ticket(&key, row.owner, id).await
    }

    async fn ticket(&self, key: &SubjectKey, owner: Uuid, id: AttachmentId) -> Result<DownloadTicket, Failure> {
        let row = attachments::by_id(Reader::Database(&self.database), id).await?;
        let row = row.filter(|row| row.owner == owner && row.state == AttachmentState::Clean);
        let row = row.ok_or(Problem::NotFound)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let until = self.now().plus_seconds(TICKET_SECONDS);
        let proof = self.secret.token(Scope::Download, id.0, until.seconds());
        let ticket = format!("{}-{:x}-{proof}", id.0.simple(), until.seconds());
        Ok(DownloadTicket { upload: self.shown(key, &row)?, ticket, until })
    }

    /// The file that a ticket opens.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a ticket that is none or is over; [`Failure::Files`].
    pub async fn download(&self, ticket: &str) -> Result<Download, Failure> {
        let (id, until, proof) = parts(ticket).ok_or(Problem::NotFound)?;
        let opens = self.secret.opens(Scope::Download, id, until, proof);
        if !opens || until < self.now().seconds() {
            return Err(Problem::NotFound.into());
        }
        let reader = Reader::Database(&self.database);
        let row = attachments::by_id(reader, AttachmentId(id)).await?.ok_or(Problem::NotFound)?;
        let key = attachments::key_of(reader, row.owner).await?.ok_or(Problem::NotFound)?;
        self.vault.unlock(&self.database, self.now()).await?;
        Ok(Download { upload: self.shown(&key, &row)?, content: Box::pin(self.content_of_file(&key, &row).await?) })
    }

    /// The whole content of a file that goes with its case to another body; `None` if it is not there or not clean. An
    /// envelope is made of all of it at once.
    pub(crate) async fn whole_case_file(&self, found: &Found, id: &str) -> Result<Option<Vec<u8>>, Failure> {
        let (Some(key), Ok(id)) = (&found.key, Uuid::try_parse(id)) else { return Ok(None) };
        let row = attachments::by_id(Reader::Database(&self.database), AttachmentId(id)).await?;
        let is_its_own = |row: &AttachmentRow| row.owner == found.case.application.0 && row.blob.is_some();
        let Some(row) = row.filter(|row| is_its_own(row) && row.state == AttachmentState::Clean) else {
            return Ok(None);
        };
        let mut pieces = match self.content_of_file(key, &row).await {
            Ok(pieces) => Box::pin(pieces),
            Err(Failure::Files(FileStoreError::Missing)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let mut whole = Vec::with_capacity(usize::try_from(row.bytes).unwrap_or(0));
        while let Some(piece) = pieces.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(Some(whole))
    }

    /// The content of a file in which nothing was found.
    pub(crate) async fn content_of_file(
        &self,
        key: &SubjectKey,
        row: &AttachmentRow,
    ) -> Result<impl Stream<Item = Result<Bytes, FileStoreError>> + Send + use<>, Failure> {
        let blob = row.blob.filter(|_| row.state == AttachmentState::Clean).ok_or(Problem::NotFound)?;
        Ok(self.files.read(self.content(key, blob)?).await?)
    }
}

/// Takes a ticket apart: what it is for, until when in seconds, and its proof.
pub(crate) fn parts(ticket: &str) -> Option<(Uuid, i64, &str)> {
    let mut parts = ticket.split('-');
    let id = Uuid::try_parse(parts.next()?).ok()?;
    let until = i64::from_str_radix(parts.next()?, 16).ok()?;
    let proof = parts.next()?;
    parts.next().is_none().then_some((id, until, proof))
}
