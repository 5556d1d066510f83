//! A small memory for answers that may be a few seconds old: bounded, and never wrong about its own age.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::time::Timestamp;

/// Remembers values for a while. When it is full, what was not asked for lately is forgotten.
pub(crate) struct Cache<K, V> {
    halves: Mutex<Halves<K, V>>,
    half: usize,
}

/// Two halves: fresh entries go to `young`; when it is full it becomes `old`, and the former `old` is forgotten. That
/// bounds the memory without an order of use to keep.
struct Halves<K, V> {
    young: HashMap<K, Entry<V>>,
    old: HashMap<K, Entry<V>>,
}

struct Entry<V> {
    value: V,
    since: Timestamp,
    until: Timestamp,
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// A memory for at most `capacity` entries.
    pub(crate) fn new(capacity: usize) -> Self {
        let halves = Halves { young: HashMap::new(), old: HashMap::new() };
        Self { halves: Mutex::new(halves), half: (capacity / 2).max(1) }
    }

    /// What is remembered under `key`, if it still holds at `now`.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let halves = self.lock();
        let entry = halves.young.get(key).or_else(|| halves.old.get(key))?;
        // A clock that was set back must not make an entry live longer.
        (entry.since <= now && now < entry.until).then(|| entry.value.clone())
    }

    /// Remembers `value` from `now` until `until`.
    pub(crate) fn put(&self, key: K, value: V, now: Timestamp, until: Timestamp) {
        let mut halves = self.lock();
        if halves.young.len() >= self.half {
            halves.old = std::mem::take(&mut halves.young);
        }
        halves.young.insert(key, Entry { value, since: now, until });
    }

    /// Forgets every value that `matches`.
    pub(crate) fn forget_where(&self, matches: impl Fn(&V) -> bool) {
        let mut halves = self.lock();
        halves.young.retain(|_, entry| !matches(&entry.value));
        halves.old.retain(|_, entry| !matches(&entry.value));
    }

    fn lock(&self) -> MutexGuard<'_, Halves<K, V>> {
        // No code that can panic runs under the lock, and a half-done change would only forget something.
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn an_entry_holds_for_its_time_and_not_when_the_clock_goes_back() {
        let cache = Cache::new(10);
        cache.put("a", 1, at(100), at(105));
        assert_eq!(cache.get(&"a", at(104)), Some(1));
        assert_eq!(cache.get(&"a", at(105)), None);
        assert_eq!(cache.get(&"a", at(99)), None);
    }

    #[test]
    fn the_newer_of_two_entries_wins_whichever_half_it_is_in() {
        let cache = Cache::new(2);
        cache.put("a", 1, at(0), at(9));
        cache.put("a", 2, at(0), at(9));
        assert_eq!(cache.get(&"a", at(1)), Some(2));
        cache.forget_where(|value| *value <= 2);
        assert_eq!(cache.get(&"a", at(1)), None);
    }

    #[test]
    fn it_never_holds_more_than_its_bound() {
        let cache = Cache::new(100);
        for key in 0..10_000 {
            cache.put(key, key, at(0), at(9));
        }
        let halves = cache.lock();
        assert!(halves.young.len() + halves.old.len() <= 100);
    }

    #[test]
    fn forgetting_by_value_reaches_both_halves() {
        let cache = Cache::new(4);
        for key in 0..4 {
            cache.put(key, key % 2, at(0), at(9));
        }
        cache.forget_where(|value| *value == 1);
        let left: Vec<_> = (0..4).filter(|key| cache.get(key, at(1)).is_some()).collect();
        assert_eq!(left, [0, 2]);
    }
}
