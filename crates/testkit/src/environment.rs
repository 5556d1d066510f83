//! A clock that moves only when told, and chance that repeats itself from one number.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::environment::{Clock, Entropy};
use domain::time::Timestamp;

/// A clock that shows the same instant until a test sets it. Clones show the same time.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    /// A clock that stands at `instant`.
    pub fn at(instant: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(instant.millis())))
    }

    /// Moves the hands to `instant`, forwards or backwards.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.millis(), Ordering::SeqCst);
    }

    /// Moves the hands forwards (or, with a negative number, backwards) by whole seconds.
    pub fn pass_seconds(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

impl Default for FixedClock {
    /// A working day before Advent: Monday, 23 November 2026, 10:00 in Hannover (09:00 UTC).
    fn default() -> Self {
        Self::at(Timestamp::from_seconds(1_795_424_400))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Chance that repeats itself: the same seed gives the same bytes in the same order (SplitMix64, Steele and others,
/// 2014). For tests alone; whoever knows the seed knows every token. Clones draw from the same stream.
#[derive(Debug, Clone)]
pub struct SeededEntropy(Arc<AtomicU64>);

impl SeededEntropy {
    /// A stream that depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seed)))
    }

    fn next(&self) -> u64 {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(GOLDEN, Ordering::SeqCst).wrapping_add(GOLDEN);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_only_when_told() {
        let clock = FixedClock::default();
        let seen = clock.clone();
        assert_eq!(seen.now().to_utc().to_rfc3339(), "2026-11-23T09:00:00+00:00");
        clock.pass_seconds(90);
        assert_eq!(seen.now().to_utc().to_rfc3339(), "2026-11-23T09:01:30+00:00");
    }

    #[test]
    fn the_same_seed_gives_the_same_chance() {
        let draw = |seed| {
            let mut bytes = [0; 20];
            SeededEntropy::new(seed).fill(&mut bytes);
            bytes
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        // The published first value of SplitMix64 for the seed 0.
        assert_eq!(SeededEntropy::new(0).next(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn ids_of_one_clock_and_one_stream_differ() {
        let (clock, entropy) = (FixedClock::default(), SeededEntropy::new(1));
        assert_ne!(entropy.id(clock.now()), entropy.id(clock.now()));
        assert_eq!(entropy.id(clock.now()).get_version_num(), 7);
    }
}
