//! The guard in front of the GraphQL engine: it judges a document before anything expensive looks at it.
//!
//! A text of 1.3 KB with nested fragments can keep the engine's validator busy for seconds, and nothing interrupts it.
//! The guard reads the text once without recursion, parses it once, weighs every fragment once and hands the parsed
//! document on. What it lets through, the validator and the executor finish in bounded time.

mod cache;
mod limits;
mod measure;
mod refused;
mod roots;
mod scan;
mod trusted;

use std::sync::Arc;

use async_graphql::{
    Positioned, Value, Variables,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType},
    },
};

use crate::guard::{
    cache::{Cache, fingerprint},
    measure::{Verdict, measure},
};
pub use crate::guard::{
    limits::Limits,
    refused::Refused,
    trusted::{DocumentId, Manifest, NotADocumentId},
};

/// Documents kept parsed, and the longest text worth keeping, in bytes: at most some ten megabytes together.
const KEPT_DOCUMENTS: usize = 512;
const LONGEST_KEPT: usize = 16 * 1024;

/// Judges documents and remembers the well-formed ones.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    cache: Cache<Judged>,
    manifest: Manifest,
}

#[derive(Debug)]
struct Judged {
    document: ExecutableDocument,
    verdict: Verdict,
    /// For how long anybody may keep the answer; known of trusted documents alone.
    public_seconds: Option<u32>,
}

/// A document the guard let through.
#[derive(Debug)]
pub struct Checked {
    judged: Arc<Judged>,
    kind: OperationType,
    is_trusted: bool,
}

impl Checked {
    /// Whether the chosen operation reads, writes or listens.
    pub fn kind(&self) -> OperationType {
        self.kind
    }

    /// Whether the document stands in the manifest.
    pub fn is_trusted(&self) -> bool {
        self.is_trusted
    }

    /// For how many seconds anybody may keep the answer to somebody who has not signed in; `None` for not at all.
    pub fn public_seconds(&self) -> Option<u32> {
        self.judged.public_seconds
    }

    /// The fields at the root of the operation, fragments expanded, as often as they stand there, with the arguments
    /// and variables still apart.
    pub fn root_fields(&self, operation_name: Option<&str>) -> Vec<&Field> {
        choose(&self.judged.document, operation_name).map_or_else(
            |_| Vec::new(),
            |operation| roots::fields(&self.judged.document, &operation.node.selection_set.node),
        )
    }

    /// The parsed document, for `Request::set_parsed_query`.
    pub fn into_document(self) -> ExecutableDocument {
        Arc::try_unwrap(self.judged).map_or_else(|shared| shared.document.clone(), |judged| judged.document)
    }
}

impl Guard {
    /// A guard with these limits, an empty memory and no manifest.
    pub fn new(limits: Limits) -> Self {
        Self { limits, cache: Cache::new(KEPT_DOCUMENTS), manifest: Manifest::default() }
    }

    /// The same guard with documents that were judged before.
    #[must_use]
    pub fn with_manifest(self, manifest: Manifest) -> Self {
        Self { manifest, ..self }
    }

    /// Judges one document with its variables and finds the operation to run.
    ///
    /// # Errors
    ///
    /// [`Refused`] says which limit or rule the document breaks; the text itself is never repeated.
    pub fn check(&self, source: &str, operation_name: Option<&str>, variables: &Variables) -> Result<Checked, Refused> {
        let judged = self.judge(source, variables)?;
        chosen(judged, operation_name, variables, false)
    }

    /// Judges a document that may stand in the manifest; `trusted_only` refuses others before they are read.
    ///
    /// # Errors
    ///
    /// As [`Guard::check`], and `DOCUMENT_NOT_TRUSTED`.
    pub fn check_trusted(
        &self,
        source: &str,
        operation_name: Option<&str>,
        variables: &Variables,
        trusted_only: bool,
    ) -> Result<Checked, Refused> {
        if let Some(known) = self.manifest.find_text(source) {
            return self.known(known, operation_name, variables);
        }
        if trusted_only { Err(Refused::NotTrusted) } else { self.check(source, operation_name, variables) }
    }

    /// Finds a document of the manifest by its id. Nothing is parsed.
    ///
    /// # Errors
    ///
    /// As [`Guard::check`], and `DOCUMENT_UNKNOWN`.
    pub fn check_id(
        &self,
        id: &DocumentId,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Checked, Refused> {
        let known = self.manifest.find(id).ok_or(Refused::UnknownDocument)?;
        self.known(known, operation_name, variables)
    }

    fn known(
        &self,
        judged: Arc<Judged>,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Checked, Refused> {
        if judged.verdict == Verdict::ForTheseVariables {
            measure(&judged.document, variables, &self.limits)?;
        }
        chosen(judged, operation_name, variables, true)
    }

    fn judge(&self, source: &str, variables: &Variables) -> Result<Arc<Judged>, Refused> {
        if source.len() > LONGEST_KEPT {
            return read(source, variables, &self.limits).map(Arc::new);
        }
        let key = fingerprint(source);
        if let Some(known) = self.cache.get(&key) {
            if known.verdict == Verdict::ForTheseVariables {
                measure(&known.document, variables, &self.limits)?;
            }
            return Ok(known);
        }
        let judged = Arc::new(read(source, variables, &self.limits)?);
        self.cache.insert(key, Arc::clone(&judged));
        Ok(judged)
    }
}

fn chosen(
    judged: Arc<Judged>,
    operation_name: Option<&str>,
    variables: &Variables,
    is_trusted: bool,
) -> Result<Checked, Refused> {
    let operation = &choose(&judged.document, operation_name)?.node;
    let kind = operation.ty;
    require_variables(operation, variables)?;
    Ok(Checked { judged, kind, is_trusted })
}

fn read(source: &str, variables: &Variables, limits: &Limits) -> Result<Judged, Refused> {
    scan::scan(source, limits)?;
    let document = parse_query(source)?;
    let verdict = measure(&document, variables, limits)?;
    Ok(Judged { document, verdict, public_seconds: None })
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
