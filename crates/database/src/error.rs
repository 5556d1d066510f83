//! What can go wrong at the door, in four kinds that callers treat differently.

use sea_orm::{DbErr, RuntimeErr};

use crate::rules::Rule;

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A named rule of the schema refused the write; the use case gives it its human name.
    #[error("the rule {0:?} refused the write")]
    Broken(Rule),
    /// Two transactions met (40001, 40P01, 55P03, a busy SQLite file). Work that carries an idempotency key may be tried again.
    #[error("the database asks to try again")]
    Contended,
    /// The database cannot be reached, is full, read-only or restarting. The next request may work.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A mistake of ours: a wrong statement, a value that cannot be read.
    #[error("the statement failed: {0}")]
    Internal(String),
}

impl DatabaseError {
    /// Whether this is the violation of `rule`.
    pub fn breaks(&self, rule: Rule) -> bool {
        matches!(self, Self::Broken(broken) if *broken == rule)
    }
}

impl From<DbErr> for DatabaseError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => of_driver(cause),
            _ => Self::Internal(error.to_string()),
        }
    }
}

fn of_driver(error: &sea_orm::SqlxError) -> DatabaseError {
    use sea_orm::SqlxError;
    let Some(cause) = error.as_database_error() else {
        return match error {
            SqlxError::Io(_)
            | SqlxError::Tls(_)
            | SqlxError::PoolTimedOut
            | SqlxError::PoolClosed
            | SqlxError::WorkerCrashed
            | SqlxError::Protocol(_)
            | SqlxError::BeginFailed => DatabaseError::Unavailable(error.to_string()),
            _ => DatabaseError::Internal(error.to_string()),
        };
    };
    let code = cause.code().unwrap_or_default();
    if let Some(rule) = cause.constraint().and_then(Rule::of_postgres).or_else(|| Rule::of_sqlite(cause.message())) {
        return DatabaseError::Broken(rule);
    }
    // Five signs: an SQLSTATE of PostgreSQL. Fewer: an extended result code of SQLite, whose low byte is the kind.
    if code.len() == 5 {
        return match &*code {
            "40001" | "40P01" | "55P03" => DatabaseError::Contended,
            _ if ["08", "53", "57", "58", "25006"].iter().any(|class| code.starts_with(class)) => {
                DatabaseError::Unavailable(cause.message().to_owned())
            }
            _ => DatabaseError::Internal(cause.message().to_owned()),
        };
    }
    match code.parse::<u32>().map(|extended| extended & 0xff) {
        Ok(5 | 6) => DatabaseError::Contended,
        // Permission, read-only, I/O, corrupt, full, cannot open, not a database.
        Ok(3 | 8 | 10 | 11 | 13 | 14 | 26) => DatabaseError::Unavailable(cause.message().to_owned()),
        _ => DatabaseError::Internal(cause.message().to_owned()),
    }
}
