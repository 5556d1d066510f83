//! Which root field an operation asks for and how it ended: what the promises about bookings and searches are measured by.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use async_graphql::{
    Request,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, Selection},
};

use crate::http::{Problem, answer::Presented, problem::INTERNAL};

/// For operations that begin with a fragment or name no field of the schema.
const OTHER: &str = "other";
/// Codes that say that the house is to blame and not the question.
const OUR_FAULT: [&str; 3] = [INTERNAL, "UNAVAILABLE", "DEADLINE_EXCEEDED"];

/// The first root field of the operation that will run. It is a citizen's text until the engine has accepted it.
pub(super) fn first_field(request: &mut Request) -> Option<String> {
    let name = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let operation = chosen(document, name.as_deref())?;
    match &operation.selection_set.node.items.first()?.node {
        Selection::Field(field) => Some(field.node.name.node.to_string()),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    }
}

fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name).map(|found| &found.node),
        (DocumentOperations::Multiple(operations), None) => operations.values().next().map(|found| &found.node),
    }
}

/// The label and the outcome of an operation that ended like this.
pub(super) fn ended(field: Option<String>, result: &Result<Presented, Problem>) -> (String, &'static str) {
    let field = field.unwrap_or_else(|| OTHER.to_owned());
    match result {
        Ok(presented) if presented.was_not_run() => (OTHER.to_owned(), "refused"),
        Ok(presented) => {
            accept(&field);
            let is_ours = presented.codes().any(|code| OUR_FAULT.contains(&code));
            (field, if is_ours { "failed" } else { "answered" })
        }
        // The engine may not have seen it yet: then its field may be anything.
        Err(problem) => {
            let field = if is_accepted(&field) { field } else { OTHER.to_owned() };
            (field, if OUR_FAULT.contains(&problem.code()) { "failed" } else { "overloaded" })
        }
    }
}

/// Root fields that the engine has accepted since the start: at most as many as the schema has.
static ACCEPTED: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

fn is_accepted(field: &str) -> bool {
    ACCEPTED.read().unwrap_or_else(PoisonError::into_inner).contains(field)
}

fn accept(field: &str) {
    if !is_accepted(field) {
        ACCEPTED.write().unwrap_or_else(PoisonError::into_inner).insert(field.to_owned());
    }
}
