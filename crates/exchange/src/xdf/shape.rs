//! How our types of answers look in the words of FIM.

use forms::{ComputedKind, FieldType};

/// A field inside an answer that has several: the street of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its name in the answer.
    pub(crate) key: &'static str,
    /// What it is called, German.
    pub(crate) label: &'static str,
    /// The type in FIM.
    pub(crate) kind: &'static str,
    /// How often it is there.
    pub(crate) count: &'static str,
}

const fn part(key: &'static str, label: &'static str, kind: &'static str, count: &'static str) -> Part {
    Part { key, label, kind, count }
}

const ADDRESS: [Part; 6] = [
    part("street", "Straße", "text_latin", "1:1"),
    part("number", "Hausnummer", "text_latin", "1:1"),
    part("postcode", "Postleitzahl", "text_latin", "1:1"),
    part("town", "Ort", "text_latin", "1:1"),
    part("extra", "Zusatz", "text_latin", "0:1"),
    part("country", "Staat", "text_latin", "0:1"),
];
const POINT: [Part; 2] =
    [part("latitude", "Geografische Breite", "num", "1:1"), part("longitude", "Geografische Länge", "num", "1:1")];
const SLOT: [Part; 2] =
    [part("resource", "Termin für", "text_latin", "1:1"), part("starts_at", "Beginn", "datetime", "1:1")];
const SIGNATURE: [Part; 2] =
    [part("sha256", "Prüfsumme", "text_latin", "1:1"), part("signed_by", "Unterschrieben von", "text_latin", "1:1")];

/// The fields inside an answer of this type; none for an answer that is one value.
pub(crate) const fn parts(kind: &FieldType) -> &'static [Part] {
    match kind {
        FieldType::Address => &ADDRESS,
        FieldType::GeoPoint => &POINT,
        FieldType::Slot { .. } => &SLOT,
        FieldType::Signature => &SIGNATURE,
        FieldType::Text { .. }
        | FieldType::PersonName
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Time
        | FieldType::DateTime
        | FieldType::Bool
        | FieldType::Int { .. }
        | FieldType::Decimal { .. }
        | FieldType::Money
        | FieldType::Choice { .. }
        | FieldType::MultiChoice { .. }
        | FieldType::Email { .. }
        | FieldType::Phone
        | FieldType::Iban
        | FieldType::LicencePlate
        | FieldType::Url
        | FieldType::File { .. }
        | FieldType::Declaration
        | FieldType::Computed { .. } => &[],
    }
}

/// The `feldart` and the `datentyp` of FIM.
pub(crate) const fn kind_words(kind: &FieldType) -> (&'static str, &'static str) {
    match kind {
        FieldType::Text { .. }
        | FieldType::PersonName
        | FieldType::PartialDate
        | FieldType::Email { .. }
        | FieldType::Phone
        | FieldType::Iban
        | FieldType::LicencePlate
        | FieldType::Url => ("input", "text_latin"),
        FieldType::Date => ("input", "date"),
        FieldType::Time => ("input", "time"),
        FieldType::DateTime => ("input", "datetime"),
        FieldType::Bool | FieldType::Declaration => ("input", "bool"),
        FieldType::Int { .. } => ("input", "num_int"),
        FieldType::Decimal { .. } => ("input", "num"),
        FieldType::Money => ("input", "num_currency"),
        FieldType::Choice { .. } | FieldType::MultiChoice { .. } => ("select", "text"),
        FieldType::File { .. } => ("input", "file"),
        FieldType::Computed { gives, .. } => ("locked", computed_word(*gives)),
        FieldType::Address | FieldType::GeoPoint | FieldType::Slot { .. } | FieldType::Signature => ("input", "obj"),
    }
}

const fn computed_word(gives: ComputedKind) -> &'static str {
    match gives {
        ComputedKind::Bool => "bool",
        ComputedKind::Number => "num",
        ComputedKind::Text => "text_latin",
        ComputedKind::Date => "date",
    }
}
