//! Which events lead to a letter, and to which one.

use domain::time::Timestamp;

use crate::facts::{Facts, Standing};

/// A kind of event that leads to a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    ConfirmationRequested,
    Booked,
    Rescheduled,
    Cancelled,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::ConfirmationRequested, Self::Booked, Self::Rescheduled, Self::Cancelled];

    /// The word in the outbox.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmationRequested => "appointment.confirmation_requested",
            Self::Booked => "appointment.booked",
            Self::Rescheduled => "appointment.rescheduled",
            Self::Cancelled => "appointment.cancelled",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The letter for this event, given how the appointment stands now. `None` when it has moved on meanwhile: the
    /// later event brings its own letter, and nobody reads about what is past.
    pub(crate) fn letter(self, facts: &Facts, now: Timestamp) -> Option<Letter> {
        if facts.starts_at <= now {
            return None;
        }
        match (self, &facts.standing) {
            // Moving a booking that waits makes its old link void, so it needs a new one.
            (Self::ConfirmationRequested | Self::Rescheduled, Standing::Pending { until, .. }) => {
                (*until > now).then_some(Letter::ConfirmationRequested)
            }
            (Self::Booked, Standing::Confirmed { .. }) => Some(Letter::Booked),
            (Self::Rescheduled, Standing::Confirmed { .. }) => Some(Letter::Rescheduled),
            (Self::Cancelled, Standing::Cancelled) => Some(Letter::Cancelled),
            (Self::ConfirmationRequested, Standing::Confirmed { .. } | Standing::Cancelled)
            | (Self::Booked | Self::Cancelled, Standing::Pending { .. })
            | (Self::Booked | Self::Rescheduled, Standing::Cancelled)
            | (Self::Cancelled, Standing::Confirmed { .. }) => None,
        }
    }
}

/// A letter there is a text for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letter {
    ConfirmationRequested,
    Booked,
    Rescheduled,
    Cancelled,
}

impl Letter {
    /// The name of its text file.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::ConfirmationRequested => "confirmation_requested",
            Self::Booked => "booked",
            Self::Rescheduled => "rescheduled",
            Self::Cancelled => "cancelled",
        }
    }
}
