//! What callers send about applications.

use applications::{Access, AnswerChange};
use async_graphql::{ID, InputObject, OneofObject, Result};

use crate::graphql::ids::Global;

/// Which application, and by what right: one of the two.
#[derive(OneofObject)]
pub(super) enum ApplicationAccessInput {
    /// By the code that came with one's part, or with a rehearsal.
    Code(String),
    /// By id, as the account that has a part in it.
    Own(ID),
}

impl ApplicationAccessInput {
    pub(super) fn access(self) -> Result<Access> {
        Ok(match self {
            Self::Code(code) => Access::Code(code),
            Self::Own(id) => Access::Own(Global::application(&id)?),
        })
    }
}

/// One change of answers: one of the four.
#[derive(OneofObject)]
pub(super) enum AnswerChangeInput {
    /// An answer.
    Set(SetAnswerInput),
    /// The path of an answer that goes.
    Clear(String),
    /// One more row of a repeated group.
    AddRow(AnswerRowInput),
    /// One row less.
    RemoveRow(AnswerRowInput),
}

/// An answer.
#[derive(InputObject)]
pub(super) struct SetAnswerInput {
    /// Where: `group.field`, in a repeated group `group[ROW].field`.
    path: String,
    /// What: a boolean, a number, a text or a structure, as the field's type asks. Days are `2026-12-01`, amounts of money
    /// are texts in euro such as `30.70`.
    value: serde_json::Value,
}

/// A row of a repeated group.
#[derive(InputObject)]
pub(super) struct AnswerRowInput {
    /// The group.
    group: String,
    /// The row: a ULID of 26 signs that the client draws.
    row: String,
}

impl From<AnswerChangeInput> for AnswerChange {
    fn from(input: AnswerChangeInput) -> Self {
        match input {
            AnswerChangeInput::Set(SetAnswerInput { path, value }) => Self::Set { path, value },
            AnswerChangeInput::Clear(path) => Self::Clear { path },
            AnswerChangeInput::AddRow(AnswerRowInput { group, row }) => Self::AddRow { group, row },
            AnswerChangeInput::RemoveRow(AnswerRowInput { group, row }) => Self::RemoveRow { group, row },
        }
    }
}
