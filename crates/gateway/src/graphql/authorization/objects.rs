//! The fields of objects: rows for what carries something personal or of an office, and whole types of what does not.
//!
//! A row of an object says what comes of asking for it by every way that leads to such an object. The words of a grid are:
//! visitor, citizen, clerk, lead, operator, device; their signs: one's own, somebody else's in one's own office, another
//! office's.

use domain::permission::Permission;

use crate::graphql::authorization::{Row, When};
use crate::graphql::sensitive::{READ_ACCOUNT, READ_CASE, READ_CONTACT};

/// How the fields of a type are decided that have no rows of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everybody may read every field: the catalogue, the law, what is free. Nothing of anybody.
    Public,
    /// Whoever was given the answer may read it: the field that gives it has the rows. Its fields are listed, so that a
    /// new one is a decision.
    Carried(&'static [&'static str]),
}

/// A type whose fields are decided together.
#[derive(Debug, Clone, Copy)]
pub struct TypeRow {
    /// The type.
    pub kind: &'static str,
    /// How it is decided.
    pub reach: Reach,
}

/// By code, as the owner, as staff of the office; operators see what is in conflict.
const APPOINTMENT: &str = "+00 +00 ++0 ++0 +++ .00";
/// As the appointment; but operators settle conflicts without learning whose they are.
const CONTACT: &str = "+00 +00 ++0 ++0 +xx .00";
/// One's own, that of a colleague who booked for somebody, and for operators all.
const ACCOUNT: &str = ".00 +00 ++0 ++0 +++ +00";
/// Whoever has a part in an application, by code or as an account; nobody else.
const PART: &str = "+00 +00 +00 +00 +00 +00";
/// The list of one's own applications; devices have none.
const MINE: &str = ".!! +00 +00 +00 +00 !!!";
/// The staff of the office that a case is the task of.
const CASE: &str = ".!! !!! ++0 ++0 !!! .!!";
const DELIVERY: &str = ".!! .!! .!! .+0 .++ .!!";
const DEVICE: &str = ".!! .!! .!! .+! .++ !!!";
const SESSION: &str = ".?. +0. +0. +0. +0. +0.";

const fn row(kind: &'static str, field: &'static str, grid: &str) -> Row {
    Row::new(kind, field, "", grid)
}

/// What stands in a case: names, answers, reasons.
const fn file(field: &'static str) -> Row {
    row("CaseDetails", field, CASE).needs(Permission::WorkOnCases).traced(READ_CASE, When::OncePerRequest)
}

const fn public(kind: &'static str) -> TypeRow {
    TypeRow { kind, reach: Reach::Public }
}

const fn carried(kind: &'static str, fields: &'static [&'static str]) -> TypeRow {
    TypeRow { kind, reach: Reach::Carried(fields) }
}

/// The rows.
pub(super) const ROWS: &[Row] = &[
    row("Appointment", "bookedBy", "x00 x00 ++0 ++0 xxx .00").needs(Permission::ReadOfficeAppointments),
    row("Appointment", "calendarFile", APPOINTMENT),
    row("Appointment", "changedAt", APPOINTMENT),
    row("Appointment", "channel", APPOINTMENT),
    row("Appointment", "conflict", APPOINTMENT),
    row("Appointment", "contact", CONTACT).traced(READ_CONTACT, When::OncePerRequest),
    row("Appointment", "createdAt", APPOINTMENT),
    row("Appointment", "endsAt", APPOINTMENT),
    row("Appointment", "expiresAt", APPOINTMENT),
    row("Appointment", "id", APPOINTMENT),
    row("Appointment", "matters", APPOINTMENT),
    row("Appointment", "number", APPOINTMENT),
    row("Appointment", "office", APPOINTMENT),
    row("Appointment", "overbooked", APPOINTMENT),
    row("Appointment", "quota", APPOINTMENT),
    row("Appointment", "startsAt", APPOINTMENT),
    row("Appointment", "status", APPOINTMENT),
    row("Appointment", "team", APPOINTMENT),
    row("Contact", "language", CONTACT).traced(READ_CONTACT, When::OncePerRequest),
    row("Contact", "mail", CONTACT).traced(READ_CONTACT, When::OncePerRequest),
    row("Contact", "name", CONTACT).traced(READ_CONTACT, When::OncePerRequest),
    row("Contact", "phone", CONTACT).traced(READ_CONTACT, When::OncePerRequest),
    row("Account", "createdAt", ACCOUNT),
    row("Account", "disabledAt", ACCOUNT),
    row("Account", "id", ACCOUNT),
    row("Account", "login", ".00 +00 +x0 +x0 +++ +00").traced(READ_ACCOUNT, When::OncePerRequest),
    row("Account", "name", ACCOUNT).traced(READ_ACCOUNT, When::OncePerRequest),
    row("Account", "office", ACCOUNT),
    row("Account", "role", ACCOUNT),
    row("ApplicationDraft", "answers", PART),
    row("ApplicationDraft", "caseId", PART),
    row("ApplicationDraft", "complete", PART),
    row("ApplicationDraft", "documents", PART),
    row("ApplicationDraft", "dropped", PART),
    row("ApplicationDraft", "errors", PART),
    row("ApplicationDraft", "expiresAt", PART),
    row("ApplicationDraft", "feeCents", PART),
    row("ApplicationDraft", "form", PART),
    row("ApplicationDraft", "householdUsed", PART),
    row("ApplicationDraft", "id", PART),
    row("ApplicationDraft", "kind", PART),
    row("ApplicationDraft", "language", PART),
    row("ApplicationDraft", "parties", PART),
    row("ApplicationDraft", "rev", PART),
    row("ApplicationDraft", "role", PART),
    row("ApplicationDraft", "service", PART),
    row("ApplicationDraft", "sha256", PART),
    row("ApplicationDraft", "state", PART),
    row("ApplicationDraft", "steps", PART),
    row("ApplicationDraft", "tour", PART),
    row("ApplicationDraft", "version", PART),
    row("Case", "changedAt", CASE).needs(Permission::WorkOnCases),
    row("Case", "channel", CASE).needs(Permission::WorkOnCases),
    row("Case", "clerkId", CASE).needs(Permission::WorkOnCases),
    row("Case", "decidedAt", CASE).needs(Permission::WorkOnCases),
    row("Case", "deliveredAt", CASE).needs(Permission::WorkOnCases),
    row("Case", "id", CASE).needs(Permission::WorkOnCases),
    row("Case", "intake", CASE).needs(Permission::WorkOnCases),
    row("Case", "objectionUntil", CASE).needs(Permission::WorkOnCases),
    row("Case", "officeKey", CASE).needs(Permission::WorkOnCases),
    row("Case", "outcome", CASE).needs(Permission::WorkOnCases),
    row("Case", "receiptNumber", CASE).needs(Permission::WorkOnCases),
    row("Case", "receivedOn", CASE).needs(Permission::WorkOnCases),
    row("Case", "revision", CASE).needs(Permission::WorkOnCases),
    row("Case", "service", CASE).needs(Permission::WorkOnCases),
    row("Case", "state", CASE).needs(Permission::WorkOnCases),
    row("Case", "submittedAt", CASE).needs(Permission::WorkOnCases),
    file("answers"),
    file("arrivals"),
    file("case"),
    file("deadlines"),
    file("decision"),
    file("decisionReplay"),
    file("events"),
    file("files"),
    file("forwards"),
    file("historyBrokenAt"),
    file("historyIntact"),
    file("objection"),
    file("request"),
    file("tour"),
    row("CaseStatus", "askedFor", PART),
    row("CaseStatus", "calendarFile", PART),
    row("CaseStatus", "caseId", PART),
    row("CaseStatus", "changedAt", PART),
    row("CaseStatus", "deadlines", PART),
    row("CaseStatus", "notice", PART),
    row("CaseStatus", "receiptNumber", PART),
    row("CaseStatus", "service", PART),
    row("CaseStatus", "status", PART),
    row("CaseStatus", "submittedAt", PART),
    row("CaseStatus", "tour", PART),
    row("MyApplication", "caseId", MINE),
    row("MyApplication", "id", MINE),
    row("MyApplication", "role", MINE),
    row("MyApplication", "service", MINE),
    row("MyApplication", "state", MINE),
    row("Delivery", "attempts", DELIVERY),
    row("Delivery", "changedAt", DELIVERY),
    row("Delivery", "happenedAt", DELIVERY),
    row("Delivery", "id", DELIVERY),
    row("Delivery", "kind", DELIVERY),
    row("Delivery", "office", DELIVERY),
    row("Delivery", "reason", DELIVERY),
    row("Delivery", "reminderMinutes", DELIVERY),
    row("Delivery", "state", DELIVERY),
    row("Delivery", "subject", DELIVERY),
    row("Delivery", "webhook", DELIVERY),
    row("Device", "account", DEVICE),
    row("Device", "seenAt", DEVICE),
    row("Session", "createdAt", SESSION),
    row("Session", "expiresAt", SESSION),
    row("Session", "id", SESSION),
    row("Session", "isCurrent", SESSION),
    row("Session", "kind", SESSION),
    row("Session", "name", SESSION),
];

/// The types whose fields are decided together.
pub const TYPES: &[TypeRow] = &[
    public("Automation"),
    public("CapacityChange"),
    public("City"),
    public("Closure"),
    public("DefectReport"),
    public("District"),
    public("EarliestStarts"),
    public("Fee"),
    public("FreeDay"),
    public("FreeDayOffice"),
    public("FreeStart"),
    public("FreeStartConnection"),
    public("FreeStartEdge"),
    public("Holiday"),
    public("LawAnswer"),
    public("MaxBookable"),
    public("Office"),
    public("OfficeConnection"),
    public("OfficeEdge"),
    public("OnlineService"),
    public("OpenWay"),
    public("OpeningDay"),
    public("OpeningHours"),
    public("PageInfo"),
    public("Position"),
    public("Presence"),
    public("ProofOfWorkChallenge"),
    public("Provenance"),
    public("RefusedWay"),
    public("Service"),
    public("ServiceConnection"),
    public("ServiceEdge"),
    public("SignInProvider"),
    public("VerifiedDocument"),
    public("WallHours"),
    public("WayOffer"),
    carried("AccessTokenPayload", &["challenge", "expiresAt", "problem", "refreshExpiresAt", "refreshToken", "token"]),
    carried("AccountConnection", &["edges", "nodes", "pageInfo"]),
    carried("AccountEdge", &["cursor", "node"]),
    carried("AccountPayload", &["account", "problem"]),
    carried("AccountProblem", &["code", "message"]),
    carried("AnswerObject", &["path", "value"]),
    carried("ApplicationDonePayload", &["done", "problem"]),
    carried("ApplicationParty", &["consentedAt", "invitedUntil", "role", "state", "trust"]),
    carried(
        "ApplicationProblem",
        &[
            "accept",
            "code",
            "details",
            "dueCents",
            "fields",
            "legalReference",
            "message",
            "mostBytes",
            "neededTrust",
            "roles",
        ],
    ),
    carried("ApplicationReceipt", &["applicationId", "caseId", "joined", "number", "service", "submittedAt"]),
    carried("ApplicationSummary", &["draft", "sha256"]),
    carried("AppointmentConnection", &["edges", "nodes", "pageInfo"]),
    carried("AppointmentEdge", &["cursor", "node"]),
    carried("AppointmentPayload", &["appointment", "manageCode", "problem"]),
    carried("BeginSecondFactorPayload", &["problem", "secret", "uri"]),
    carried("CaseArrival", &["answers", "arrivedAt", "id", "reason", "recordedById", "way"]),
    carried("CaseDeadline", &["dueAt", "kind", "pausedAt"]),
    carried("CaseLetter", &["id", "issuedAt", "occasion", "revokedAt"]),
    carried("CaseDecision", &["automatic", "outcome", "reasons", "traces"]),
    carried("CaseEvent", &["actorId", "at", "facts", "kind", "number"]),
    carried("CaseForward", &["attempts", "reason", "remoteEvent", "sink", "state"]),
    carried("CasePayload", &["case", "problem"]),
    carried("CaseRequest", &["answer", "items"]),
    carried("CaseStatusPayload", &["problem", "status"]),
    carried("ConfirmSecondFactorPayload", &["problem", "recoveryCodes", "viewer"]),
    carried("ChosenTour", &["changeUntil", "day", "district", "heldUntil", "id", "litres", "putOutBy", "state"]),
    carried("CreateUploadPayload", &["address", "problem", "token", "upload"]),
    carried("ChatChoice", &["label", "says"]),
    carried("ChatCitation", &["basis", "date", "serviceKey", "source"]),
    carried(
        "ChatQueueEntry",
        &[
            "bot",
            "callAt",
            "conversationId",
            "language",
            "reason",
            "services",
            "state",
            "turns",
            "waitingSince",
            "wish",
        ],
    ),
    carried("ChatStaffPayload", &["entry", "problem"]),
    carried(
        "Conversation",
        &["bot", "changedAt", "createdAt", "events", "id", "language", "lastSequence", "staffed", "state", "wish"],
    ),
    carried(
        "ConversationEvent",
        &[
            "action",
            "at",
            "choices",
            "citation",
            "intent",
            "kind",
            "language",
            "reason",
            "reference",
            "sequence",
            "services",
            "speaker",
            "text",
            "verdict",
        ],
    ),
    carried("ConversationPayload", &["conversation", "problem"]),
    carried("ConversationProblem", &["code", "message"]),
    carried("DecisionNotice", &["automatic", "channel", "objectionUntil", "outcome", "reasons", "receivedOn"]),
    carried("DefinitionChange", &["class", "what"]),
    carried("DecisionReason", &["legalReference", "text"]),
    carried("DeliveryConnection", &["edges", "nodes", "pageInfo"]),
    carried("DeliveryEdge", &["cursor", "node"]),
    carried("DeliveryPayload", &["delivery", "problem"]),
    carried("DeviceEnrolmentPayload", &["code", "expiresAt", "problem"]),
    carried("DraftPayload", &["draft", "problem"]),
    carried("DroppedAnswer", &["label", "path", "value"]),
    carried("EndSessionPayload", &["ended", "problem"]),
    carried("EnrolDevicePayload", &["account", "expiresAt", "problem", "refreshExpiresAt", "refreshToken", "token"]),
    carried("EraseMyAppointmentsPayload", &["appointments", "cancelled", "left"]),
    carried(
        "EraseMyDataPayload",
        &["account", "appointments", "cancelled", "cases", "conversations", "drafts", "keptCases", "left"],
    ),
    carried("FieldProblem", &["code", "message", "path"]),
    carried("FileDownload", &["address", "until"]),
    carried("FinishRehearsalPayload", &["problem", "rehearsal"]),
    carried("FormDeclaration", &["sha256", "text"]),
    carried("FormField", &["declaration", "label", "path", "required"]),
    carried("FormOption", &["key", "label"]),
    carried("FormStep", &["fields", "key"]),
    carried("InboxChange", &["caseId"]),
    carried("InboxConnection", &["edges", "nodes", "pageInfo"]),
    carried("InboxEdge", &["cursor", "node"]),
    carried("InboxTask", &["case", "dueAt", "since", "task"]),
    carried("InvitePartyPayload", &["code", "problem", "until"]),
    carried("LeadTimes", &["bookings", "medianHours", "ninetiethHours"]),
    carried("LetterFile", &["content", "mediaType", "name", "sha256"]),
    carried("OfficeReport", &["caseId", "report"]),
    carried("OfficeTour", &["capacityLitres", "day", "district", "id", "service", "takenLitres"]),
    carried("Matter", &["people", "service", "serviceKey"]),
    carried("PersonalArchive", &["address", "until"]),
    carried("Payment", &["amountCents", "createdAt", "id", "page", "provider", "reference", "refundedCents", "state"]),
    carried("PaymentPayload", &["payment", "problem"]),
    carried("Problem", &["alternatives", "appointment", "challenge", "code", "field", "message"]),
    carried(
        "PublishDefinitionPayload",
        &["changes", "compatibility", "notices", "olderDrafts", "problem", "service", "sha256", "version"],
    ),
    carried("RateAnswerPayload", &["problem", "rated"]),
    carried("Rehearsal", &["outcome", "reasons", "service", "watermark"]),
    carried("RenewRecoveryCodesPayload", &["problem", "recoveryCodes"]),
    carried("RequestPasswordResetPayload", &["accepted"]),
    carried("RequiredDocument", &["key", "legalReference"]),
    carried("ResetPasswordPayload", &["problem", "reset"]),
    carried("RevokeDevicePayload", &["problem", "revoked"]),
    carried("RevokeTokensPayload", &["revoked"]),
    carried("RotateKeysPayload", &["keyId"]),
    carried("SecondFactor", &["enabled", "recoveryCodes"]),
    carried("SendMessagePayload", &["conversation", "events", "problem"]),
    carried(
        "ServiceForm",
        &["legalBasis", "parties", "purpose", "service", "sha256", "steps", "summary", "title", "version"],
    ),
    carried(
        "ServiceFormField",
        &[
            "accept",
            "decimalPlaces",
            "help",
            "kind",
            "label",
            "maximum",
            "minimum",
            "mostBytes",
            "mostCharacters",
            "options",
            "path",
            "required",
        ],
    ),
    carried("ServiceFormGroup", &["fewestRows", "fields", "item", "key", "mostRows", "title"]),
    carried("ServiceFormParty", &["role", "title"]),
    carried("ServiceFormStep", &["groups", "key", "title"]),
    carried("SignInPayload", &["challenge", "expiresAt", "problem", "viewer"]),
    carried("SignOutPayload", &["signedOut"]),
    carried("SignedInAnewPayload", &["problem", "viewer"]),
    carried("SiteSearchHit", &["citation", "name", "serviceKey", "text"]),
    carried("StaffConversation", &["entry", "events", "phone"]),
    carried("StartConversationPayload", &["code", "conversation", "problem"]),
    carried("StartDraftPayload", &["code", "draft", "problem"]),
    carried("SubmitApplicationPayload", &["problem", "receipt"]),
    carried("TourDay", &["day", "freeLitres", "id", "putOutBy"]),
    carried("TourDays", &["days", "problem"]),
    carried("TourList", &["content", "mediaType", "name", "places"]),
    carried("SupportReportPayload", &["problem", "report"]),
    carried(
        "UploadedFile",
        &["bytes", "expiresAt", "fileId", "mediaType", "name", "path", "refusal", "sha256", "state"],
    ),
];
