//! Whether the process lives, whether it can serve, and what it has counted.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::http::Door;

/// A database that does not answer within this time is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether everything a request needs is there: the database answers, migrations are done, the city is loaded.
pub trait Readiness: Send + Sync + 'static {
    /// # Errors
    ///
    /// What is missing, in a few words without secrets; it goes to the log.
    fn check(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// Ready whenever it runs: for tests and for schemas without a database.
#[derive(Debug, Clone, Copy)]
pub struct AlwaysReady;

impl Readiness for AlwaysReady {
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The process lives. Never asks the database: an outage there must not restart every gateway.
pub(super) async fn live() -> &'static str {
    "alive\n"
}

pub(super) async fn ready(State(door): State<Arc<Door>>) -> Response {
    if door.drain.is_started() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n").into_response();
    }
    told(door.ready.as_ref()).await
}

/// As [`ready`], for a process without a front door.
pub(super) async fn worker_ready(State(ready): State<Arc<dyn Readiness>>) -> Response {
    told(ready.as_ref()).await
}

async fn told(ready: &dyn Readiness) -> Response {
    let checked = tokio::time::timeout(PATIENCE, ready.check()).await;
    match checked.unwrap_or_else(|_| Err("no answer within 2 seconds".to_owned())) {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => {
            tracing::warn!(reason, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

pub(super) async fn metrics(State(handle): State<PrometheusHandle>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
}
