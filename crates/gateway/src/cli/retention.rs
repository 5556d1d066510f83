//! `retention`: what has been kept long enough, counted or let go.

use clap::Subcommand;
use serde_json::json;

use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::{retention, start};

/// What to do about what has been kept long enough.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Counts what `apply` would let go, and changes nothing.
    Plan {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lets it go. The worker does the same every day.
    Apply {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Runs it.
///
/// # Errors
/// The database failed.
pub(crate) async fn run(configuration: &Configuration, command: RetentionCommand) -> Result<(), CommandError> {
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    let (settings, now) = (&configuration.retention, application.clock.now());
    let (outcome, json, word) = match command {
        RetentionCommand::Plan { json } => (retention::plan(&application, settings, now).await, json, "due"),
        RetentionCommand::Apply { json } => (retention::apply(&application, settings, now).await, json, "gone"),
    };
    let done = outcome.map_err(CommandError::Failed).map(|all| {
        if json {
            say(json!({ "classes": all }));
        } else {
            for due in all {
                let after = due.days.map_or("as each service says".to_owned(), |days| format!("after {days:>4} days"));
                say(format_args!("{:<21} {after}: {} {word}", due.class, due.count));
            }
        }
    });
    done.and(closed(database).await)
}
