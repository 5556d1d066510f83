//! The switch that stops the machine of a service at once. Whatever is handed in then goes to people.

use database::AuditEntry;
use domain::identifier::{EventId, Key};
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::failure::Failure;
use crate::store::services;

/// Stops or starts the machine.
#[derive(Debug, Clone)]
pub struct SwitchAutomation {
    /// Of which service.
    pub service: Key,
    /// Which.
    pub state: AutomationState,
}

/// Whether the machine of a service may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutomationState {
    /// As its definition says.
    Running,
    /// People decide everything.
    Stopped,
}

impl Applications {
    /// Stops or starts the machine of a service.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for services of other offices; [`crate::Problem::UnknownService`].
    pub async fn switch_automation(&self, actor: &Actor, command: &SwitchAutomation) -> Result<(), Failure> {
        actor.may(Permission::SteerAutomation)?;
        let pinned = self.newest(&command.service).await?;
        actor.may_in(Permission::SteerAutomation, &self.service(&command.service).await?.team)?;
        let action = match command.state {
            AutomationState::Running => "automation.start",
            AutomationState::Stopped => "automation.stop",
        };
        let now = self.now();
        let id = EventId(self.entropy.id(now));
        let unit = self.database.begin().await?;
        services::switch(&unit, &command.service, command.state, actor.account(), now).await?;
        unit.audit(&AuditEntry { id, actor: actor.account(), action, subject: pinned.id.0, at: now }).await?;
        unit.commit().await?;
        Ok(())
    }
}
