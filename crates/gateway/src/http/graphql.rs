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

use crate::{
    configuration::Trust,
    guard::Refused,
    http::{
        Admission, Caller, Door, Problem, RequestId, ResponseHeaders,
        answer::{Presented, present},
        charge::Charged,
        events, explorer, metrics,
        negotiate::{self, Answer},
        operation,
        question::{Document, Question, read_body},
        same_origin, socket,
    },
    limits::Standing,
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
    let is_get = parts.method == Method::GET;
    let question = match parts.method {
        Method::GET => Question::from_address(&parts.uri)?,
        Method::POST => {
            negotiate::require_json(&parts.headers)?;
            Question::from_json(
                &read_body(&parts.headers, body, door.settings.body_bytes, door.settings.body_time).await?,
            )?
        }
        _ => return Err(method_not_allowed("send GraphQL requests with POST, or queries with GET")),
    };
    let caller = caller(door, parts, request_id);
    let mut prepared = door.prepared(question, &caller)?;
    if is_get && prepared.kind != OperationType::Query {
        return Err(method_not_allowed("GET runs queries only; send this operation with POST"));
    }
    if prepared.kind == OperationType::Subscription && media != Answer::EventStream {
        let message = "subscriptions need `Accept: text/event-stream` or a websocket with graphql-transport-ws";
        return Err(Problem::document("SUBSCRIPTION_TRANSPORT", message));
    }
    let cookies = ResponseHeaders::default();
    let admission = door.let_in(&caller, &mut prepared, cookies.clone()).await?;
    let mut response = if media == Answer::EventStream {
        events::answer(door, prepared, caller, admission)
    } else {
        let public = prepared.public_seconds.filter(|_| is_get && !caller.has_credentials());
        let presented = door.run(prepared.request, request_id, admission.standing).await?;
        written(&presented, media, public, door.settings.answer_bytes)?
    };
    // The resolvers of an event stream have not run yet; only what authentication set travels with it.
    for (name, value) in &cookies.take() {
        response.headers_mut().append(name, value.clone());
    }
    Ok(response)
}

/// An operation that may run, once its caller was let in.
pub(super) struct Prepared {
    pub(super) request: Request,
    pub(super) kind: OperationType,
    is_trusted: bool,
    /// For how long anybody may keep the answer.
    public_seconds: Option<u32>,
    charges: Vec<Charged>,
}

fn written(
    presented: &Presented,
    media: Answer,
    public_seconds: Option<u32>,
    most: usize,
) -> Result<Response, Problem> {
    let status = match media {
        Answer::GraphqlResponse if presented.was_not_run() => StatusCode::BAD_REQUEST,
        Answer::GraphqlResponse | Answer::Json | Answer::EventStream => StatusCode::OK,
    };
    let mut response = Response::new(Body::from(presented.to_json(most)?));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    let kept =
        public_seconds.filter(|_| presented.errors.is_empty()).map(|seconds| format!("public, max-age={seconds}"));
    let kept = kept.and_then(|kept| HeaderValue::try_from(kept).ok()).unwrap_or(HeaderValue::from_static("no-store"));
    headers.insert(header::CACHE_CONTROL, kept);
    if public_seconds.is_some() {
        headers.append(header::VARY, HeaderValue::from_static("accept, authorization, cookie"));
    }
    Ok(response)
}

fn method_not_allowed(message: &'static str) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
}

fn caller(door: &Door, parts: Parts, request_id: RequestId) -> Caller {
    let address = door.address_of(&parts.headers, &parts.extensions);
    Caller { request_id, headers: Arc::new(parts.headers), address, connection_init: None }
}

async fn open_socket(door: Arc<Door>, parts: &mut Parts, request_id: RequestId) -> Response {
    if let Err(problem) = same_origin::check_socket(&parts.headers, &door.settings) {
        metrics::refused(problem.code());
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
    let address = door.address_of(&parts.headers, &parts.extensions);
    let headers = Arc::new(std::mem::take(&mut parts.headers));
    socket::upgrade(door, upgrade, Caller { request_id, headers, address, connection_init: None })
}

impl Door {
    /// Lets the guard judge the question and hands the parsed document on, so that it is parsed once; a trusted
    /// document was parsed and judged at the start.
    pub(super) fn prepared(&self, question: Question, caller: &Caller) -> Result<Prepared, Problem> {
        let none = async_graphql::Variables::default();
        let variables = question.variables().unwrap_or(&none);
        let operation_name = question.operation_name.as_deref();
        let checked = match question.document()? {
            Document::Text(text) => {
                let trusted_only = match self.settings.trust {
                    Trust::Off => false,
                    Trust::Anonymous => !caller.has_credentials(),
                    Trust::Everyone => true,
                };
                self.guard.check_trusted(&text, operation_name, variables, trusted_only)?
            }
            Document::Trusted(Some(id)) => self.guard.check_id(&id, operation_name, variables)?,
            Document::Trusted(None) => return Err(Refused::UnknownDocument.into()),
        };
        let kind = checked.kind();
        let charges = if kind == OperationType::Mutation {
            self.charges(&checked, operation_name, variables)
        } else {
            Vec::new()
        };
        let (is_trusted, public_seconds) = (checked.is_trusted(), checked.public_seconds());
        let mut request = question.into_request();
        request.set_parsed_query(checked.into_document());
        Ok(Prepared { request, kind, is_trusted, public_seconds, charges })
    }

    /// Asks who the caller is, whether they may send this document, and takes what it costs. Callers without token or
    /// session have paid for the request when it arrived.
    pub(super) async fn let_in(
        &self,
        caller: &Caller,
        prepared: &mut Prepared,
        cookies: ResponseHeaders,
    ) -> Result<Admission, Problem> {
        let has_credentials = caller.has_credentials();
        if has_credentials {
            self.before_looking(caller)?;
        }
        let mut looked = self.admit(caller, &mut prepared.request, cookies).await;
        if has_credentials {
            looked = self.after_looking(caller, looked);
        }
        let admission = looked?;
        let anonymous = admission.standing == Standing::Nobody;
        if anonymous && !prepared.is_trusted && self.settings.trust == Trust::Anonymous {
            return Err(Refused::NotTrusted.into());
        }
        self.charge_fields(&caller.payer(&admission), &prepared.charges)?;
        Ok(admission)
    }

    /// Asks who opens a websocket, once it has said so.
    pub(super) async fn let_listen(&self, caller: &Caller) -> Result<Admission, Problem> {
        if !caller.has_credentials() {
            return self.admit(caller, &mut Request::new(""), ResponseHeaders::default()).await;
        }
        self.before_looking(caller)?;
        let looked = self.admit(caller, &mut Request::new(""), ResponseHeaders::default()).await;
        self.after_looking(caller, looked)
    }

    /// Asks who the caller is and puts everything resolvers may need into the request's data.
    pub(super) async fn admit(
        &self,
        caller: &Caller,
        request: &mut Request,
        cookies: ResponseHeaders,
    ) -> Result<Admission, Problem> {
        request.data.insert(caller.request_id);
        request.data.insert(caller.clone());
        request.data.insert(cookies);
        self.authenticate.authenticate(caller, request).await
    }

    /// Runs a query or mutation within the deadline. A resolver that panics costs its own request only.
    ///
    /// Waiting for a turn takes at most a quarter of the deadline.
    pub(super) async fn run(
        &self,
        mut request: Request,
        request_id: RequestId,
        standing: Standing,
    ) -> Result<Presented, Problem> {
        let (started, field) = (Instant::now(), operation::first_field(&mut request));
        let result = self.run_in_time(request, request_id, standing).await;
        let (field, outcome) = operation::ended(field, &result);
        metrics::operated(field, outcome, started.elapsed());
        result
    }

    async fn run_in_time(
        &self,
        request: Request,
        request_id: RequestId,
        standing: Standing,
    ) -> Result<Presented, Problem> {
        let _turn = self.turns.turn(standing, self.settings.deadline / 4).await?;
        let execution = database::within_statements(self.settings.statements, self.schema.execute(request));
        let execution = AssertUnwindSafe(execution).catch_unwind();
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
