//! What is wrong with an answer: the field, the row and the reason, to be said in every language.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::definition::Definition;
use crate::locale::Locale;
use crate::messages;
use crate::row::RowId;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What is wrong. The words may change; these codes stay.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $text)] $name),*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code in capital letters.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

error_codes! {
    /// An answer is missing.
    Required = "REQUIRED",
    /// Not the kind of value the field takes.
    WrongType = "WRONG_TYPE",
    /// Not of the form the field asks for.
    BadForm = "BAD_FORM",
    /// More characters than the field takes.
    TooLong = "TOO_LONG",
    /// An invisible or control character.
    InvisibleSign = "INVISIBLE_SIGN",
    /// A sign that the field does not take.
    SignNotAllowed = "SIGN_NOT_ALLOWED",
    /// No day of the calendar.
    NotADay = "NOT_A_DAY",
    /// No time of day.
    NotATime = "NOT_A_TIME",
    /// No number.
    NotANumber = "NOT_A_NUMBER",
    /// Below the least or above the greatest number.
    OutOfRange = "OUT_OF_RANGE",
    /// More decimal places than the field takes.
    TooManyDecimals = "TOO_MANY_DECIMALS",
    /// None of the options.
    UnknownOption = "UNKNOWN_OPTION",
    /// Fewer than needed.
    TooFew = "TOO_FEW",
    /// More than allowed.
    TooMany = "TOO_MANY",
    /// No IBAN, or its check digits are wrong.
    BadIban = "BAD_IBAN",
    /// No telephone number.
    BadPhone = "BAD_PHONE",
    /// No mail address.
    BadMail = "BAD_MAIL",
    /// No number plate.
    BadPlate = "BAD_PLATE",
    /// No web address.
    BadUrl = "BAD_URL",
    /// An address without street, number or town.
    BadAddress = "BAD_ADDRESS",
    /// No postal code.
    BadPostcode = "BAD_POSTCODE",
    /// A kind of file that is not taken.
    FileType = "FILE_TYPE",
    /// A file that is too large.
    FileSize = "FILE_SIZE",
    /// A file that is not there, or is somebody else's.
    FileUnknown = "FILE_UNKNOWN",
    /// A file that has not arrived or was not looked at yet.
    FilePending = "FILE_PENDING",
    /// A file that cannot be used: harmful, too large, of another kind than it seemed.
    FileRefused = "FILE_REFUSED",
    /// The text of a declaration has changed since it was seen.
    DeclarationChanged = "DECLARATION_CHANGED",
    /// A rule of the form is broken; `rule` names it.
    RuleBroken = "RULE_BROKEN",
    /// There is no such field.
    UnknownPath = "UNKNOWN_PATH",
    /// There is no such row.
    UnknownRow = "UNKNOWN_ROW",
    /// The row is there already.
    RowTwice = "ROW_TWICE",
    /// More changes at once than are taken.
    TooManyChanges = "TOO_MANY_CHANGES",
    /// The form computes this field; nobody writes it.
    NotWritable = "NOT_WRITABLE",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which row an error is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowLabel {
    /// The row.
    pub row: RowId,
    /// The key of the text that names a row: "Kind {number}".
    pub label_key: String,
    /// The number of the row, from 1.
    pub number: usize,
}

/// Something that is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The path of the field, or the group where rows are concerned.
    pub path: String,
    /// The row, in a repeated group.
    pub row_label: Option<RowLabel>,
    /// The key of the field's label.
    pub label_key: String,
    /// What is wrong.
    pub code: ErrorCode,
    /// What the text needs: `max`, `min`, `rule`. Never the answer itself.
    pub args: BTreeMap<String, String>,
}

impl FieldError {
    /// The error in words: field, row and reason.
    pub fn render(&self, definition: &Definition, locale: Locale) -> String {
        let label = definition.text(&self.label_key, locale).unwrap_or(&self.path);
        let own_key = self.args.get("rule").map(|rule| format!("rule.{rule}"));
        let own = own_key.and_then(|key| definition.text(&key, locale));
        let reason = messages::filled(own.unwrap_or_else(|| messages::of(self.code, locale)), &self.args);
        match &self.row_label {
            Some(row) => {
                let number = BTreeMap::from([("number".to_owned(), row.number.to_string())]);
                let fallback = || messages::row(locale);
                let name = messages::filled(definition.text(&row.label_key, locale).unwrap_or_else(fallback), &number);
                format!("{name}, {label}: {reason}")
            }
            None => format!("{label}: {reason}"),
        }
    }
}
