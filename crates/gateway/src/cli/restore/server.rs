//! Restoring into a PostgreSQL database: one transaction takes away what was there and brings back what was saved.

use database::{DatabaseError, Unit};

use super::Place;
use crate::cli::CommandError;
use crate::cli::backup::{Backup, Filled, fill};
use crate::cli::migrate::closed;
use crate::configuration::Configuration;
use crate::start;

/// Restores into the database that the configuration names.
///
/// # Errors
/// The place is not empty or in use, the backup is refused, or the database failed; then the place is as it was.
pub(super) async fn restore(
    configuration: &Configuration,
    backup: &Backup,
    keys: &Backup,
    place: Place,
) -> Result<Filled, CommandError> {
    let database = start::connect(configuration).await?;
    let unit = database.begin().await.map_err(|error| failed(&error))?;
    make_room(&unit, place).await?;
    let filled = fill(&unit, backup, keys).await?;
    unit.commit().await.map_err(|error| failed(&error))?;
    closed(database).await?;
    Ok(filled)
}

async fn make_room(unit: &Unit, place: Place) -> Result<(), CommandError> {
    let there = unit.inhabitants().await.map_err(|error| failed(&error))?;
    if there.tables == 0 {
        return Ok(());
    }
    if !there.ours {
        return Err(CommandError::Refused(format!(
            "the schema has {} tables that are not of this program; it is not touched",
            there.tables
        )));
    }
    if place == Place::Empty {
        return Err(CommandError::Refused(
            "the database is not empty. Nothing was changed. If what is there may go: --replace --yes".to_owned(),
        ));
    }
    let others = unit.other_connections().await.map_err(|error| failed(&error))?;
    if others > 0 {
        return Err(CommandError::Refused(format!(
            "the database is in use by {others} connections; stop every server and worker first"
        )));
    }
    unit.drop_all_tables().await.map_err(|error| failed(&error))
}

fn failed(error: &DatabaseError) -> CommandError {
    CommandError::Failed(format!("the database failed, and nothing was changed: {error}"))
}
