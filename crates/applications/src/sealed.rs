//! What is sealed: answers, snapshots, decisions and requests, all with the key of their application.

use database::{Place, SubjectKey};
use domain::identifier::{ApplicationId, CaseId, LetterId};
use forms::Answers;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Applications;
use crate::failure::{Failure, Problem};

/// What is frozen when an application is handed in, and with each correction after it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    /// Everything that was typed, with where it came from.
    pub(crate) answers: Answers,
    /// What of it counts, in one form: the text whose hash the case carries.
    pub(crate) canonical: String,
    /// Whether the applicant wants a person to decide.
    pub(crate) handling: Handling,
    /// How many of that year the household had had when it was handed in, where the service counts them.
    #[serde(default)]
    pub(crate) household_used: Option<u32>,
}

/// Who shall decide, if it is for the applicant to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// The machine may, where a statute allows it.
    MachineMayDecide,
    /// A person.
    PersonDecides,
}

pub(crate) const fn answers_of(application: ApplicationId) -> Place {
    Place { table: "application", column: "answers_sealed", row: application.0 }
}

pub(crate) const fn dropped_of(application: ApplicationId) -> Place {
    Place { table: "application", column: "dropped_sealed", row: application.0 }
}

pub(crate) const fn rehearsal_of(rehearsal: ApplicationId) -> Place {
    Place { table: "rehearsal", column: "answers_sealed", row: rehearsal.0 }
}

/// Each revision has a place of its own, so that none can be put in for another.
pub(crate) fn snapshot_of(case: CaseId, revision: i64) -> Place {
    let row = Uuid::from_u128(case.0.as_u128().wrapping_add(u128::from(revision.unsigned_abs()) << 64));
    Place { table: "case_snapshot", column: "content_sealed", row }
}

pub(crate) const fn decision_of(case: CaseId) -> Place {
    Place { table: "case_file", column: "decision_sealed", row: case.0 }
}

pub(crate) const fn request_of(case: CaseId) -> Place {
    Place { table: "case_file", column: "request_sealed", row: case.0 }
}

pub(crate) const fn objection_of(case: CaseId) -> Place {
    Place { table: "case_file", column: "objection_sealed", row: case.0 }
}

pub(crate) const fn letter_of(letter: LetterId) -> Place {
    Place { table: "case_letter", column: "content_sealed", row: letter.0 }
}

impl Applications {
    /// Seals a value in its place.
    pub(crate) fn seal<T: Serialize>(&self, key: &SubjectKey, place: Place, value: &T) -> Result<Vec<u8>, Failure> {
        Ok(self.vault.seal_with(key, place, &json(value))?)
    }

    /// Opens a value. Without a key it was erased: then there is nothing.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        key: Option<&SubjectKey>,
        place: Place,
        field: Option<&[u8]>,
    ) -> Result<T, Failure> {
        let (Some(key), Some(field)) = (key, field) else { return Err(Problem::NotFound.into()) };
        let text = self.vault.open(key, place, field)?;
        let unreadable = |error: serde_json::Error| {
            // The error of a parser may repeat what it read.
            let place = format!("{:?} at column {}", error.classify(), error.column());
            database::DatabaseError::Internal(format!("a sealed value cannot be read: {place}"))
        };
        Ok(serde_json::from_slice(&text).map_err(unreadable)?)
    }
}

/// The text that is sealed.
pub(crate) fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
