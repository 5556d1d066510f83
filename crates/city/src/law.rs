//! The law gate at the door: a service that a statute forbids does not get into a city.

use domain::catalogue::Service;

use reading::{Code, Table};

/// Refuses what [`domain::law`] names, with the paragraph, at the field that has to change.
pub(crate) fn refuse_what_the_law_forbids(table: &Table<'_>, service: &Service) {
    for violation in domain::law::violations(service) {
        table.refuse_at(violation.field, Code::AgainstTheLaw, violation.to_string());
    }
}
