//! A small classifier beside the rules. Rules know what somebody thought of; it knows what resembles it.
//!
//! It is learnt anew from the texts in `learn/` and the city's own whenever an engine is built: no file of weights, no chance
//! in it, the same result every time. It adds to the rules and never takes an alarm of theirs away.

mod classifier;
mod features;
mod label;
mod texts;
mod verdict;

pub use classifier::{Classifier, Judged};
pub use label::Label;
pub use texts::{Example, about_matters, examples, of_city};
pub use verdict::{Matter, Verdict};
