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
    row("Query", "accounts", Leave::Account(Permission::ManageAccounts)),
    row("Query", "appointment", Leave::Bearer),
    row("Query", "appointmentsOfContact", Leave::Office(Permission::ReadOfficeAppointments)),
    row("Query", "city", Leave::Everybody),
    row("Query", "conflicts", Leave::Office(Permission::SettleConflicts)),
    row("Query", "devices", Leave::Office(Permission::ManageDevices)),
    row("Query", "districts", Leave::Everybody),
    row("Query", "earliestStarts", Leave::Everybody),
    row("Query", "failedDeliveries", Leave::Office(Permission::SettleDeliveries)),
    row("Query", "exportMyData", Leave::Account(Permission::BookForOneself)),
    row("Query", "freeDays", Leave::Everybody),
    row("Query", "freeStarts", Leave::Everybody),
    row("Query", "holidays", Leave::Everybody),
    row("Query", "lawGate", Leave::Everybody),
    row("Query", "leadTimes", Leave::Account(Permission::ReadStatistics)),
    row("Query", "maxBookable", Leave::Everybody),
    row("Query", "myAppointments", Leave::Account(Permission::BookForOneself)),
    row("Query", "mySecondFactor", Leave::Bearer),
    row("Query", "mySessions", Leave::Bearer),
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
    row("Mutation", "answerSecondFactor", Leave::Bearer),
    row("Mutation", "beginSecondFactor", Leave::Bearer),
    row("Mutation", "bookAppointment", Leave::EverybodyOrStaff(Permission::BookForSomeone)),
    row("Mutation", "cancelAppointment", Leave::Bearer),
    row("Mutation", "changePassword", Leave::Bearer),
    row("Mutation", "changeRole", Leave::Account(Permission::ManageAccounts)),
    row("Mutation", "confirmAppointment", Leave::Bearer),
    row("Mutation", "dismissDelivery", Leave::Office(Permission::SettleDeliveries)),
    row("Mutation", "confirmSecondFactor", Leave::Bearer),
    row("Mutation", "createAccount", Leave::Account(Permission::ManageAccounts)),
    row("Mutation", "createDeviceEnrolment", Leave::Office(Permission::ManageDevices)),
    row("Mutation", "disableAccount", Leave::Account(Permission::ManageAccounts)),
    row("Mutation", "endAllSessions", Leave::Bearer),
    row("Mutation", "endSession", Leave::Bearer),
    row("Mutation", "enrolDevice", Leave::Bearer),
    row("Mutation", "eraseMyAppointments", Leave::Account(Permission::BookForOneself)),
    row("Mutation", "extendHold", Leave::Bearer),
    row("Mutation", "holdSlot", Leave::Everybody),
    row("Mutation", "issueAccessToken", Leave::Account(Permission::IssueTokens)),
    row("Mutation", "refreshAccessToken", Leave::Bearer),
    row("Mutation", "releaseHold", Leave::Bearer),
    row("Mutation", "removeSecondFactor", Leave::Bearer),
    row("Mutation", "renewRecoveryCodes", Leave::Bearer),
    row("Mutation", "requestPasswordReset", Leave::Everybody),
    row("Mutation", "rescheduleAppointment", Leave::Bearer),
    row("Mutation", "retryDelivery", Leave::Office(Permission::SettleDeliveries)),
    row("Mutation", "resetPassword", Leave::Bearer),
    row("Mutation", "resetSecondFactor", Leave::Account(Permission::ManageAccounts)),
    row("Mutation", "revokeDevice", Leave::Office(Permission::ManageDevices)),
    row("Mutation", "revokeTokens", Leave::Bearer),
    row("Mutation", "rotateKeys", Leave::Account(Permission::RotateKeys)),
    row("Mutation", "settleConflict", Leave::Office(Permission::SettleConflicts)),
    row("Mutation", "signIn", Leave::Everybody),
    row("Mutation", "signOut", Leave::Everybody),
    row("Subscription", "capacityChanged", Leave::Everybody),
    row("Query", "onlineServices", Leave::Everybody),
    row("Query", "draft", Leave::Bearer),
    row("Query", "applicationSummary", Leave::Bearer),
    row("Query", "myApplications", Leave::Account(Permission::BookForOneself)),
    row("Query", "caseStatus", Leave::Bearer),
    row("Query", "exportApplication", Leave::Bearer),
    row("Query", "case", Leave::Office(Permission::WorkOnCases)),
    row("Query", "inbox", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "startDraft", Leave::EverybodyOrStaff(Permission::WorkOnCases)),
    row("Mutation", "saveAnswers", Leave::Bearer),
    row("Mutation", "inviteParty", Leave::Bearer),
    row("Mutation", "joinParty", Leave::Bearer),
    row("Mutation", "consentToApplication", Leave::Bearer),
    row("Mutation", "submitApplication", Leave::Bearer),
    row("Mutation", "finishRehearsal", Leave::Bearer),
    row("Mutation", "abandonDraft", Leave::Bearer),
    row("Mutation", "answerRequest", Leave::Bearer),
    row("Mutation", "withdrawApplication", Leave::Bearer),
    row("Mutation", "objectToDecision", Leave::Bearer),
    row("Mutation", "claimCase", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "requestItems", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "correctData", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "draftDecision", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "approveDecision", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "deliverDecision", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "closeCase", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "reopenCase", Leave::Office(Permission::WorkOnCases)),
    row("Mutation", "eraseCase", Leave::Account(Permission::HandlePersonalData)),
    row("Mutation", "publishDefinition", Leave::Account(Permission::PublishServices)),
    row("Mutation", "setServiceQuota", Leave::Office(Permission::SteerAutomation)),
    row("Mutation", "switchAutomation", Leave::Office(Permission::SteerAutomation)),
    row("Subscription", "caseStatusChanged", Leave::Bearer),
    row("Subscription", "inboxChanged", Leave::Office(Permission::WorkOnCases)),
];
