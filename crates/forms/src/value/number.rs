//! Numbers as people and machines write them.

use rust_decimal::Decimal;
use serde_json::Value as Json;

/// The most signs of a number; more is no amount and no count.
const MAX_SIGNS: usize = 28;

/// A number from plain digits with a point: `12`, `-3.50`. No exponents, no blanks, no thousands.
pub(crate) fn parse_number(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && text.len() <= MAX_SIGNS
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
        && !digits.starts_with('.')
        && !digits.ends_with('.');
    if plain { text.parse().ok() } else { None }
}

/// A number of JSON, written as number or as text.
pub(crate) fn from_json(json: &Json) -> Option<Decimal> {
    match json {
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Some(whole.into()),
            // The shortest digits that give this number again, not its binary expansion.
            None => parse_number(&number.to_string()),
        },
        Json::String(text) => parse_number(text),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The number without useless zeros: `12`, `3.5`.
pub(crate) fn number_text(number: Decimal) -> String {
    number.normalize().to_string()
}
