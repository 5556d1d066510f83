//! Answers name files; what is known of a file stands in our own books, never in what a client sends.

use std::collections::BTreeMap;

use database::SubjectKey;
use domain::application::AttachmentState;
use domain::identifier::AttachmentId;
use domain::time::Timestamp;
use forms::{Effective, ErrorCode, FieldError, FileReference, Locale, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::Applications;
use crate::definition::{Pinned, without_row};
use crate::failure::{Failure, Problem};
use crate::save_answers::AnswerChange;
use crate::store::Reader;
use crate::store::attachments::{self, AttachmentRow};
use crate::upload::Upload;

/// Whose files may be named.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FilesOf<'a> {
    /// Those of one part.
    Role(&'a str),
    /// All of an application: for clerks.
    Everybody,
}

/// An application or a rehearsal, as far as its files are concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) id: Uuid,
    pub(crate) key: &'a SubjectKey,
    /// The language in which whoever hands in reads what is wrong.
    pub(crate) locale: Locale,
}

impl Applications {
    /// The changes with what is known of each file that they name.
    ///
    /// # Errors
    /// [`Problem::AnswersRefused`] for files that are not there, not whoever asks', not arrived or refused.
    pub(crate) async fn with_files(
        &self,
        owner: Owner<'_>,
        pinned: &Pinned,
        whose: FilesOf<'_>,
        changes: &[AnswerChange],
    ) -> Result<Vec<AnswerChange>, Failure> {
        let names_files =
            |change: &AnswerChange| matches!(change, AnswerChange::Set { path, .. } if pinned.files_at(path).is_some());
        if !changes.iter().any(names_files) {
            return Ok(changes.to_vec());
        }
        let rows = attachments::of(Reader::Database(&self.database), owner.id).await?;
        let (mut filled, mut errors) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                AnswerChange::Set { path, value } if pinned.files_at(path).is_some() => {
                    match self.references(owner.key, &rows, whose, value)? {
                        Ok(value) => filled.push(AnswerChange::Set { path: path.clone(), value }),
                        Err(code) => errors.push(pinned.error(&file_error(path, code), owner.locale)),
                    }
                }
                other => filled.push(other.clone()),
            }
        }
        if errors.is_empty() { Ok(filled) } else { Err(Problem::AnswersRefused { errors }.into()) }
    }

    fn references(
        &self,
        key: &SubjectKey,
        rows: &[AttachmentRow],
        whose: FilesOf<'_>,
        value: &Json,
    ) -> Result<Result<Json, ErrorCode>, Failure> {
        // What is no list the form refuses, in its own words.
        let Some(named) = value.as_array() else { return Ok(Ok(value.clone())) };
        let mut references = Vec::new();
        for name in named {
            let id = name.as_str().or_else(|| name["id"].as_str()).and_then(|id| Uuid::try_parse(id).ok());
            let row = rows.iter().find(|row| Some(row.id.0) == id && whose.holds(row));
            let Some(row) = row else { return Ok(Err(ErrorCode::FileUnknown)) };
            match standing(row.state) {
                Standing::Usable | Standing::Pending => {}
                Standing::OnItsWay => return Ok(Err(ErrorCode::FilePending)),
                Standing::Refused => return Ok(Err(ErrorCode::FileRefused)),
            }
            let upload = self.shown(key, row)?;
            references.push(serde_json::to_value(reference(upload)).unwrap_or_default());
        }
        Ok(Ok(references.into()))
    }

    /// What stands in the way of handing in these answers: files that are not clean. Beside it the files that no answer names.
    ///
    /// # Errors
    /// [`Failure::Database`].
    pub(crate) async fn files_to_hand_in(
        &self,
        owner: Owner<'_>,
        effective: &Effective,
    ) -> Result<(Vec<FieldError>, Vec<AttachmentRow>), Failure> {
        let rows = attachments::of(Reader::Database(&self.database), owner.id).await?;
        let mut unnamed: BTreeMap<Uuid, AttachmentRow> = rows.into_iter().map(|row| (row.id.0, row)).collect();
        let (mut errors, mut named) = (Vec::new(), Vec::new());
        for (path, value) in effective.iter() {
            let Value::Files(files) = value else { continue };
            for file in files {
                let id = Uuid::try_parse(&file.id).ok();
                let row = id.and_then(|id| unnamed.get(&id));
                if let Some(code) = self.obstacle(owner.key, row, file)? {
                    errors.push(file_error(path, code));
                }
                named.extend(id);
            }
        }
        for id in named {
            unnamed.remove(&id);
        }
        Ok((errors, unnamed.into_values().collect()))
    }

    fn obstacle(
        &self,
        key: &SubjectKey,
        row: Option<&AttachmentRow>,
        named: &FileReference,
    ) -> Result<Option<ErrorCode>, Failure> {
        let Some(row) = row else { return Ok(Some(ErrorCode::FileUnknown)) };
        Ok(match standing(row.state) {
            Standing::Usable if reference(self.shown(key, row)?) == *named => None,
            Standing::Usable => Some(ErrorCode::FileUnknown),
            Standing::Pending | Standing::OnItsWay => Some(ErrorCode::FilePending),
            Standing::Refused => Some(ErrorCode::FileRefused),
        })
    }

    /// Lets go of files that no answer names, in the unit that freezes the answers.
    pub(crate) async fn let_go(
        &self,
        unit: &database::Unit,
        rows: &[AttachmentRow],
        now: Timestamp,
    ) -> Result<(), Failure> {
        for row in rows {
            if !attachments::delete(unit, row, now).await? {
                // It changed at this moment: look again at all of them.
                return Err(database::DatabaseError::Contended.into());
            }
        }
        Ok(())
    }

    /// The clean files of a case.
    pub(crate) async fn files_of_case(&self, key: &SubjectKey, owner: Uuid) -> Result<Vec<Upload>, Failure> {
        let rows = attachments::of(Reader::Database(&self.database), owner).await?;
        let clean = rows.iter().filter(|row| row.state == AttachmentState::Clean);
        clean.map(|row| self.shown(key, row)).collect()
    }
}

/// Files sent along with an answer to the city that have not arrived or were not looked at. Refused ones are in nobody's way:
/// they are not there any more.
pub(crate) fn obstacles_asked_for(rows: &[AttachmentRow]) -> Vec<FieldError> {
    let waits = |row: &&AttachmentRow| {
        row.field.is_empty() && matches!(standing(row.state), Standing::Pending | Standing::OnItsWay)
    };
    rows.iter().filter(waits).map(|row| file_error(&row.field, ErrorCode::FilePending)).collect()
}

impl FilesOf<'_> {
    fn holds(self, row: &AttachmentRow) -> bool {
        match self {
            Self::Role(role) => row.role == role,
            Self::Everybody => true,
        }
    }
}

/// What can be done with a file.
enum Standing {
    /// It can be handed in.
    Usable,
    /// It can be named; whether it can be handed in shows soon.
    Pending,
    /// Nobody knows yet what it is.
    OnItsWay,
    Refused,
}

const fn standing(state: AttachmentState) -> Standing {
    match state {
        AttachmentState::Clean => Standing::Usable,
        AttachmentState::Scanning | AttachmentState::ScanError => Standing::Pending,
        AttachmentState::Announced | AttachmentState::Uploading => Standing::OnItsWay,
        AttachmentState::Infected | AttachmentState::Rejected => Standing::Refused,
    }
}

/// What an answer holds of a file.
fn reference(upload: Upload) -> FileReference {
    FileReference {
        id: id_in_answers(upload.id),
        name: upload.name,
        media_type: upload.media_type.unwrap_or_default(),
        bytes: u64::try_from(upload.bytes).unwrap_or(0),
        sha256: upload.sha256.unwrap_or_default(),
    }
}

/// How answers name a file.
fn id_in_answers(id: AttachmentId) -> String {
    id.0.simple().to_string()
}

fn file_error(path: &str, code: ErrorCode) -> FieldError {
    let label_key = format!("field.{}.label", without_row(path));
    FieldError { path: path.to_owned(), row_label: None, label_key, code, args: BTreeMap::new() }
}
