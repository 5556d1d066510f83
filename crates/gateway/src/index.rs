//! Finishing a change of the key of blind numbers: a round of what is left to do, until the old key can go.

use domain::permission::Actor;

use crate::application::Application;

/// Where the change stands after a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Not every process knows the new key yet; addresses wait for that.
    Waiting,
    /// So many appointments were numbered anew, or the old key is too young to go.
    Renumbered(u64),
    /// There is one key.
    Done,
}

/// Does one round. Costs nothing while there is one key.
///
/// # Errors
/// The database failed, in words; what was done stays done, and the next round goes on.
pub async fn finish(application: &Application) -> Result<Progress, String> {
    let Application { database, vault, clock, identity, scheduling, .. } = application;
    let wrong = |error: database::DatabaseError| error.to_string();
    vault.unlock(database, clock.now()).await.map_err(wrong)?;
    vault.refresh(database).await.map_err(wrong)?;
    let generations = vault.index_generations();
    let [newest, _, ..] = generations[..] else { return Ok(Progress::Done) };
    let logins = identity.reindex_logins(&Actor::System).await.map_err(|failure| failure.to_string())?;
    let (in_force, _) = vault.index_in_force(clock.now()).map_err(|error| error.to_string())?;
    if in_force != newest {
        return Ok(Progress::Waiting);
    }
    let contacts = scheduling.renumber_contacts(&Actor::System).await.map_err(|failure| failure.to_string())?;
    if logins > 0 || contacts > 0 || vault.retire_index(database, clock.now()).await.map_err(wrong)? == 0 {
        return Ok(Progress::Renumbered(contacts));
    }
    identity.forget_old_login_numbers().await.map_err(wrong)?;
    Ok(Progress::Done)
}
