//! The bytes of a file arrive: sealed while they come, never held whole, and refused as soon as it is clear that they are not
//! what was announced.

use bytes::{Bytes, BytesMut};
use database::SubjectKey;
use domain::application::{AttachmentState, AttachmentStep};
use domain::identifier::AttachmentId;
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::files::{BlobWriter, HEAD, Kind, Written, kind_of, without_traces};
use crate::secret::Scope;
use crate::store::Reader;
use crate::store::attachments::{self, AttachmentRow};
use crate::upload::{About, LARGEST_PHOTO, Upload, about_of};

/// Sends the bytes of a file.
#[derive(Debug, Clone)]
pub struct ReceiveUpload {
    /// Which file.
    pub id: AttachmentId,
    /// What [`crate::Announced`] gave for it.
    pub token: String,
    /// How many bytes are said to come, if anybody says so.
    pub length: Option<u64>,
}

/// What has arrived.
struct Arrived {
    written: Written,
    kind: Kind,
    blob: Uuid,
}

/// Why a file is not taken; also the word that is kept.
#[derive(Debug, Clone, Copy)]
enum Refused {
    Empty,
    Photo,
    Size,
    Type,
}

impl Refused {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Photo => "photo",
            Self::Size => "size",
            Self::Type => "type",
        }
    }
}

/// How an arrival ended.
enum Arrival {
    Whole(Arrived),
    Refused(Refused),
}

impl Applications {
    /// Takes the bytes of a file that was announced. What breaks off can be sent again until its time is up; what has arrived
    /// cannot.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a wrong token as for no file; [`Problem::WrongState`] once it has arrived or was refused;
    /// [`Problem::UploadLength`], [`Problem::UploadBroken`], [`Problem::TooBusy`]; [`Failure::Files`].
    pub async fn receive_upload<E>(
        &self,
        command: &ReceiveUpload,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Upload, Failure> {
        let reader = Reader::Database(&self.database);
        let opens = self.secret.opens(Scope::Upload, command.id.0, 0, &command.token);
        let row = attachments::by_id(reader, command.id).await?.filter(|row| opens && row.expires_at > self.now());
        let row = row.ok_or(Problem::NotFound)?;
        row.state.after(AttachmentStep::BeginUpload)?;
        if command.length.is_some_and(|length| Some(length) != u64::try_from(row.bytes).ok()) {
            return Err(Problem::UploadLength.into());
        }
        let _turn = self.arriving.try_acquire().map_err(|_| Problem::TooBusy)?;
        let key = attachments::key_of(reader, row.owner).await?.ok_or(Problem::NotFound)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let row = self.begin_upload(row).await?;
        let row = match self.arrive(&row, &key, body).await? {
            Arrival::Whole(arrived) => self.keep(row, &key, arrived).await?,
            Arrival::Refused(refused) => self.reject(row, refused).await?,
        };
        self.shown(&key, &row)
    }

    /// From now on this attempt alone counts.
    async fn begin_upload(&self, row: AttachmentRow) -> Result<AttachmentRow, Failure> {
        let now = self.now();
        let begun = AttachmentRow {
            state: row.state.after(AttachmentStep::BeginUpload)?,
            blob: Some(self.entropy.id(now)),
            ..row.clone()
        };
        self.change(&row, begun).await
    }

    async fn arrive<E>(
        &self,
        row: &AttachmentRow,
        key: &SubjectKey,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Arrival, Failure> {
        let mut body = Box::pin(body);
        let announced = u64::try_from(row.bytes).unwrap_or(0);
        let mut head = BytesMut::new();
        while head.len() < HEAD {
            match body.next().await {
                Some(Ok(bytes)) => head.extend_from_slice(&bytes),
                Some(Err(_)) => return Err(Problem::UploadBroken.into()),
                None => break,
            }
        }
        if head.is_empty() {
            return Ok(Arrival::Refused(Refused::Empty));
        }
        let allowed = self.allowed_for(row).await?;
        let Some(kind) = kind_of(&head).filter(|kind| kind.is_accepted(&allowed.accept)) else {
            return Ok(Arrival::Refused(Refused::Type));
        };
        if kind.is_picture() && announced > LARGEST_PHOTO {
            return Ok(Arrival::Refused(Refused::Size));
        }
        let blob = row.blob.ok_or(Problem::NotFound)?;
        let mut writer = BlobWriter::begin(&self.files, self.content(key, blob)?).await?;
        let mut next = Some(head.freeze());
        while let Some(bytes) = next {
            if writer.bytes() + bytes.len() as u64 > announced {
                writer.abort().await;
                return Ok(Arrival::Refused(Refused::Size));
            }
            writer.write(&bytes).await?;
            next = match body.next().await {
                Some(Ok(bytes)) => Some(bytes),
                None => None,
                Some(Err(_)) => {
                    writer.abort().await;
                    return Err(Problem::UploadBroken.into());
                }
            };
        }
        if writer.bytes() != announced {
            writer.abort().await;
            return Ok(Arrival::Refused(Refused::Size));
        }
        let written = writer.finish().await?;
        self.cleaned(key, Arrived { written, kind, blob }).await
    }

    /// Photos without what they tell beside the picture; everything else as it came.
    async fn cleaned(&self, key: &SubjectKey, arrived: Arrived) -> Result<Arrival, Failure> {
        if !arrived.kind.is_picture() {
            return Ok(Arrival::Whole(arrived));
        }
        let _turn = self.photos.acquire().await.map_err(|_| Problem::TooBusy)?;
        let content = self.content(key, arrived.blob)?;
        let Some(photo) = self.files.read_whole(content, LARGEST_PHOTO as usize).await? else {
            return Ok(Arrival::Refused(Refused::Size));
        };
        match without_traces(arrived.kind, &photo) {
            Err(_) => Ok(Arrival::Refused(Refused::Photo)),
            Ok(None) => Ok(Arrival::Whole(arrived)),
            Ok(Some(photo)) => {
                let blob = self.entropy.id(self.now());
                let mut writer = BlobWriter::begin(&self.files, self.content(key, blob)?).await?;
                writer.write(&photo).await?;
                let written = writer.finish().await?;
                Ok(Arrival::Whole(Arrived { written, blob, ..arrived }))
            }
        }
    }

    async fn keep(&self, row: AttachmentRow, key: &SubjectKey, arrived: Arrived) -> Result<AttachmentRow, Failure> {
        let about: About = self.open(Some(key), about_of(row.id), Some(&row.about_sealed))?;
        let about = About { sha256: Some(arrived.written.sha256), ..about };
        let there = AttachmentRow {
            state: row.state.after(AttachmentStep::FinishUpload)?,
            about_sealed: self.seal(key, about_of(row.id), &about)?,
            bytes: i64::try_from(arrived.written.bytes).unwrap_or(i64::MAX),
            media_type: Some(arrived.kind.0.to_owned()),
            blob: Some(arrived.blob),
            look_at: Some(self.now()),
            ..row.clone()
        };
        let kept = self.change(&row, there).await;
        if kept.is_err() {
            // Somebody began anew, or the application is gone: nobody will ask for this content.
            self.discard(arrived.blob).await?;
        }
        kept
    }

    async fn reject(&self, row: AttachmentRow, refused: Refused) -> Result<AttachmentRow, Failure> {
        let rejected = AttachmentRow {
            state: row.state.after(AttachmentStep::Reject)?,
            reason: Some(refused.as_str().to_owned()),
            blob: None,
            ..row.clone()
        };
        debug_assert_eq!(rejected.state, AttachmentState::Rejected);
        self.change(&row, rejected).await
    }

    /// Writes a changed file back; a content that it had before goes.
    ///
    /// # Errors
    /// [`Problem::ChangedMeanwhile`] when somebody changed it since it was read, or when it is gone.
    pub(crate) async fn change(&self, before: &AttachmentRow, after: AttachmentRow) -> Result<AttachmentRow, Failure> {
        let now = self.now();
        let after = AttachmentRow { generation: before.generation + 1, ..after };
        let unit = self.database.begin().await?;
        if !attachments::update(&unit, &after, before.generation, now).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        if let Some(blob) = before.blob.filter(|blob| after.blob != Some(*blob)) {
            attachments::discard(&unit, blob, now).await?;
        }
        unit.commit().await?;
        Ok(after)
    }

    async fn discard(&self, blob: Uuid) -> Result<(), Failure> {
        let unit = self.database.begin().await?;
        attachments::discard(&unit, blob, self.now()).await?;
        Ok(unit.commit().await?)
    }
}
