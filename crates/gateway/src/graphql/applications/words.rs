//! The fixed words of applications and cases.

use async_graphql::Enum;

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::ApplicationState")]
pub(crate) enum ApplicationState {
    /// Somebody fills it in.
    Draft,
    /// Complete but for the consent of the others.
    AwaitingParties,
    /// Everybody has agreed; the fee is due.
    AwaitingPayment,
    /// Handed in.
    Submitted,
    /// Given up by the person.
    Abandoned,
    /// Nobody went on with it in time.
    Expired,
}

/// Where a party of an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::PartyState")]
pub(crate) enum PartyState {
    /// The service needs somebody in this role.
    Expected,
    /// A code waits to be used once.
    Invited,
    /// Somebody came.
    Joined,
    /// Their own part is filled in, or was agreed to before something changed.
    SectionDone,
    /// They agreed to exactly what stands there now.
    Consented,
    /// They said no.
    Declined,
    /// The code was not used in time.
    Expired,
    /// Somebody else acts for them.
    Represented,
}

/// Where a case stands, as staff see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::CaseState")]
pub(crate) enum CaseState {
    /// Handed in; the machine looks at it within seconds.
    Received,
    /// Waits for somebody of its office.
    Open,
    /// Somebody works on it.
    InReview,
    /// The applicant was asked for something; the city's clock stands.
    AwaitingApplicant,
    /// Another body was asked; the city's clock stands.
    AwaitingThirdParty,
    /// A decision is written and waits for its approval.
    DecisionDrafted,
    /// Decided, not yet announced.
    Decided,
    /// Announced; time to object runs.
    Delivered,
    /// What was granted is being handed out.
    Fulfilling,
    /// Done.
    Closed,
    /// Somebody objected.
    Objected,
    /// Nothing personal is left.
    Erased,
}

/// What an applicant reads about where an application stands: the six values of the federal mailbox (ZBP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::PublicStatus")]
pub(crate) enum PublicStatus {
    /// Begun, not handed in.
    Initiated,
    /// Handed in.
    Submitted,
    /// The city works on it.
    Processing,
    /// The applicant has to do something.
    ActionRequired,
    /// The applicant did it; the city works on.
    ActionDone,
    /// Announced or ended.
    Completed,
}

/// What came out of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::Outcome", name = "CaseOutcome")]
pub(crate) enum Outcome {
    /// As asked.
    Granted,
    /// In part.
    PartlyGranted,
    /// Refused.
    Refused,
    /// Granted by the law, because the city's time was over.
    DeemedGranted,
    /// Another body decides.
    Forwarded,
    /// Taken back by the applicant.
    Withdrawn,
    /// Ended otherwise.
    Settled,
}

/// How a decision is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::DeliveryChannel", name = "DecisionChannel")]
pub(crate) enum DeliveryChannel {
    /// Ready to be fetched with the code or the account of the applicant.
    Portal,
    /// As electronic mail.
    Mail,
    /// As a letter.
    Post,
    /// Into the person's hands.
    HandedOver,
}

/// What an office has to do for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::TaskKind", name = "CaseTask")]
pub(crate) enum TaskKind {
    /// Look at it.
    Review,
    /// Watch the answer of the applicant.
    AwaitAnswer,
    /// Watch the answer of another body.
    AwaitThirdParty,
    /// Approve a decision or send it back.
    Approve,
    /// Announce a decision.
    Deliver,
    /// Hand out what was granted.
    Fulfil,
    /// Decide about an objection.
    ReviewObjection,
    /// See why the case has not reached the body that it goes to.
    Forward,
}

/// What happens to drafts that began with an older version of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DraftsOnPublish {
    /// They are finished with the version they began with.
    Keep,
    /// They go on with the new version, with their answers as they are. Refused if answers would be lost or mean something
    /// else.
    Migrate,
    /// They go on with the new version; answers that fit are carried along, the others are shown to whoever gave them.
    Restart,
}

/// How deep a change of a form goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "forms::CompatClass")]
pub(crate) enum Compatibility {
    /// Nothing changed.
    Same,
    /// Only words changed.
    TextOnly,
    /// New questions that need no answer, wider limits, new options.
    AdditiveOptional,
    /// New questions that need an answer.
    AdditiveRequired,
    /// Questions or options are gone: answers would be lost.
    Removed,
    /// A question asks for something else under its old name.
    Retyped,
    /// Rules, tables, fees, parties or the law around the form changed.
    RuleChanged,
}

/// Where a case stands on its way to another body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::ForwardState", name = "CaseForwardState")]
pub(crate) enum ForwardState {
    /// It has not left.
    Waiting,
    /// The delivery service has it; the receiver has not taken it yet.
    Sent,
    /// The receiver took it.
    Done,
    /// It cannot be sent, or was refused: a task of its office.
    Dead,
    /// Staff saw to it in another way.
    Settled,
}

/// How something that could not be sent was seen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::SettledBy", name = "ForwardSettledBy")]
pub(crate) enum SettledBy {
    /// It went by post.
    Post,
    /// It was handed over in person.
    InPerson,
    /// It went by another electronic way, such as De-Mail or a portal of the other body.
    OtherWay,
    /// The other body does not need it any more.
    NotNeeded,
}

/// By which way an application came to the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Intake")]
pub(crate) enum Intake {
    /// The person filled it in.
    Online,
    /// Staff filled it in with somebody at a counter.
    Counter,
    /// Staff filled it in on the telephone.
    Telephone,
    /// Staff typed it in from paper.
    Paper,
    /// Staff typed it in from a mail.
    Email,
}

/// Why an arrival belongs to its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::ArrivalReason", name = "ArrivalReason")]
pub(crate) enum ArrivalReason {
    /// The case began with it.
    First,
    /// The same account wants the same.
    SameAccount,
    /// Somebody with the same mail address or telephone wants the same.
    SameContact,
    /// Staff said that it is another matter; it began a case of its own.
    Separated,
}

/// Whether a draft counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Practice", name = "DraftKind")]
pub(crate) enum Practice {
    /// An application.
    Real,
    /// A rehearsal: the same form with made-up answers. It touches nothing and is never decided.
    Rehearsal,
}

/// Who shall decide, if it is for the applicant to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Handling", name = "DecisionMaker")]
pub(crate) enum Handling {
    /// The machine may, where a statute allows it.
    MachineMayDecide,
    /// A person.
    PersonDecides,
}

/// Whether the machine of a service may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::AutomationState")]
pub(crate) enum AutomationState {
    /// As its definition says.
    Running,
    /// People decide everything.
    Stopped,
}

/// What the second person says about a drafted decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Verdict", name = "DecisionVerdict")]
pub(crate) enum Verdict {
    /// It holds.
    Approve,
    /// It goes back to whoever works on it.
    Return,
}

/// Whose tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Whose", name = "InboxScope")]
pub(crate) enum Whose {
    /// Everybody's of the office.
    Team,
    /// Those of whoever asks.
    Mine,
}

/// Why a closed case is taken up once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::ReopenReason")]
pub(crate) enum ReopenReason {
    /// Facts or the law changed (§ 51 VwVfG).
    NewFacts,
    /// The city made a mistake (§ 48 VwVfG).
    Mistake,
    /// An objection came late and is heard all the same.
    LateObjection,
}

/// What asking the tables of a decision once more shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::Replay", name = "DecisionReplay")]
pub(crate) enum Replay {
    /// No table was asked: people decided.
    NoTables,
    /// Every table says again what it said.
    Agrees,
    /// A table says something else: the record was changed.
    Differs,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::AttachmentState")]
pub(crate) enum UploadState {
    /// A place was made for it.
    Announced,
    /// Its bytes arrive, or broke off and can be sent again.
    Uploading,
    /// It is being looked at.
    Scanning,
    /// It may be used.
    Clean,
    /// Something harmful was found; its bytes are gone.
    Infected,
    /// The look failed and will be repeated. That says nothing about the file.
    ScanError,
    /// Its kind or size is not allowed; its bytes are gone.
    Rejected,
}

/// Why a file was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum UploadRefusal {
    /// Nothing came.
    Empty,
    /// The photo is damaged, so that nobody can leave out what it tells beside the picture.
    Photo,
    /// More or fewer bytes came than were announced, or more than are allowed.
    Size,
    /// It is of a kind that is not taken here, whatever its name says.
    Type,
}

impl UploadRefusal {
    /// The refusal of a stored word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        match word {
            "empty" => Some(Self::Empty),
            "photo" => Some(Self::Photo),
            "size" => Some(Self::Size),
            "type" => Some(Self::Type),
            _ => None,
        }
    }
}
