//! Statutory clocks: from which day they run, and their last day.

use chrono::NaiveDate;

use crate::circumstances::Circumstances;
use crate::evaluate::Evaluation;
use crate::model::Deadline;
use crate::value::Value;

impl Evaluation {
    /// The day from which `deadline` runs: an answer that counts, or a reference date, for which `today` stands in.
    /// `None` while the answer is missing.
    pub fn start_of(&self, deadline: &Deadline, circumstances: &Circumstances<'_>) -> Option<NaiveDate> {
        if !deadline.from.contains('.') {
            return Some(circumstances.dates.get(&deadline.from).copied().unwrap_or(circumstances.today));
        }
        let Value::Date(day) = self.effective.get(&deadline.from)? else { return None };
        Some(*day)
    }

    /// The last day of `deadline`; `None` while its first is not known, or beyond the calendar.
    pub fn end_of(&self, deadline: &Deadline, circumstances: &Circumstances<'_>) -> Option<NaiveDate> {
        circumstances.end_of(deadline.term, self.start_of(deadline, circumstances)?)
    }
}
