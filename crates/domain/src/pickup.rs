//! A document that lies ready in a box: its life from the compartment into somebody's hands, or back to the counter.

use crate::application::{NoSuchStep, words};
use crate::time::Timestamp;

/// How often a wrong PIN may be typed before the item is locked.
pub const PIN_TRIES: i64 = 3;

words! {
    /// Where the item stands.
    PickupState {
        /// It lies in its compartment and opens with its PIN.
        Loaded = "loaded",
        /// The PIN was right: its door may be opened once, within seconds.
        Opening = "opening",
        /// Its door stands open.
        Open = "open",
        /// It was taken out by whoever had the PIN.
        Collected = "collected",
        /// The PIN was wrong too often: it opens for nobody but staff.
        Locked = "locked",
        /// Its time is over: it waits in the compartment to be taken back.
        Expired = "expired",
        /// Its door was opened without leave: staff must look.
        Forced = "forced",
        /// It is at the counter of the office.
        AtCounter = "at_counter",
        /// It was handed out at the counter.
        HandedOut = "handed_out",
        /// It is not to be handed out any more.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What may happen to it.
    PickupStep {
        /// The right PIN was typed.
        AcceptPin = "accept_pin",
        /// A wrong PIN was typed, and another try is left.
        RefusePin = "refuse_pin",
        /// A wrong PIN was typed for the last time.
        Lock = "lock",
        /// The door was opened by an order of ours.
        OpenDoor = "open_door",
        /// The door was closed again.
        CloseDoor = "close_door",
        /// The door did not open.
        FailDoor = "fail_door",
        /// The door was opened without an order.
        ForceDoor = "force_door",
        /// The time is over.
        Expire = "expire",
        /// Staff give a new PIN.
        RenewPin = "renew_pin",
        /// Staff take it to the counter.
        TakeOut = "take_out",
        /// Staff hand it out.
        HandOut = "hand_out",
        /// Staff take it off the list.
        Withdraw = "withdraw",
    }
}

impl PickupState {
    /// The state after `step`.
    ///
    /// What a door did is a fact, however late it is reported: an order that was carried out just before the time was over,
    /// or before somebody else typed a third wrong PIN, still counts.
    ///
    /// # Errors
    /// [`NoSuchStep`] when the life cycle has none.
    pub const fn after(self, step: PickupStep) -> Result<Self, NoSuchStep> {
        use PickupState as S;
        use PickupStep as T;
        match (self, step) {
            // Whose door did not open tries again: the newer order takes the place of the older.
            (S::Loaded | S::Opening, T::AcceptPin) | (S::Opening, T::RefusePin) => Ok(S::Opening),
            (S::Loaded, T::RefusePin) | (S::Opening, T::FailDoor) | (S::Loaded | S::Locked, T::RenewPin) => {
                Ok(S::Loaded)
            }
            (S::Loaded | S::Opening, T::Lock) => Ok(S::Locked),
            (S::Loaded | S::Opening | S::Locked | S::Expired, T::OpenDoor) => Ok(S::Open),
            (S::Open, T::CloseDoor) => Ok(S::Collected),
            (S::Loaded | S::Opening | S::Locked | S::Expired, T::ForceDoor) => Ok(S::Forced),
            (S::Loaded | S::Locked, T::Expire) => Ok(S::Expired),
            (S::Loaded | S::Open | S::Locked | S::Expired | S::Forced, T::TakeOut) => Ok(S::AtCounter),
            (S::AtCounter, T::HandOut) => Ok(S::HandedOut),
            (S::Loaded | S::Open | S::Locked | S::Expired | S::Forced | S::AtCounter, T::Withdraw) => Ok(S::Withdrawn),
            (
                S::Loaded
                | S::Opening
                | S::Open
                | S::Collected
                | S::Locked
                | S::Expired
                | S::Forced
                | S::AtCounter
                | S::HandedOut
                | S::Withdrawn,
                T::AcceptPin
                | T::RefusePin
                | T::Lock
                | T::OpenDoor
                | T::CloseDoor
                | T::FailDoor
                | T::ForceDoor
                | T::Expire
                | T::RenewPin
                | T::TakeOut
                | T::HandOut
                | T::Withdraw,
            ) => Err(NoSuchStep { life: "a pick-up", state: self.as_str(), step: step.as_str() }),
        }
    }

    /// Where it stands at `now`: an order that was not carried out in time is void, and what nobody fetched in time has
    /// expired, before anybody tidied.
    #[must_use]
    pub fn at(self, order_until: Option<Timestamp>, expires_at: Timestamp, now: Timestamp) -> Self {
        let is_void = self == Self::Opening && order_until.is_none_or(|until| until <= now);
        let standing = if is_void { Self::Loaded } else { self };
        match standing {
            Self::Loaded | Self::Locked if expires_at <= now => Self::Expired,
            _ => standing,
        }
    }

    /// Whether it lies in a compartment.
    pub const fn is_in_the_box(self) -> bool {
        match self {
            Self::Loaded | Self::Opening | Self::Open | Self::Locked | Self::Expired | Self::Forced => true,
            Self::Collected | Self::AtCounter | Self::HandedOut | Self::Withdrawn => false,
        }
    }

    /// Whether its life is over.
    pub const fn is_closed(self) -> bool {
        match self {
            Self::Collected | Self::HandedOut | Self::Withdrawn => true,
            Self::Loaded
            | Self::Opening
            | Self::Open
            | Self::Locked
            | Self::Expired
            | Self::Forced
            | Self::AtCounter => false,
        }
    }
}

words! {
    /// What a door did, as the box reports it.
    DoorEventKind {
        /// It was opened by an order.
        Opened = "opened",
        /// It was closed.
        Closed = "closed",
        /// It did not open although it was ordered to.
        Failed = "failed",
        /// It was opened without an order.
        Forced = "forced",
        /// Staff opened it with the key of the box.
        Serviced = "serviced",
    }
}

#[cfg(test)]
mod tests {
    use super::PickupState as S;
    use super::PickupStep as T;
    use super::*;
    use crate::application::tests::check_all_pairs;

    #[test]
    fn every_pair_is_decided() {
        check_all_pairs(
            S::ALL,
            T::ALL,
            S::after,
            &[
                (S::Loaded, T::AcceptPin, S::Opening),
                (S::Loaded, T::RefusePin, S::Loaded),
                (S::Loaded, T::Lock, S::Locked),
                (S::Loaded, T::OpenDoor, S::Open),
                (S::Loaded, T::ForceDoor, S::Forced),
                (S::Loaded, T::Expire, S::Expired),
                (S::Loaded, T::RenewPin, S::Loaded),
                (S::Loaded, T::TakeOut, S::AtCounter),
                (S::Loaded, T::Withdraw, S::Withdrawn),
                (S::Opening, T::AcceptPin, S::Opening),
                (S::Opening, T::RefusePin, S::Opening),
                (S::Opening, T::Lock, S::Locked),
                (S::Opening, T::OpenDoor, S::Open),
                (S::Opening, T::FailDoor, S::Loaded),
                (S::Opening, T::ForceDoor, S::Forced),
                (S::Open, T::CloseDoor, S::Collected),
                (S::Open, T::TakeOut, S::AtCounter),
                (S::Open, T::Withdraw, S::Withdrawn),
                (S::Locked, T::OpenDoor, S::Open),
                (S::Locked, T::ForceDoor, S::Forced),
                (S::Locked, T::Expire, S::Expired),
                (S::Locked, T::RenewPin, S::Loaded),
                (S::Locked, T::TakeOut, S::AtCounter),
                (S::Locked, T::Withdraw, S::Withdrawn),
                (S::Expired, T::OpenDoor, S::Open),
                (S::Expired, T::ForceDoor, S::Forced),
                (S::Expired, T::TakeOut, S::AtCounter),
                (S::Expired, T::Withdraw, S::Withdrawn),
                (S::Forced, T::TakeOut, S::AtCounter),
                (S::Forced, T::Withdraw, S::Withdrawn),
                (S::AtCounter, T::HandOut, S::HandedOut),
                (S::AtCounter, T::Withdraw, S::Withdrawn),
            ],
        );
    }

    #[test]
    fn nothing_leaves_its_end_and_nobody_opens_what_is_not_theirs_to_open() {
        for state in S::ALL.iter().filter(|state| state.is_closed()) {
            assert!(T::ALL.iter().all(|step| state.after(*step).is_err()), "{state:?}");
            assert!(!state.is_in_the_box());
        }
        let opens: Vec<S> = S::ALL.iter().copied().filter(|state| state.after(T::AcceptPin).is_ok()).collect();
        assert_eq!(opens, [S::Loaded, S::Opening]);
    }

    #[test]
    fn time_ends_orders_and_stays_before_anybody_tidies() {
        let at = Timestamp::from_seconds;
        let end = at(1_000);
        assert_eq!(S::Loaded.at(None, end, at(999)), S::Loaded);
        assert_eq!(S::Loaded.at(None, end, end), S::Expired);
        assert_eq!(S::Locked.at(None, end, end), S::Expired);
        assert_eq!(S::Opening.at(Some(at(60)), end, at(59)), S::Opening);
        assert_eq!(S::Opening.at(Some(at(60)), end, at(60)), S::Loaded);
        assert_eq!(S::Opening.at(Some(at(1_030)), end, at(1_020)), S::Opening, "whoever has typed the PIN may take it");
        assert_eq!(S::Opening.at(Some(at(1_030)), end, at(1_030)), S::Expired);
        assert_eq!(S::Open.at(None, end, at(9_999)), S::Open);
        assert_eq!(S::AtCounter.at(None, end, at(9_999)), S::AtCounter);
    }
}
