//! Measuring: questions with what is expected, figures with their uncertainty, and fitting of weights.

mod case;
mod figures;
mod fit;
mod folds;
mod regression;
mod table;

pub use case::{Case, Expected, Kind, NotACase, read_cases};
pub use figures::{Outcome, Share, judge};
pub use fit::{Fitted, fit};
pub use folds::{FOLDS, folds};
pub use regression::{MOST_TURNED_WRONG, Regression, answered_rightly, regression_set};
pub use table::table;
