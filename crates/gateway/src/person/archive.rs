//! Everything about a person in one ZIP: what is kept as JSON, the files they handed in, and a list with the hash of each.
//!
//! It is written while it is read, piece by piece, so that it takes the same memory whatever somebody handed in.

use std::io::Write;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use applications::PersonFile;
use async_stream::try_stream;
use bytes::Bytes;
use domain::permission::Actor;
use futures_util::{Stream, StreamExt};
use scheduling::Person;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::{PersonError, account_of, applications_of, export};
use crate::application::Application;

/// The archive as it grows.
pub(crate) fn archive(
    application: Application,
    actor: Actor,
    person: Person,
) -> impl Stream<Item = Result<Bytes, PersonError>> + Send {
    try_stream! {
        let document = export(&application, &actor, &person).await?;
        let files = applications_of(&application, &actor, &person).await?.files;
        let mut growing = Growing::default();
        growing.begin("person.json")?;
        growing.add(document.to_string().as_bytes())?;
        yield growing.grown();
        if let Some(account) = account_of(&application, &actor, &person).await? {
            for (number, file) in files.iter().enumerate() {
                let mut content = application.applications.person_file(&actor, account, file).await?;
                growing.begin(&path(number, file))?;
                while let Some(chunk) = content.next().await {
                    growing.add(&chunk.map_err(applications::Failure::from)?)?;
                    yield growing.grown();
                }
            }
        }
        yield growing.finish()?;
    }
}

/// Where a file lies in the archive. Names come from people: each has its own folder, and none is a path.
fn path(number: usize, file: &PersonFile) -> String {
    format!("files/{}/{number:03}/{}", file.application.0.simple(), file.upload.name)
}

/// What was written and not yet taken.
#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An archive that grows.
struct Growing {
    written: Written,
    zip: ZipWriter<StreamWriter<Written>>,
    manifest: Vec<Value>,
    entry: Option<(String, u64, Sha256)>,
}

impl Default for Growing {
    fn default() -> Self {
        let written = Written::default();
        Self { zip: ZipWriter::new_stream(written.clone()), written, manifest: Vec::new(), entry: None }
    }
}

impl Growing {
    fn begin(&mut self, path: &str) -> Result<(), PersonError> {
        self.note();
        // Photos and PDFs are packed already.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.zip.start_file(path, options).map_err(|error| PersonError::Archive(error.to_string()))?;
        self.entry = Some((path.to_owned(), 0, Sha256::new()));
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), PersonError> {
        if let Some((_, length, digest)) = &mut self.entry {
            *length += bytes.len() as u64;
            digest.update(bytes);
        }
        self.zip.write_all(bytes).map_err(|error| PersonError::Archive(error.to_string()))
    }

    /// Writes down what was added last.
    fn note(&mut self) {
        if let Some((path, length, digest)) = self.entry.take() {
            let sha256 = hex::encode(digest.finalize());
            self.manifest.push(json!({ "path": path, "bytes": length, "sha256": sha256 }));
        }
    }

    fn grown(&mut self) -> Bytes {
        mem::take(&mut *self.written.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }

    fn finish(mut self) -> Result<Bytes, PersonError> {
        self.note();
        let manifest = json!({ "entries": mem::take(&mut self.manifest) }).to_string();
        self.begin("manifest.json")?;
        self.add(manifest.as_bytes())?;
        let Self { zip, written, .. } = self;
        zip.finish().map_err(|error| PersonError::Archive(error.to_string()))?;
        Ok(mem::take(&mut *written.0.lock().unwrap_or_else(PoisonError::into_inner)).into())
    }
}
