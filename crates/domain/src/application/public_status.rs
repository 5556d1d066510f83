//! What people read about where their application stands: the six values of the federal mailbox (ZBP).

use super::words;

words! {
    /// The status that people read.
    PublicStatus {
        /// Begun, not handed in.
        Initiated = "initiated",
        /// Handed in.
        Submitted = "submitted",
        /// The city works on it.
        Processing = "processing",
        /// The person has to do something.
        ActionRequired = "action_required",
        /// The person did it; the city works on.
        ActionDone = "action_done",
        /// Announced or ended.
        Completed = "completed",
    }
}
