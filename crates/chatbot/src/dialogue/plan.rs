//! Something that is being done: what is known of it so far.

use domain::identifier::Key;
use serde::{Deserialize, Serialize};

use crate::dialogue::moment::Moment;
use crate::tools::OfferedStart;
use crate::understand::Action;

/// What is being done, as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) action: Action,
    pub(crate) service: Option<Key>,
    pub(crate) office: Option<Key>,
    pub(crate) moment: Moment,
    /// The starts that were offered last.
    pub(crate) offered: Vec<OfferedStart>,
    pub(crate) chosen: Option<OfferedStart>,
    pub(crate) name: Option<String>,
    pub(crate) mail: Option<String>,
    /// What opens an appointment or a case.
    pub(crate) code: Option<String>,
    /// A summary was shown, and nothing changed since.
    pub(crate) is_pending: bool,
    /// The name was asked for, so that the next message may be one.
    pub(crate) name_is_asked: bool,
}

impl Plan {
    pub(crate) fn new(action: Action) -> Self {
        Self {
            action,
            service: None,
            office: None,
            moment: Moment::default(),
            offered: Vec::new(),
            chosen: None,
            name: None,
            mail: None,
            code: None,
            is_pending: false,
            name_is_asked: false,
        }
    }

    /// Whether a message that asks for `action` goes on with this plan. To look for a start and to book one is one plan.
    pub(crate) fn suits(&self, action: Option<Action>) -> bool {
        action.is_none_or(|action| action == self.action || (is_booking(action) && is_booking(self.action)))
    }
}

/// Whether it ends with a new appointment.
pub(crate) const fn is_booking(action: Action) -> bool {
    matches!(action, Action::BookAppointment | Action::NextFreeSlot | Action::BookVideo)
}
