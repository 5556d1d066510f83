//! Deliveries that were given up are tasks: somebody looks at them, sends them again or drops them.

use std::sync::Arc;

use database::{AuditEntry, Database, DatabaseError};
use domain::environment::{Clock, Entropy};
use domain::identifier::{DeliveryId, EventId, Key};
use domain::permission::{Actor, Forbidden, Permission, Role};
use domain::time::Timestamp;

use crate::delivery::{Delivery, State};
use crate::store::lanes::{self, Backlog};
use crate::store::tasks;
use crate::unsubscribe::UnsubscribeSecret;

/// What people do with messages. Cheap to share behind an `Arc`; the worker is [`crate::Notifications`].
#[derive(Debug)]
pub struct Deliveries {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    pub(crate) secret: UnsubscribeSecret,
}

/// Why a delivery was not settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The asker may not do this.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// There is no such delivery, or it is none of the asker's office. Nobody learns which.
    #[error("there is no such delivery")]
    NotFound,
    /// It was not given up, or somebody settled it otherwise.
    #[error("this delivery does not wait for a decision")]
    NotFailed,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Why the list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FailedDeliveriesError {
    /// The asker may not do this.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Deliveries {
    /// Puts the feature together.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        secret: UnsubscribeSecret,
    ) -> Self {
        Self { database, clock, entropy, secret }
    }

    /// Messages that were given up and wait for a decision, oldest first, `limit` at most, behind `after`. Leads see those
    /// of their office; operators see all, also those about accounts.
    ///
    /// # Errors
    /// See [`FailedDeliveriesError`].
    pub async fn failed(
        &self,
        actor: &Actor,
        after: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<Delivery>, FailedDeliveriesError> {
        actor.may(Permission::SettleDeliveries)?;
        let Some(scope) = Scope::of(actor) else { return Ok(Vec::new()) };
        Ok(tasks::dead(&self.database, scope.office(), after, limit).await?)
    }

    /// Sends a message again that was given up, with all its attempts before it. Repeating this changes nothing.
    ///
    /// # Errors
    /// See [`SettleError`].
    pub async fn retry(&self, actor: &Actor, id: DeliveryId) -> Result<Delivery, SettleError> {
        actor.may(Permission::SettleDeliveries)?;
        self.settle(actor, id, State::Waiting, "delivery.retry").await
    }

    /// Drops a message that was given up: it was said otherwise, or nobody needs it. Repeating this changes nothing.
    ///
    /// # Errors
    /// See [`SettleError`].
    pub async fn dismiss(&self, actor: &Actor, id: DeliveryId) -> Result<Delivery, SettleError> {
        actor.may(Permission::SettleDeliveries)?;
        self.settle(actor, id, State::Dismissed, "delivery.dismiss").await
    }

    async fn settle(
        &self,
        actor: &Actor,
        id: DeliveryId,
        state: State,
        action: &'static str,
    ) -> Result<Delivery, SettleError> {
        let now = self.clock.now();
        let scope = Scope::of(actor).ok_or(SettleError::NotFound)?;
        let unit = self.database.begin().await?;
        let found = tasks::find(&unit, id).await?.filter(|found| scope.includes(found)).ok_or(SettleError::NotFound)?;
        if !tasks::settle(&unit, id, state, now).await? {
            // Somebody pressed twice, or another window was faster: what was asked for holds already.
            let holds = match state {
                State::Waiting => matches!(found.state, State::Waiting | State::Done | State::Skipped),
                State::Dismissed | State::Done | State::Skipped | State::Dead => found.state == state,
            };
            return if holds { Ok(found) } else { Err(SettleError::NotFailed) };
        }
        let entry = EventId(self.entropy.id(now));
        unit.audit(&AuditEntry { id: entry, actor: actor.account(), action, subject: id.0, at: now }).await?;
        unit.commit().await?;
        Ok(Delivery { state, attempts: 0, changed_at: now, ..found })
    }

    /// How many messages wait, and how many were given up. For the worker's figures and `doctor`.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn backlog(&self) -> Result<Backlog, DatabaseError> {
        lanes::backlog(&self.database, self.clock.now()).await
    }

    /// For how many milliseconds the first message that could leave has been waiting for a worker.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn overdue_millis(&self) -> Result<i64, DatabaseError> {
        let now = self.clock.now();
        let since = lanes::overdue_since(&self.database, now).await?;
        Ok(since.map_or(0, |since| (now.millis() - since.millis()).max(0)))
    }

    /// Forgets deliveries that were settled before `before`, and says how many. What waits or was given up stays.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn forget(&self, before: Timestamp) -> Result<u64, DatabaseError> {
        tasks::forget(&self.database, before).await
    }
}

/// Whose deliveries somebody may settle.
enum Scope {
    Every,
    Office(Key),
}

impl Scope {
    /// A lead without an office has none.
    fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::System | Actor::Account { role: Role::Operator, .. } => Some(Self::Every),
            Actor::Account { office, .. } => office.clone().map(Self::Office),
            Actor::Anonymous => None,
        }
    }

    const fn office(&self) -> Option<&Key> {
        match self {
            Self::Every => None,
            Self::Office(key) => Some(key),
        }
    }

    fn includes(&self, delivery: &Delivery) -> bool {
        self.office().is_none_or(|office| delivery.office.as_ref() == Some(office))
    }
}
