//! Whether somebody who listens may go on listening: their session may end while they do.

use std::{sync::Arc, time::Duration};

use async_graphql::Request;
use tokio::time::{Instant, sleep_until};

use crate::http::{Admission, Caller, Door, ResponseHeaders};

/// The longest a right is believed in without an end of its own: listeners are asked to come back once a day.
const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// With what right somebody listens, and when it was last looked at.
pub(super) struct Right {
    door: Arc<Door>,
    caller: Caller,
    admission: Admission,
    ends_at: Instant,
    asked_at: Instant,
}

/// Why a right is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Its time is up.
    InTime,
    /// Somebody took it away.
    TakenBack,
}

impl Right {
    pub(super) fn new(door: Arc<Door>, caller: Caller, admission: Admission) -> Self {
        let now = Instant::now();
        let ends_at = now + admission.expires_in.unwrap_or(LONGEST_LIFE).min(LONGEST_LIFE);
        Self { door, caller, admission, ends_at, asked_at: now }
    }

    /// Waits until the right has ended. Safe to drop and call again.
    pub(super) async fn ended(&mut self) -> Ended {
        let times = self.door.settings.live;
        loop {
            let next_look = Instant::now() + times.look_again;
            // Nobody has nothing that could be taken away.
            if !self.caller.has_credentials() || next_look >= self.ends_at {
                sleep_until(self.ends_at).await;
                return Ended::InTime;
            }
            sleep_until(next_look).await;
            if let Some(ended) = self.has_ended() {
                return ended;
            }
            if next_look >= self.asked_at + times.ask_again && !self.ask().await {
                return Ended::TakenBack;
            }
        }
    }

    /// Whether it has ended by now, as far as memory knows: asked before every event.
    pub(super) fn has_ended(&self) -> Option<Ended> {
        if Instant::now() >= self.ends_at {
            return Some(Ended::InTime);
        }
        (!self.door.authenticate.still_stands(&self.admission)).then_some(Ended::TakenBack)
    }

    /// Asks the doorkeeper as if the caller came anew.
    async fn ask(&mut self) -> bool {
        let answer = self.door.admit(&self.caller, &mut Request::new(""), ResponseHeaders::default()).await;
        self.asked_at = Instant::now();
        match answer {
            Ok(now) => now.same_right(&self.admission),
            // A database that is away takes nobody's right; else all listeners would come back at once.
            Err(problem) => problem.is_ours(),
        }
    }
}
