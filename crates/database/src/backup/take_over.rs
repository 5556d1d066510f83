//! Making sure that an SQLite file belongs to nobody else, before another takes its place.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions, Connection};

use crate::error::DatabaseError;

/// How the attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOver {
    /// Nobody else has it open. Its write-ahead log has been written back and is gone.
    Alone {
        /// How many tables it has.
        tables: i64,
    },
    /// A server, a worker or a command has it open.
    InUse,
    /// It is no database, or a broken one.
    Unreadable,
}

/// Tries to be alone with the file at `path`: leaving the write-ahead log needs the file for oneself, and the engine knows.
///
/// # Errors
/// [`DatabaseError::Unavailable`] when the file cannot be opened at all.
pub async fn take_over_file(path: &Path) -> Result<TakenOver, DatabaseError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(Duration::ZERO)
        .disable_statement_logging();
    let unavailable = |error: sqlx::Error| DatabaseError::Unavailable(error.to_string());
    let mut connection = match options.connect().await {
        Ok(connection) => connection,
        Err(error) => return ended(&error).ok_or_else(|| unavailable(error)),
    };
    let left = sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut connection).await;
    let counted = match left {
        Ok(_) => {
            sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")
                .fetch_one(&mut connection)
                .await
        }
        Err(error) => Err(error),
    };
    let outcome = match counted {
        Ok(tables) => Ok(TakenOver::Alone { tables }),
        Err(error) => ended(&error).ok_or_else(|| unavailable(error)),
    };
    // Nothing was written; whatever closing says changes nothing.
    let _ = connection.close().await;
    outcome
}

/// What an error says about the file, by SQLite's result code.
fn ended(error: &sqlx::Error) -> Option<TakenOver> {
    let code = error.as_database_error()?.code()?.parse::<u32>().ok()?;
    match code & 0xff {
        5 | 6 => Some(TakenOver::InUse),
        // I/O (cut off in the middle), corrupt, not a database.
        10 | 11 | 26 => Some(TakenOver::Unreadable),
        _ => None,
    }
}
