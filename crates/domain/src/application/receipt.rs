//! Receipt numbers: what people quote when they call.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::{grouped, normalized, signs};

/// Crockford's signs have five bits.
const BASE: u32 = 32;
/// Drawn signs of a number, 45 bits.
const DRAWN: usize = 9;

/// A receipt number: the year, nine drawn signs and one that tells whether somebody mistyped: `2026-K7M4-QX2P-9C`.
///
/// Drawn, not counted, so that nobody learns from one how many others there are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiptNumber(String);

impl ReceiptNumber {
    /// A number of `year` from random bytes.
    pub fn drawn(year: i32, random: [u8; DRAWN]) -> Self {
        let mut code = signs(&random, DRAWN);
        code.push(check_sign(&code));
        Self(format!("{year:04}-{}", grouped(&code)))
    }

    /// Reads a number as people type it. `None` when it is none, or was mistyped.
    pub fn parse(typed: &str) -> Option<Self> {
        let (year, code) = typed.trim().split_at_checked(4)?;
        let year: i32 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok()).flatten()?;
        let code = normalized(code, DRAWN + 1)?;
        let (drawn, check) = code.split_at(DRAWN);
        (check == check_sign(drawn).to_string()).then(|| Self(format!("{year:04}-{}", grouped(&code))))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Luhn's check for an alphabet of 32 signs ("mod N"): finds every single mistyped sign, and two swapped neighbours but
/// for the pair of first and last sign.
fn check_sign(code: &str) -> char {
    let value = |sign: char| ALPHABET.chars().position(|known| known == sign).unwrap_or(0) as u32;
    let sum: u32 = code
        .chars()
        .rev()
        .enumerate()
        .map(|(place, sign)| {
            let addend = value(sign) * if place % 2 == 0 { 2 } else { 1 };
            addend / BASE + addend % BASE
        })
        .sum();
    let wanted = ((BASE - sum % BASE) % BASE) as usize;
    ALPHABET.chars().nth(wanted).unwrap_or('0')
}

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_bears_typing_and_shows_mistakes() {
        let number = ReceiptNumber::drawn(2026, [19, 7, 20, 4, 23, 29, 2, 22, 9]);
        assert_eq!(number.as_str().len(), "2026-K7M4-QX2P-9C".len());
        assert_eq!(ReceiptNumber::parse(&number.as_str().to_lowercase().replace('-', " ")), Some(number.clone()));
        let text = number.as_str().to_owned();
        let mut found = 0;
        for (index, sign) in text.char_indices().skip(5).filter(|(_, sign)| *sign != '-') {
            for other in ALPHABET.chars().filter(|other| *other != sign) {
                let mut wrong = text.clone();
                wrong.replace_range(index..=index, &other.to_string());
                assert_eq!(ReceiptNumber::parse(&wrong), None, "{wrong}");
                found += 1;
            }
        }
        assert_eq!(found, 10 * 31);
        for strange in ["", "2026", "20x6-K7M4-QX2P-9C", "ÄÖÜ", &"2026-".repeat(1000)] {
            assert_eq!(ReceiptNumber::parse(strange), None, "{strange:.20}");
        }
    }
}
