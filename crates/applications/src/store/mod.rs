//! The statements on this feature's tables; the only place here that knows SQL.

pub(crate) mod attachments;
pub(crate) mod cases;
pub(crate) mod definitions;
pub(crate) mod draft_rules;
pub(crate) mod drafts;
pub(crate) mod erasure;
pub(crate) mod events;
pub(crate) mod feed;
pub(crate) mod forwards;
pub(crate) mod households;
pub(crate) mod inbox;
pub(crate) mod intakes;
pub(crate) mod letters;
pub(crate) mod parties;
pub(crate) mod payments;
pub(crate) mod permits;
pub(crate) mod practice_bank;
pub(crate) mod quotas;
pub(crate) mod rehearsals;
pub(crate) mod report_steps;
pub(crate) mod reports;
pub(crate) mod services;
pub(crate) mod tasks;
pub(crate) mod tours;

use database::{Database, DatabaseError, Row, SubjectKey, Unit, Value};
use domain::identifier::Key;
use uuid::Uuid;

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
pub(crate) fn word<T>(row: &Row, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, DatabaseError> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| strange(column, &text))
}

/// Reads a word that may be absent.
pub(crate) fn optional_word<T>(
    row: &Row,
    column: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, DatabaseError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse(&text).ok_or_else(|| strange(column, &text))).transpose()
}

pub(crate) fn key_word(text: &str) -> Option<Key> {
    Key::new(text).ok()
}

/// The key of a subject that was joined as `generation` and `wrapped`.
pub(crate) fn subject_key(row: &Row, subject: Uuid) -> Result<Option<SubjectKey>, DatabaseError> {
    let generation: Option<i64> = row.get("key_generation")?;
    let wrapped: Option<Vec<u8>> = row.get("key_wrapped")?;
    Ok(generation.zip(wrapped).map(|(generation, wrapped)| SubjectKey { subject, generation, wrapped }))
}

pub(crate) const TRUST: fn(&str) -> Option<domain::law::TrustLevel> = |word| {
    use domain::law::TrustLevel;
    match word {
        "none" => Some(TrustLevel::None),
        "low" => Some(TrustLevel::Low),
        "substantial" => Some(TrustLevel::Substantial),
        "high" => Some(TrustLevel::High),
        _ => None,
    }
};

pub(crate) const fn trust_word(trust: domain::law::TrustLevel) -> &'static str {
    use domain::law::TrustLevel;
    match trust {
        TrustLevel::None => "none",
        TrustLevel::Low => "low",
        TrustLevel::Substantial => "substantial",
        TrustLevel::High => "high",
    }
}
