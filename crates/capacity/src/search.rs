//! Search: on which days and at which times somebody can come, at one office or at several at once.
//!
//! Days, starts and counts all come from [`walk::Walk::each_range`]; so a day is offered exactly if it has a start.

mod days;
mod packing;
mod starts;
mod walk;

use chrono::NaiveDate;

use domain::identifier::Key;
use domain::time::Timestamp;

use crate::demand::Demand;
use crate::ledger::Ledger;
use crate::moment::{Moment, whole_second_from};
use crate::supply::{OfficeSupply, TeamSupply};

pub use days::{Day, OfficeDay};
pub use starts::{Cursor, Page, Start};

/// What somebody looks for.
#[derive(Debug, Clone)]
pub struct Query {
    /// The offices that come into question; unknown ones find nothing.
    pub offices: Vec<OfficeQuery>,
    /// First local day.
    pub from: NaiveDate,
    /// Last local day; it belongs to the search.
    pub to: NaiveDate,
    /// The present instant.
    pub now: Timestamp,
}

/// One office that comes into question.
#[derive(Debug, Clone)]
pub struct OfficeQuery {
    /// The office.
    pub office: Key,
    /// What the visit needs there.
    pub demand: Demand,
    /// When the person can be there at the earliest: now and the way.
    pub arrival: Timestamp,
}

/// A query on a ledger, ready to answer. Answers hold for the ledger's epoch.
#[derive(Debug)]
pub struct Search<'a> {
    ledger: &'a Ledger,
    query: &'a Query,
    moment: Moment,
    /// Local days from today until the first day of the supply; negative when that has passed.
    days_until_first: i64,
    /// Half open, in days of the supply.
    days: (u16, u16),
    probes: Vec<Probe<'a>>,
}

/// One team that can serve the visit.
#[derive(Debug)]
struct Probe<'a> {
    /// Index in the query.
    place: usize,
    office: &'a OfficeSupply,
    team: &'a TeamSupply,
    demand: &'a Demand,
    eligible: u8,
    /// The first second at which the person can be there.
    arrival: i64,
    /// Its place among the probes in order of the keys of office and team.
    rank: u32,
}

impl<'a> Search<'a> {
    /// Prepares a query. Days outside the supply find nothing.
    pub fn new(ledger: &'a Ledger, query: &'a Query) -> Self {
        let supply = ledger.supply();
        let day = |date: NaiveDate| (date - supply.first_day).num_days().clamp(0, i64::from(supply.days)) as u16;
        let after_last = query.to.succ_opt().unwrap_or(query.to);
        let moment = Moment::new(query.now, supply.zone);
        let mut search = Self {
            ledger,
            query,
            moment,
            days_until_first: moment.days_until(supply.first_day),
            days: (day(query.from), day(after_last)),
            probes: Vec::new(),
        };
        for (place, wanted) in query.offices.iter().enumerate() {
            search.add_probes(place, wanted);
        }
        search.rank_probes();
        search
    }

    /// The ledger's epoch, the version of every answer of this search.
    pub fn epoch(&self) -> u64 {
        self.ledger.epoch()
    }

    fn rank_probes(&mut self) {
        let mut order: Vec<usize> = (0..self.probes.len()).collect();
        order.sort_by_key(|probe| (&self.probes[*probe].office.key, &self.probes[*probe].team.key));
        for (rank, probe) in (0..).zip(order) {
            self.probes[probe].rank = rank;
        }
    }

    fn add_probes(&mut self, place: usize, wanted: &'a OfficeQuery) {
        let supply = self.ledger.supply();
        let Some(index) = supply.office_index(&wanted.office) else {
            return;
        };
        let office = &supply.offices[index];
        for (index, team) in office.teams.iter().enumerate() {
            let eligible = wanted.demand.eligible.mask(index) & ((1 << team.groups.len()) - 1);
            if eligible != 0 {
                let arrival = whole_second_from(wanted.arrival);
                self.probes.push(Probe { place, office, team, demand: &wanted.demand, eligible, arrival, rank: 0 });
            }
        }
    }
}
