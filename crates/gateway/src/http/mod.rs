//! The front door: routes, limits and protocols around the GraphQL schema.

mod answer;
mod caller;
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
mod same_origin;
mod settings;
mod socket;

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    middleware,
    response::Response,
    routing::{any, get},
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tower_http::compression::{
    CompressionLayer,
    predicate::{NotForContentType, Predicate, SizeAbove},
};
use uuid::Uuid;

pub use crate::http::{
    caller::{Admission, Anonymous, Authenticate, Caller, RequestId, ResponseHeaders},
    execute::Execute,
    metrics::collect_metrics,
    probes::{AlwaysReady, Readiness},
    problem::Problem,
    settings::Settings,
};
use crate::{guard::Guard, http::negotiate::Answer, shutdown::Drain};

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

    fn new_request_id(&self) -> RequestId {
        RequestId((self.new_id)())
    }
}

/// The public routes: `/graphql`, `/livez`, `/readyz`.
pub fn router(door: Arc<Door>) -> Router {
    let explorer = if door.settings.explorer_is_on() {
        Router::new()
            .route("/graphql/explorer.js", get(explorer::script))
            .route("/graphql/explorer.css", get(explorer::style))
    } else {
        Router::new()
    };
    let compression = CompressionLayer::new()
        .compress_when(SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::const_new("text/event-stream")));
    Router::new()
        .route("/graphql", any(graphql::handle).layer(compression))
        .route("/livez", get(probes::live))
        .route("/readyz", get(probes::ready))
        .merge(explorer)
        .fallback(nothing_here)
        .layer(middleware::from_fn_with_state(Arc::clone(&door), edge::wrap))
        .with_state(door)
}

/// The routes for the operators, on a listener of their own: `/metrics`, `/livez`, `/readyz`.
pub fn internal_router(door: Arc<Door>, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/livez", get(probes::live))
        .route("/readyz", get(probes::ready))
        .with_state(door)
        .route("/metrics", get(probes::metrics).with_state(metrics))
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
