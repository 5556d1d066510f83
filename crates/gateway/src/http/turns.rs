//! Whose turn it is: so many requests run at once, so many wait, staff first, and the rest is told to come back.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::StatusCode;
use tokio::{sync::oneshot, task::yield_now, time::timeout};

use crate::{http::Problem, limits::Standing};

/// The counter in front of the engine.
#[derive(Debug, Clone)]
pub(super) struct Turns(Arc<Hall>);

#[derive(Debug)]
struct Hall {
    /// Requests running at once.
    most: usize,
    /// Requests waiting, in each of the two queues.
    benches: usize,
    people: Mutex<People>,
}

#[derive(Debug, Default)]
struct People {
    running: usize,
    staff: VecDeque<oneshot::Sender<()>>,
    public: VecDeque<oneshot::Sender<()>>,
}

/// Leave to run; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn(Turns);

/// Somebody who waits. Who goes away with their turn already called gives it back.
struct Waiting {
    turns: Turns,
    called: oneshot::Receiver<()>,
}

impl Turns {
    pub(super) fn new(most: usize, benches: usize) -> Self {
        Self(Arc::new(Hall { most: most.max(1), benches, people: Mutex::default() }))
    }

    /// Waits for a turn, at most `patience`.
    ///
    /// Whoever is not alone lets others come in first. Most of the work is done without a pause, on as many threads as there
    /// are cores: who began at once would keep those who arrive before the door, where nobody counts them, nobody sends them
    /// away, and staff wait with everybody else.
    ///
    /// # Errors
    ///
    /// `OVERLOADED` when everything is taken.
    pub(super) async fn turn(&self, standing: Standing, patience: Duration) -> Result<Turn, Problem> {
        let turn = match self.enter(standing)? {
            None => Turn(self.clone()),
            Some(mut waiting) => match timeout(patience, &mut waiting.called).await {
                Ok(Ok(())) => Turn(self.clone()),
                Ok(Err(_)) | Err(_) => return Err(overloaded()),
            },
        };
        if self.people().running > 1 {
            yield_now().await;
        }
        Ok(turn)
    }

    /// Takes a turn at once, or a place in the queue.
    fn enter(&self, standing: Standing) -> Result<Option<Waiting>, Problem> {
        let mut people = self.people();
        if people.running < self.0.most {
            people.running += 1;
            return Ok(None);
        }
        let queue = match standing {
            Standing::Staff => &mut people.staff,
            Standing::Citizen | Standing::Nobody => &mut people.public,
        };
        if queue.len() >= self.0.benches {
            // Those who gave up still stand in the queue until somebody looks.
            queue.retain(|waiting| !waiting.is_closed());
        }
        if queue.len() >= self.0.benches {
            return Err(overloaded());
        }
        let (call, called) = oneshot::channel();
        queue.push_back(call);
        Ok(Some(Waiting { turns: self.clone(), called }))
    }

    /// Calls the next, or frees the place.
    fn next(&self) {
        let mut people = self.people();
        loop {
            let Some(next) = people.staff.pop_front().or_else(|| people.public.pop_front()) else {
                people.running -= 1;
                return;
            };
            if next.send(()).is_ok() {
                return;
            }
        }
    }

    fn people(&self) -> MutexGuard<'_, People> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.next();
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.called.close();
        // A call that was heard has become a `Turn`; one that nobody heard goes on to the next.
        if self.called.try_recv().is_ok() {
            self.turns.next();
        }
    }
}

fn overloaded() -> Problem {
    metrics::counter!("overloaded_total").increment(1);
    let message = "too many people ask at this moment; try again in a few seconds";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", message).retry_after(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    #[tokio::test]
    async fn staff_go_first_and_nobody_waits_beyond_the_benches() {
        let turns = Turns::new(1, 2);
        let running = turns.turn(Standing::Nobody, LONG).await.expect("nobody is there");
        let order = Arc::new(Mutex::new(Vec::new()));
        let wait = |name: &'static str, standing| {
            let (turns, order) = (turns.clone(), Arc::clone(&order));
            async move {
                let _turn = turns.turn(standing, LONG).await.expect("a turn");
                order.lock().expect("no panic").push(name);
            }
        };
        let mut waiting = Box::pin(async {
            tokio::join!(
                wait("citizen", Standing::Citizen),
                wait("nobody", Standing::Nobody),
                wait("clerk", Standing::Staff),
            );
        });
        assert!(futures_util::poll!(&mut waiting).is_pending());
        let refused = turns.turn(Standing::Nobody, LONG).await.expect_err("the benches are full");
        assert_eq!(refused.code(), "OVERLOADED");
        drop(running);
        waiting.await;
        assert_eq!(*order.lock().expect("no panic"), ["clerk", "citizen", "nobody"]);
        assert_eq!(turns.people().running, 0);
    }

    #[tokio::test]
    async fn whoever_is_not_alone_lets_others_come_in_first() {
        let turns = Turns::new(8, 0);
        let alone = futures_util::poll!(Box::pin(turns.turn(Standing::Nobody, LONG)));
        assert!(alone.is_ready());
        let mut second = Box::pin(turns.turn(Standing::Nobody, LONG));
        assert!(futures_util::poll!(&mut second).is_pending(), "the first is still at work");
        assert!(futures_util::poll!(&mut second).is_ready());
    }

    #[tokio::test]
    async fn who_leaves_the_queue_takes_no_turn_along() {
        let turns = Turns::new(1, 2);
        let running = turns.turn(Standing::Nobody, LONG).await.expect("nobody is there");
        let mut gone = Box::pin(turns.turn(Standing::Nobody, LONG));
        assert!(futures_util::poll!(&mut gone).is_pending());
        drop(gone);
        let mut called = Box::pin(turns.turn(Standing::Nobody, LONG));
        assert!(futures_util::poll!(&mut called).is_pending());
        drop(running);
        assert_eq!(turns.people().running, 1, "the one who waited was called");
        drop(called);
        assert_eq!(turns.people().running, 0, "and left without answering");
        assert!(turns.turn(Standing::Nobody, Duration::ZERO).await.is_ok());
    }

    #[tokio::test]
    async fn waiting_ends() {
        let turns = Turns::new(1, 2);
        let _running = turns.turn(Standing::Nobody, LONG).await.expect("nobody is there");
        let refused = turns.turn(Standing::Nobody, Duration::from_millis(1)).await.expect_err("still taken");
        assert_eq!(refused.code(), "OVERLOADED");
    }
}
