//! Which events lead to a letter, and to which one.

use domain::time::Timestamp;

use crate::facts::{AccountOccasion, CaseOccasion, Facts, PickupOccasion, Standing};

/// A kind of event that leads to a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    ConfirmationRequested,
    Booked,
    Rescheduled,
    Cancelled,
    Account(AccountOccasion),
    Case(CaseOccasion),
    Pickup(PickupOccasion),
}

impl Kind {
    pub(crate) const ALL: [Self; 15] = [
        Self::ConfirmationRequested,
        Self::Booked,
        Self::Rescheduled,
        Self::Cancelled,
        Self::Account(AccountOccasion::ResetRequested),
        Self::Account(AccountOccasion::SecondFactorChanged),
        Self::Case(CaseOccasion::Received),
        Self::Case(CaseOccasion::ItemsRequested),
        Self::Case(CaseOccasion::Decided),
        Self::Case(CaseOccasion::PermitExpiresSoon),
        Self::Pickup(PickupOccasion::Ready),
        Self::Pickup(PickupOccasion::PinRenewed),
        Self::Pickup(PickupOccasion::ExpiresSoon),
        Self::Pickup(PickupOccasion::Expired),
        Self::Pickup(PickupOccasion::Collected),
    ];

    /// The word in the outbox.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmationRequested => "appointment.confirmation_requested",
            Self::Booked => "appointment.booked",
            Self::Rescheduled => "appointment.rescheduled",
            Self::Cancelled => "appointment.cancelled",
            Self::Account(AccountOccasion::ResetRequested) => "account.reset_requested",
            Self::Account(AccountOccasion::SecondFactorChanged) => "account.second_factor_changed",
            Self::Case(CaseOccasion::Received) => "case.submitted",
            Self::Case(CaseOccasion::ItemsRequested) => "case.request_items",
            Self::Case(CaseOccasion::Decided) => "case.deliver",
            Self::Case(CaseOccasion::PermitExpiresSoon) => "case.permit_expires_soon",
            Self::Pickup(PickupOccasion::Ready) => "pickup.loaded",
            Self::Pickup(PickupOccasion::PinRenewed) => "pickup.pin_renewed",
            Self::Pickup(PickupOccasion::ExpiresSoon) => "pickup.expires_soon",
            Self::Pickup(PickupOccasion::Expired) => "pickup.expired",
            Self::Pickup(PickupOccasion::Collected) => "pickup.collected",
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
            (Self::Cancelled, Standing::Cancelled { .. }) => Some(Letter::Cancelled),
            (Self::ConfirmationRequested, Standing::Confirmed { .. } | Standing::Cancelled { .. })
            | (Self::Booked | Self::Cancelled, Standing::Pending { .. })
            | (Self::Booked | Self::Rescheduled, Standing::Cancelled { .. })
            | (Self::Cancelled, Standing::Confirmed { .. })
            | (Self::Account(_) | Self::Case(_) | Self::Pickup(_), _) => None,
        }
    }

    /// Whether the appointment is firm at a new time after this event, so that reminders are planned.
    pub(crate) const fn plans_reminders(self) -> bool {
        match self {
            Self::Booked | Self::Rescheduled => true,
            Self::ConfirmationRequested | Self::Cancelled | Self::Account(_) | Self::Case(_) | Self::Pickup(_) => false,
        }
    }

    /// Whether reminders planned before this event speak of a time that does not hold any more.
    pub(crate) const fn voids_reminders(self) -> bool {
        match self {
            Self::Rescheduled | Self::Cancelled => true,
            Self::Booked | Self::ConfirmationRequested | Self::Account(_) | Self::Case(_) | Self::Pickup(_) => false,
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
    Reminder,
}

impl Letter {
    /// The name of its text file.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::ConfirmationRequested => "confirmation_requested",
            Self::Booked => "booked",
            Self::Rescheduled => "rescheduled",
            Self::Cancelled => "cancelled",
            Self::Reminder => "reminder",
        }
    }

    /// Whether the letter may name the person: not before the address was confirmed, since whoever typed the name may not
    /// own the address.
    pub(crate) const fn names_the_person(self) -> bool {
        match self {
            Self::ConfirmationRequested => false,
            Self::Booked | Self::Rescheduled | Self::Cancelled | Self::Reminder => true,
        }
    }

    /// Whether the appointment goes along as a calendar file. A reminder brings none: the calendar has it already.
    pub(crate) const fn brings_the_calendar(self) -> bool {
        match self {
            Self::Booked | Self::Rescheduled | Self::Cancelled => true,
            Self::ConfirmationRequested | Self::Reminder => false,
        }
    }
}

/// The name of the text of a letter about an account.
pub(crate) const fn account_text(occasion: AccountOccasion) -> &'static str {
    match occasion {
        AccountOccasion::ResetRequested => "reset_requested",
        AccountOccasion::SecondFactorChanged => "second_factor_changed",
    }
}

/// The name of the text of a message about a case.
pub(crate) const fn case_text(occasion: CaseOccasion) -> &'static str {
    match occasion {
        CaseOccasion::Received => "case_received",
        CaseOccasion::ItemsRequested => "case_items_requested",
        CaseOccasion::Decided => "case_decided",
        CaseOccasion::PermitExpiresSoon => "permit_expires_soon",
    }
}

/// The name of the text of a message about a document that lies ready.
pub(crate) const fn pickup_text(occasion: PickupOccasion) -> &'static str {
    match occasion {
        PickupOccasion::Ready => "pickup_ready",
        PickupOccasion::PinRenewed => "pickup_pin_renewed",
        PickupOccasion::ExpiresSoon => "pickup_expires_soon",
        PickupOccasion::Expired => "pickup_expired",
        PickupOccasion::Collected => "pickup_collected",
    }
}
