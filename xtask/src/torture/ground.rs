//! The city that is tortured, and the audit of it: what people were promised against what is in the books.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use crate::bench::calendar::Calendar;
use crate::bench::city::City;
use crate::bench::figure::Figure;
use crate::bench::graphql::Client;
use crate::bench::server::Engine;
use crate::failure::Result;
use crate::storm::books::{self, Day};
use crate::storm::journal::{Findings, Journal};
use crate::storm::repeat::repeat;

/// The only office.
const OFFICE: &str = "hall";
/// More than are wished for, so that trouble is the only reason for a refusal.
const DESKS: u16 = 400;
/// Today is left out, because it ends while we look.
const DAYS: u16 = 8;

/// The starts of the city before anything was booked.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) calendar: Calendar,
    days: Vec<(String, Vec<String>)>,
}

/// What an audit found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Verdict {
    pub(crate) findings: Findings,
    pub(crate) acknowledged: u64,
    /// Starts sold more often than there are desks, or whose free and taken places do not add up.
    pub(crate) unbalanced: u64,
}

impl Ground {
    /// The city to load.
    pub(crate) fn city() -> City {
        City::new(DAYS).office(OFFICE, DESKS).with_leads()
    }

    /// Looks at the city while it is empty.
    pub(crate) fn survey(address: SocketAddr) -> Result<Self> {
        let mut client = Client::open(address)?;
        let calendar = Calendar::ask(&mut client, &Self::city())?;
        let mut days = Vec::new();
        for date in calendar.days() {
            let free = client.free(OFFICE, (date, date))?;
            days.push((date.clone(), free.into_iter().map(|(start, _)| start).collect()));
        }
        Ok(Self { calendar, days })
    }

    /// Compares the journal with the books, asks everything again, which resolves what is unknown, and compares again.
    /// Asks twice: the first time may change what is unknown, the second must change nothing.
    pub(crate) fn settle(&self, address: SocketAddr, journal: &Journal) -> Result<Verdict> {
        let mut verdict = Verdict::default();
        // Before asking again: whoever lost a booking and asks again is given another one.
        let promised = journal.acknowledged();
        verdict.findings.lost = promised.difference(&self.books(address)?.0).count() as u64;
        for _ in 0..2 {
            repeat(&[address], journal, &mut verdict.findings)?;
        }
        let promised = journal.acknowledged();
        let (ids, unbalanced) = self.books(address)?;
        verdict.findings.lost += promised.difference(&ids).count() as u64;
        verdict.findings.unasked = ids.difference(&promised).count() as u64;
        verdict.acknowledged = promised.len() as u64;
        verdict.unbalanced = unbalanced;
        Ok(verdict)
    }

    /// How many acknowledged bookings are missing if the journal also claims one that nobody made: a negative control.
    pub(crate) fn missing_with_a_fabricated_one(&self, address: SocketAddr, journal: &Journal) -> Result<u64> {
        let mut promised = journal.acknowledged();
        promised.insert("fabricated".to_owned());
        Ok(promised.difference(&self.books(address)?.0).count() as u64)
    }

    fn books(&self, address: SocketAddr) -> Result<(BTreeSet<String>, u64)> {
        let mut client = Client::open(address)?;
        let token = client.token(OFFICE)?;
        let (mut ids, mut unbalanced) = (BTreeSet::new(), 0);
        for (date, starts) in &self.days {
            let day = Day { office: OFFICE, date, starts, desks: DESKS };
            let books = books::read(&mut client, &token, &day)?;
            books.tell(&day);
            unbalanced += books.unbalanced + books.sold_twice;
            ids.extend(books.ids);
        }
        Ok((ids, unbalanced))
    }
}

impl Verdict {
    /// The verdict as figures, all of which must be nothing.
    pub(crate) fn figures(&self, part: &str, engine: Engine) -> Vec<Figure> {
        let name = |what: &str| format!("{part}.{what}.{}", engine.name());
        let none = |what: &str, count: u64, unit| Figure::exactly(name(what), count as f64, unit, 0.0);
        let Findings { lost, unasked, changed, wrong } = self.findings;
        vec![
            // Nothing promised, nothing proved.
            Figure::at_least(name("acknowledged"), self.acknowledged as f64, "appointments", 1.0),
            none("acknowledged-and-lost", lost, "appointments"),
            none("there-and-never-acknowledged", unasked, "appointments"),
            none("repeated-and-answered-otherwise", changed, "requests"),
            none("repeated-and-refused", wrong, "requests"),
            none("free-plus-taken-differs", self.unbalanced, "starts"),
        ]
    }
}
