//! A worker that is killed between sending a letter and marking it, and a mail server that hangs up after it has the
//! letter: nobody is left without their mail, and whoever gets it twice gets it under one name. And a server that is killed
//! while people hand in applications.

mod cases;
mod judge;
mod post_office;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::calendar::{Calendar, draw, fresh_name};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Answer, Client};
use crate::bench::http::Connection;
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result, While as _};
use crate::interrupt;
use crate::torture::crash::judge::{Verdict, judge};
use crate::torture::crash::post_office::{Manner, PostOffice};

/// The kill comes up to so long after the letter that set it off, in microseconds: before, between and after marking.
const DELAY: usize = 5_000;
/// How long a worker may need to send what waits.
const PATIENCE: Duration = Duration::from_mins(1);
/// Of all letters of a round so many are sent at least before the blow.
const FIRST: usize = 2;

/// How often, and how much mail each time.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// Blows, one kind after the other.
    pub rounds: u16,
    /// Letters that wait before each blow.
    pub letters: u16,
}

impl Strength {
    /// For every change.
    pub const SHORT: Self = Self { rounds: 3, letters: 12 };
    /// On demand.
    pub const LONG: Self = Self { rounds: 60, letters: 50 };
}

/// What happens while letters are sent.
#[derive(Debug, Clone, Copy)]
enum Blow {
    /// The worker is killed when the mail server has a letter and has not said so.
    KilledBeforeTheMark,
    /// The mail server hangs up after a letter and those that follow.
    HungUp,
    /// The worker is killed at any moment.
    Killed,
}

impl Blow {
    const ALL: [Self; 3] = [Self::KilledBeforeTheMark, Self::HungUp, Self::Killed];
}

/// Lets workers die and the mail server hang up on each engine.
///
/// # Errors
///
/// If there is no mail server, or no worker sends anything.
pub fn run(context: &Context, strength: Strength) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let mut office = Office::open(context, engine, strength)?;
        for round in 0..strength.rounds {
            interrupt::check()?;
            office.round(Blow::ALL[usize::from(round) % Blow::ALL.len()], strength.letters)?;
        }
        figures.extend(office.figures()?);
        figures.push(marks_before_it_sends(context, engine, strength)?);
        figures.extend(cases::run(context, engine, strength)?);
    }
    Ok(figures)
}

/// A worker that marks before it sends. The mark is made by the database, in the statement by which a worker takes a
/// letter: whoever is lost then must be found.
fn marks_before_it_sends(context: &Context, engine: Engine, strength: Strength) -> Result<Figure> {
    let mut office = Office::open(context, engine, strength)?;
    office.stand.statement(match engine {
        Engine::Sqlite => {
            "CREATE TRIGGER marks_first AFTER UPDATE OF lease_until ON delivery \
             WHEN NEW.lease_until IS NOT NULL AND NEW.state = 'waiting' \
             BEGIN UPDATE delivery SET state = 'done' WHERE id = NEW.id; END"
        }
        Engine::Postgres => {
            "CREATE FUNCTION marks_first() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN NEW.state := 'done'; RETURN NEW; END $$; \
             CREATE TRIGGER marks_first BEFORE UPDATE OF lease_until ON delivery FOR EACH ROW \
             WHEN (NEW.lease_until IS NOT NULL AND NEW.state = 'waiting') EXECUTE FUNCTION marks_first()"
        }
    })?;
    office.round(Blow::KilledBeforeTheMark, strength.letters)?;
    let name = format!("crash.control.marks-before-it-sends.without-their-mail.{}", engine.name());
    Ok(Figure::at_least(name, office.verdict()?.without as f64, "people", 1.0))
}

/// A city whose letters go to a mail server of ours.
struct Office {
    engine: Engine,
    post: PostOffice,
    address: SocketAddr,
    calendar: Calendar,
    name: String,
    /// The addresses of people whose booking was acknowledged.
    promised: BTreeSet<String>,
    asked: u64,
    /// Kills between sending and marking: each must make a copy.
    sure_kills: usize,
    /// Kills at any moment: each may make one.
    kills: usize,
    _server: crate::serving::Server,
    stand: Stand,
}

impl Office {
    fn open(context: &Context, engine: Engine, strength: Strength) -> Result<Self> {
        let city = City::new(8).office("hall", 400);
        let stand = context.stand_of(engine, &city)?;
        let post = PostOffice::open(stand.directory())?;
        let file = stand.directory().join("smtp-url");
        std::fs::write(&file, post.url()).during("writing the address of the mail server")?;
        let stand = stand.without_worker().with("SERVICEPOINT_MAIL__SMTP_URL_FILE", &file.display().to_string());
        let stand = stand.with("SERVICEPOINT_MAIL__FROM", "termine@stadt.example");
        // How many letters leave in a minute is not what is tried here.
        let stand = stand.with("SERVICEPOINT_MAIL__PER_MINUTE", "100000");
        let server = stand.serve()?;
        let address = server.address();
        let calendar = Calendar::ask(&mut Client::open(address)?, &city)?;
        if usize::from(strength.letters) <= FIRST {
            return Err(Failure::new(format!("a blow needs more than {FIRST} letters")));
        }
        Ok(Self {
            engine,
            post,
            address,
            calendar,
            name: fresh_name(),
            promised: BTreeSet::new(),
            asked: 0,
            sure_kills: 0,
            kills: 0,
            _server: server,
            stand,
        })
    }

    /// People book, a worker is struck while it writes to them, and another one ends its work.
    fn round(&mut self, blow: Blow, letters: u16) -> Result<()> {
        self.book(letters)?;
        let before = self.post.count()?;
        // Never the last one: there must be something left to lose.
        let at = before + FIRST + draw(self.asked, 5, usize::from(letters) - FIRST);
        match blow {
            Blow::KilledBeforeTheMark => {
                self.post.behave(Manner::SilentFrom(at))?;
                let worker = self.stand.work()?;
                self.post.wait_for(at)?;
                worker.kill()?;
                self.sure_kills += 1;
            }
            Blow::Killed => {
                let worker = self.stand.work()?;
                self.post.wait_for(at)?;
                thread::sleep(Duration::from_micros(draw(self.asked, 6, DELAY) as u64));
                worker.kill()?;
                self.kills += 1;
            }
            Blow::HungUp => {
                self.post.behave(Manner::HangsUpFrom(at))?;
                let worker = self.stand.work()?;
                self.post.wait_for(at)?;
                drop(worker);
            }
        }
        self.post.behave(Manner::Takes)?;
        self.an_hour_passes()?;
        let worker = self.stand.work()?;
        self.wait_until_all_is_sent()?;
        drop(worker);
        Ok(())
    }

    fn book(&mut self, letters: u16) -> Result<()> {
        let mut stream = Connection::open(self.address)?;
        for _ in 0..letters {
            self.asked += 1;
            let person = format!("{}-{}", self.name, self.asked);
            let response = stream.exchange(&self.calendar.place(self.asked).book(city::SHORT, &person, &person))?;
            match Answer::read(&response) {
                Answer::Done { .. } => drop(self.promised.insert(format!("{person}@example.org"))),
                other => return Err(Failure::new(format!("nobody can book: {other:?}"))),
            }
        }
        Ok(())
    }

    /// Nobody works now: leases end, and what was postponed is due. The clock is not ours to turn, so the rows are.
    fn an_hour_passes(&self) -> Result<()> {
        let sql = "UPDATE delivery SET lease_until = NULL, next_at = at WHERE state = 'waiting' AND lead_minutes = 0";
        self.stand.statement(sql).map(drop)
    }

    fn wait_until_all_is_sent(&self) -> Result<()> {
        let since = Instant::now();
        let sql = "SELECT (SELECT count(*) FROM outbox WHERE done_at IS NULL) \
                   + (SELECT count(*) FROM delivery WHERE state = 'waiting' AND lead_minutes = 0)";
        loop {
            interrupt::check()?;
            let waiting = self.stand.statement(sql)?;
            if waiting == "0" {
                return Ok(());
            }
            if since.elapsed() > PATIENCE {
                return Err(Failure::new(format!("{waiting} letters still wait")));
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn verdict(&self) -> Result<Verdict> {
        Ok(judge(&self.promised, &self.post.letters()?, &self.attempts()?))
    }

    /// How often each delivery was tried, by its id as a `Message-ID` has it.
    fn attempts(&self) -> Result<BTreeMap<String, u64>> {
        let id = match self.engine {
            Engine::Sqlite => {
                let part = |from: u8, length: u8| format!("substr(lower(hex(id)), {from}, {length})");
                [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")
            }
            Engine::Postgres => "id::text".to_owned(),
        };
        let rows = self.stand.statement(&format!("SELECT {id} || ' ' || attempts FROM delivery"))?;
        let read = |row: &str| {
            let (id, attempts) = row.split_once(' ')?;
            Some((id.to_owned(), attempts.parse().ok()?))
        };
        rows.lines().map(|row| read(row).ok_or_else(|| Failure::new(format!("no delivery: {row}")))).collect()
    }

    fn figures(&self) -> Result<Vec<Figure>> {
        let name = |what: &str| format!("crash.{what}.{}", self.engine.name());
        let none = |what: &str, count: u64, unit| Figure::exactly(name(what), count as f64, unit, 0.0);
        let Verdict { without, strangers, renamed, copies, uncounted } = self.verdict()?;
        let given_up = self.stand.statement("SELECT count(*) FROM delivery WHERE state NOT IN ('done', 'waiting')")?;
        let given_up = given_up.parse().during("counting what was given up")?;
        let sure = self.sure_kills + self.post.hung_up()?;
        Ok(vec![
            Figure::at_least(name("promised-a-letter"), self.promised.len() as f64, "people", 1.0),
            none("without-their-mail", without, "people"),
            none("given-up", given_up, "letters"),
            none("not-asked-for", strangers, "letters"),
            none("two-names-for-one-letter", renamed, "people"),
            Figure::known(name("kills"), (self.sure_kills + self.kills) as f64, "workers"),
            Figure::known(name("hung-up-after-the-letter"), self.post.hung_up()? as f64, "letters"),
            // A blow between sending and marking must make a copy; one at any moment may.
            Figure::at_least(name("copies"), copies as f64, "letters", sure as f64),
            Figure::at_most(name("copies.at-most-one-a-blow"), copies as f64, "letters", (sure + self.kills) as f64),
            none("copies-nobody-counted", uncounted, "letters"),
        ])
    }
}
