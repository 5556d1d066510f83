//! Remembers documents that were parsed and found well-formed, so that the portal's few questions are parsed once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};

/// SHA-256 of a document's text.
pub(crate) type Fingerprint = [u8; 32];

pub(crate) fn fingerprint(source: &str) -> Fingerprint {
    Sha256::digest(source.as_bytes()).into()
}

/// A bounded store with second-chance eviction: a document used since the hand last passed stays.
#[derive(Debug)]
pub(super) struct Cache<T> {
    kept: Mutex<Shelf<T>>,
}

#[derive(Debug)]
struct Shelf<T> {
    slots: Vec<Slot<T>>,
    places: HashMap<Fingerprint, usize>,
    hand: usize,
    capacity: usize,
}

#[derive(Debug)]
struct Slot<T> {
    key: Fingerprint,
    value: Arc<T>,
    used: bool,
}

impl<T> Cache<T> {
    pub(super) fn new(capacity: usize) -> Self {
        let kept = Shelf { slots: Vec::new(), places: HashMap::new(), hand: 0, capacity: capacity.max(1) };
        Self { kept: Mutex::new(kept) }
    }

    pub(super) fn get(&self, key: &Fingerprint) -> Option<Arc<T>> {
        let mut kept = self.open();
        let place = *kept.places.get(key)?;
        let slot = &mut kept.slots[place];
        slot.used = true;
        Some(Arc::clone(&slot.value))
    }

    pub(super) fn insert(&self, key: Fingerprint, value: Arc<T>) {
        let mut kept = self.open();
        if kept.places.contains_key(&key) {
            return;
        }
        let slot = Slot { key, value, used: false };
        if kept.slots.len() < kept.capacity {
            kept.slots.push(slot);
            let place = kept.slots.len() - 1;
            kept.places.insert(key, place);
            return;
        }
        let place = kept.free_place();
        let evicted = std::mem::replace(&mut kept.slots[place], slot);
        kept.places.remove(&evicted.key);
        kept.places.insert(key, place);
    }

    // A panic while the lock was held cannot leave the kept half changed in a way that matters: at worst a document is parsed again.
    fn open(&self) -> MutexGuard<'_, Shelf<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Shelf<T> {
    fn free_place(&mut self) -> usize {
        loop {
            let place = self.hand;
            self.hand = (self.hand + 1) % self.slots.len();
            if !std::mem::take(&mut self.slots[place].used) {
                return place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_used_and_stays_within_its_bounds() {
        let cache = Cache::new(3);
        let key = |number: u32| fingerprint(&number.to_string());
        for number in 0..3 {
            cache.insert(key(number), Arc::new(number));
        }
        assert_eq!(cache.get(&key(0)).as_deref(), Some(&0));
        cache.insert(key(3), Arc::new(3));
        assert_eq!(cache.get(&key(0)).as_deref(), Some(&0), "used since the hand passed");
        assert_eq!(cache.get(&key(1)), None);
        for number in 4..100 {
            cache.insert(key(number), Arc::new(number));
        }
        assert_eq!(cache.open().slots.len(), 3);
        assert_eq!(cache.open().places.len(), 3);
    }
}
