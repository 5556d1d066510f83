//! Letters about a case: what is said when, frozen when it is said, and written again byte for byte whenever it is asked for.
//!
//! A letter is issued in the unit of the step that it tells of: its values are put together, sealed and stored. The PDF is
//! made from them when somebody reads it. Whoever holds one can ask whether it is genuine, and learns nothing else.

mod check;
mod issue;
mod occasion;
mod read;
mod shown;
#[cfg(test)]
mod tests;
mod texts;
mod values;
mod verify;

pub use occasion::Occasion;
pub use read::{IssuedLetter, LetterFile};
pub use verify::{Standing, VerifiedDocument};

pub(crate) use shown::{answer as shown_answer, first as first_answer};
pub(crate) use texts::read as read_texts;
pub(crate) use values::recipient;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is frozen of a letter. Kept sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LetterContent {
    /// The name of the template in the definition; absent for the one that all services share.
    pub(crate) file: Option<String>,
    /// What the template reads, but for pictures, which are drawn anew.
    pub(crate) values: Value,
}
