//! How many letters leave in a minute, so that a mail server that counts does not close its door.

use std::sync::Mutex;

use domain::time::Timestamp;

/// A limit for each minute of the clock. Each worker counts for itself.
#[derive(Debug)]
pub(crate) struct Pace {
    per_minute: i64,
    counted: Mutex<(i64, i64)>,
}

impl Pace {
    pub(crate) fn new(per_minute: u32) -> Self {
        Self { per_minute: i64::from(per_minute), counted: Mutex::new((0, 0)) }
    }

    /// How many letters may still leave in this minute.
    pub(crate) fn room(&self, now: Timestamp) -> i64 {
        let minute = now.seconds().div_euclid(60);
        let counted = self.counted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counted.0 == minute { self.per_minute - counted.1 } else { self.per_minute }
    }

    /// One letter leaves, or is tried.
    pub(crate) fn count(&self, now: Timestamp) {
        let minute = now.seconds().div_euclid(60);
        let mut counted = self.counted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = if counted.0 == minute { counted.1 } else { 0 };
        *counted = (minute, before + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_so_much_room_and_the_next_one_again() {
        let pace = Pace::new(2);
        let at = Timestamp::from_seconds;
        pace.count(at(60));
        assert_eq!(pace.room(at(61)), 1);
        pace.count(at(119));
        assert_eq!((pace.room(at(119)), pace.room(at(120))), (0, 2));
    }
}
