//! `kill -9` in the middle of a booking storm, round after round: the client's journal against the server's books.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use crate::bench::calendar::{Calendar, draw, fresh_name};
use crate::bench::city::City;
use crate::bench::figure::Figure;
use crate::bench::graphql::Client;
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::serving::Server;
use crate::storm::books::{self, Books, Day};
use crate::storm::journal::{Findings, Journal, Outcome};
use crate::storm::repeat::repeat;
use crate::storm::round::{OFFICE, Round, Wishes};
use crate::storm::{Strength, shape};

/// The kill comes up to so long after the answer that set it off, in microseconds: between any two steps of a booking.
const DELAY: usize = 3_000;

/// A day that was sold out in a round, and who has its places.
struct Sold {
    date: String,
    starts: Vec<String>,
    ids: BTreeSet<String>,
}

impl Sold {
    fn day(&self, desks: u16) -> Day<'_> {
        Day { office: OFFICE, date: &self.date, starts: &self.starts, desks }
    }
}

struct Storm<'a> {
    engine: Engine,
    stand: &'a Stand,
    starts: usize,
    desks: u16,
    gateways: Vec<Server>,
    sold: Vec<Sold>,
    findings: Findings,
    sold_twice: u64,
    unbalanced: u64,
    not_sold_out: u64,
    unknown: u64,
}

pub(super) fn run(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let Strength { places, rounds, .. } = strength;
    let (starts, desks) = shape(places)?;
    let city = City::new(rounds + 3).office(OFFICE, desks).with_leads();
    let stand = context.stand_of(engine, &city)?;
    let gateways = open(&stand, engine)?;
    let calendar = Calendar::ask(&mut Client::open(gateways[0].address())?, &city)?;
    let mut storm = Storm {
        engine,
        stand: &stand,
        starts,
        desks,
        gateways,
        sold: Vec::new(),
        findings: Findings::default(),
        sold_twice: 0,
        unbalanced: 0,
        not_sold_out: 0,
        unknown: 0,
    };
    let mut last_journal = Journal::default();
    for date in calendar.days().iter().take(usize::from(rounds)) {
        interrupt::check()?;
        last_journal = storm.round(date)?;
    }
    // What was kept over one kill must be kept over all that followed.
    storm.findings = storm.audit_all(storm.findings)?.0;
    let controls = storm.controls(&last_journal)?;
    let mut figures = storm.figures();
    figures.extend(controls);
    Ok(figures)
}

/// One server on SQLite, two on PostgreSQL.
fn open(stand: &Stand, engine: Engine) -> Result<Vec<Server>> {
    let first = stand.serve()?;
    match engine {
        Engine::Sqlite => Ok(vec![first]),
        Engine::Postgres => Ok(vec![first, stand.serve_beside()?]),
    }
}

impl Storm<'_> {
    /// Sells a day out, killing every gateway at a random point.
    fn round(&mut self, date: &str) -> Result<Journal> {
        let mut client = Client::open(self.gateways[0].address())?;
        let all: Vec<String> = client.free(OFFICE, (date, date))?.into_iter().map(|(start, _)| start).collect();
        drop(client);
        let wishes = Wishes::new(&all, self.starts, self.desks)?;
        let round = Round::new(&wishes);
        let seed = fresh_name().bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let kill_after = 1 + draw(seed, 1, wishes.count() as usize * 9 / 10) as u64;
        let delay = Duration::from_micros(draw(seed, 2, DELAY) as u64);
        let gateways = std::mem::take(&mut self.gateways);
        round.blow(&addresses(&gateways), || {
            round.wait_for_answers(kill_after);
            thread::sleep(delay);
            round.expect_the_kill();
            gateways.into_iter().try_for_each(Server::kill)
        })?;
        self.unknown += round.journal.unknown();

        self.gateways = open(self.stand, self.engine)?;
        let addresses = addresses(&self.gateways);
        // Twice: the first time resolves what was unknown, the second must not change it.
        for _ in 0..2 {
            repeat(&addresses, &round.journal, &mut self.findings)?;
        }
        round.expect_no_kill();
        round.blow(&addresses, || Ok(()))?;
        self.findings.wrong += round.broken();
        self.findings.wrong += wrong_answers(&round.journal);

        let sold = Sold { date: date.to_owned(), starts: all.clone(), ids: round.journal.acknowledged() };
        let books = self.audit(&sold)?;
        books.tell(&sold.day(self.desks));
        self.findings.compare(&sold.ids, &books.ids);
        self.sold_twice += books.sold_twice;
        self.unbalanced += books.unbalanced;
        self.not_sold_out += u64::from(books.ids.len() as u64 != wishes.fulfilled());
        self.sold.push(sold);
        Ok(round.journal)
    }

    fn audit(&self, sold: &Sold) -> Result<Books> {
        let mut client = Client::open(self.gateways[0].address())?;
        let token = client.token(OFFICE)?;
        books::read(&mut client, &token, &sold.day(self.desks))
    }

    /// Compares every day again; gives the findings and how many starts are out of balance.
    fn audit_all(&self, mut findings: Findings) -> Result<(Findings, u64)> {
        let mut unbalanced = 0;
        for sold in &self.sold {
            let books = self.audit(sold)?;
            findings.compare(&sold.ids, &books.ids);
            unbalanced += books.unbalanced;
        }
        Ok((findings, unbalanced))
    }

    /// Broken variants that must be found.
    fn controls(&mut self, journal: &Journal) -> Result<Vec<Figure>> {
        let engine = self.engine.name();
        let mut figures = Vec::new();

        // A journal that claims a booking nobody made.
        let Some(last) = self.sold.last_mut() else {
            return Ok(figures);
        };
        last.ids.insert("fabricated".to_owned());
        let (findings, _) = self.audit_all(Findings::default())?;
        let name = format!("storm.control.fabricated-booking.{engine}");
        figures.push(Figure::exactly(name, findings.lost as f64, "lost", 1.0));
        if let Some(last) = self.sold.last_mut() {
            last.ids.remove("fabricated");
        }

        // A journal that remembers another answer than the server.
        let entry = journal.entries().into_iter().find(|entry| matches!(entry.outcome, Outcome::Acknowledged(_)));
        let entry = entry.ok_or_else(|| Failure::new("nothing was acknowledged in the last round"))?;
        let forged = Journal::default();
        let line = forged.begin(entry.request);
        forged.end(line, Outcome::Acknowledged("fabricated".to_owned()));
        let mut findings = Findings::default();
        repeat(&addresses(&self.gateways), &forged, &mut findings)?;
        let name = format!("storm.control.forged-answer.{engine}");
        figures.push(Figure::exactly(name, findings.changed as f64, "changed", 1.0));

        // A booking that vanished from the database behind everybody's back.
        if self.engine == Engine::Postgres {
            self.stand.sql("DELETE FROM appointment WHERE id = (SELECT min(id::text)::uuid FROM appointment)")?;
            let (findings, unbalanced) = self.audit_all(Findings::default())?;
            let name = format!("storm.control.vanished-row.lost.{engine}");
            figures.push(Figure::exactly(name, findings.lost as f64, "lost", 1.0));
            let name = format!("storm.control.vanished-row.free-plus-taken-differs.{engine}");
            figures.push(Figure::exactly(name, unbalanced as f64, "starts", 1.0));
        }
        Ok(figures)
    }

    fn figures(&self) -> Vec<Figure> {
        let engine = self.engine.name();
        let Findings { lost, unasked, changed, wrong } = self.findings;
        let none =
            |what: &str, count: u64, unit| Figure::exactly(format!("storm.{what}.{engine}"), count as f64, unit, 0.0);
        let acknowledged: usize = self.sold.iter().map(|sold| sold.ids.len()).sum();
        vec![
            Figure::known(format!("storm.kills.{engine}"), self.sold.len() as f64, "rounds"),
            Figure::known(format!("storm.acknowledged.{engine}"), acknowledged as f64, "appointments"),
            // A kill that met nobody proves nothing.
            Figure::at_least(format!("storm.in-flight-when-killed.{engine}"), self.unknown as f64, "requests", 1.0),
            none("acknowledged-and-lost", lost, "appointments"),
            none("there-and-never-acknowledged", unasked, "appointments"),
            none("repeated-and-answered-otherwise", changed, "requests"),
            none("sold-twice", self.sold_twice, "starts"),
            none("free-plus-taken-differs", self.unbalanced, "starts"),
            none("not-sold-out", self.not_sold_out, "rounds"),
            none("wrong-answers", wrong, "answers"),
        ]
    }
}

fn addresses(gateways: &[Server]) -> Vec<SocketAddr> {
    gateways.iter().map(Server::address).collect()
}

fn wrong_answers(journal: &Journal) -> u64 {
    let words = |outcome: &Outcome| match outcome {
        Outcome::Wrong(words) => Some(words.clone()),
        // Nothing but the process was hurt, and that one answers nothing.
        Outcome::Unavailable => Some("UNAVAILABLE".to_owned()),
        Outcome::Unknown | Outcome::Acknowledged(_) | Outcome::Taken => None,
    };
    let wrong: Vec<String> = journal.entries().iter().filter_map(|entry| words(&entry.outcome)).collect();
    if let Some(first) = wrong.first() {
        eprintln!("storm: {} answers were wrong, the first: {first}", wrong.len());
    }
    wrong.len() as u64
}
