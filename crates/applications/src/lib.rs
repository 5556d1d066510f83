//! Applications: online services end to end, from the first field to the archived decision.
//!
//! A service is text (`forms` compiles it); a person fills in a draft whose version is pinned from the first field on; handing
//! it in freezes exactly what was said and opens a case; the machine looks at it where a statute allows, people decide the
//! rest; the decision is announced and leaves a chain of events that shows every change.
//!
//! Every case is either announced or an open task of a named team: [`Applications::silent_cases`] counts what is neither.
//!
//! One use case, one file. [`Applications`] carries what they share.

mod access;
mod advance;
mod answer_request;
mod approve_decision;
mod arrive;
mod attach_files;
mod automatic_check;
mod case;
mod case_status;
mod chain;
mod claim_case;
mod close_case;
mod consent;
mod correct_data;
mod create_upload;
mod deadlines;
mod definition;
mod deliver_decision;
mod download;
mod draft;
mod draft_decision;
mod erase_case;
mod erase_person;
mod expire;
mod export_case;
mod export_person;
mod failure;
mod feed;
mod files;
mod fit_connect;
mod form_view;
mod forward;
mod household;
mod inbox;
mod invite_party;
mod join_party;
mod letter;
mod look_at_files;
mod move_draft;
mod object;
mod open_case;
mod payment;
mod permit;
mod publish_definition;
mod published_definition;
mod read_case;
mod read_draft;
mod receive_upload;
mod rehearse;
mod reopen_case;
mod replay_decision;
mod report;
mod request_items;
mod requests;
mod retain;
mod save_answers;
mod sealed;
mod secret;
mod separate_intake;
mod set_quota;
mod settle_forward;
mod shipped;
mod silence;
mod start_draft;
mod store;
mod submit;
mod sweep_files;
mod switch_automation;
mod tell_applicant;
mod tour;
mod town;
mod upload;
mod withdraw;
mod work_through;
mod zones;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use database::{Database, Vault};
use domain::environment::{Clock, Entropy};
use domain::identifier::DefinitionId;
use domain::time::Timestamp;
use tokio::sync::Semaphore;

pub use access::Access;
pub use answer_request::AnswerRequest;
pub use approve_decision::{ApproveDecision, Verdict};
pub use arrive::{Arrival, ArrivalReason};
pub use case::{Case, CaseDeadline, CaseEvent, Decision, DecisionReason, Intake, ItemRequest};
pub use case_status::{CaseStatus, Notice};
pub use chain::ChainFlaw;
pub use claim_case::ClaimCase;
pub use close_case::CloseCase;
pub use consent::{Consent, Summary};
pub use correct_data::CorrectData;
pub use create_upload::{Announced, CreateUpload};
pub use definition::PublishedService;
pub use deliver_decision::DeliverDecision;
pub use download::{Download, DownloadTicket};
pub use draft::{
    AnswerError, Answered, DeclarationView, DocumentView, Draft, FieldView, MyApplication, PartyView, Practice,
    StepView,
};
pub use draft_decision::DraftDecision;
pub use erase_case::EraseCase;
pub use erase_person::ErasedApplications;
pub use export_person::{PersonApplications, PersonFile};
pub use failure::{Failure, Problem};
pub use feed::Changed;
pub use files::{Bucket, FilePlace, FileStore, FileStoreError, ScannerAddress};
pub use fit_connect::{
    Carried, ClientUnusable, FitConnectSettings, Forwarding, PlainHttp, SettingsProblem, read_settings,
};
pub use form_view::{FormFieldView, FormGroupView, FormStepView, FormView, Limits, RequiredWhen};
pub use forward::{ForwardBacklog, ForwardState, ForwardView, RetryForward};
pub use inbox::{InboxEntry, InboxFilter, Whose};
pub use invite_party::{Invitation, InviteParty};
pub use join_party::JoinParty;
pub use letter::{IssuedLetter, LetterFile, Occasion, Standing, VerifiedDocument};
pub use look_at_files::LookedAt;
pub use move_draft::DroppedAnswer;
pub use object::ObjectToDecision;
pub use payment::{
    BankOrder, Payment, PaymentMessage, PaymentProvider, PressedButton, RecordPayment, RecordedPayment, RefundPayment,
    SignedMessage, StartPayment,
};
pub use permit::{
    PermitCheck, PermitRegister, PermitToken, RevokePermit, RevokeReason, Stamp, TokenError, Verify, check_permit,
    read_register,
};
pub use publish_definition::{OlderDrafts, PublishDefinition, Published};
pub use published_definition::PublishedText;
pub use read_case::CaseView;
pub use receive_upload::ReceiveUpload;
pub use rehearse::Rehearsed;
pub use reopen_case::{ReopenCase, ReopenReason};
pub use replay_decision::Replay;
pub use report::{
    AttributeKind, FileReport, MAX_RADIUS_METRES, MergeReports, OfficeReports, PublicPhoto, PublishReport, Report,
    ReportAttribute, ReportCategory, ReportFilter, ReportStanding, ReportState, ReportsNear, SupportReport,
    WithholdReport,
};
pub use request_items::RequestItems;
pub use retain::Expiring;
pub use save_answers::{AnswerChange, SaveAnswers};
pub use sealed::Handling;
pub use secret::ApplicationSecret;
pub use separate_intake::SeparateIntake;
pub use set_quota::SetQuota;
pub use settle_forward::{SettleForward, SettledBy};
pub use shipped::{shipped_service, shipped_services};
pub use start_draft::{StartDraft, Started};
pub use submit::{Receipt, Submit};
pub use switch_automation::{AutomationState, SwitchAutomation};
pub use tell_applicant::ApplicantNews;
pub use tour::{
    CancelTour, ChangeTour, ChosenTour, Collection, HoldTour, MissReason, OfficeTour, PlaceState, PlanTours,
    RecordCollection, TourDay, TourList,
};
pub use town::{Letterhead, Town, TownCalendar};
pub use upload::{Upload, UploadSettings};
pub use withdraw::Withdraw;
pub use work_through::Worked;
pub use zones::{NotAZone, StreetZones};

/// Letters written at a time: a letter is work for one core, and those who book need the others.
const TYPESETTERS: usize = 2;

/// What the feature is made of.
#[derive(Debug)]
pub struct ApplicationsParts {
    /// The database, migrated.
    pub database: Database,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What codes, samples and blind numbers are computed from.
    pub secret: ApplicationSecret,
    /// What seals answers.
    pub vault: Vault,
    /// Where the city's calendar and offices come from.
    pub town: Arc<dyn Town>,
    /// Where the contents of files lie.
    pub files: FileStore,
    /// Limits of files, and who looks for harm in them.
    pub uploads: UploadSettings,
    /// What signs permits.
    pub stamp: Arc<dyn Stamp>,
    /// Whether one can pay at the practice bank.
    pub practice_bank: PracticeBank,
}

/// Whether there is a practice bank, where no money moves. Where people pay for real there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PracticeBank {
    /// For demonstrations, courses and tests.
    Open,
    /// Nobody pays there.
    Closed,
}

/// The feature. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Applications {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) secret: ApplicationSecret,
    pub(crate) vault: Vault,
    pub(crate) town: Arc<dyn Town>,
    pub(crate) stamp: Arc<dyn Stamp>,
    pub(crate) practice_bank_is_open: bool,
    /// How many letters are written at a time.
    pub(crate) typesetters: Arc<Semaphore>,
    /// Compiled definitions. A version never changes, so nothing here grows stale.
    pub(crate) definitions: RwLock<HashMap<DefinitionId, Arc<definition::Pinned>>>,
    pub(crate) feed: feed::Feed,
    pub(crate) files: FileStore,
    pub(crate) uploads: UploadSettings,
    /// Files that may arrive at the same time.
    pub(crate) arriving: tokio::sync::Semaphore,
    /// Photos that may be taken apart at the same time; each is held whole.
    pub(crate) photos: tokio::sync::Semaphore,
    /// Drawn at the start of this process; marks its events.
    pub(crate) origin: i64,
}

impl Applications {
    /// Puts the feature together. The caller calls [`Applications::follow_changes`] every second or so and
    /// [`Applications::work_through`] every few seconds.
    pub fn new(parts: ApplicationsParts) -> Self {
        letter::read_texts();
        let ApplicationsParts { database, clock, entropy, secret, vault, town, files, uploads, stamp, practice_bank } =
            parts;
        let practice_bank_is_open = practice_bank == PracticeBank::Open;
        let mut drawn = [0; 8];
        entropy.fill(&mut drawn);
        let origin = i64::from_be_bytes(drawn);
        let feed = feed::Feed::new(clock.now());
        let typesetters = Arc::new(Semaphore::new(TYPESETTERS));
        let definitions = RwLock::default();
        let arriving = tokio::sync::Semaphore::new(uploads.parallel);
        let photos = tokio::sync::Semaphore::new(upload::PHOTOS_AT_ONCE);
        Self {
            database,
            clock,
            entropy,
            secret,
            vault,
            town,
            stamp,
            practice_bank_is_open,
            typesetters,
            definitions,
            feed,
            files,
            uploads,
            arriving,
            photos,
            origin,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The calendar of the town.
    pub(crate) fn calendar(&self) -> Result<TownCalendar, Problem> {
        self.town.calendar().ok_or(Problem::NoCity)
    }
}
