//! The guard in front of the GraphQL engine: it judges a document before anything expensive looks at it.
//!
//! A text of 1.3 KB with nested fragments can keep the engine's validator busy for seconds, and nothing interrupts it.
//! The guard reads the text once without recursion, parses it once, weighs every fragment once and hands the parsed
//! document on. What it lets through, the validator and the executor finish in bounded time.

mod cache;
mod limits;
mod measure;
mod refused;
mod scan;

use std::sync::Arc;

use async_graphql::{
    Positioned, Value, Variables,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
    },
};

use crate::guard::{
    cache::{Cache, fingerprint},
    measure::{Verdict, measure},
};
pub use crate::guard::{limits::Limits, refused::Refused};

/// Documents kept parsed, and the longest text worth keeping, in bytes: at most some ten megabytes together.
const KEPT_DOCUMENTS: usize = 512;
const LONGEST_KEPT: usize = 16 * 1024;

/// Judges documents and remembers the well-formed ones.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    cache: Cache<Judged>,
}

#[derive(Debug)]
struct Judged {
    document: ExecutableDocument,
    verdict: Verdict,
}

/// A document the guard let through.
#[derive(Debug)]
pub struct Checked {
    judged: Arc<Judged>,
    kind: OperationType,
}

impl Checked {
    /// Whether the chosen operation reads, writes or listens.
    pub fn kind(&self) -> OperationType {
        self.kind
    }

    /// The parsed document, for `Request::set_parsed_query`.
    pub fn into_document(self) -> ExecutableDocument {
        Arc::try_unwrap(self.judged).map_or_else(|shared| shared.document.clone(), |judged| judged.document)
    }
}

impl Guard {
    /// A guard with these limits and an empty memory.
    pub fn new(limits: Limits) -> Self {
        Self { limits, cache: Cache::new(KEPT_DOCUMENTS) }
    }

    /// Judges one document with its variables and finds the operation to run.
    ///
    /// # Errors
    ///
    /// [`Refused`] says which limit or rule the document breaks; the text itself is never repeated.
    pub fn check(&self, source: &str, operation_name: Option<&str>, variables: &Variables) -> Result<Checked, Refused> {
        let judged = self.judge(source, variables)?;
        let operation = &choose(&judged.document, operation_name)?.node;
        let kind = operation.ty;
        require_variables(operation, variables)?;
        Ok(Checked { judged, kind })
    }

    fn judge(&self, source: &str, variables: &Variables) -> Result<Arc<Judged>, Refused> {
        if source.len() > LONGEST_KEPT {
            return self.read(source, variables).map(Arc::new);
        }
        let key = fingerprint(source);
        if let Some(known) = self.cache.get(&key) {
            if known.verdict == Verdict::ForTheseVariables {
                measure(&known.document, variables, &self.limits)?;
            }
            return Ok(known);
        }
        let judged = Arc::new(self.read(source, variables)?);
        self.cache.insert(key, Arc::clone(&judged));
        Ok(judged)
    }

    fn read(&self, source: &str, variables: &Variables) -> Result<Judged, Refused> {
        scan::scan(source, &self.limits)?;
        let document = parse_query(source)?;
        let verdict = measure(&document, variables, &self.limits)?;
        Ok(Judged { document, verdict })
    }
}

fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a Positioned<OperationDefinition>, Refused> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(operation),
        (DocumentOperations::Single(_), Some(_)) => Err(Refused::UnknownOperation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name).ok_or(Refused::UnknownOperation),
        (DocumentOperations::Multiple(operations), None) => match operations.values().next() {
            Some(only) if operations.len() == 1 => Ok(only),
            _ => Err(Refused::OperationNameMissing),
        },
    }
}

/// The engine notices a missing variable only in the middle of resolving, and then as if a field had failed.
fn require_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refused> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let given = variables.get(&definition.name.node).is_some_and(|value| *value != Value::Null);
        if !given && !definition.var_type.node.nullable && definition.default_value.is_none() {
            return Err(Refused::VariableMissing { name: definition.name.node.to_string() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
