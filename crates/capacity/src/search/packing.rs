//! How many visits a day still takes, which is less than the sum over its starts when visits are longer than a cell.

use chrono::NaiveDate;

use crate::search::Search;
use crate::search::walk::Walk;

impl Search<'_> {
    /// How many further visits like the one asked for fit on the local day, for each office in the query's order. Exact
    /// for one kind of visit; a lower bound where the release of a reserve falls into the hours of the day.
    pub fn max_bookable(&self, date: NaiveDate) -> Vec<u32> {
        let mut walk = Walk::default();
        let mut most = vec![0; self.query.offices.len()];
        let day = self.ledger.supply().day_index(date).filter(|day| (self.days.0..self.days.1).contains(day));
        for (probe, day) in self.probes.iter().filter_map(|probe| day.map(|day| (probe, day))) {
            most[probe.place] += walk.pack(self, probe, day);
        }
        most
    }
}
