//! Reports of places: what is near, "me too", and what staff let everybody read.

use applications::{MergeReports, OfficeReports, PublishReport, Report, ReportsNear, SupportReport, WithholdReport};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::identifier::AttachmentId;
use uuid::Uuid;

use crate::graphql::applications::payloads::{CasePayload, parted};
use crate::graphql::applications::problem::{ProblemObject, found, refused};
use crate::graphql::catalogue::{PositionInput, PositionObject};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;

/// Queries of reports.
#[derive(Default)]
pub(crate) struct ReportQuery;

/// Mutations of reports.
#[derive(Default)]
pub(crate) struct ReportMutation;

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::ReportState", name = "ReportState")]
pub(crate) enum State {
    /// Nobody works on it yet.
    Received,
    /// Somebody works on it.
    InProgress,
    /// It was mended.
    Fixed,
    /// It ended otherwise.
    Closed,
    /// It goes on in another report: `mergedInto`.
    Duplicate,
}

/// A report of something at a place (Mängelmelder). Says nothing of whoever reported it.
#[derive(SimpleObject)]
#[graphql(name = "DefectReport")]
pub(crate) struct ReportObject {
    /// Its number.
    number: String,
    /// The key of the service.
    service: String,
    /// What it is about: an option of the form.
    category: String,
    /// The same in German words.
    category_label: String,
    /// Where it is.
    position: PositionObject,
    /// How far that is from where you look, in metres; null where you do not look from a place.
    distance_metres: Option<i32>,
    /// What everybody may read; null while nobody may.
    text: Option<String>,
    /// The address of the photo on this server, a path; null where there is none for everybody.
    photo: Option<String>,
    /// Where it stands.
    state: State,
    /// How many people reported or support it.
    votes: i64,
    /// When it was reported, UTC.
    submitted_at: Instant,
    /// Since when everybody may read it, UTC; null while nobody may.
    published_at: Option<Instant>,
    /// Until when it should be mended, UTC; null where nobody has promised anything.
    expected_at: Option<Instant>,
    /// When it ended, UTC; null while it has not.
    closed_at: Option<Instant>,
    /// The number of the report that it goes on in, if everybody may read that one.
    merged_into: Option<String>,
}

impl From<Report> for ReportObject {
    fn from(report: Report) -> Self {
        let photo = report.photo.map(|_| crate::reports::photo_path(&report.number));
        Self {
            number: report.number.to_string(),
            service: report.service.to_string(),
            category: report.category,
            category_label: report.category_label,
            position: report.position.into(),
            distance_metres: report.distance_metres.and_then(|metres| i32::try_from(metres).ok()),
            text: report.text,
            photo,
            state: report.state.into(),
            votes: report.votes,
            submitted_at: report.submitted_at.into(),
            published_at: report.published_at.map(Into::into),
            expected_at: report.expected_at.map(Into::into),
            closed_at: report.closed_at.map(Into::into),
            merged_into: report.merged_into.map(|number| number.to_string()),
        }
    }
}

/// A report as the staff of its office find it.
#[derive(SimpleObject)]
pub(crate) struct OfficeReport {
    /// The global id of its case.
    case_id: ID,
    /// What everybody reads or would read.
    report: ReportObject,
}

impl From<Report> for OfficeReport {
    fn from(report: Report) -> Self {
        Self { case_id: Global::Case(report.case).id(), report: report.into() }
    }
}

/// Where to look for reports.
#[derive(InputObject)]
struct ReportsNearInput {
    /// The id of the service.
    service: ID,
    /// Where you look.
    position: PositionInput,
    /// How far, 1 to 5,000 metres; as the service says if absent.
    radius_metres: Option<i32>,
    /// About what, an option of the form; everything if absent.
    category: Option<String>,
}

impl ReportsNearInput {
    fn wanted(self) -> Result<ReportsNear> {
        // What is no radius at all is refused with the same words as one that is too large.
        let metres = |metres: i32| u16::try_from(metres).unwrap_or(0);
        Ok(ReportsNear {
            service: Global::service(&self.service)?,
            position: self.position.position()?,
            radius_metres: self.radius_metres.map(metres),
            category: self.category,
        })
    }
}

/// Supports a report.
#[derive(InputObject)]
struct SupportReportInput {
    /// The number of the report.
    number: String,
    /// Without an account: a random text of 16 to 128 printable ASCII signs that your device keeps, so that you are counted
    /// once.
    token: Option<String>,
}

/// Publishes a report.
#[derive(InputObject)]
struct PublishReportInput {
    /// The id of the case.
    case: ID,
    /// What everybody reads, 1 to 2,000 signs. It names nobody.
    public_text: String,
    /// The file id of the photo that everybody sees; none if absent. Nobody can be recognised on it.
    photo: Option<String>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Withholds a report.
#[derive(InputObject)]
struct WithholdReportInput {
    /// The id of the case.
    case: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Merges two reports.
#[derive(InputObject)]
struct MergeReportsInput {
    /// The id of the case that ends.
    case: ID,
    /// The id of the case that goes on.
    into: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// The answer to supporting a report. Either `report` or `problem` is set.
#[derive(SimpleObject)]
struct SupportReportPayload {
    /// The report as it is now; null when there is a problem.
    report: Option<ReportObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

#[Object]
impl ReportQuery {
    /// What was reported near a place and published, the nearest first, at most 100. What ended is shown for 30 days; what
    /// goes on in another report is not.
    async fn reports_near(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and about what.")] near: ReportsNearInput,
    ) -> Result<Vec<ReportObject>> {
        let reports = ctx.application().applications.reports_near(&near.wanted()?).await;
        Ok(reports.map_err(|failure| refused(&failure))?.into_iter().map(Into::into).collect())
    }

    /// A published report by its number. Null when there is none or it was not published.
    async fn defect_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number.")] number: String,
    ) -> Result<Option<ReportObject>> {
        let report = ctx.application().applications.public_report(&number).await;
        Ok(found(report)?.map(Into::into))
    }

    /// What was reported near a place to an office, published or not, the nearest first, at most 100. For its staff: to find
    /// what is about the same.
    async fn office_reports_near(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the office.")] office: ID,
        #[graphql(desc = "Where, and about what.")] near: ReportsNearInput,
    ) -> Result<Vec<OfficeReport>> {
        let wanted = OfficeReports { team: Global::office(&office)?, near: near.wanted()? };
        let reports = ctx.application().applications.office_reports_near(ctx.actor(), &wanted).await;
        Ok(reports.map_err(|failure| refused(&failure))?.into_iter().map(Into::into).collect())
    }
}

#[Object]
impl ReportMutation {
    /// "Me too": supports a published report. Doing it twice counts once.
    async fn support_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which report.")] input: SupportReportInput,
    ) -> Result<SupportReportPayload> {
        let command = SupportReport { number: input.number, token: input.token };
        let (report, problem) = parted(ctx.application().applications.support_report(ctx.actor(), &command).await)?;
        Ok(SupportReportPayload { report: report.map(Into::into), problem })
    }

    /// Lets everybody read a report in these words, or changes them. For staff of its office.
    async fn publish_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What everybody reads.")] input: PublishReportInput,
    ) -> Result<CasePayload> {
        // What names no file is asked for all the same: whoever may not ask learns that first.
        let photo = |id: String| AttachmentId(Uuid::try_parse(&id).unwrap_or(Uuid::nil()));
        let command = PublishReport {
            case: Global::case(&input.case)?,
            public_text: input.public_text,
            photo: input.photo.map(photo),
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.publish_report(ctx.actor(), &command).await)
    }

    /// Takes a report back from everybody's eyes; its case goes on. For staff of its office.
    async fn withhold_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which report.")] input: WithholdReportInput,
    ) -> Result<CasePayload> {
        let command = WithholdReport { case: Global::case(&input.case)?, idempotency_key: input.idempotency_key };
        CasePayload::of(ctx.application().applications.withhold_report(ctx.actor(), &command).await)
    }

    /// Lets a report go on in another one about the same: its supporters move, its case ends with a notice that names the
    /// other one. For staff of the office of both.
    async fn merge_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which two.")] input: MergeReportsInput,
    ) -> Result<CasePayload> {
        let command = MergeReports {
            case: Global::case(&input.case)?,
            into: Global::case(&input.into)?,
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.merge_reports(ctx.actor(), &command).await)
    }
}
