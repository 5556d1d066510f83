//! Upkeep of what is kept: the audit log is sealed every minute, what the chatbot did not understand is gathered and old data goes daily, a change of keys is finished.

use domain::permission::Actor;
use domain::time::Timestamp;

use crate::application::Application;
use crate::configuration::Retention;
use crate::index;
use crate::retention::{self, told};

/// Minutes in an hour and in a day, counted in rounds of a minute.
const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// The rounds of the worker; one a minute.
#[derive(Debug)]
pub(crate) struct Upkeep {
    application: Application,
    settings: Retention,
    round: u64,
    sealed_at: Timestamp,
}

impl Upkeep {
    pub(crate) fn new(application: Application, settings: Retention) -> Self {
        metrics::describe_gauge!(
            "audit_seal_age_seconds",
            metrics::Unit::Seconds,
            "Time since this worker last found every entry of the audit log sealed, or since it began to look"
        );
        let sealed_at = application.clock.now();
        Self { application, settings, round: 0, sealed_at }
    }

    /// Measures for how long entries may have waited for their seal. It grows while rounds fail.
    pub(crate) fn measure(&self) {
        let age = self.application.clock.now().seconds() - self.sealed_at.seconds();
        metrics::gauge!("audit_seal_age_seconds").set(age as f64);
    }

    /// One round. Gives how many things were done, for the log.
    ///
    /// # Errors
    /// The database failed, in words; the next round tries again.
    pub(crate) async fn round(&mut self) -> Result<u64, String> {
        let round = self.round;
        self.round += 1;
        let sealed = self.seal(round.is_multiple_of(DAY)).await?;
        self.sealed_at = self.application.clock.now();
        if round.is_multiple_of(HOUR) {
            let last = self.application.database.last_seal().await.map_err(|error| error.to_string())?;
            let anchor = last.as_ref().map(database::Seal::anchor);
            // Whoever collects logs on another machine keeps the anchor there: what is cut off here shows.
            tracing::info!(audit.anchor = told(anchor.as_ref()), "the audit log is sealed");
        }
        self.finish_rotation().await?;
        index::finish(&self.application).await?;
        if round.is_multiple_of(DAY) {
            let wrong = |failure: scheduling::Failure| failure.to_string();
            self.application.scheduling.seal_old_contacts(&Actor::System).await.map_err(wrong)?;
            let wrong = |failure: identity::Failure| failure.to_string();
            self.application.identity.seal_old_accounts(&Actor::System).await.map_err(wrong)?;
            // A restored backup may be older than the newest index key.
            self.application.identity.reindex_logins(&Actor::System).await.map_err(wrong)?;
            let forgotten = self.application.identity.forget_old_login_numbers().await;
            forgotten.map_err(|error| error.to_string())?;
            let strangers = self.application.applications.sweep_strangers(&Actor::System).await;
            let strangers = strangers.map_err(|failure| failure.to_string())?;
            if strangers > 0 {
                tracing::info!(count = strangers, "contents that no file knew of are deleted");
            }
            // Before conversations go whose time is up.
            let gathered = self.application.conversations.gather_questions(&Actor::System).await;
            let gathered = gathered.map_err(|failure| failure.to_string())?;
            if gathered.questions > 0 {
                tracing::info!(count = gathered.questions, "questions that were not understood are kept for editors");
            }
            let now = self.application.clock.now();
            for due in retention::apply(&self.application, &self.settings, now).await? {
                if due.count > 0 {
                    tracing::info!(class = due.class, due.count, "kept long enough");
                }
            }
        }
        Ok(sealed)
    }

    async fn seal(&self, all: bool) -> Result<u64, String> {
        let Application { database, audit_key, clock, .. } = &self.application;
        let mut entries = 0;
        if all {
            let done = database.seal_stragglers(audit_key, clock.now()).await.map_err(|error| error.to_string())?;
            entries += done.entries;
        }
        loop {
            let done = database.seal_audit(audit_key, clock.now()).await.map_err(|error| error.to_string())?;
            entries += done.entries;
            if !done.more {
                return Ok(entries);
            }
        }
    }

    /// Wraps what other processes sealed with the old key since it was superseded, and destroys that key at last.
    async fn finish_rotation(&self) -> Result<(), String> {
        let Application { database, vault, clock, .. } = &self.application;
        let steps = async {
            vault.unlock(database, clock.now()).await?;
            vault.refresh(database).await?;
            if vault.rotation(database).await?.older.is_empty() {
                return Ok::<_, database::DatabaseError>(0);
            }
            let mut next = None;
            loop {
                next = vault.rewrap_portion(database, next).await?.next;
                if next.is_none() {
                    break;
                }
            }
            vault.retire(database, clock.now()).await
        };
        let retired = steps.await.map_err(|error| error.to_string())?;
        if retired > 0 {
            tracing::info!(keys = retired, "old tenant keys are destroyed");
        }
        Ok(())
    }
}
