//! What was reported and published.

use applications::{Report, ReportFilter, ReportStanding, ReportState};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::application::ReceiptNumber;
use domain::time::Timestamp;

use crate::open311::fault::Fault;
use crate::open311::parameters::{Parameters, category_of, code_of};
use crate::open311::tree::{Format, Tree};
use crate::open311::{Server, Shared};
use crate::reports::photo_path;

/// What the standard answers at most, in reports and in days.
const MOST: i64 = 1_000;
const DAYS: i64 = 90;
/// Around a place without a radius, in metres.
const USUAL_RADIUS: u16 = 250;

/// The newest reports that a filter finds.
pub(super) async fn many(State(server): Server, RawQuery(query): RawQuery, format: Format) -> Response {
    let found = async {
        let parameters = Parameters::parse(query.unwrap_or_default().as_bytes())?;
        let filter = filter(&parameters, server.application.clock.now())?;
        Ok::<_, Fault>(server.application.applications.list_reports(&filter).await?)
    };
    match found.await {
        Ok(reports) => shown(&server, &reports, format),
        Err(fault) => fault.answer(format),
    }
}

/// One report.
pub(super) async fn one(State(server): Server, Path(last): Path<String>) -> Response {
    let Some((format, number)) = Format::split(&last) else {
        return Fault::missing("the address ends in .json or .xml").answer(Format::Json);
    };
    match server.application.applications.public_report(number).await {
        Ok(report) => shown(&server, &[report], format),
        Err(applications::Failure::Problem(applications::Problem::NotFound)) => {
            Fault::missing("there is no such service_request_id, or it was not published").answer(format)
        }
        Err(failure) => Fault::from(failure).answer(format),
    }
}

fn filter(parameters: &Parameters, now: Timestamp) -> Result<ReportFilter, Fault> {
    let ids = parameters.many("service_request_id")?;
    if !ids.is_empty() {
        // As the standard has it: whoever names reports asks for nothing else. What is no number is nobody's.
        let numbers: Vec<ReceiptNumber> = ids.into_iter().filter_map(ReceiptNumber::parse).collect();
        let limit = if numbers.is_empty() { 0 } else { MOST };
        return Ok(ReportFilter { numbers, limit, ..ReportFilter::default() });
    }
    let codes = parameters.many("service_code")?;
    let categories = (!codes.is_empty()).then(|| codes.into_iter().filter_map(category_of).collect());
    let (mut open, mut closed) = (false, false);
    for word in parameters.many("status")? {
        match word {
            "open" => open = true,
            "closed" => closed = true,
            _ => return Err(Fault::bad("status is open, closed or both")),
        }
    }
    let standing = match (open, closed) {
        (true, false) => ReportStanding::Open,
        (false, true) => ReportStanding::Ended,
        (true, true) | (false, false) => ReportStanding::Any,
    };
    let around = match parameters.position()? {
        Some(position) => Some((position, parameters.radius(USUAL_RADIUS)?)),
        None => None,
    };
    let between = Some(parameters.between(now, DAYS)?);
    Ok(ReportFilter { numbers: Vec::new(), categories, between, standing, around, limit: MOST })
}

fn shown(server: &Shared, reports: &[Report], format: Format) -> Response {
    let requests = reports.iter().map(|report| request(server, report)).collect();
    format.answer(StatusCode::OK, "service_requests", &Tree::Many("request", requests))
}

fn request(server: &Shared, report: &Report) -> Tree {
    let (status, notes) = match report.state {
        ReportState::Received => ("open", "received".to_owned()),
        ReportState::InProgress => ("open", "in progress".to_owned()),
        ReportState::Fixed => ("closed", "fixed".to_owned()),
        ReportState::Closed => ("closed", "closed".to_owned()),
        ReportState::Duplicate => match &report.merged_into {
            Some(number) => ("closed", format!("duplicate of {number}")),
            None => ("closed", "duplicate".to_owned()),
        },
    };
    let code =
        code_of(&applications::ReportCategory { service: report.service.clone(), category: report.category.clone() });
    let photo = report.photo.map(|_| format!("{}{}", server.public_url, photo_path(&report.number)));
    let at = |at: Timestamp| at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Tree::Fields(vec![
        ("service_request_id", report.number.as_str().into()),
        ("status", status.into()),
        ("status_notes", notes.into()),
        ("service_name", report.category_label.as_str().into()),
        ("service_code", code.into()),
        ("description", report.text.as_deref().into()),
        ("agency_responsible", Tree::Nothing),
        ("service_notice", Tree::Nothing),
        ("requested_datetime", at(report.submitted_at).into()),
        ("updated_datetime", at(report.changed_at).into()),
        ("expected_datetime", report.expected_at.map(at).into()),
        ("address", Tree::Nothing),
        ("address_id", Tree::Nothing),
        ("zipcode", Tree::Nothing),
        ("lat", Tree::Number(report.position.latitude)),
        ("long", Tree::Number(report.position.longitude)),
        ("media_url", photo.into()),
    ])
}
