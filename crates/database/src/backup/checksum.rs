//! A checksum over rows that does not depend on their order, so that copies on different engines can be compared.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The sum of the first 128 bits of SHA-256 over each row, modulo 2^128. It finds every accident; against somebody who
/// changes rows on purpose stand the hashes and the seal of a backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checksum(u128);

/// How many rows a table has, and their checksum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableSum {
    /// How many.
    pub rows: u64,
    /// Over all of them.
    pub checksum: Checksum,
}

impl TableSum {
    /// Counts one row: its line without the line's end.
    pub fn add(&mut self, line: &str) {
        let digest = Sha256::digest(line);
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        self.rows += 1;
        self.checksum.0 = self.checksum.0.wrapping_add(u128::from_be_bytes(first));
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

/// A text that is no checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a checksum has 32 hexadecimal digits")]
pub struct NoChecksum;

impl FromStr for Checksum {
    type Err = NoChecksum;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_long_enough = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_long_enough {
            return Err(NoChecksum);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| NoChecksum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(lines: &[&str]) -> TableSum {
        let mut sum = TableSum::default();
        for line in lines {
            sum.add(line);
        }
        sum
    }

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        let whole = sum(&["[1]", "[2]", "[3]"]);
        assert_eq!(sum(&["[3]", "[1]", "[2]"]), whole);
        for other in [&["[1]", "[2]"][..], &["[1]", "[2]", "[4]"], &["[1]", "[2]", "[3]", "[3]"], &[]] {
            assert_ne!(sum(other), whole);
        }
        // An exclusive or would not see a row that stands there twice.
        assert_ne!(sum(&["[1]", "[1]"]).checksum, sum(&[]).checksum);
    }

    #[test]
    fn a_checksum_is_read_as_it_was_written() {
        let checksum = sum(&["[1]"]).checksum;
        assert_eq!(checksum.to_string().parse(), Ok(checksum));
        for wrong in ["", "12", "+0000000000000000000000000000000", "zz000000000000000000000000000000"] {
            assert_eq!(wrong.parse::<Checksum>(), Err(NoChecksum));
        }
    }
}
