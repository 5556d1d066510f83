//! A published version as its text, for whoever hands it on.

use domain::identifier::Key;
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::failure::Failure;

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedText {
    /// The number of the version, from 1.
    pub sequence: i64,
    /// Its canonical text.
    pub json: String,
}

impl Applications {
    /// The newest version of a service.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`crate::Problem::UnknownService`].
    pub async fn published_text(&self, actor: &Actor, service: &Key) -> Result<PublishedText, Failure> {
        actor.may(Permission::PublishServices)?;
        let newest = self.newest(service).await?;
        Ok(PublishedText { sequence: newest.sequence, json: newest.form.canonical_json().to_owned() })
    }
}
