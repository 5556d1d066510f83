//! How old the last backup is, measured for the alert that notices when none is made any more.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use domain::environment::Clock;

use crate::cli::newest_backup;
use crate::environment::SystemClock;

/// How often is looked.
const EVERY: Duration = Duration::from_mins(1);

/// Looks for ever. While there is no backup nothing is measured: an age of nothing would be a lie.
pub(crate) async fn measure(directory: PathBuf) {
    metrics::describe_gauge!("backup_age_seconds", metrics::Unit::Seconds, "Time since the last backup was taken");
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let directory = directory.clone();
        // The directory may lie on a disk of the network that hangs.
        let newest = tokio::task::spawn_blocking(move || newest_backup(&directory)).await;
        if let Ok(Some(taken_at)) = newest {
            let age = SystemClock.now().to_utc() - taken_at;
            metrics::gauge!("backup_age_seconds").set(age.num_seconds() as f64);
        }
    }
}
