//! Trusted documents: the portal's own questions, parsed and judged once at the start and asked for by their SHA-256.
//!
//! The manifest is the JSON object that `graphql-codegen` (`persistedDocuments: { hashAlgorithm: "sha256" }`) and
//! `relay-compiler` (`persistConfig: { algorithm: "SHA256" }`) write: the hash of each text, and the text.

use std::{collections::HashMap, str::FromStr, sync::Arc};

use async_graphql::Variables;

use crate::guard::{
    Judged, Limits,
    cache::{Fingerprint, fingerprint},
    choose, read, roots,
};

/// The SHA-256 of a document's text, as clients name it: 64 hexadecimal digits, with or without `sha256:` in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentId(Fingerprint);

/// The text is no id of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 in hexadecimal digits")]
pub struct NotADocumentId;

impl FromStr for DocumentId {
    type Err = NotADocumentId;

    fn from_str(text: &str) -> Result<Self, NotADocumentId> {
        let mut hash = [0; 32];
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        hex::decode_to_slice(digits, &mut hash).map_err(|_| NotADocumentId)?;
        Ok(Self(hash))
    }
}

impl DocumentId {
    /// The id of this text.
    pub fn of(source: &str) -> Self {
        Self(fingerprint(source))
    }
}

/// The documents of a manifest, judged.
#[derive(Debug, Default)]
pub struct Manifest(HashMap<Fingerprint, Arc<Judged>>);

impl Manifest {
    /// Reads a manifest. Every document must have its right hash, pass the guard, and pass `fits_schema`, which says
    /// what is wrong with a text. `public_seconds` says of a root field of `Query` for how long anybody may keep its
    /// answer.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, one sentence each, with the document's id.
    pub async fn read(
        text: &str,
        limits: &Limits,
        fits_schema: impl AsyncFn(&str) -> Vec<String>,
        public_seconds: impl Fn(&str) -> Option<u32>,
    ) -> Result<Self, Vec<String>> {
        let written: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).map_err(|error| vec![format!("not a JSON object of documents: {error}")])?;
        let mut documents = HashMap::new();
        let mut problems = Vec::new();
        for (name, source) in &written {
            match judged(name, source.as_str(), limits, &public_seconds) {
                Ok((key, judged)) => {
                    let misfits = fits_schema(source.as_str().unwrap_or_default()).await;
                    problems.extend(misfits.into_iter().map(|problem| format!("{name}: {problem}")));
                    documents.insert(key, Arc::new(judged));
                }
                Err(problem) => problems.push(format!("{name}: {problem}")),
            }
        }
        if problems.is_empty() { Ok(Self(documents)) } else { Err(problems) }
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, id: &DocumentId) -> Option<Arc<Judged>> {
        self.0.get(&id.0).cloned()
    }

    pub(super) fn find_text(&self, source: &str) -> Option<Arc<Judged>> {
        if self.is_empty() { None } else { self.find(&DocumentId::of(source)) }
    }
}

fn judged(
    name: &str,
    source: Option<&str>,
    limits: &Limits,
    public_seconds: impl Fn(&str) -> Option<u32>,
) -> Result<(Fingerprint, Judged), String> {
    let source = source.ok_or("the document must be a text")?;
    let id: DocumentId = name.parse().map_err(|error: NotADocumentId| error.to_string())?;
    if id != DocumentId::of(source) {
        return Err("the name is not the SHA-256 of the text".to_owned());
    }
    let mut judged = read(source, &Variables::default(), limits).map_err(|refused| refused.to_string())?;
    judged.public_seconds = public(&judged, public_seconds);
    Ok((id.0, judged))
}

/// The shortest time that any root field of any operation allows; nothing where one forbids it.
fn public(judged: &Judged, seconds: impl Fn(&str) -> Option<u32>) -> Option<u32> {
    let names: Vec<_> =
        judged.document.operations.iter().map(|(name, _)| name.map(async_graphql::Name::as_str)).collect();
    let mut shortest = None;
    for name in names {
        let operation = choose(&judged.document, name).ok()?;
        for field in roots::fields(&judged.document, &operation.node.selection_set.node) {
            let allowed = seconds(field.name.node.as_str())?;
            shortest = Some(shortest.map_or(allowed, |least: u32| least.min(allowed)));
        }
    }
    shortest
}
