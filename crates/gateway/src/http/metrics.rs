//! Counts and durations for the operators, without anything about people.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// Upper ends of the duration classes in seconds: fine around the objective of 0.3 s for a search.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.8, 2.0, 5.0, 10.0];

/// Starts collecting, once per process, and gives the handle that writes everything collected as text.
///
/// The caller must call `run_upkeep()` on the handle every few seconds, or durations nobody reads fill the memory.
///
/// # Errors
///
/// Another recorder was installed before by someone else.
pub fn collect_metrics() -> Result<PrometheusHandle, BuildError> {
    static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = INSTALLED.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().set_buckets(&SECONDS)?.install_recorder()?;
    metrics::describe_counter!("http_requests_total", "Requests answered, by route and status");
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        metrics::Unit::Seconds,
        "Time from request to answer, by route"
    );
    metrics::describe_counter!("graphql_refused_total", "GraphQL requests refused before they ran, by code");
    metrics::describe_counter!("graphql_operations_total", "Queries and mutations run, by root field and outcome");
    metrics::describe_histogram!(
        "graphql_operation_duration_seconds",
        metrics::Unit::Seconds,
        "Time to run a query or mutation, by root field"
    );
    metrics::describe_counter!("overloaded_total", "Requests sent away because too many were waiting");
    // An alert about what never happened yet must find a zero, not a gap.
    metrics::counter!("overloaded_total").increment(0);
    metrics::describe_gauge!("ready", "1 while `/readyz` answers 200, else 0");
    metrics::describe_gauge!("disk_free_bytes", "Free space where the database file or the key lies");
    Ok(INSTALLED.get_or_init(|| handle).clone())
}

pub(super) fn answered(route: &str, status: StatusCode, took: Duration) {
    let route = route.to_owned();
    metrics::histogram!("http_request_duration_seconds", "route" => route.clone()).record(took);
    metrics::counter!("http_requests_total", "route" => route, "status" => status.as_u16().to_string()).increment(1);
}

pub(super) fn refused(code: &'static str) {
    metrics::counter!("graphql_refused_total", "code" => code).increment(1);
}

/// An operation was run. `field` is a name of the schema, so there are never more labels than root fields.
pub(super) fn operated(field: String, outcome: &'static str, took: Duration) {
    metrics::histogram!("graphql_operation_duration_seconds", "field" => field.clone()).record(took);
    metrics::counter!("graphql_operations_total", "field" => field, "outcome" => outcome).increment(1);
}
