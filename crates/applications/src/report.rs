//! Reports of places (Mängelmelder): what others see near a place, who supports it, and which are about the same.
//!
//! A report is a case like every other. Beside it stands what a search needs: where it is and what it is about. What the
//! reporter wrote stays sealed; everybody reads only the words that somebody at the office let out.

mod attributes;
mod file;
mod find;
mod forget;
mod list;
mod merge;
mod near;
mod photo;
mod publish;
mod support;
mod withhold;

use database::Unit;
use domain::application::{CaseState, Outcome, ReceiptNumber};
use domain::geography::Position;
use domain::identifier::{AttachmentId, CaseId, Key};
use domain::time::Timestamp;
use forms::{Effective, Value};

use crate::Applications;
use crate::case::Case;
use crate::definition::Pinned;
use crate::failure::Failure;
use crate::secret::Supporter;
use crate::store::parties::PartyRow;
use crate::store::report_steps;

pub use attributes::{AttributeKind, ReportAttribute};
pub use file::FileReport;
pub use list::{ReportCategory, ReportFilter, ReportStanding};
pub use merge::MergeReports;
pub use near::{MAX_RADIUS_METRES, OfficeReports, ReportsNear};
pub use photo::PublicPhoto;
pub use publish::PublishReport;
pub use support::SupportReport;
pub use withhold::WithholdReport;

/// Where a report stands, as everybody reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportState {
    /// Nobody works on it yet.
    Received,
    /// Somebody works on it.
    InProgress,
    /// It was mended.
    Fixed,
    /// It ended otherwise.
    Closed,
    /// It goes on in another report.
    Duplicate,
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its number.
    pub number: ReceiptNumber,
    /// Its case, for staff.
    pub case: CaseId,
    /// The service.
    pub service: Key,
    /// What it is about: an option of the form.
    pub category: String,
    /// The same in German words.
    pub category_label: String,
    /// Where it is.
    pub position: Position,
    /// How far that is from where somebody looks, in whole metres; absent where nobody looks from a place.
    pub distance_metres: Option<u32>,
    /// When it was reported.
    pub submitted_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// What everybody may read; absent while nobody may.
    pub text: Option<String>,
    /// The photo that everybody may see.
    pub photo: Option<AttachmentId>,
    /// Since when everybody may read it.
    pub published_at: Option<Timestamp>,
    /// Where it stands.
    pub state: ReportState,
    /// How many people reported or support it.
    pub votes: i64,
    /// Until when it should be mended.
    pub expected_at: Option<Timestamp>,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// The number of the report that it goes on in, if everybody may read that one.
    pub merged_into: Option<ReceiptNumber>,
}

/// What is taken from the answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReportedPlace {
    pub(crate) category: String,
    pub(crate) position: Position,
}

/// The state that everybody reads.
pub(crate) fn state_of(
    case: CaseState,
    outcome: Option<Outcome>,
    is_merged: bool,
    fixed_at: Option<Timestamp>,
) -> ReportState {
    if is_merged {
        return ReportState::Duplicate;
    }
    match case {
        CaseState::Received | CaseState::Open => ReportState::Received,
        CaseState::Closed if fixed_at.is_some() => ReportState::Fixed,
        CaseState::Closed | CaseState::Erased => ReportState::Closed,
        // Granted means: the city takes care of it. It is mended when somebody closes the case.
        CaseState::Delivered => match outcome {
            Some(Outcome::Granted | Outcome::PartlyGranted | Outcome::DeemedGranted) | None => ReportState::InProgress,
            Some(Outcome::Refused | Outcome::Forwarded | Outcome::Withdrawn | Outcome::Settled) => ReportState::Closed,
        },
        CaseState::InReview
        | CaseState::AwaitingApplicant
        | CaseState::AwaitingThirdParty
        | CaseState::DecisionDrafted
        | CaseState::Decided
        | CaseState::Fulfilling
        | CaseState::Objected => ReportState::InProgress,
    }
}

impl Pinned {
    /// What of the answers makes a report; nothing where the service is none, or the place was not asked for.
    pub(crate) fn reported_place(&self, effective: &Effective) -> Option<ReportedPlace> {
        let rule = self.form.service().report.as_ref()?;
        match (effective.get(&rule.category)?, effective.get(&rule.place)?) {
            (Value::Text(category), Value::GeoPoint(position)) => {
                Some(ReportedPlace { category: category.clone(), position: *position })
            }
            _ => None,
        }
    }
}

impl Applications {
    /// Keeps where a case is and what it is about, in the unit that hands it in. Whoever reports is the first to support it.
    pub(crate) async fn report_place(
        &self,
        unit: &Unit,
        case: &Case,
        pinned: &Pinned,
        effective: &Effective,
        party: &PartyRow,
    ) -> Result<(), Failure> {
        let Some(place) = pinned.reported_place(effective) else { return Ok(()) };
        let calendar = self.calendar()?;
        let day = case.submitted_at.local_date(calendar.time_zone);
        let expected = pinned.deadline("processing", day, &calendar);
        report_steps::insert(unit, case, &place, expected).await?;
        let supporter = party.account.map_or(Supporter::Reporter(case.application), Supporter::Account);
        report_steps::vote(unit, case.id, self.secret.supporter(supporter), case.submitted_at).await?;
        Ok(())
    }
}
