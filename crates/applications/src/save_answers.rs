//! Saving answers: all of a change or nothing, only by whoever read the newest state.

use database::Unit;
use domain::application::ApplicationStep;
use domain::permission::Actor;
use domain::time::Timestamp;
use forms::{AnswerSource, Answers, Change, Locale, Patch, RowId};

use crate::Applications;
use crate::access::{Access, Entry, Place};
use crate::attach_files::{FilesOf, Owner};
use crate::definition::Pinned;
use crate::draft::{AnswerError, Draft};
use crate::failure::{Failure, Problem};
use crate::sealed::{answers_of, rehearsal_of};
use crate::store::Reader;
use crate::store::drafts::{self, DraftRow};
use crate::store::parties;
use crate::store::rehearsals::{self, RehearsalRow};

/// Changes answers.
#[derive(Debug, Clone)]
pub struct SaveAnswers {
    /// Which application.
    pub access: Access,
    /// The state that was read.
    pub rev: i64,
    /// The changes, in order.
    pub changes: Vec<AnswerChange>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerChange {
    /// An answer.
    Set {
        /// Where: `group.field`, in a row `group[ROW].field`.
        path: String,
        /// What.
        value: serde_json::Value,
    },
    /// No answer any more.
    Clear {
        /// Where.
        path: String,
    },
    /// One more row of a repeated group.
    AddRow {
        /// The group.
        group: String,
        /// The row's id, a ULID that the client draws.
        row: String,
    },
    /// One row less.
    RemoveRow {
        /// The group.
        group: String,
        /// The row.
        row: String,
    },
}

impl Applications {
    /// Saves changes and gives the draft as it is now. Whatever others had agreed to is void.
    ///
    /// # Errors
    /// [`Problem::ChangedMeanwhile`] when somebody saved since it was read; [`Problem::AnswersRefused`] for answers that
    /// are none of the form's; [`Problem::NotYourSection`].
    pub async fn save_answers(&self, actor: &Actor, command: &SaveAnswers) -> Result<Draft, Failure> {
        let reader = Reader::Database(&self.database);
        match self.enter(reader, actor, &command.access).await? {
            Place::Real(entry) => self.save_real(&entry, command).await?,
            Place::Rehearsal(row) => self.save_rehearsal(&row, command).await?,
        }
        self.read_draft(actor, &command.access).await
    }

    async fn save_real(&self, entry: &Entry, command: &SaveAnswers) -> Result<(), Failure> {
        let (now, calendar) = (self.now(), self.calendar()?);
        let state = entry.draft.state.after(ApplicationStep::Edit)?;
        if entry.draft.rev != command.rev {
            return Err(Problem::ChangedMeanwhile.into());
        }
        let pinned = self.pinned(entry.draft.definition).await?;
        let key = entry.draft.key.as_ref().ok_or(Problem::NotFound)?;
        let before = self.answers(entry).await?;
        let locale = entry.draft.language.into();
        let owner = Owner { id: entry.draft.id.0, key, locale };
        let role = &entry.party.role;
        let changes = self.with_files(owner, &pinned, FilesOf::Role(role), &command.changes).await?;
        let answers = patched(&pinned, &before, role, &changes, (locale, now))?;
        let draft = DraftRow {
            state,
            rev: entry.draft.rev + 1,
            answers_sealed: Some(self.seal(key, answers_of(entry.draft.id), &answers)?),
            expires_at: entry.draft.ends(pinned.draft_ends(now, &calendar)),
            ..entry.draft.clone()
        };
        let unit = self.database.begin().await?;
        self.put_back(&unit, &draft, command.rev, now).await?;
        parties::void_consents(&unit, draft.id, now).await?;
        unit.commit().await?;
        Ok(())
    }

    async fn save_rehearsal(&self, row: &RehearsalRow, command: &SaveAnswers) -> Result<(), Failure> {
        if row.rev != command.rev || row.finished_at.is_some() {
            return Err(Problem::ChangedMeanwhile.into());
        }
        let pinned = self.pinned(row.definition).await?;
        let key = row.key.as_ref().ok_or(Problem::NotFound)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let answers: Answers = self.open(Some(key), rehearsal_of(row.id), Some(&row.answers_sealed))?;
        let role = &pinned.first_party()?.role;
        let owner = Owner { id: row.id.0, key, locale: Locale::De };
        let changes = self.with_files(owner, &pinned, FilesOf::Role(role), &command.changes).await?;
        let answers = patched(&pinned, &answers, role, &changes, (Locale::De, self.now()))?;
        let sealed = self.seal(key, rehearsal_of(row.id), &answers)?;
        let row = RehearsalRow { rev: row.rev + 1, answers_sealed: sealed, ..row.clone() };
        let unit = self.database.begin().await?;
        if !rehearsals::update(&unit, &row, command.rev).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        unit.commit().await?;
        Ok(())
    }

    /// Writes a draft back.
    ///
    /// # Errors
    /// [`Problem::ChangedMeanwhile`] when somebody changed it since `seen`.
    pub(crate) async fn put_back(
        &self,
        unit: &Unit,
        draft: &DraftRow,
        seen: i64,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let written = drafts::update(unit, draft, seen, now).await?;
        if written { Ok(()) } else { Err(Problem::ChangedMeanwhile.into()) }
    }
}

fn patched(
    pinned: &Pinned,
    answers: &Answers,
    role: &str,
    changes: &[AnswerChange],
    (locale, at): (Locale, Timestamp),
) -> Result<Answers, Problem> {
    let foreign = |change: &AnswerChange| !pinned.may_touch(role, place_of(change));
    if changes.iter().any(foreign) {
        return Err(Problem::NotYourSection);
    }
    let source = AnswerSource::Applicant { party: role.to_owned() };
    apply(pinned, answers, changes, Writing { source, locale, at })
}

/// How answers are written down.
pub(crate) struct Writing {
    /// Who says so.
    pub(crate) source: AnswerSource,
    /// The language in which that person reads what is wrong.
    pub(crate) locale: Locale,
    pub(crate) at: Timestamp,
}

/// The answers with the changes in them.
///
/// # Errors
/// [`Problem::AnswersRefused`].
pub(crate) fn apply(
    pinned: &Pinned,
    answers: &Answers,
    changes: &[AnswerChange],
    writing: Writing,
) -> Result<Answers, Problem> {
    let Writing { source, locale, at } = writing;
    let changes: Result<Vec<Change>, Problem> = changes.iter().map(change).collect();
    let patch = Patch { changes: changes?, source, at };
    answers.patched(&pinned.form, &patch).map_err(|errors| {
        let errors = errors.iter().map(|error| pinned.error(error, locale)).collect();
        Problem::AnswersRefused { errors }
    })
}

fn place_of(change: &AnswerChange) -> &str {
    match change {
        AnswerChange::Set { path, .. } | AnswerChange::Clear { path } => path,
        AnswerChange::AddRow { group, .. } | AnswerChange::RemoveRow { group, .. } => group,
    }
}

fn change(change: &AnswerChange) -> Result<Change, Problem> {
    let row = |row: &str, group: &str| {
        row.parse::<RowId>().map_err(|error| Problem::AnswersRefused {
            errors: vec![AnswerError { path: group.to_owned(), code: "ROW".into(), message: error.to_string() }],
        })
    };
    Ok(match change {
        AnswerChange::Set { path, value } => Change::Set { path: path.clone(), value: value.clone() },
        AnswerChange::Clear { path } => Change::Clear { path: path.clone() },
        AnswerChange::AddRow { group, row: id } => Change::AddRow { group: group.clone(), row: row(id, group)? },
        AnswerChange::RemoveRow { group, row: id } => Change::RemoveRow { group: group.clone(), row: row(id, group)? },
    })
}
