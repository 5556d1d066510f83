//! Which of the two engines is behind the door.

use sea_orm::DatabaseBackend;

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer; for a village, a laptop, a test.
    Sqlite,
    /// A server; for a city.
    Postgres,
}

impl Engine {
    /// The engine of a database address.
    pub fn of_url(url: &str) -> Option<Self> {
        if url.starts_with("sqlite:") {
            Some(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Some(Self::Postgres)
        } else {
            None
        }
    }

    /// One of two texts, where the dialects differ.
    pub fn choose<T>(self, sqlite: T, postgres: T) -> T {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }

    pub(crate) fn backend(self) -> DatabaseBackend {
        self.choose(DatabaseBackend::Sqlite, DatabaseBackend::Postgres)
    }
}
