//! What happens when several rows of a table fit.

use serde::{Deserialize, Serialize};

/// The hit policies of DMN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitPolicy {
    /// U: at most one row fits.
    Unique,
    /// A: rows that fit say the same.
    Any,
    /// P: the row whose first output stands first among the allowed values.
    Priority,
    /// F: the first row that fits.
    First,
    /// R: every row that fits, in the order of the table.
    RuleOrder,
    /// O: every row that fits, in the order of the allowed values.
    OutputOrder,
    /// C: every row that fits, in no order that means anything.
    Collect,
    /// C+: the sum of the first output.
    Sum,
    /// C<: the least of the first output.
    Min,
    /// C>: the greatest of the first output.
    Max,
    /// C#: how many rows fit.
    Count,
}

impl HitPolicy {
    /// Every policy with its name in a file name.
    pub const ALL: [(&'static str, Self); 11] = [
        ("U", Self::Unique),
        ("A", Self::Any),
        ("P", Self::Priority),
        ("F", Self::First),
        ("R", Self::RuleOrder),
        ("O", Self::OutputOrder),
        ("C", Self::Collect),
        ("C-sum", Self::Sum),
        ("C-min", Self::Min),
        ("C-max", Self::Max),
        ("C-count", Self::Count),
    ];

    /// The name in a file name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, policy)| *policy == self).map_or("U", |(name, _)| name)
    }

    /// Whether the table gives one answer, so that a gap is a question without one.
    pub const fn gives_one(self) -> bool {
        match self {
            Self::RuleOrder | Self::OutputOrder | Self::Collect => false,
            Self::Unique
            | Self::Any
            | Self::Priority
            | Self::First
            | Self::Sum
            | Self::Min
            | Self::Max
            | Self::Count => true,
        }
    }

    /// Whether one row answers, so that every combination of inputs needs one.
    pub const fn needs_a_row(self) -> bool {
        match self {
            Self::Unique | Self::Any | Self::Priority | Self::First => true,
            Self::RuleOrder | Self::OutputOrder | Self::Collect | Self::Sum | Self::Min | Self::Max | Self::Count => {
                false
            }
        }
    }
}
