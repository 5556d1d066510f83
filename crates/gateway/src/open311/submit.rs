//! Taking a report from another program. It becomes a case like every other; nobody sees it before somebody has looked at it.

use applications::FileReport;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::permission::Actor;

use crate::open311::fault::Fault;
use crate::open311::parameters::{Parameters, category_of};
use crate::open311::services::unknown;
use crate::open311::tree::{Format, Tree};
use crate::open311::{Body, Server, Shared};

/// The one kind of body that the standard names.
const FORM: &str = "application/x-www-form-urlencoded";
/// What whoever reports reads.
const NOTICE: &str = "Danke. Ein Mensch liest Ihre Meldung, bevor andere sie sehen.";

pub(super) async fn take(State(server): Server, headers: HeaderMap, body: Body, format: Format) -> Response {
    match filed(&server, &headers, body).await {
        Ok(number) => {
            let request = Tree::Fields(vec![
                ("service_request_id", number.into()),
                ("service_notice", NOTICE.into()),
                ("account_id", Tree::Nothing),
            ]);
            format.answer(StatusCode::CREATED, "service_requests", &Tree::Many("request", vec![request]))
        }
        Err(fault) => fault.answer(format),
    }
}

async fn filed(server: &Shared, headers: &HeaderMap, body: Body) -> Result<String, Fault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM)) {
        return Err(Fault::bad(format!("the body is a form: {FORM}")));
    }
    let body = body.map_err(|_| Fault::bad("the body is too long or did not arrive"))?;
    let parameters = Parameters::parse(&body)?;
    let code = parameters.one("service_code")?.ok_or_else(|| Fault::bad("service_code is missing"))?;
    let category = category_of(code).ok_or_else(unknown)?;
    let position = parameters.position()?.ok_or_else(|| Fault::bad("lat and long are missing"))?;
    let description = parameters.one("description")?.ok_or_else(|| Fault::bad("description is missing"))?.to_owned();
    let email = parameters.one("email")?.map(str::to_owned);
    let attributes = parameters.attributes();
    let command = FileReport { category, position, description, email, attributes };
    // Whatever key or token came along: who reports by this way is nobody known.
    let receipt = server.application.applications.file_report(&Actor::Anonymous, &command).await?;
    Ok(receipt.number.to_string())
}
