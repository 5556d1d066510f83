//! `/graphql` after the GraphQL-over-HTTP specification.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use async_graphql::{Request, parser::types::OperationType};
use axum::{
    body::Body,
    extract::{FromRequestParts, State, ws::WebSocketUpgrade},
    http::{HeaderValue, Method, Request as HttpRequest, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;

use crate::http::{
    Caller, Door, Problem, RequestId, ResponseHeaders,
    answer::{Presented, present},
    caller::client_address,
    events, explorer, metrics,
    negotiate::{self, Answer},
    operation,
    question::{Question, read_body},
    same_origin, socket,
};

/// Answers one request to `/graphql`, whatever its method, with JSON in any case.
pub(super) async fn handle(State(door): State<Arc<Door>>, request: HttpRequest<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let request_id = parts.extensions.get::<RequestId>().copied().unwrap_or_else(|| door.new_request_id());
    if parts.method == Method::GET && parts.headers.contains_key(header::UPGRADE) {
        return open_socket(door, &mut parts, request_id).await;
    }
    if door.settings.explorer_is_on()
        && parts.method == Method::GET
        && parts.uri.query().is_none()
        && negotiate::wants_page(&parts.headers)
    {
        return explorer::page();
    }
    let media = match negotiate::answer(&parts.headers) {
        Ok(media) => media,
        Err(problem) => return problem.answer(request_id, Answer::Json),
    };
    match answer(&door, parts, body, request_id, media).await {
        Ok(response) => response,
        Err(problem) => {
            metrics::refused(problem.code());
            problem.answer(request_id, media)
        }
    }
}

async fn answer(
    door: &Arc<Door>,
    parts: Parts,
    body: Body,
    request_id: RequestId,
    media: Answer,
) -> Result<Response, Problem> {
    same_origin::check_cookie_use(&parts.headers, &door.settings.public_origin)?;
    let question = match parts.method {
        Method::GET => Question::from_address(&parts.uri)?,
        Method::POST => {
            negotiate::require_json(&parts.headers)?;
            Question::from_json(&read_body(&parts.headers, body, door.settings.body_bytes).await?)?
        }
        _ => return Err(method_not_allowed("send GraphQL requests with POST, or queries with GET")),
    };
    let (mut request, kind) = door.checked(question)?;
    if parts.method == Method::GET && kind != OperationType::Query {
        return Err(method_not_allowed("GET runs queries only; send this operation with POST"));
    }
    if kind == OperationType::Subscription && media != Answer::EventStream {
        let message = "subscriptions need `Accept: text/event-stream` or a websocket with graphql-transport-ws";
        return Err(Problem::document("SUBSCRIPTION_TRANSPORT", message));
    }
    let caller = caller(door, parts, request_id);
    let cookies = ResponseHeaders::default();
    door.admit(&caller, &mut request, cookies.clone()).await?;
    let mut response = if media == Answer::EventStream {
        events::answer(door, request, kind, request_id)
    } else {
        written(&door.run(request, request_id).await?, media)
    };
    // The resolvers of an event stream have not run yet; only what authentication set travels with it.
    for (name, value) in &cookies.take() {
        response.headers_mut().append(name, value.clone());
    }
    Ok(response)
}

fn written(presented: &Presented, media: Answer) -> Response {
    let status = match media {
        Answer::GraphqlResponse if presented.was_not_run() => StatusCode::BAD_REQUEST,
        Answer::GraphqlResponse | Answer::Json | Answer::EventStream => StatusCode::OK,
    };
    let mut response = Response::new(Body::from(presented.to_json()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn method_not_allowed(message: &'static str) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
}

fn caller(door: &Door, parts: Parts, request_id: RequestId) -> Caller {
    let address = client_address(&parts, &door.settings.trusted_proxies);
    Caller { request_id, headers: Arc::new(parts.headers), address, connection_init: None }
}

async fn open_socket(door: Arc<Door>, parts: &mut Parts, request_id: RequestId) -> Response {
    if let Err(problem) = same_origin::check_origin(&parts.headers, &door.settings.public_origin) {
        return problem.answer(request_id, Answer::Json);
    }
    let upgrade = match WebSocketUpgrade::from_request_parts(parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let message = "this is not a websocket handshake we can follow";
            return Problem::new(rejection.into_response().status(), "BAD_HANDSHAKE", message)
                .answer(request_id, Answer::Json);
        }
    };
    let address = client_address(parts, &door.settings.trusted_proxies);
    let headers = Arc::new(std::mem::take(&mut parts.headers));
    socket::upgrade(door, upgrade, Caller { request_id, headers, address, connection_init: None })
}

impl Door {
    /// Lets the guard judge the question and hands the parsed document on, so that it is parsed once.
    pub(super) fn checked(&self, question: Question) -> Result<(Request, OperationType), Problem> {
        let none = async_graphql::Variables::default();
        let variables = question.variables().unwrap_or(&none);
        let checked = self.guard.check(&question.query, question.operation_name.as_deref(), variables)?;
        let kind = checked.kind();
        let mut request = question.into_request();
        request.set_parsed_query(checked.into_document());
        Ok((request, kind))
    }

    /// Asks who the caller is and puts everything resolvers may need into the request's data.
    pub(super) async fn admit(
        &self,
        caller: &Caller,
        request: &mut Request,
        cookies: ResponseHeaders,
    ) -> Result<crate::http::Admission, Problem> {
        request.data.insert(caller.request_id);
        request.data.insert(caller.clone());
        request.data.insert(cookies);
        self.authenticate.authenticate(caller, request).await
    }

    /// Runs a query or mutation within the deadline. A resolver that panics costs its own request only.
    pub(super) async fn run(&self, mut request: Request, request_id: RequestId) -> Result<Presented, Problem> {
        let (started, field) = (Instant::now(), operation::first_field(&mut request));
        let result = self.run_in_time(request, request_id).await;
        let (field, outcome) = operation::ended(field, &result);
        metrics::operated(field, outcome, started.elapsed());
        result
    }

    async fn run_in_time(&self, request: Request, request_id: RequestId) -> Result<Presented, Problem> {
        let execution = AssertUnwindSafe(self.schema.execute(request)).catch_unwind();
        match tokio::time::timeout(self.settings.deadline, execution).await {
            Ok(Ok(response)) => Ok(present(response, request_id)),
            Ok(Err(_)) => {
                tracing::error!(request.id = %request_id.0, "a resolver panicked");
                Err(Problem::internal())
            }
            Err(_) => {
                tracing::warn!(request.id = %request_id.0, "a request ran into its deadline");
                Err(deadline_exceeded())
            }
        }
    }
}

pub(super) fn deadline_exceeded() -> Problem {
    let message = "the answer took too long and was given up; ask for less at once or try again";
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", message)
}
