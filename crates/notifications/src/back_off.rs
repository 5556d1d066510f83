//! How long a failed delivery waits before it is tried again, and after how many attempts it is given up.

use domain::identifier::DeliveryId;
use domain::time::Timestamp;

use crate::consumer::Consumer;

/// The patience with one kind of reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BackOff {
    /// So many attempts; then the delivery waits for a person.
    pub(crate) most_attempts: i64,
    longest_minutes: i64,
}

impl BackOff {
    /// Letters are tried for some hours (a full mailbox, a greylist); webhooks for about three days (a weekend).
    pub(crate) const fn of(consumer: &Consumer) -> Self {
        match consumer {
            Consumer::Mail => Self { most_attempts: 10, longest_minutes: 60 },
            Consumer::Webhook(_) => Self { most_attempts: 15, longest_minutes: 12 * 60 },
        }
    }

    /// 1, 2, 4 ... minutes after the first, second, third ... attempt and up to a quarter more, so that what failed
    /// together does not come back together. Taken from the id, chance would need no other source: ids are random enough.
    pub(crate) fn next_attempt(self, id: DeliveryId, attempts: i64, now: Timestamp) -> Timestamp {
        let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
        let seconds = (1_i64 << doublings).min(self.longest_minutes) * 60;
        let spread = u64::from_be_bytes(*id.0.as_bytes().last_chunk().expect("an id has sixteen bytes"));
        let spread = spread.rotate_left(8 * doublings) % 256;
        now.plus_seconds(seconds + seconds * spread as i64 / 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(consumer: &Consumer, id: u128) -> Vec<i64> {
        let back_off = BackOff::of(consumer);
        let id = DeliveryId(uuid::Uuid::from_u128(id));
        (1..back_off.most_attempts)
            .map(|attempts| back_off.next_attempt(id, attempts, Timestamp::from_seconds(0)).seconds())
            .collect()
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        let minutes: Vec<i64> = pauses(&Consumer::Mail, 0).iter().map(|seconds| seconds / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let hours = pauses(&Consumer::Webhook("a".into()), 0).iter().sum::<i64>() / 3600;
        assert_eq!(hours, 65, "a webhook that is down from Friday evening to Monday morning loses nothing");
    }

    #[test]
    fn pauses_are_never_shorter_and_at_most_a_quarter_longer_and_differ() {
        let plain = pauses(&Consumer::Mail, 0);
        let mut first = std::collections::BTreeSet::new();
        for id in 0..500_u128 {
            let spread = pauses(&Consumer::Mail, id.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
            assert!(plain.iter().zip(&spread).all(|(least, pause)| pause >= least && *pause <= least + least / 4));
            first.insert(spread[5]);
        }
        assert!(first.len() > 100, "{}", first.len());
    }
}
