//! The statements on this feature's tables; the only place here that knows SQL.

pub(crate) mod additions;
pub(crate) mod clusters;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod feed;
pub(crate) mod questions;
pub(crate) mod reviews;
pub(crate) mod texts;

use database::{Database, DatabaseError, Row, Unit, Value};

/// Where something is read: outside of units, or inside one.
#[derive(Clone, Copy)]
pub(crate) enum Reader<'a> {
    Database(&'a Database),
    Unit(&'a Unit),
}

impl Reader<'_> {
    pub(crate) async fn rows(self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DatabaseError> {
        match self {
            Self::Database(database) => database.rows(sql, values).await,
            Self::Unit(unit) => unit.rows(sql, values).await,
        }
    }

    pub(crate) async fn row(self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, DatabaseError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }
}

/// A stored word that nobody knows: a mistake of ours.
pub(crate) fn strange(what: &str, word: &str) -> DatabaseError {
    DatabaseError::Internal(format!("{what} is {word}"))
}

/// Reads a word.
fn word<T>(row: &Row, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, DatabaseError> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| strange(column, &text))
}

/// Reads a word that may be absent.
fn optional_word<T>(row: &Row, column: &str, parse: fn(&str) -> Option<T>) -> Result<Option<T>, DatabaseError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse(&text).ok_or_else(|| strange(column, &text))).transpose()
}
