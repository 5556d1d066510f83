//! What is measured beside the requests: whether this process is ready, and the space that is left.

use std::path::Path;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::interval;

use crate::configuration::Configuration;
use crate::http::Readiness;
use crate::start;

/// How often; also how often measurements nobody read are folded together.
const EVERY: Duration = Duration::from_secs(5);

/// Measures for ever.
pub(crate) async fn measure(configuration: Configuration, ready: impl Readiness, metrics: PrometheusHandle) {
    let folder = start::data_folder(&configuration);
    let mut ticks = interval(EVERY);
    loop {
        ticks.tick().await;
        metrics::gauge!("ready").set(if ready.check().await.is_ok() { 1.0 } else { 0.0 });
        if let Some(free) = free_bytes(&folder) {
            metrics::gauge!("disk_free_bytes").set(free as f64);
        }
        metrics.run_upkeep();
    }
}

fn free_bytes(folder: &Path) -> Option<u64> {
    let space = rustix::fs::statvfs(folder).ok()?;
    Some(space.f_bavail.saturating_mul(space.f_frsize))
}
