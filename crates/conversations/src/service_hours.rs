//! Whether somebody of the town hall is there to answer.

use crate::Conversations;

impl Conversations {
    /// Whether a person can be asked for now: as long as any office of the city is open. Who of the staff looks at the
    /// queue is not known; outside of all opening hours certainly nobody does.
    pub fn is_anybody_there(&self) -> bool {
        self.town.is_any_office_open(self.now())
    }
}
