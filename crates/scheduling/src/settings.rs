//! What an operator sets for bookings.

/// Settings of this feature; `docs/configuration.md` says what each means to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long a place is held, in minutes.
    pub hold_minutes: u16,
    /// How long an unconfirmed booking waits for its link, in minutes.
    pub confirm_minutes: u16,
    /// How many open bookings one person may have.
    pub bookings_per_person: u16,
    /// How many places one session may hold.
    pub holds_per_session: u16,
    /// How many people may be booked over the capacity of a cell, by permission.
    pub overbooking_cap: u16,
    /// How long a cancelled place rests on average before the public sees it, in minutes; 0 returns it at once.
    pub return_minutes: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hold_minutes: 10,
            confirm_minutes: 30,
            bookings_per_person: 5,
            holds_per_session: 2,
            overbooking_cap: 2,
            return_minutes: 30,
        }
    }
}
