//! What changed, live: own changes at once, those of other processes as they are read from the outbox.

use std::sync::{Mutex, PoisonError};

use database::DatabaseError;
use domain::identifier::ConversationId;
use domain::time::Timestamp;
use tokio::sync::broadcast;

use crate::Conversations;
use crate::store::feed;

/// Messages that a slow listener may be behind. Whoever loses some reads again; nothing is lost but the news of it.
const BUFFER: usize = 1024;
/// A transaction that ended late carries an older id; so a look begins a little before the last one.
const OVERLAP_SECONDS: i64 = 5;

/// Something was said in a conversation, or it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub conversation: ConversationId,
}

/// The near side of the news.
#[derive(Debug)]
pub(crate) struct Feed {
    sender: broadcast::Sender<Changed>,
    followed_until: Mutex<Timestamp>,
}

impl Feed {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { sender: broadcast::channel(BUFFER).0, followed_until: Mutex::new(now) }
    }

    /// Tells everybody who listens here.
    pub(crate) fn tell(&self, changed: Changed) {
        // Nobody may be listening.
        let _ = self.sender.send(changed);
    }
}

impl Conversations {
    /// Follows every change of every conversation from now on. What a listener may see of it is asked when it is read.
    pub fn follow(&self) -> broadcast::Receiver<Changed> {
        self.feed.sender.subscribe()
    }

    /// Reads what other processes changed and tells those who listen here. To be called every second or so.
    ///
    /// # Errors
    /// See [`DatabaseError`]; the next call catches up.
    pub async fn follow_changes(&self) -> Result<(), DatabaseError> {
        let now = self.now();
        let since = *self.feed.followed_until.lock().unwrap_or_else(PoisonError::into_inner);
        // Without listeners nobody misses anything.
        if self.feed.sender.receiver_count() > 0 {
            for changed in feed::since(&self.database, since.plus_seconds(-OVERLAP_SECONDS), self.origin).await? {
                self.feed.tell(changed);
            }
        }
        *self.feed.followed_until.lock().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }
}
