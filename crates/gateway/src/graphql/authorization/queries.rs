//! What can be read and followed: the rows of `Query` and `Subscription`.
//!
//! The words of a grid are: visitor, citizen, clerk, lead, operator, device; their signs: one's own, somebody else's in
//! one's own office, another office's.

use domain::permission::Permission;

use crate::graphql::authorization::{Row, When};
use crate::graphql::sensitive::{READ_ACCOUNT, READ_CASE, READ_CONTACT, READ_CONVERSATION, READ_FILE, READ_QUESTIONS};

const EVERYBODY: &str = "+ + + + + +";
/// Whoever holds the code or password, wherever the thing is.
const BEARER: &str = "+00 +00 +00 +00 +00 +00";
/// The owner alone.
const OWNER: &str = ".00 +00 +00 +00 +00 .00";
/// The staff of the office, and nobody learns what is elsewhere.
const STAFF: &str = ".00 000 ++0 ++0 000 .00";

/// The account that has a part in an application. What was begun at a device is nobody's but the code's.
const APPLICANT: &str = ".00 +00 +00 +00 +00 000";
/// Applications and cases are read by the rights of their parts, never looked up.
const NOWHERE: &str = ".00 000 000 000 000 000";
/// The staff of the office that a case is the task of. For applicants it is no door, not even to their own.
const CASEWORK: &str = ".!! !!! ++0 ++0 !!! .!!";

const fn row(field: &'static str, way: &'static str, grid: &str) -> Row {
    Row::new("Query", field, way, grid)
}

/// What everybody may read and keep for so long.
const fn public(field: &'static str, seconds: u32) -> Row {
    row(field, "", EVERYBODY).kept(seconds)
}

/// The rows. What can be booked changes with each booking, so its answers are kept for seconds; the rest changes with a
/// new version of the city.
pub(super) const ROWS: &[Row] = &[
    row("accounts", "", "!!! !!! !!! !!! +++ !!!")
        .needs(Permission::ManageAccounts)
        .traced(READ_ACCOUNT, When::OncePerRequest),
    row("applicationLetter", "by code", BEARER),
    row("applicationLetter", "own", APPLICANT),
    row("applicationLetters", "by code", BEARER),
    row("applicationLetters", "own", APPLICANT),
    row("applicationPayments", "by code", BEARER),
    row("applicationPayments", "own", APPLICANT),
    row("applicationSummary", "by code", BEARER),
    row("applicationSummary", "own", APPLICANT),
    row("appointment", "by code", BEARER),
    row("appointment", "own", OWNER),
    row("appointment", "staff", STAFF).needs(Permission::ReadOfficeAppointments),
    row("appointmentsOfContact", "", ".!! !!! ++0 ++0 !!! .!!")
        .needs(Permission::ReadOfficeAppointments)
        .traced(READ_CONTACT, When::OncePerRequest),
    row("case", "", CASEWORK).needs(Permission::WorkOnCases).traced(READ_CASE, When::OncePerRequest),
    row("caseFileDownload", "", CASEWORK).needs(Permission::WorkOnCases).traced(READ_FILE, When::OncePerRequest),
    row("caseLetter", "", CASEWORK).needs(Permission::WorkOnCases).traced(READ_CASE, When::OncePerRequest),
    row("caseLetters", "", CASEWORK).needs(Permission::WorkOnCases),
    row("casePayments", "", CASEWORK).needs(Permission::WorkOnCases),
    row("caseStatus", "by code", BEARER),
    row("caseStatus", "own", APPLICANT),
    // They lead to nobody, so they are nobody's own; whoever reads them leaves a trace, because a name may be left in them.
    row("chatClusters", "", "! ! ! + + !").needs(Permission::EditChat).traced(READ_QUESTIONS, When::OncePerRequest),
    row("chatQueue", "", ".!. !!. 0+. 0+. !!. .!.").needs(Permission::AnswerChats),
    row("chatTexts", "", "! ! ! + + !").needs(Permission::EditChat),
    public("city", 60),
    row("conflicts", "all offices", ".!! !!! !!! ++0 +++ .!!").needs(Permission::SettleConflicts),
    row("conflicts", "one office", ".!! !!! !!! ++! +++ .!!").needs(Permission::SettleConflicts),
    row("conversation", "by code", BEARER),
    row("conversation", "own", APPLICANT),
    row("devices", "", ".!! .!! .!! .+! .++ !!!").needs(Permission::ManageDevices),
    row("defectReport", "", EVERYBODY),
    public("districts", 60),
    row("documentPickup", "", BEARER),
    row("draft", "by code", BEARER),
    row("draft", "own", APPLICANT),
    public("earliestStarts", 2),
    row("exportApplication", "by code", BEARER),
    row("exportApplication", "own", APPLICANT),
    row("exportMyArchive", "", "! + + + + !").needs(Permission::BookForOneself),
    row("exportMyData", "", "! + + + + !").needs(Permission::BookForOneself).traced("person.export", When::EachTime),
    row("failedDeliveries", "", ".!! .!! .!! .+0 .++ .!!").needs(Permission::SettleDeliveries),
    row("failedDeliveries", "about an account", ".!. .!. .!. .0. .+. .!."),
    public("freeDays", 2),
    public("freeStarts", 2),
    public("holidays", 60),
    row("inbox", "", ".!! !!! ++! ++! !!! .!!").needs(Permission::WorkOnCases),
    public("lawGate", 60),
    // The figures name nobody and fewer than five bookings are withheld, so that leads may compare.
    row("leadTimes", "all offices", "! ! ! + + !").needs(Permission::ReadStatistics),
    row("leadTimes", "one office", ".!! .!! .!! .++ .++ .!!").needs(Permission::ReadStatistics),
    row("lockerItems", "", ".!! .!! .+! .+! .!! .!!").needs(Permission::HandOutDocuments),
    public("maxBookable", 60),
    row("myApplications", "", ".!! +00 +00 +00 +00 !!!").needs(Permission::BookForOneself),
    row("myAppointments", "", ".!! +00 +00 +00 +00 .!!"),
    row("mySecondFactor", "", "? + + + + +"),
    row("mySessions", "", ".?. +0. +0. +0. +0. +0."),
    row("node", "account", ".00 +00 +00 +00 +00 +00"),
    row("node", "application", NOWHERE),
    row("node", "appointment", ".00 +00 ++0 ++0 +00 .00"),
    row("node", "case", NOWHERE),
    row("node", "catalogue", EVERYBODY),
    row("node", "delivery", ".00 .00 .00 .00 .00 .00"),
    row("node", "session", ".0. 00. 00. 00. 00. 00."),
    row("nodes", "account", ".00 +00 +00 +00 +00 +00"),
    row("nodes", "application", NOWHERE),
    row("nodes", "appointment", ".00 +00 ++0 ++0 +00 .00"),
    row("nodes", "case", NOWHERE),
    row("nodes", "catalogue", EVERYBODY),
    row("nodes", "delivery", ".00 .00 .00 .00 .00 .00"),
    row("nodes", "session", ".0. 00. 00. 00. 00. 00."),
    public("office", 60),
    row("officeAppointments", "", ".!! !!! ++! ++! !!! .!!").needs(Permission::ReadOfficeAppointments),
    row("officeReportsNear", "", ".!! !!! ++! ++! !!! .!!").needs(Permission::WorkOnCases),
    row("officeTours", "", ".!! !!! ++! ++! !!! .!!").needs(Permission::WorkOnCases),
    public("offices", 60),
    row("onlineServices", "", EVERYBODY),
    row("permitRegister", "", EVERYBODY),
    row("proofOfWorkChallenge", "", EVERYBODY),
    row("reportsNear", "", EVERYBODY),
    public("service", 60),
    row("serviceForm", "", EVERYBODY),
    public("services", 60),
    row("signInProviders", "", EVERYBODY),
    row("siteSearch", "", EVERYBODY),
    row("staffConversation", "", ".!. !!. 0+. 0+. !!. .!.")
        .needs(Permission::AnswerChats)
        .traced(READ_CONVERSATION, When::OncePerRequest),
    row("staleTutorials", "", "! ! ! + + !").needs(Permission::EditChat),
    row("tourDays", "by code", BEARER),
    row("tourDays", "own", APPLICANT),
    row("tourList", "", CASEWORK).needs(Permission::WorkOnCases).traced(READ_CASE, When::OncePerRequest),
    row("tutorial", "", EVERYBODY),
    row("upload", "by code", BEARER),
    row("upload", "own", APPLICANT),
    row("uploadDownload", "by code", BEARER),
    row("uploadDownload", "own", APPLICANT),
    row("verifyDocument", "", EVERYBODY),
    row("viewer", "", "0 + + + + +"),
    Row::new("Subscription", "capacityChanged", "", EVERYBODY),
    Row::new("Subscription", "caseStatusChanged", "by code", BEARER),
    Row::new("Subscription", "caseStatusChanged", "own", APPLICANT),
    Row::new("Subscription", "chatEvents", "by code", BEARER),
    Row::new("Subscription", "chatEvents", "own", APPLICANT),
    Row::new("Subscription", "uploadState", "by code", BEARER),
    Row::new("Subscription", "uploadState", "own", APPLICANT),
    Row::new("Subscription", "inboxChanged", "", ".!! .!! .+! .+! .!! .!!").needs(Permission::WorkOnCases),
];
