//! Mistakes that somebody could make, made behind everybody's back, to see that they are found.

use std::str::FromStr;

use database::Database;

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// A place is given back in the row and not in the count.
    SkippedRelease,
    /// A key is forgotten after its request was answered.
    ForgottenKey,
    /// An acknowledged booking goes, with its counts.
    VanishedBooking,
    /// Two people have the same place, and the counts know of both.
    SoldTwice,
}

impl FromStr for Plant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "skipped-release" => Ok(Self::SkippedRelease),
            "forgotten-key" => Ok(Self::ForgottenKey),
            "vanished-booking" => Ok(Self::VanishedBooking),
            "sold-twice" => Ok(Self::SoldTwice),
            other => Err(format!("there is no plant `{other}`")),
        }
    }
}

impl Plant {
    /// Makes the mistake, as soon as there is something to make it with.
    pub(super) async fn spoil(self, database: &Database) {
        let statements: &[&str] = match self {
            Self::SkippedRelease => &[
                "UPDATE appointment SET takes = '[]' WHERE id = (SELECT id FROM appointment WHERE takes <> '[]' ORDER BY id LIMIT 1)",
            ],
            Self::ForgottenKey => &["DELETE FROM idempotency"],
            Self::VanishedBooking => &[
                "DELETE FROM appointment WHERE id = (SELECT id FROM appointment WHERE takes = '[]' ORDER BY id LIMIT 1)",
            ],
            Self::SoldTwice => {
                &["UPDATE appointment SET starts_at = (SELECT min(starts_at) FROM appointment WHERE takes <> '[]'),
                    ends_at = (SELECT min(starts_at) FROM appointment WHERE takes <> '[]') + 900000, office = 'nord'
                 WHERE takes <> '[]'"]
            }
        };
        for statement in statements {
            // The statement may find nothing yet; it is made again after the next step.
            let _ = database.write(statement, vec![]).await;
        }
    }
}
