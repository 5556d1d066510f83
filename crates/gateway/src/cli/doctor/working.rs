//! What `doctor` looks at of the work: letters, places that lapsed, and whether every count is right.

use database::Database;
use domain::environment::Clock;

use super::{Finding, State};
use crate::configuration::Configuration;
use crate::environment::SystemClock;
use crate::{mail, start};

/// Letters leave within seconds; more than this many at once wait for something.
const MANY_LETTERS: u64 = 1_000;
/// The worker gives lapsed places back every few seconds; what lapsed so many minutes ago has been missed.
const LATE_MINUTES: i64 = 2;

/// Which way letters go.
pub(super) fn mail(configuration: &Configuration) -> Finding {
    let mail = &configuration.mail;
    match &mail.smtp_url_file {
        None => {
            let shown = mail.directory.display();
            Finding::new("mail", State::Warn, format!("no mail server: letters are put into {shown} and leave nobody"))
        }
        Some(file) => match std::fs::File::open(file) {
            Ok(_) => Finding::new("mail", State::Ok, format!("by the server named in {}", file.display())),
            Err(error) => Finding::new("mail", State::Fail, format!("{}: {error}", file.display())),
        },
    }
}

/// What waits to be sent or called, and what was given up and waits for somebody to decide.
pub(super) async fn letters(configuration: &Configuration, database: &Database) -> Finding {
    let finding = |state, message: String| Finding::new("letters", state, message);
    let webhooks = match mail::endpoints(configuration) {
        Ok(endpoints) => endpoints.len(),
        Err(error) => return finding(State::Fail, error.to_string()),
    };
    // Counting signs nothing, so the real key stays out of this.
    let (application, _desk) = match start::application(configuration, database.clone(), start::Secrets::NONE) {
        Ok(wired) => wired,
        Err(error) => return finding(State::Fail, error.to_string()),
    };
    match application.deliveries.backlog().await {
        Ok(backlog) => {
            let state = if backlog.dead > 0 || backlog.waiting > MANY_LETTERS { State::Warn } else { State::Ok };
            let hint = if backlog.dead > 0 { "; `failedDeliveries` in the API names them" } else { "" };
            let counts = format!("{} wait, {} were given up, {webhooks} webhooks", backlog.waiting, backlog.dead);
            finding(state, format!("{counts}{hint}"))
        }
        Err(error) => finding(State::Fail, error.to_string()),
    }
}

/// Places that should have been given back.
pub(super) async fn lapsed(database: &Database) -> Finding {
    let finding = |state, message: String| Finding::new("lapsed places", state, message);
    let before = SystemClock.now().plus_minutes(-LATE_MINUTES);
    match scheduling::lapsed_places(database, before).await {
        Ok(0) => finding(State::Ok, "all given back".to_owned()),
        Ok(count) => {
            finding(State::Warn, format!("{count} wait for more than {LATE_MINUTES} minutes; does a worker run?"))
        }
        Err(error) => finding(State::Fail, error.to_string()),
    }
}

/// Whether every count is what the appointments take, at one moment.
pub(super) async fn counts(database: &Database) -> Finding {
    let finding = |state, message: String| Finding::new("counts", state, message);
    let counted = async { scheduling::check_counts(&database.snapshot().await?).await };
    match counted.await {
        Ok(counts) if counts.are_right() => {
            let scheduling::Counts { appointments, cells, .. } = counts;
            finding(State::Ok, format!("{cells} counts are what {appointments} appointments take"))
        }
        Ok(counts) => finding(
            State::Fail,
            format!("{} of {} counts are wrong, {} over capacity", counts.wrong, counts.cells, counts.overfull),
        ),
        Err(error) => finding(State::Fail, error.to_string()),
    }
}
