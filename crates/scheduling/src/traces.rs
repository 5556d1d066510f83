//! The traces that every change leaves: an event for those who follow, an audit entry for those who ask later.

use database::{AuditEntry, DatabaseError, Event, Unit};
use domain::identifier::{AccountId, AppointmentId, EventId};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::take::Take;

/// What happened to an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    Held,
    ConfirmationRequested,
    Booked,
    Extended,
    Rescheduled,
    Cancelled,
    Released,
    Expired,
    Returned,
    ConflictFound,
    ConflictSettled,
}

impl Happening {
    /// The kind of the event and the action of the audit entry.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Held => ("appointment.held", "appointment.hold"),
            Self::ConfirmationRequested => ("appointment.confirmation_requested", "appointment.request"),
            Self::Booked => ("appointment.booked", "appointment.book"),
            Self::Extended => ("appointment.extended", "appointment.extend"),
            Self::Rescheduled => ("appointment.rescheduled", "appointment.reschedule"),
            Self::Cancelled => ("appointment.cancelled", "appointment.cancel"),
            Self::Released => ("appointment.released", "appointment.release"),
            Self::Expired => ("appointment.expired", "appointment.expire"),
            Self::Returned => ("appointment.returned", "appointment.return"),
            Self::ConflictFound => ("appointment.conflict_found", "appointment.find_conflict"),
            Self::ConflictSettled => ("appointment.conflict_settled", "appointment.settle_conflict"),
        }
    }
}

impl Scheduling {
    /// The pair of traces of one happening. `touched` names the places whose counts changed besides those the appointment
    /// has now, so that other processes know what to read again.
    pub(crate) fn traces(
        &self,
        happening: Happening,
        appointment: AppointmentId,
        actor: Option<AccountId>,
        touched: &[Take],
        now: Timestamp,
    ) -> (Event, AuditEntry) {
        let (kind, action) = happening.words();
        let payload = serde_json::json!({ "touched": touched }).to_string();
        let id = EventId(self.entropy.id(now));
        self.board.doubts.expect(id);
        let event = Event { id, kind, subject: appointment.0, payload, at: now, origin: self.origin };
        let audit = AuditEntry { id: EventId(self.entropy.id(now)), actor, action, subject: appointment.0, at: now };
        (event, audit)
    }
}

/// Writes both traces.
pub(crate) async fn leave(unit: &Unit, traces: &(Event, AuditEntry)) -> Result<(), DatabaseError> {
    unit.record(&traces.0).await?;
    unit.audit(&traces.1).await
}
