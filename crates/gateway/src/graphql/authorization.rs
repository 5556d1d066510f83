//! The authorization table: every root field of the schema and who may use it.
//!
//! A field that stands here in no row, or in two, fails a test. The decision itself is made by the use case behind the
//! field; the table says which one, so that a reader and the tests can hold both against each other.

use domain::permission::Permission;

/// Who may use a root field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Everybody, with or without account.
    Everybody,
    /// Whoever holds the code or session that the input names; the use case proves it.
    Bearer,
    /// Accounts with this permission.
    Account(Permission),
    /// Accounts with this permission, for things of their own office (operators: of every office).
    Office(Permission),
    /// Everybody on one route, staff with this permission on another.
    EverybodyOrStaff(Permission),
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct RootField {
    /// `Query`, `Mutation` or `Subscription`.
    pub root: &'static str,
    /// The field.
    pub field: &'static str,
    /// Who may use it.
    pub leave: Leave,
}

const fn row(root: &'static str, field: &'static str, leave: Leave) -> RootField {
    RootField { root, field, leave }
}

/// The table.
pub const ROOT_FIELDS: &[RootField] = &[
    row("Query", "appointment", Leave::Bearer),
    row("Query", "appointmentsOfContact", Leave::Office(Permission::ReadOfficeAppointments)),
    row("Query", "city", Leave::Everybody),
    row("Query", "conflicts", Leave::Office(Permission::SettleConflicts)),
    row("Query", "districts", Leave::Everybody),
    row("Query", "earliestStarts", Leave::Everybody),
    row("Query", "exportMyData", Leave::Account(Permission::BookForOneself)),
    row("Query", "freeDays", Leave::Everybody),
    row("Query", "freeStarts", Leave::Everybody),
    row("Query", "holidays", Leave::Everybody),
    row("Query", "lawGate", Leave::Everybody),
    row("Query", "leadTimes", Leave::Account(Permission::ReadStatistics)),
    row("Query", "maxBookable", Leave::Everybody),
    row("Query", "myAppointments", Leave::Account(Permission::BookForOneself)),
    row("Query", "node", Leave::Everybody),
    row("Query", "nodes", Leave::Everybody),
    row("Query", "office", Leave::Everybody),
    row("Query", "officeAppointments", Leave::Office(Permission::ReadOfficeAppointments)),
    row("Query", "offices", Leave::Everybody),
    row("Query", "proofOfWorkChallenge", Leave::Everybody),
    row("Query", "service", Leave::Everybody),
    row("Query", "services", Leave::Everybody),
    row("Query", "signInProviders", Leave::Everybody),
    row("Query", "viewer", Leave::Everybody),
    row("Mutation", "bookAppointment", Leave::EverybodyOrStaff(Permission::BookForSomeone)),
    row("Mutation", "cancelAppointment", Leave::Bearer),
    row("Mutation", "confirmAppointment", Leave::Bearer),
    row("Mutation", "eraseMyAppointments", Leave::Account(Permission::BookForOneself)),
    row("Mutation", "extendHold", Leave::Bearer),
    row("Mutation", "holdSlot", Leave::Everybody),
    row("Mutation", "issueAccessToken", Leave::Account(Permission::IssueTokens)),
    row("Mutation", "releaseHold", Leave::Bearer),
    row("Mutation", "rescheduleAppointment", Leave::Bearer),
    row("Mutation", "settleConflict", Leave::Office(Permission::SettleConflicts)),
    row("Mutation", "signIn", Leave::Everybody),
    row("Mutation", "signOut", Leave::Everybody),
    row("Subscription", "capacityChanged", Leave::Everybody),
];
