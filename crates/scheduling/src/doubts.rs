//! Changes of this process that may be in the books without being on the board: the connection broke during the commit, or
//! whoever asked hung up and the work was dropped half-way. They are looked up and followed like those of other processes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::identifier::EventId;
use uuid::Uuid;

/// A change that is not settled after so many looks is looked up; looks are about a second apart.
const QUIET: u32 = 3;
/// A change that is not found in so many looks was never written.
const FORGOTTEN: u32 = 120;

/// Events that were handed to the database, with the number of looks since.
#[derive(Debug, Default)]
pub(crate) struct Doubts(Mutex<HashMap<Uuid, u32>>);

impl Doubts {
    /// An event is about to be written.
    pub(crate) fn expect(&self, event: EventId) {
        self.open().insert(event.0, 0);
    }

    /// What came of the event is known, and the board shows it.
    pub(crate) fn settled(&self, event: EventId) {
        self.open().remove(&event.0);
    }

    /// The events to look up.
    pub(crate) fn doubtful(&self) -> Vec<Uuid> {
        self.open().iter().filter(|(_, looks)| **looks >= QUIET).map(|(event, _)| *event).collect()
    }

    /// The database was looked at; `followed` were found there and are on the board now.
    pub(crate) fn looked(&self, followed: &[Uuid]) {
        let mut events = self.open();
        for event in followed {
            events.remove(event);
        }
        events.retain(|_, looks| {
            *looks += 1;
            *looks <= FORGOTTEN
        });
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Uuid, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::identifier::EventId;
    use uuid::Uuid;

    use crate::doubts::{Doubts, FORGOTTEN, QUIET};

    #[test]
    fn doubts_what_stays_unsettled_until_it_is_found_or_forgotten() {
        let doubts = Doubts::default();
        let [kept, found, lost] = [1, 2, 3].map(|number| EventId(Uuid::from_u128(number)));
        for event in [kept, found, lost] {
            doubts.expect(event);
        }
        doubts.settled(kept);
        assert!(doubts.doubtful().is_empty(), "the answer may be on its way");
        (0..QUIET).for_each(|_| doubts.looked(&[]));
        assert_eq!(doubts.doubtful().len(), 2);
        doubts.looked(&[found.0]);
        assert_eq!(doubts.doubtful(), [lost.0]);
        (0..FORGOTTEN).for_each(|_| doubts.looked(&[]));
        assert!(doubts.doubtful().is_empty());
    }
}
