//! Cases that go to other bodies, wired: how the delivery service is reached, and the worker's rounds.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use applications::{FitConnectSettings, Forwarding, read_settings};
use domain::permission::Actor;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::application::Application;
use crate::cli::CommandError;
use crate::configuration::Configuration;

/// How often due cases are looked for.
const EVERY: Duration = Duration::from_secs(5);

/// How the delivery service is reached, if the operator has set it up.
///
/// # Errors
/// The file or its secret is missing or wrong.
pub(crate) fn settings(configuration: &Configuration) -> Result<Option<FitConnectSettings>, CommandError> {
    let Some(path) = &configuration.exchange.fit_connect_file else { return Ok(None) };
    let wrong = |reason: &dyn std::fmt::Display| {
        CommandError::Usage(format!("exchange.fit_connect_file: {}: {reason}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error.kind()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let secret = |name: &Path| std::fs::read_to_string(folder.join(name));
    read_settings(&text, &secret).map(Some).map_err(|problem| wrong(&problem))
}

/// The carrier of cases, if the operator has set it up.
///
/// # Errors
/// As [`settings`]; or this machine cannot speak HTTPS.
pub(crate) fn open(
    configuration: &Configuration,
    application: &Application,
) -> Result<Option<Forwarding>, CommandError> {
    let Some(settings) = settings(configuration)? else { return Ok(None) };
    let forwarding = Forwarding::new(Arc::clone(&application.applications), settings);
    forwarding.map(Some).map_err(|error| CommandError::Failed(error.to_string()))
}

/// Carries cases until `stop`, and ends between two of them.
pub(crate) async fn carry(forwarding: Option<Forwarding>, stop: CancellationToken) {
    let Some(forwarding) = forwarding else { return };
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_failing = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        match forwarding.carry_due(&Actor::System, &|| !stop.is_cancelled()).await {
            Ok(carried) => {
                metrics::counter!("cases_forwarded_total").increment(carried.sent);
                metrics::counter!("case_forwards_failed_total").increment(carried.failed + carried.dead);
                if std::mem::take(&mut is_failing) {
                    tracing::info!("cases leave again");
                }
            }
            Err(failure) => {
                if !std::mem::replace(&mut is_failing, true) {
                    tracing::error!(%failure, "cases do not leave; they are tried again");
                }
            }
        }
    }
}
