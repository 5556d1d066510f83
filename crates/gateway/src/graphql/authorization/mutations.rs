//! What can be changed: the rows of `Mutation`, with what each takes from the budgets of its caller.
//!
//! The words of a grid are: visitor, citizen, clerk, lead, operator, device; their signs: one's own, somebody else's in
//! one's own office, another office's. Without a charge a mutation takes from the budget of requests alone.

use domain::permission::Permission;

use crate::graphql::authorization::{Charge, Row};
use crate::limits::Budget;

const EVERYBODY: &str = "+ + + + + +";
const SIGNED_IN: &str = "? + + + + +";
/// Whoever holds the code, wherever the thing is.
const BEARER: &str = "+00 +00 +00 +00 +00 +00";
/// Whoever holds a secret of the account; offices play no part.
const HOLDER: &str = "+0. +0. +0. +0. +0. +0.";
/// Whoever is signed in and holds a secret of the account; devices have no password and no second factor.
const OWN_SECRET: &str = "? +0. +0. +0. +0. 0";
const OWNER: &str = ".00 +00 +00 +00 +00 .00";
/// The staff of the office, and nobody learns what is elsewhere.
const STAFF: &str = ".00 000 ++0 ++0 000 .00";
/// Operators, who never do it to themselves.
const MANAGED: &str = "!!! !!! !!! !!! s++ !!!";

/// The account that has a part in an application. What was begun at a device is nobody's but the code's.
const APPLICANT: &str = ".00 +00 +00 +00 +00 000";
/// The staff of the office that a case is the task of, but for whoever takes part in it. For applicants it is no door, not
/// even to their own.
const CASEWORK: &str = ".!! !!! s+0 s+0 !!! .!!";
/// Whoever answers in conversations, wherever they work. Nobody answers themselves.
const CHATWORK: &str = ".!. !!. s+. s+. !!. .!.";
/// Leads in their office and operators.
const STEERING: &str = ".!! .!! .!! .+! .++ .!!";

/// The address that a booking is for; without one the telephone number.
const CONTACT: &[&[&str]] = &[&["input", "contact", "mail"], &["input", "contact", "phone"]];
const LOGIN: &[&[&str]] = &[&["credentials", "login"]];

const fn row(field: &'static str, way: &'static str, grid: &str) -> Row {
    Row::new("Mutation", field, way, grid)
}

const fn booking(way: &'static str, grid: &str) -> Row {
    row("bookAppointment", way, grid).takes(&[Budget::Bookings, Budget::Messages], CONTACT)
}

const fn moving(way: &'static str, grid: &str) -> Row {
    row("rescheduleAppointment", way, grid).takes(&[Budget::Bookings], &[])
}

/// A step of staff with a case.
const fn casework(field: &'static str) -> Row {
    row(field, "", CASEWORK).needs(Permission::WorkOnCases)
}

/// A step of staff with a conversation.
const fn chatwork(field: &'static str) -> Row {
    row(field, "", CHATWORK).needs(Permission::AnswerChats)
}

/// A step of an editor of the chatbot, about nobody's thing.
const fn editing(field: &'static str) -> Row {
    row(field, "", "! ! ! + + !").needs(Permission::EditChat)
}

/// A message may make the chatbot book, so it takes what a booking takes.
const fn talking(field: &'static str, way: &'static str, grid: &str) -> Row {
    row(field, way, grid).takes(&[Budget::Bookings], &[])
}

const fn starting(way: &'static str, grid: &str) -> Row {
    row("startDraft", way, grid).takes(&[Budget::Bookings], &[])
}

const fn submitting(way: &'static str, grid: &str) -> Row {
    row("submitApplication", way, grid).takes(&[Budget::Bookings], &[])
}

/// A step of staff with a document that lies ready; nobody's own, since nobody has an account for it.
const fn handing(field: &'static str) -> Row {
    row(field, "", ".!! .!! .+0 .+0 .!! .!!").needs(Permission::HandOutDocuments)
}

/// A place on a tour is taken from somebody else, so it costs what a booking costs.
const fn choosing(field: &'static str, way: &'static str, grid: &str) -> Row {
    row(field, way, grid).takes(&[Budget::Bookings], &[])
}

/// Tokens for what an argument proves.
const fn issuing(way: &'static str, argument: &'static str, contacts: &'static [&'static [&'static str]]) -> Row {
    let charge = Charge { only_with: Some(argument), budgets: &[Budget::SignIns], contacts };
    Row { charge: Some(charge), ..row("issueAccessToken", way, HOLDER) }
}

/// The rows.
pub(super) const ROWS: &[Row] = &[
    row("abandonDraft", "by code", BEARER),
    row("abandonDraft", "own", APPLICANT),
    chatwork("answerConversation"),
    row("answerRequest", "by code", BEARER),
    row("answerRequest", "own", APPLICANT),
    row("answerSecondFactor", "", HOLDER).proves(),
    casework("approveDecision"),
    row("beginSecondFactor", "", OWN_SECRET).proves(),
    booking("account", "! + + + + !").needs(Permission::BookForOneself),
    booking("mail link", EVERYBODY),
    booking("staff", ".!! .!! .+! .+! .!! .!!").needs(Permission::BookForSomeone),
    booking("staff, a hold", ".!! .!! .+! .+! .!! .!!").needs(Permission::BookForSomeone),
    booking("staff, over capacity", ".!! .!! .!! .+! .!! .!!").needs(Permission::Overbook),
    booking("staff, urgent", ".!! .!! .+! .+! .!! .!!").needs(Permission::BookUrgent),
    row("cancelAppointment", "by code", BEARER),
    row("cancelAppointment", "own", OWNER),
    row("cancelAppointment", "staff", STAFF).needs(Permission::ChangeOfficeAppointments),
    row("changePassword", "", OWN_SECRET).proves(),
    row("changeRole", "", MANAGED).needs(Permission::ManageAccounts),
    row("cancelTour", "by code", BEARER),
    row("cancelTour", "own", APPLICANT),
    choosing("changeTour", "by code", BEARER),
    choosing("changeTour", "own", APPLICANT),
    casework("claimCase"),
    casework("closeCase"),
    row("confirmAppointment", "", BEARER),
    editing("confirmTutorial"),
    row("confirmSecondFactor", "", OWN_SECRET).proves(),
    row("consentToApplication", "by code", BEARER),
    row("consentToApplication", "own", APPLICANT),
    casework("correctData"),
    row("createAccount", "", "! ! ! ! + !").needs(Permission::ManageAccounts),
    row("createUpload", "by code", BEARER),
    row("createUpload", "own", APPLICANT),
    row("createDeviceEnrolment", "", ".!! .!! .!! .+! .++ .!!").needs(Permission::ManageDevices),
    casework("deliverDecision"),
    row("disableAccount", "", MANAGED).needs(Permission::ManageAccounts),
    editing("dismissChatCluster"),
    row("dismissDelivery", "", ".!! .!! .!! .+0 .++ .!!").needs(Permission::SettleDeliveries),
    row("dismissDelivery", "about an account", ".!. .!. .!. .0. .+. .!."),
    casework("draftDecision"),
    row("endAllSessions", "", SIGNED_IN),
    chatwork("endConversation"),
    row("endSession", "", ".?. +0. +0. +0. +0. +0."),
    row("enrolDevice", "", HOLDER).proves(),
    row("eraseCase", "", ".!! !!! !!! !!! s++ .!!").needs(Permission::HandlePersonalData),
    row("eraseMyAppointments", "", "! + + + + !").needs(Permission::BookForOneself),
    row("eraseMyData", "", "! + ! ! ! !").needs(Permission::EraseOneself),
    row("extendHold", "", BEARER),
    row("finishRehearsal", "", BEARER),
    handing("handOutDocument"),
    choosing("holdTour", "by code", BEARER),
    choosing("holdTour", "own", APPLICANT),
    row("holdSlot", "", EVERYBODY).takes(&[Budget::Bookings], &[]),
    row("inviteParty", "by code", BEARER),
    row("inviteParty", "own", APPLICANT),
    // A token that could draw a new family would outlive the revocation of its own: only a browser's session may.
    row("issueAccessToken", "access token", "! ! ! ! ! !"),
    row("issueAccessToken", "browser session", ". + + + + ."),
    issuing("credentials", "credentials", LOGIN),
    issuing("second factor", "secondFactor", &[]),
    row("joinParty", "", BEARER),
    row("loadLocker", "", ".!! .!! .+! .+! .!! .!!").needs(Permission::HandOutDocuments),
    casework("mergeReports"),
    row("objectToDecision", "by code", BEARER),
    row("objectToDecision", "own", APPLICANT),
    // A box asks for whoever stands in front of it: three tries for each document are counted by the database.
    row("openLocker", "", ".!! .!! .!! .!! .!! .+0").needs(Permission::OperateLocker),
    row("planTours", "", STEERING).needs(Permission::SteerAutomation),
    editing("proposeChatText"),
    editing("publishChatText"),
    row("publishDefinition", "", "! ! ! ! + !").needs(Permission::PublishServices),
    row("rateAnswer", "by code", BEARER),
    row("rateAnswer", "own", APPLICANT),
    casework("publishReport"),
    casework("recordCollection"),
    casework("recordPayment"),
    row("refreshAccessToken", "", HOLDER),
    casework("refundPayment"),
    row("releaseHold", "", BEARER),
    row("removeSecondFactor", "", OWN_SECRET).proves(),
    handing("renewLockerPin"),
    row("renewRecoveryCodes", "", OWN_SECRET).proves(),
    casework("reopenCase"),
    casework("requestItems"),
    talking("requestPerson", "by code", BEARER),
    talking("requestPerson", "own", APPLICANT),
    row("reportDoorEvents", "", "! ! ! ! ! +").needs(Permission::OperateLocker),
    row("requestPasswordReset", "", EVERYBODY).takes(&[Budget::SignIns, Budget::Messages], &[&["login"]]),
    moving("by code", BEARER),
    moving("own", OWNER),
    moving("staff", STAFF).needs(Permission::ChangeOfficeAppointments),
    row("resetPassword", "", HOLDER).proves(),
    row("resetSecondFactor", "", MANAGED).needs(Permission::ManageAccounts),
    row("retryDelivery", "", ".!! .!! .!! .+0 .++ .!!").needs(Permission::SettleDeliveries),
    row("retryDelivery", "about an account", ".!. .!. .!. .0. .+. .!."),
    casework("retryForward"),
    handing("returnToCounter"),
    row("revokeDevice", "", ".!! .!! .!! .+0 .++ !!!").needs(Permission::ManageDevices),
    casework("revokePermit"),
    // What was no token of ours opens nothing either, so every answer is the same.
    row("revokeTokens", "", EVERYBODY),
    row("rotateKeys", "", "! ! ! ! + !").needs(Permission::RotateKeys),
    row("saveAnswers", "by code", BEARER),
    row("saveAnswers", "own", APPLICANT),
    talking("sendMessage", "by code", BEARER),
    talking("sendMessage", "own", APPLICANT),
    casework("separateIntake"),
    row("setChatLearning", "by code", BEARER),
    row("setChatLearning", "own", APPLICANT),
    row("setServiceQuota", "", STEERING).needs(Permission::SteerAutomation),
    casework("settleForward"),
    row("settleConflict", "", ".!! !!! !!! ++0 +++ .!!").needs(Permission::SettleConflicts),
    row("signIn", "", HOLDER).takes(&[Budget::SignIns], LOGIN),
    row("signOut", "", EVERYBODY),
    talking("startConversation", "", EVERYBODY),
    starting("", EVERYBODY),
    starting("staff, for somebody", ".!! .!! .+! .+! .!! .!!").needs(Permission::WorkOnCases),
    row("startPayment", "by code", BEARER),
    row("startPayment", "own", APPLICANT),
    submitting("by code", BEARER),
    submitting("own", APPLICANT),
    row("supportReport", "", EVERYBODY).takes(&[Budget::Bookings], &[]),
    row("switchAutomation", "", STEERING).needs(Permission::SteerAutomation),
    chatwork("switchBot"),
    chatwork("takeConversation"),
    row("unlinkSignInProviders", "", MANAGED).needs(Permission::ManageAccounts),
    row("withdrawApplication", "by code", BEARER),
    row("withdrawApplication", "own", APPLICANT),
    editing("withdrawChatText"),
    handing("withdrawPickup"),
    casework("withholdReport"),
];
