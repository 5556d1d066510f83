//! Typed values: what an answer is once it has been read.

mod json;
mod number;
mod partial_date;
mod read;
mod signs;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use domain::geography::Position;
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use partial_date::PartialDate;

pub(crate) use number::{number_text, parse_number};
pub(crate) use read::read;

/// The longest text that any field takes, in characters. What is longer is refused before it is looked at.
pub const MAX_TEXT_CHARACTERS: u32 = 20_000;

/// A typed answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A number; of money in euro.
    Number(Decimal),
    /// A text, also the key of an option, a mail address, an IBAN, a number plate.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A day that may be known in part.
    PartialDate(PartialDate),
    /// A time of day.
    Time(NaiveTime),
    /// A day and a time of the wall clock.
    DateTime(NaiveDateTime),
    /// Keys of options, ascending, each once.
    Choices(Vec<String>),
    /// A postal address.
    Address(Box<Address>),
    /// A point on the map.
    GeoPoint(Position),
    /// Files.
    Files(Vec<FileReference>),
    /// A held place in a calendar.
    Slot(Box<Slot>),
    /// A signature.
    Signature(Box<Signature>),
    /// A declaration that was made: SHA-256 of its text.
    Declaration(String),
}

// A form can have thousands of values, moved several times in one evaluation; so the rare wide ones stand behind a pointer.
const _: () = assert!(size_of::<Value>() <= 32, "box what makes values wide");

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The street.
    pub street: String,
    /// The house number with its letter.
    pub number: String,
    /// The postal code.
    pub postcode: String,
    /// The town.
    pub town: String,
    /// A second line: care of, flat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
    /// The country, ISO 3166 with two letters; Germany if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Address {
    /// Street, number, postal code and town in one line.
    pub fn line(&self) -> String {
        format!("{} {}, {} {}", self.street, self.number, self.postcode, self.town)
    }
}

/// A file that was handed in. The bytes are elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileReference {
    /// Its id.
    pub id: String,
    /// The name it came with.
    pub name: String,
    /// Its media type, as found in its content.
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// A place in a calendar that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// What is held.
    pub resource: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// The id of the hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// SHA-256 of what was signed.
    pub sha256: String,
    /// Who signed.
    pub signed_by: String,
}

/// Why a value is not an answer to a field: a code and what to say with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: crate::error::ErrorCode,
    pub(crate) args: BTreeMap<String, String>,
}

impl Fault {
    pub(crate) fn of(code: crate::error::ErrorCode) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts read better without an ampersand")]
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}
