//! All the starts of a measuring city, and pseudo-random wishes for them that are the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::bench::city::City;
use crate::bench::graphql::{Client, Place};
use crate::failure::{Failure, Result};

/// The offices and starts of a city from tomorrow on.
#[derive(Debug, Clone)]
pub struct Calendar {
    offices: Vec<String>,
    days: Vec<String>,
    starts: Vec<String>,
}

impl Calendar {
    /// Asks the server for the starts of the first office; all offices of a measuring city have the same. Today is left
    /// out: it ends while we measure.
    ///
    /// # Errors
    ///
    /// If the server has none.
    pub fn ask(client: &mut Client, city: &City) -> Result<Self> {
        let offices = city.keys();
        let first = offices.first().ok_or_else(|| Failure::new("a city without offices has no calendar"))?;
        let days: Vec<String> = client.days(first)?.into_iter().skip(1).collect();
        let (Some(from), Some(to)) = (days.first(), days.last()) else {
            return Err(Failure::new("the measuring city has no free days"));
        };
        let starts = client.free(first, (from, to))?.into_iter().map(|(start, _)| start).collect();
        Ok(Self { offices, days, starts })
    }

    /// The local days, from tomorrow on.
    pub fn days(&self) -> &[String] {
        &self.days
    }

    /// The offices.
    pub fn offices(&self) -> &[String] {
        &self.offices
    }

    /// A place in any office on any day, the same for the same number.
    pub fn place(&self, number: u64) -> Place {
        self.place_in(draw(number, 1, self.offices.len()), number)
    }

    /// A place in one office on any day, the same for the same number.
    pub fn place_in(&self, office: usize, number: u64) -> Place {
        let starts_at = self.starts[draw(number, 2, self.starts.len())].clone();
        Place { office: self.offices[office].clone(), starts_at }
    }
}

/// A number below `below` that depends on `number` and `purpose` alone: the last step of `SplitMix64`.
pub fn draw(number: u64, purpose: u64, below: usize) -> usize {
    let mut bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ purpose.wrapping_mul(0xd1b5_4a32_d192_ed03);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) % below.max(1) as u64) as usize
}

/// A text that no other load uses, so that two loads on one database never repeat each other's requests.
pub fn fresh_name() -> String {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("load-{:x}-{:x}", since.as_nanos(), DRAWN.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use crate::bench::calendar::{draw, fresh_name};

    #[test]
    fn draws_the_same_for_the_same_and_reach_everything() {
        assert_eq!(draw(7, 1, 1_000), draw(7, 1, 1_000));
        let mut hits = [0_u32; 20];
        (0..20_000).for_each(|number| hits[draw(number, 3, 20)] += 1);
        assert!(hits.iter().all(|&count| (800..1_200).contains(&count)), "{hits:?}");
        assert_ne!(fresh_name(), fresh_name());
    }
}
