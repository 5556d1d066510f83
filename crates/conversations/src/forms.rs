//! What conversations need to know of online forms: the port that the gateway fills.

use std::fmt::Debug;
use std::pin::Pin;

use database::DatabaseError;
use domain::identifier::Key;

/// An answer, some time.
pub type Telling<'a, T> = Pin<Box<dyn Future<Output = Result<T, DatabaseError>> + Send + 'a>>;

/// The newest published version of the form of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormVersion {
    /// The service.
    pub service: Key,
    /// Its number, from 1.
    pub sequence: i64,
    /// Its hash, 64 hexadecimal digits.
    pub sha256: String,
}

/// Where forms come from.
pub trait Forms: Debug + Send + Sync {
    /// The newest version of a service's form; nothing where it cannot be done online.
    fn newest<'a>(&'a self, service: &'a Key) -> Telling<'a, Option<FormVersion>>;

    /// The newest version of every form.
    fn all(&self) -> Telling<'_, Vec<FormVersion>>;
}
