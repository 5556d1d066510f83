//! The texts of the chatbot as they lie in the database: the files below `chat/` of the city that serves.

use std::collections::BTreeMap;

use database::{DatabaseError, Unit};
use domain::time::Timestamp;
use reading::TextFile;
use sha2::{Digest, Sha256};

use crate::Conversations;
use crate::store::texts;

/// The texts of a city directory, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    files: BTreeMap<String, String>,
}

impl Texts {
    /// Those files of a city directory that are the chatbot's.
    pub fn of(files: &[TextFile]) -> Self {
        let chat = files.iter().filter(|file| file.path.starts_with("chat/"));
        Self { files: chat.map(|file| (file.path.clone(), file.text.clone())).collect() }
    }

    /// Reads what was stored.
    pub(crate) fn of_json(text: &str) -> Result<Self, DatabaseError> {
        let files = serde_json::from_str(text);
        let files = files.map_err(|_| DatabaseError::Internal("the texts of the chatbot cannot be read".into()))?;
        Ok(Self { files })
    }

    /// The files, as the chatbot reads them.
    pub(crate) fn files(self) -> Vec<TextFile> {
        self.files.into_iter().map(|(path, text)| TextFile { path, text }).collect()
    }

    fn json(&self) -> String {
        serde_json::to_string(&self.files).unwrap_or_default()
    }
}

impl Conversations {
    /// Writes the texts of the city that the same unit makes the serving one.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn write_texts(&self, unit: &Unit, texts: &Texts, now: Timestamp) -> Result<(), DatabaseError> {
        let json = texts.json();
        let sha256 = hex::encode(Sha256::digest(json.as_bytes()));
        texts::put(unit, &sha256, &json, now).await
    }
}
