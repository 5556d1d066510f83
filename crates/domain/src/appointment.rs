//! Appointments: their states and who may lead from one to the next.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The states of an appointment. Held and pending ones lapse by time alone: [`Status::at`] says what a stored state
/// means at an instant, so nothing depends on a job having run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A place kept for a few minutes while somebody types.
    Held,
    /// Booked, and waiting for the click on the link in the mail (double opt-in).
    PendingConfirmation,
    /// Booked.
    Confirmed,
    /// The person is there.
    CheckedIn,
    /// The person has been called to a desk.
    Called,
    /// The person is being served.
    Serving,
    /// Done.
    Finished,
    /// Nobody came.
    Missed,
    /// Given back.
    Cancelled,
    /// A hold or an unconfirmed booking whose time ran out.
    Expired,
}

impl Status {
    /// All states, in the order of a life.
    pub const ALL: [Self; 10] = [
        Self::Held,
        Self::PendingConfirmation,
        Self::Confirmed,
        Self::CheckedIn,
        Self::Called,
        Self::Serving,
        Self::Finished,
        Self::Missed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The stable word stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::PendingConfirmation => "pending_confirmation",
            Self::Confirmed => "confirmed",
            Self::CheckedIn => "checked_in",
            Self::Called => "called",
            Self::Serving => "serving",
            Self::Finished => "finished",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// What the stored state means at `now`, given when it lapses.
    #[must_use]
    pub fn at(self, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        match (self, expires_at) {
            (Self::Held | Self::PendingConfirmation, Some(expiry)) if expiry <= now => Self::Expired,
            _ => self,
        }
    }

    /// Whether an appointment in this state takes a place.
    pub const fn takes_a_place(self) -> bool {
        match self {
            Self::Held
            | Self::PendingConfirmation
            | Self::Confirmed
            | Self::CheckedIn
            | Self::Called
            | Self::Serving => true,
            Self::Finished | Self::Missed | Self::Cancelled | Self::Expired => false,
        }
    }

    /// The state after `step`, or why there is none.
    ///
    /// # Errors
    /// [`WrongState`] when the life cycle has no such step.
    pub fn after(self, step: Step) -> Result<Self, WrongState> {
        match (step, self) {
            (Step::AskConfirmation, Self::Held) => Ok(Self::PendingConfirmation),
            (Step::Confirm, Self::Held | Self::PendingConfirmation) => Ok(Self::Confirmed),
            (Step::Reschedule, Self::Confirmed | Self::PendingConfirmation) => Ok(self),
            (Step::Cancel, Self::Held | Self::PendingConfirmation | Self::Confirmed | Self::CheckedIn) => {
                Ok(Self::Cancelled)
            }
            (Step::Lapse, Self::Held | Self::PendingConfirmation) => Ok(Self::Expired),
            (Step::CheckIn, Self::Confirmed) => Ok(Self::CheckedIn),
            (Step::Call, Self::CheckedIn | Self::Called) => Ok(Self::Called),
            (Step::Serve, Self::Called) => Ok(Self::Serving),
            (Step::Finish, Self::Serving) => Ok(Self::Finished),
            (Step::Miss, Self::Confirmed | Self::CheckedIn | Self::Called) => Ok(Self::Missed),
            _ => Err(WrongState { status: self, step }),
        }
    }
}

/// The steps between states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A held place gets a contact whose mail must be confirmed.
    AskConfirmation,
    /// The booking becomes firm.
    Confirm,
    /// The appointment moves to another start.
    Reschedule,
    /// The place is given back.
    Cancel,
    /// Time ran out.
    Lapse,
    /// The person has arrived.
    CheckIn,
    /// The person is called.
    Call,
    /// Service begins.
    Serve,
    /// Service ends.
    Finish,
    /// Nobody came.
    Miss,
}

impl Step {
    /// All steps.
    pub const ALL: [Self; 10] = [
        Self::AskConfirmation,
        Self::Confirm,
        Self::Reschedule,
        Self::Cancel,
        Self::Lapse,
        Self::CheckIn,
        Self::Call,
        Self::Serve,
        Self::Finish,
        Self::Miss,
    ];
}

/// The life cycle has no such step from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an appointment that is {} cannot do this step", status.as_str())]
pub struct WrongState {
    /// Where the appointment stands.
    pub status: Status,
    /// What was asked.
    pub step: Step,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_step_is_decided() {
        let allowed: Vec<(Status, Step)> = Status::ALL
            .into_iter()
            .flat_map(|status| Step::ALL.into_iter().map(move |step| (status, step)))
            .filter(|(status, step)| status.after(*step).is_ok())
            .collect();
        assert_eq!(allowed.len(), 19);
        // Nothing leads out of an end.
        for end in [Status::Finished, Status::Missed, Status::Cancelled, Status::Expired] {
            assert!(allowed.iter().all(|(from, _)| *from != end));
            assert!(!end.takes_a_place());
        }
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
    }

    #[test]
    fn a_hold_lapses_by_time_alone() {
        let expiry = Some(Timestamp::from_seconds(60));
        assert_eq!(Status::Held.at(expiry, Timestamp::from_millis(59_999)), Status::Held);
        assert_eq!(Status::Held.at(expiry, Timestamp::from_seconds(60)), Status::Expired);
        assert_eq!(Status::Confirmed.at(expiry, Timestamp::from_seconds(60)), Status::Confirmed);
    }
}
