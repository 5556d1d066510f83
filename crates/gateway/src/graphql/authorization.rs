//! The authorization table: every field of the schema, and who may use it on whose things.
//!
//! A field that no row decides, or two, fails a test; each cell of a row is tried through the door on both engines. The
//! decision itself is made by the use case behind the field: the table says what must come of it, so that a reader and
//! the tests can hold both against each other. What a field takes from the budgets of its caller stands in the same row.

mod grid;
mod mutations;
mod objects;
mod page;
mod queries;

use std::sync::LazyLock;

use domain::permission::Permission;

use crate::http::FieldCharge;
use crate::limits::Budget;

pub use grid::{Asker, Decision, Grid, Relation};
pub use objects::{Reach, TYPES, TypeRow};
pub use page::markdown;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The type of the schema: `Query`, `Mutation`, `Subscription` or an object.
    pub kind: &'static str,
    /// The field.
    pub field: &'static str,
    /// By which of several ways it is used; empty where there is one.
    pub way: &'static str,
    /// The decisions.
    pub grid: Grid,
    /// What opens the things of others; nothing where ownership, a code or nothing at all decides.
    pub permission: Option<Permission>,
    /// What it takes from budgets of its own, beside that of requests.
    pub charge: Option<Charge>,
    /// For how many seconds anybody may keep the answer to somebody who has not signed in.
    pub kept_seconds: Option<u32>,
    /// What reading it leaves in the audit log.
    pub trace: Option<Trace>,
}

/// What a field takes from the budgets of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// It costs nothing without this argument.
    pub only_with: Option<&'static str>,
    /// What it takes from.
    pub budgets: &'static [Budget],
    /// Where in the arguments the address or login stands that is counted too; the first that is there counts.
    pub contacts: &'static [&'static [&'static str]],
}

/// What reading leaves in the audit log, apart from a change's own entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// The action of the entry.
    pub action: &'static str,
    /// When there is one.
    pub when: When,
}

/// When reading leaves an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// One for each request in which staff read of somebody else, however often; it names everybody.
    OncePerRequest,
    /// One each time the field stands in a request.
    EachTime,
}

impl Row {
    const fn new(kind: &'static str, field: &'static str, way: &'static str, grid: &str) -> Self {
        Self {
            kind,
            field,
            way,
            grid: Grid::read(grid),
            permission: None,
            charge: None,
            kept_seconds: None,
            trace: None,
        }
    }

    const fn needs(self, permission: Permission) -> Self {
        Self { permission: Some(permission), ..self }
    }

    const fn takes(self, budgets: &'static [Budget], contacts: &'static [&'static [&'static str]]) -> Self {
        Self { charge: Some(Charge { only_with: None, budgets, contacts }), ..self }
    }

    /// Takes from the budget of attempts to prove who one is.
    const fn proves(self) -> Self {
        self.takes(&[Budget::SignIns], &[])
    }

    const fn kept(self, seconds: u32) -> Self {
        Self { kept_seconds: Some(seconds), ..self }
    }

    const fn traced(self, action: &'static str, when: When) -> Self {
        Self { trace: Some(Trace { action, when }), ..self }
    }
}

/// All rows: queries, mutations, the subscription, and the fields of objects that carry what is personal or an office's.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    queries::ROWS.iter().chain(mutations::ROWS).chain(objects::ROWS)
}

/// The mutations that take from budgets of their own, as the edge asks for them.
pub fn field_charges() -> &'static [FieldCharge] {
    static CHARGES: LazyLock<Vec<FieldCharge>> = LazyLock::new(|| {
        let mut charges: Vec<FieldCharge> = Vec::new();
        for row in rows() {
            let Some(Charge { only_with, budgets, contacts }) = row.charge else { continue };
            let is_same = |known: &FieldCharge| (known.field, known.only_with) == (row.field, only_with);
            if !charges.iter().any(is_same) {
                charges.push(FieldCharge { field: row.field, only_with, budgets, contacts });
            }
        }
        charges
    });
    &CHARGES
}

/// For how many seconds anybody may keep the answer of this field of `Query`; `None` for not at all.
pub fn public_seconds(field: &str) -> Option<u32> {
    rows().find(|row| row.kind == "Query" && row.field == field).and_then(|row| row.kept_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_of_a_field_cost_the_same_and_are_kept_alike() {
        for row in rows() {
            for other in rows().filter(|other| (other.kind, other.field) == (row.kind, row.field)) {
                let is_bound = |row: &Row| row.charge.is_some_and(|charge| charge.only_with.is_some());
                let differ_by_argument = is_bound(row) || is_bound(other);
                assert!(differ_by_argument || row.charge == other.charge, "{}", row.field);
                assert_eq!(row.kept_seconds, other.kept_seconds, "{}", row.field);
            }
            assert!(row.charge.is_none() || row.kind == "Mutation", "{}", row.field);
            assert!(row.kept_seconds.is_none() || row.kind == "Query", "{}", row.field);
        }
        assert_eq!(public_seconds("city"), Some(60));
        assert_eq!(public_seconds("viewer"), None);
        assert_eq!(public_seconds("myAppointments"), None);
        let charges = field_charges();
        assert_eq!(charges.iter().filter(|charge| charge.field == "issueAccessToken").count(), 2);
        assert_eq!(charges.iter().filter(|charge| charge.field == "bookAppointment").count(), 1);
    }

    #[test]
    fn whoever_lacks_the_permission_reaches_nothing_of_others_and_who_has_it_something() {
        for row in rows() {
            let Some(permission) = row.permission else { continue };
            for (asker, relation, decision) in row.grid.cells() {
                let Asker::Account(role) = asker else {
                    assert_ne!(decision, Decision::Allowed, "{} {}", row.field, row.way);
                    continue;
                };
                let is_allowed = decision == Decision::Allowed && relation != Relation::Own;
                assert!(!is_allowed || permission.roles().contains(&role), "{} {} {asker:?}", row.field, row.way);
            }
            for role in permission.roles() {
                let mut cells = row.grid.cells().filter(|(asker, ..)| *asker == Asker::Account(*role));
                assert!(
                    cells.any(|(.., decision)| decision == Decision::Allowed),
                    "{} {} {role:?}",
                    row.field,
                    row.way
                );
            }
        }
    }

    #[test]
    fn nothing_that_anybody_may_keep_is_refused_to_anybody() {
        for row in rows().filter(|row| row.kept_seconds.is_some()) {
            for (asker, _, decision) in row.grid.cells() {
                assert!(matches!(decision, Decision::Allowed | Decision::NotApplicable), "{} {asker:?}", row.field);
            }
        }
    }
}
