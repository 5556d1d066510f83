//! How long people wait for an appointment: the first figure a city is judged by.

use domain::identifier::Key;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::failure::{Failure, Problem};
use crate::place::office_of;
use crate::store::statistics;

// Fewer bookings than this are not reported, so that no figure points at a person (k-anonymity).
const FEWEST: i64 = 5;

/// Lead times between booking and start, over the bookings made in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadTimes {
    /// How many bookings were counted.
    pub bookings: i64,
    /// Hours that half of them stayed below or at; absent below five bookings.
    pub median_hours: Option<i64>,
    /// Hours that nine of ten stayed below or at; absent below five bookings.
    pub ninetieth_hours: Option<i64>,
}

impl Scheduling {
    /// Lead times of the bookings made in `[from, to)`, in one office or all.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] without the permission, [`Problem::UnknownOffice`], [`Problem::Search`] for an empty period.
    pub async fn lead_times(
        &self,
        actor: &Actor,
        office: Option<&Key>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<LeadTimes, Failure> {
        actor.may(Permission::ReadStatistics)?;
        if to <= from {
            return Err(Problem::Search("the period ends before it begins").into());
        }
        if let Some(office) = office {
            office_of(&self.board.picture()?.city, office)?;
        }
        let counts = statistics::lead_hours(&self.database, office, from, to).await?;
        let bookings: i64 = counts.iter().map(|(_, count)| count).sum();
        let reported = (bookings >= FEWEST).then_some(());
        Ok(LeadTimes {
            bookings,
            median_hours: reported.and_then(|()| quantile(&counts, bookings, 50)),
            ninetieth_hours: reported.and_then(|()| quantile(&counts, bookings, 90)),
        })
    }
}

/// The smallest value that at least `percent` of all values do not pass (nearest rank).
fn quantile(counts: &[(i64, i64)], all: i64, percent: i64) -> Option<i64> {
    let rank = (all * percent + 99) / 100;
    let mut seen = 0;
    counts.iter().find_map(|(value, count)| {
        seen += count;
        (seen >= rank).then_some(*value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_nearest_rank() {
        let counts = [(1, 5), (2, 4), (50, 1)];
        assert_eq!(quantile(&counts, 10, 50), Some(1));
        assert_eq!(quantile(&counts, 10, 90), Some(2));
        assert_eq!(quantile(&counts, 10, 91), Some(50));
    }
}
