//! Files: announcing them, following how they stand, fetching them. Their bytes travel beside GraphQL.

use std::sync::Arc;
use std::time::Duration;

use applications::{Announced, CreateUpload, DownloadTicket, Upload};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject, Subscription};
use domain::application::AttachmentState;
use domain::identifier::AttachmentId;
use futures_util::Stream;
use uuid::Uuid;

use crate::graphql::applications::inputs::ApplicationAccessInput;
use crate::graphql::applications::payloads::parted;
use crate::graphql::applications::problem::{ProblemObject, found, refused};
use crate::graphql::applications::words::{UploadRefusal, UploadState};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;
use crate::graphql::sensitive::SensitiveReads;

/// How often a file that is followed is looked up. Any process may have looked at it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Queries of files.
#[derive(Default)]
pub(crate) struct FileQuery;

/// Mutations of files.
#[derive(Default)]
pub(crate) struct FileMutation;

/// Following files.
#[derive(Default)]
pub(crate) struct FileSubscription;

/// A file that somebody hands in.
#[derive(SimpleObject)]
pub(crate) struct UploadedFile {
    /// Its id. The answer of a file field is a list of objects such as `{"id": "THIS"}`; the rest is filled in.
    file_id: String,
    /// The path of the field it was made for; null for what a clerk asked for.
    path: Option<String>,
    /// The name it came with.
    name: String,
    /// Where it stands. It can be named in an answer from SCANNING on; handing in needs CLEAN.
    state: UploadState,
    /// Why it was refused; null unless REJECTED.
    refusal: Option<UploadRefusal>,
    /// Its length in bytes: as announced, and once it has arrived as it is. Photos get shorter, because place and camera are
    /// left out.
    bytes: i64,
    /// What it is, by its content; null until it has arrived.
    media_type: Option<String>,
    /// SHA-256 of its content: 64 hexadecimal digits; null until it has arrived.
    sha256: Option<String>,
    /// Until when its bytes can arrive, UTC.
    expires_at: Instant,
}

impl From<Upload> for UploadedFile {
    fn from(upload: Upload) -> Self {
        Self {
            file_id: upload.id.0.simple().to_string(),
            path: Some(upload.field).filter(|path| !path.is_empty()),
            name: upload.name,
            state: upload.state.into(),
            refusal: upload.reason.as_deref().and_then(UploadRefusal::of),
            bytes: upload.bytes,
            media_type: upload.media_type,
            sha256: upload.sha256,
            expires_at: upload.expires_at.into(),
        }
    }
}

/// Announces a file.
#[derive(InputObject)]
struct CreateUploadInput {
    /// Which application, and by what right.
    access: ApplicationAccessInput,
    /// The path of the field; absent to send along something that a clerk asked for.
    path: Option<String>,
    /// Its name, 1 to 200 signs and no path.
    name: String,
    /// Its length in bytes.
    bytes: i64,
    /// What it is, as a media type such as `application/pdf`. Its content decides.
    media_type: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// The answer to announcing a file. Either `upload` or `problem` is set.
#[derive(SimpleObject)]
struct CreateUploadPayload {
    /// The file; null when there is a problem.
    upload: Option<UploadedFile>,
    /// Where its bytes go: `PUT` to this address of the same server, nothing around them.
    address: Option<String>,
    /// What goes with them: `Authorization: Bearer` and this.
    token: Option<String>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

/// Where a file can be fetched.
#[derive(SimpleObject)]
struct FileDownload {
    /// The address on the same server. Whoever has it can fetch the file, so it works for a minute.
    address: String,
    /// Until when it works, UTC.
    until: Instant,
}

impl From<DownloadTicket> for FileDownload {
    fn from(ticket: DownloadTicket) -> Self {
        Self { address: format!("/downloads/{}", ticket.ticket), until: ticket.until.into() }
    }
}

#[Object]
impl FileMutation {
    /// Announces a file and gives an address for its bytes. They must arrive within an hour.
    async fn create_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file, and where it belongs.")] input: CreateUploadInput,
    ) -> Result<CreateUploadPayload> {
        let command = CreateUpload {
            access: input.access.access()?,
            path: input.path,
            name: input.name,
            bytes: input.bytes,
            media_type: input.media_type,
            idempotency_key: input.idempotency_key,
        };
        let (announced, problem) = parted(ctx.application().applications.create_upload(ctx.actor(), &command).await)?;
        let address = announced.as_ref().map(|announced| format!("/uploads/{}", announced.upload.id.0.simple()));
        let (upload, token) = announced.map(|Announced { upload, token }| (upload.into(), token)).unzip();
        Ok(CreateUploadPayload { upload, address, token, problem })
    }
}

#[Object]
impl FileQuery {
    /// How a file stands, for whoever has the part it belongs to. Null when there is none or it is not yours.
    async fn upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
        #[graphql(desc = "The file.")] file_id: String,
    ) -> Result<Option<UploadedFile>> {
        let Some(id) = file(&file_id) else { return Ok(None) };
        let upload = ctx.application().applications.upload(ctx.actor(), &access.access()?, id).await;
        Ok(found(upload)?.map(Into::into))
    }

    /// An address to fetch one's own file, once nothing was found in it. Null when there is none or it is not yours.
    async fn upload_download(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
        #[graphql(desc = "The file.")] file_id: String,
    ) -> Result<Option<FileDownload>> {
        let Some(id) = file(&file_id) else { return Ok(None) };
        let ticket = ctx.application().applications.open_upload(ctx.actor(), &access.access()?, id).await;
        Ok(found(ticket)?.map(Into::into))
    }

    /// An address to fetch a file of a case. For staff of its office; asking leaves a trace. Null when there is none or it is
    /// another office's.
    async fn case_file_download(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the case.")] case: ID,
        #[graphql(desc = "The file.")] file_id: String,
    ) -> Result<Option<FileDownload>> {
        let case = Global::case(&case)?;
        // What names no file is asked for all the same: whoever may not ask learns that first.
        let id = file(&file_id).unwrap_or(AttachmentId(Uuid::nil()));
        let ticket = ctx.application().applications.open_case_file(ctx.actor(), case, id).await;
        let ticket = found(ticket)?;
        if let (Some(reads), Some(_)) = (ctx.data_opt::<SensitiveReads>(), &ticket) {
            reads.note_file(id);
        }
        Ok(ticket.map(Into::into))
    }
}

#[Subscription]
impl FileSubscription {
    /// How a file stands, at once and after each change, until it cannot change any more.
    async fn upload_state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
        #[graphql(desc = "The file.")] file_id: String,
    ) -> Result<impl Stream<Item = UploadedFile> + use<>> {
        let (applications, actor) = (Arc::clone(&ctx.application().applications), ctx.actor().clone());
        let access = access.access()?;
        let id = file(&file_id).unwrap_or(AttachmentId(Uuid::nil()));
        let first = applications.upload(&actor, &access, id).await.map_err(|failure| refused(&failure))?;
        Ok(async_stream::stream! {
            let mut shown = first;
            yield shown.clone().into();
            while !is_final(shown.state) {
                tokio::time::sleep(LOOK_EVERY).await;
                let Ok(now) = applications.upload(&actor, &access, id).await else { break };
                if now != shown {
                    shown = now;
                    yield shown.clone().into();
                }
            }
        })
    }
}

const fn is_final(state: AttachmentState) -> bool {
    match state {
        AttachmentState::Clean | AttachmentState::Infected | AttachmentState::Rejected => true,
        AttachmentState::Announced
        | AttachmentState::Uploading
        | AttachmentState::Scanning
        | AttachmentState::ScanError => false,
    }
}

fn file(id: &str) -> Option<AttachmentId> {
    Uuid::try_parse(id).ok().map(AttachmentId)
}
