//! Stable names of rows: ULIDs, drawn by whoever adds the row.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a row of a repeated group, a ULID: 26 signs of Crockford's base 32, ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RowId(u128);

/// Why a text does not name a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a row is named by a ULID: 26 signs of 0-9 and A-Z without I, L, O and U")]
pub struct NotARow;

const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl RowId {
    /// From its 128 bits.
    pub const fn new(bits: u128) -> Self {
        Self(bits)
    }
}

/// The value of a sign; the alphabet leaves out I, L, O and U.
const fn digit(sign: u8) -> Option<u8> {
    Some(match sign {
        b'0'..=b'9' => sign - b'0',
        b'A'..=b'H' => sign - b'A' + 10,
        b'J' | b'K' => sign - b'J' + 18,
        b'M' | b'N' => sign - b'M' + 20,
        b'P'..=b'T' => sign - b'P' + 22,
        b'V'..=b'Z' => sign - b'V' + 27,
        _ => return None,
    })
}

impl FromStr for RowId {
    type Err = NotARow;

    fn from_str(text: &str) -> Result<Self, NotARow> {
        // 26 signs hold 130 bits; the first sign may not use the two on top.
        if text.len() != 26 || text.as_bytes()[0] > b'7' {
            return Err(NotARow);
        }

        text.bytes().try_fold(0_u128, |bits, byte| Some(bits << 5 | u128::from(digit(byte)?))).map(Self).ok_or(NotARow)
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut signs = [b'0'; 26];
        for (place, sign) in signs.iter_mut().rev().enumerate() {
            *sign = SIGNS[(self.0 >> (place * 5)) as usize & 31];
        }
        f.write_str(std::str::from_utf8(&signs).unwrap_or_default())
    }
}

impl TryFrom<String> for RowId {
    type Error = NotARow;

    fn try_from(text: String) -> Result<Self, NotARow> {
        text.parse()
    }
}

impl From<RowId> for String {
    fn from(row: RowId) -> Self {
        row.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_written_alike() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            assert_eq!(RowId::new(bits).to_string().parse(), Ok(RowId::new(bits)));
        }
        for text in [
            "",
            "0",
            "80000000000000000000000000",
            "0000000000000000000000000I",
            "01arz3ndektsv4rrffq69g5fav",
            "ä000000000000000000000000",
        ] {
            assert_eq!(text.parse::<RowId>(), Err(NotARow), "{text}");
        }
    }
}
