//! Whether somebody who listens may go on listening: their session may end while they do.

use std::sync::Arc;

use async_graphql::Request;
use tokio::time::{Instant, sleep_until};

use crate::http::{Admission, Caller, Door, ResponseHeaders};

/// The longest a right is believed in without an end of its own: listeners are asked to come back once a day.
pub(super) const LONGEST_LIFE: std::time::Duration = std::time::Duration::from_hours(24);

/// With what right somebody listens, and when it was last looked at.
pub(super) struct Right {
    door: Arc<Door>,
    caller: Caller,
    admission: Admission,
    ends_at: Instant,
    looked_at: Instant,
}

impl Right {
    pub(super) fn new(door: Arc<Door>, caller: Caller, admission: Admission) -> Self {
        let now = Instant::now();
        let ends_at = now + admission.expires_in.unwrap_or(LONGEST_LIFE).min(LONGEST_LIFE);
        Self { door, caller, admission, ends_at, looked_at: now }
    }

    /// Waits until the right has ended: by its own time, or because somebody took it away. Safe to drop and call again.
    pub(super) async fn ended(&mut self) {
        let times = self.door.settings.live;
        loop {
            let next_look = self.looked_at + times.look_again;
            if !self.can_end() || next_look >= self.ends_at {
                sleep_until(self.ends_at).await;
                return;
            }
            sleep_until(next_look).await;
            if !self.look().await {
                return;
            }
        }
    }

    /// Whether the right stands at this moment; one that was looked at a moment ago does.
    pub(super) async fn still_stands(&mut self) -> bool {
        let now = Instant::now();
        if now >= self.ends_at {
            return false;
        }
        !self.can_end() || now < self.looked_at + self.door.settings.live.fresh || self.look().await
    }

    /// Nobody has nothing that could be taken away.
    fn can_end(&self) -> bool {
        self.caller.has_credentials()
    }

    async fn look(&mut self) -> bool {
        let looked = self.door.admit(&self.caller, &mut Request::new(""), ResponseHeaders::default()).await;
        self.looked_at = Instant::now();
        match looked {
            Ok(now) => now.same_right(&self.admission),
            // A database that is away takes nobody's right; else all listeners would come back at once.
            Err(problem) => problem.is_ours(),
        }
    }
}
