//! One budget by one way of counting: who took how much of it lately.
//!
//! The generic cell rate algorithm (ITU-T I.371, as crate `governor` has it) keeps one number a caller: the moment from
//! which their budget is whole again. Whoever was away longest is forgotten first.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{Quota, RateLimiter, clock::Clock, middleware::NoOpMiddleware, nanos::Nanos, state::StateStore};
use lru::LruCache;

use crate::limits::{Ticks, budget::Rate, payer::Key};

impl Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Self::now(self)
    }
}

/// The callers remembered, at most `most`.
#[derive(Debug, Clone)]
struct Shelf {
    kept: Arc<Mutex<LruCache<Key, Nanos>>>,
    most: usize,
}

impl Shelf {
    fn open(&self) -> MutexGuard<'_, LruCache<Key, Nanos>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Shelf {
    type Key = Key;

    fn measure_and_replace<T, F, E>(&self, key: &Key, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut kept = self.open();
        let (outcome, next) = measure(kept.get(key).copied())?;
        kept.put(*key, next);
        if kept.len() > self.most {
            kept.pop_lru();
        }
        Ok(outcome)
    }
}

#[derive(Debug)]
pub(super) struct Ledger {
    limiter: RateLimiter<Key, Shelf, Ticks, NoOpMiddleware<Duration>>,
    shelf: Shelf,
    rate: Rate,
    ticks: Ticks,
    opened: Duration,
}

impl Ledger {
    pub(super) fn new(rate: Rate, most: usize, ticks: Ticks) -> Self {
        let each = rate.period / rate.count.max(1);
        let quota = Quota::with_period(each).expect("a period of at least a millisecond is not nothing");
        let quota = quota.allow_burst(NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN));
        let shelf = Shelf { kept: Arc::new(Mutex::new(LruCache::unbounded())), most: most.max(1) };
        let opened = ticks.now();
        Self { limiter: RateLimiter::new(quota, shelf.clone(), ticks.clone()), shelf, rate, ticks, opened }
    }

    /// Takes `amount`, or says how long to wait for it.
    pub(super) fn take(&self, key: Key, amount: u32) -> Result<(), Duration> {
        let Some(amount) = NonZeroU32::new(amount) else { return Ok(()) };
        match self.limiter.check_key_n(&key, amount) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) => Err(refused.wait_time_from(self.ticks.now())),
            // More at once than the budget ever holds.
            Err(_) => Err(self.rate.period),
        }
    }

    /// Whether not even one is left.
    pub(super) fn is_spent(&self, key: Key) -> bool {
        let Some(whole_again) = self.shelf.open().peek(&key).copied() else { return false };
        let each = self.rate.period / self.rate.count.max(1);
        let since = self.ticks.now().saturating_sub(self.opened);
        Duration::from(whole_again) + each > since + each * self.rate.burst
    }

    pub(super) fn len(&self) -> usize {
        self.shelf.open().len()
    }
}
