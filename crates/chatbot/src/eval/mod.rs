//! Measuring: questions with what is expected, figures with their uncertainty, and fitting of weights.

mod case;
mod figures;
mod fit;
mod folds;
mod held_out;
mod regression;
mod table;

pub use case::{Case, Expected, Kind, NotACase, read_cases};
pub use figures::{Outcome, Share, judge};
pub use fit::{Candidates, Fitted, candidates, fit};
pub use folds::{FOLDS, folds};
pub use held_out::held_out;
pub use regression::{MOST_TURNED_WRONG, Regression, answered_rightly, regression_set};
pub use table::table;
