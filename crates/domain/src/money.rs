//! Money in whole cents of the euro.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in euro cents. Never a floating-point number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub u32);

impl fmt::Display for Cents {
    /// Writes `46.00 EUR`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} EUR", self.0 / 100, self.0 % 100)
    }
}
