//! Announcing a file: a place is made for it, with an address and a token to send its bytes.

use database::IdempotencyKey;
use domain::application::{ApplicationStep, AttachmentState, CaseState};
use domain::identifier::AttachmentId;
use domain::permission::Actor;
use forms::FieldType;
use uuid::Uuid;

use crate::Applications;
use crate::access::{Access, Place};
use crate::definition::{Pinned, without_row};
use crate::failure::{Failure, Problem};
use crate::files::checked_name;
use crate::requests::idempotency_key;
use crate::secret::Scope;
use crate::store::attachments::{self, AttachmentRow};
use crate::store::{Reader, cases};
use crate::upload::{About, Upload, about_of};

/// How long the bytes of a file may take to arrive, in minutes.
const ARRIVES_WITHIN: i64 = 60;
/// Most files of one application, with those that were refused.
const MOST_FILES: usize = 200;
/// Most bytes of all files of one application. Nobody needs an account to fill a disk.
const MOST_BYTES: i64 = 200_000_000;
/// The largest file that answers a clerk's request.
const LARGEST_ASKED_FOR: u64 = 20_000_000;

/// Announces a file.
#[derive(Debug, Clone)]
pub struct CreateUpload {
    /// Which application.
    pub access: Access,
    /// The path of the field; absent for what a clerk asked for.
    pub path: Option<String>,
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: i64,
    /// What it is said to be.
    pub media_type: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// A file that was announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// The file.
    pub upload: Upload,
    /// What its bytes are sent with. It is not stored.
    pub token: String,
}

/// What may be handed in at one place.
pub(crate) struct Allowed {
    pub(crate) accept: Vec<String>,
    pub(crate) most_bytes: u64,
}

impl Applications {
    /// Announces a file. The same request twice makes one place.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; [`Problem::NoPlaceForFiles`], [`Problem::NotYourSection`], [`Problem::WrongState`];
    /// [`Problem::FileName`], [`Problem::FileEmpty`], [`Problem::FileTooLarge`], [`Problem::FileType`],
    /// [`Problem::TooManyFiles`].
    pub async fn create_upload(&self, actor: &Actor, command: &CreateUpload) -> Result<Announced, Failure> {
        let CreateUpload { access, path, name, bytes, media_type, .. } = command;
        let input = self.secret.fingerprint(&format!("{:?}", (access, path, name, bytes, media_type)));
        let key = idempotency_key(actor, &command.idempotency_key, "create_upload", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let id = AttachmentId(self.once(&key, || self.announce(actor, command, &key)).await?);
        let upload = self.upload(actor, &command.access, id).await?;
        Ok(Announced { upload, token: self.secret.token(Scope::Upload, id.0, 0) })
    }

    async fn announce(&self, actor: &Actor, command: &CreateUpload, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let reader = Reader::Database(&self.database);
        let place = self.enter(reader, actor, &command.access).await?;
        let (role, allowed) = self.place_for_files(reader, &place, command.path.as_deref()).await?;
        let name = checked_name(&command.name).ok_or(Problem::FileName)?;
        let bytes = u64::try_from(command.bytes).ok().filter(|bytes| *bytes > 0).ok_or(Problem::FileEmpty)?;
        if bytes > allowed.most_bytes {
            return Err(Problem::FileTooLarge { most_bytes: allowed.most_bytes }.into());
        }
        if !allowed.accept.is_empty() && !allowed.accept.contains(&command.media_type) {
            return Err(Problem::FileType { accept: allowed.accept }.into());
        }
        let others = attachments::of(reader, place.owner()).await?;
        let together: i64 = others.iter().filter(|row| row.reason.is_none()).map(|row| row.bytes).sum();
        if others.len() >= MOST_FILES || together + command.bytes > MOST_BYTES {
            return Err(Problem::TooManyFiles.into());
        }
        let now = self.now();
        let id = AttachmentId(self.entropy.id(now));
        let subject_key = place.key().ok_or(Problem::NotFound)?;
        let row = AttachmentRow {
            id,
            owner: place.owner(),
            role,
            field: command.path.clone().unwrap_or_default(),
            state: AttachmentState::Announced,
            reason: None,
            about_sealed: self.seal(subject_key, about_of(id), &About { name, sha256: None })?,
            bytes: command.bytes,
            media_type: None,
            blob: None,
            generation: 1,
            tries: 0,
            look_at: None,
            expires_at: now.plus_minutes(ARRIVES_WITHIN),
        };
        let unit = self.database.begin().await?;
        attachments::insert(&unit, &row, now).await?;
        unit.remember(key, id.0, now).await?;
        unit.commit().await?;
        Ok(id.0)
    }

    /// Whose part a file would belong to, and what is allowed there.
    async fn place_for_files(
        &self,
        reader: Reader<'_>,
        place: &Place,
        path: Option<&str>,
    ) -> Result<(String, Allowed), Failure> {
        let (definition, role) = match place {
            Place::Real(entry) => (entry.draft.definition, entry.party.role.clone()),
            Place::Rehearsal(row) => {
                let pinned = self.pinned(row.definition).await?;
                (row.definition, pinned.first_party()?.role.clone())
            }
        };
        let pinned = self.pinned(definition).await?;
        let allowed = match (path, place) {
            (Some(path), _) => {
                if let Place::Real(entry) = place {
                    entry.draft.state.after(ApplicationStep::Edit)?;
                }
                if !pinned.may_touch(&role, path) {
                    return Err(Problem::NotYourSection.into());
                }
                pinned.files_at(path).ok_or(Problem::NoPlaceForFiles)?
            }
            (None, Place::Real(entry)) => {
                let case = entry.draft.case.ok_or(Problem::NoPlaceForFiles)?;
                let found = cases::by_id(reader, case).await?.ok_or(Problem::NotFound)?;
                if found.case.state != CaseState::AwaitingApplicant {
                    return Err(Problem::NoPlaceForFiles.into());
                }
                Allowed { accept: Vec::new(), most_bytes: LARGEST_ASKED_FOR }
            }
            (None, Place::Rehearsal(_)) => return Err(Problem::NoPlaceForFiles.into()),
        };
        let most_bytes = allowed.most_bytes.min(self.uploads.largest_bytes);
        Ok((role, Allowed { most_bytes, ..allowed }))
    }

    /// What may arrive for a file that was announced.
    pub(crate) async fn allowed_for(&self, row: &AttachmentRow) -> Result<Allowed, Failure> {
        if row.field.is_empty() {
            return Ok(Allowed { accept: Vec::new(), most_bytes: LARGEST_ASKED_FOR });
        }
        let reader = Reader::Database(&self.database);
        let definition = attachments::definition_of(reader, row.owner).await?.ok_or(Problem::NotFound)?;
        let pinned = self.pinned(definition).await?;
        Ok(pinned.files_at(&row.field).ok_or(Problem::NotFound)?)
    }
}

impl Pinned {
    /// What files may be handed in at `path`; nothing where none are asked for.
    pub(crate) fn files_at(&self, path: &str) -> Option<Allowed> {
        let (_, field) = self.form.form().field(&without_row(path))?;
        let FieldType::File { accept, max_bytes, .. } = &field.kind else { return None };
        Some(Allowed { accept: accept.clone(), most_bytes: *max_bytes })
    }
}
