//! The front door: routes, limits and protocols around the GraphQL schema.

mod answer;
mod caller;
mod charge;
mod edge;
mod events;
mod execute;
mod explorer;
mod graphql;
mod metrics;
mod negotiate;
mod operation;
mod probes;
mod problem;
mod question;
mod right;
mod same_origin;
mod settings;
mod socket;
mod turns;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware,
    response::Response,
    routing::{any, get},
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tower_http::{
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    cors::CorsLayer,
};
use uuid::Uuid;

pub(crate) use crate::http::same_origin::check_cookie_use;
pub use crate::http::{
    caller::{Admission, Anonymous, Authenticate, Caller, RequestId, ResponseHeaders},
    charge::FieldCharge,
    execute::Execute,
    metrics::collect_metrics,
    probes::{AlwaysReady, Readiness},
    problem::Problem,
    settings::{LiveTimes, Settings},
};
use crate::{
    guard::{Guard, Manifest},
    http::{negotiate::Answer, turns::Turns},
    limits::{Census, Limits, Ticks},
    shutdown::Drain,
};

/// Answers shorter than this gain nothing from compression, in bytes.
const WORTH_COMPRESSING: u64 = 1_024;

/// Everything the front door needs to know, injected once at the start.
pub struct Door {
    schema: Arc<dyn Execute>,
    authenticate: Arc<dyn Authenticate>,
    ready: Arc<dyn Readiness>,
    new_id: Box<dyn Fn() -> Uuid + Send + Sync>,
    guard: Guard,
    settings: Settings,
    drain: Drain,
    sockets: Arc<Semaphore>,
    census: Census,
    turns: Turns,
    limits: Option<Limits>,
    field_charges: &'static [FieldCharge],
    /// Blinds contacts before they are counted.
    blind: [u8; 32],
}

impl Door {
    /// A door to this schema for anonymous callers, always ready, with version 7 ids.
    pub fn new(schema: impl Execute, settings: Settings, drain: Drain) -> Self {
        Self {
            schema: Arc::new(schema),
            authenticate: Arc::new(Anonymous),
            ready: Arc::new(AlwaysReady),
            new_id: Box::new(Uuid::now_v7),
            guard: Guard::new(settings.limits.clone()),
            sockets: Arc::new(Semaphore::new(settings.sockets)),
            census: Census::default(),
            turns: Turns::new(settings.concurrent_requests, settings.queued_requests),
            limits: settings.rates.map(|rates| Limits::new(&rates, &Ticks::of_this_machine())),
            field_charges: &[],
            blind: rand::random(),
            settings,
            drain,
        }
    }

    /// The same door with somebody who knows the callers.
    #[must_use]
    pub fn with_authentication(self, authenticate: impl Authenticate) -> Self {
        Self { authenticate: Arc::new(authenticate), ..self }
    }

    /// The same door with a check of what `/readyz` promises.
    #[must_use]
    pub fn with_readiness(self, ready: impl Readiness) -> Self {
        Self { ready: Arc::new(ready), ..self }
    }

    /// The same door with request ids from another source.
    #[must_use]
    pub fn with_ids(self, new_id: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        Self { new_id: Box::new(new_id), ..self }
    }

    /// The same door that counts these fields.
    #[must_use]
    pub fn with_charges(self, field_charges: &'static [FieldCharge]) -> Self {
        Self { field_charges, ..self }
    }

    /// The same door with documents that are trusted.
    #[must_use]
    pub fn with_manifest(self, manifest: Manifest) -> Self {
        Self { guard: self.guard.with_manifest(manifest), ..self }
    }

    /// The same door whose budgets follow another clock.
    #[must_use]
    pub fn with_ticks(self, ticks: &Ticks) -> Self {
        Self { limits: self.settings.rates.map(|rates| Limits::new(&rates, ticks)), ..self }
    }

    fn new_request_id(&self) -> RequestId {
        RequestId((self.new_id)())
    }
}

/// The public routes: `/graphql`, `/livez`, `/readyz`.
pub fn router(door: Arc<Door>) -> Router {
    router_with(door, Router::new())
}

/// The public routes with further pages, all behind the same edge: ids, measurements, origins, budgets, limits of time and
/// size, protective headers, a net for panics.
pub fn router_with(door: Arc<Door>, pages: Router) -> Router {
    let explorer = if door.settings.explorer_is_on() {
        Router::new()
            .route("/graphql/explorer.js", get(explorer::script))
            .route("/graphql/explorer.css", get(explorer::style))
    } else {
        Router::new()
    };
    let compression = CompressionLayer::new()
        .compress_when(SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::const_new("text/event-stream")));
    let mut graphql = any(graphql::handle).layer(compression);
    if !door.settings.cors_origins.is_empty() {
        graphql = graphql.layer(cors(&door.settings));
    }
    Router::new()
        .route(edge::GRAPHQL, graphql)
        .route("/livez", get(probes::live))
        .route("/readyz", get(probes::ready))
        .merge(explorer)
        .with_state(Arc::clone(&door))
        .merge(pages)
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(door.settings.body_bytes))
        .layer(middleware::from_fn_with_state(door, edge::wrap))
}

/// Lets pages of the listed sites read answers. Without `allow_credentials` no browser sends cookies along.
fn cors(settings: &Settings) -> CorsLayer {
    let origins = settings.cors_origins.iter().filter_map(|origin| HeaderValue::try_from(origin).ok());
    CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION, header::ACCEPT])
        .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
        .max_age(std::time::Duration::from_mins(10))
}

/// The routes for the operators, on a listener of their own: `/metrics`, `/livez`, `/readyz`.
pub fn internal_router(door: Arc<Door>, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/livez", get(probes::live))
        .route("/readyz", get(probes::ready))
        .with_state(door)
        .route("/metrics", get(probes::metrics).with_state(metrics))
        .layer(middleware::from_fn(edge::wrap_internal))
}

/// The routes for the operators of a worker on its own: as [`internal_router`], without a front door behind.
pub fn worker_router(ready: Arc<dyn Readiness>, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/livez", get(probes::live))
        .route("/readyz", get(probes::worker_ready).with_state(ready))
        .route("/metrics", get(probes::metrics).with_state(metrics))
}

async fn nothing_here(id: axum::Extension<RequestId>) -> Response {
    Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is nothing at this address").answer(id.0, Answer::Json)
}
