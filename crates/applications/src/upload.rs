//! A file as the person who hands it in sees it, and what bounds files.

use database::{Place, SubjectKey};
use domain::application::AttachmentState;
use domain::identifier::AttachmentId;
use domain::permission::Actor;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Applications;
use crate::access::{Access, Place as Entered};
use crate::failure::{Failure, Problem};
use crate::files::{Content, ScannerAddress, content_of};
use crate::store::Reader;
use crate::store::attachments::{self, AttachmentRow};

/// How many photos are taken apart at once.
pub(crate) const PHOTOS_AT_ONCE: usize = 2;
/// The largest photo, because it is held whole while it is taken apart.
pub(crate) const LARGEST_PHOTO: u64 = 25_000_000;

/// Limits of files, and who looks for harm in them.
#[derive(Debug, Clone)]
pub struct UploadSettings {
    /// The largest file, in bytes, whatever a service allows.
    pub largest_bytes: u64,
    /// How many files may arrive at this process at the same time.
    pub parallel: usize,
    /// Where clamd listens; without one nobody looks for harm.
    pub scanner: Option<ScannerAddress>,
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self { largest_bytes: 50_000_000, parallel: 16, scanner: None }
    }
}

/// A file that is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id; answers name it.
    pub id: AttachmentId,
    /// The path of the field it was made for; empty for what a clerk asked for.
    pub field: String,
    /// The name it came with.
    pub name: String,
    /// Where it stands.
    pub state: AttachmentState,
    /// Why it was rejected: `empty`, `photo`, `size` or `type`.
    pub reason: Option<String>,
    /// Its length in bytes: as announced, and once it has arrived as it is.
    pub bytes: i64,
    /// What it is, by its content; absent until it has arrived.
    pub media_type: Option<String>,
    /// SHA-256 of its content, 64 hexadecimal digits; absent until it has arrived.
    pub sha256: Option<String>,
    /// Until when its bytes can arrive.
    pub expires_at: Timestamp,
}

/// What is sealed of a file beside its content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) sha256: Option<String>,
}

pub(crate) const fn about_of(id: AttachmentId) -> Place {
    Place { table: "attachment", column: "about_sealed", row: id.0 }
}

impl Applications {
    /// A file of an application, for whoever has the part it belongs to.
    ///
    /// # Errors
    /// [`Problem::NotFound`], also for files of others.
    pub async fn upload(&self, actor: &Actor, access: &Access, id: AttachmentId) -> Result<Upload, Failure> {
        let reader = Reader::Database(&self.database);
        let entered = self.enter(reader, actor, access).await?;
        let (owner, key) = (entered.owner(), entered.key().ok_or(Problem::NotFound)?.clone());
        let row = attachments::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        if row.owner != owner || !entered.has_role(&row.role) {
            return Err(Problem::NotFound.into());
        }
        self.vault.unlock(&self.database, self.now()).await?;
        self.shown(&key, &row)
    }

    /// A file with what is sealed of it.
    pub(crate) fn shown(&self, key: &SubjectKey, row: &AttachmentRow) -> Result<Upload, Failure> {
        let About { name, sha256 } = self.open(Some(key), about_of(row.id), Some(&row.about_sealed))?;
        Ok(Upload {
            id: row.id,
            field: row.field.clone(),
            name,
            state: row.state,
            reason: row.reason.clone(),
            bytes: row.bytes,
            media_type: row.media_type.clone(),
            sha256,
            expires_at: row.expires_at,
        })
    }

    /// A content with what opens it.
    pub(crate) fn content(&self, key: &SubjectKey, blob: Uuid) -> Result<Content, Failure> {
        Ok(Content { blob, chunks: self.vault.chunks(key, content_of(blob))? })
    }
}

impl Entered {
    /// Whose key seals what is handed in here.
    pub(crate) const fn owner(&self) -> Uuid {
        match self {
            Self::Real(entry) => entry.draft.id.0,
            Self::Rehearsal(row) => row.id.0,
        }
    }

    pub(crate) const fn key(&self) -> Option<&SubjectKey> {
        match self {
            Self::Real(entry) => entry.draft.key.as_ref(),
            Self::Rehearsal(row) => row.key.as_ref(),
        }
    }

    /// Whether whoever came has this part. A rehearsal is one person's.
    fn has_role(&self, role: &str) -> bool {
        match self {
            Self::Real(entry) => entry.party.role == role,
            Self::Rehearsal(_) => true,
        }
    }
}
