//! Crowds: 1,000 who hold the last place, 10,000 who book one of 500, through one gateway and through two.

use std::net::SocketAddr;

use crate::bench::calendar::{Calendar, fresh_name};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, Place};
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::Result;
use crate::storm::books::{self, Day};
use crate::storm::crowd::{Tally, gather};
use crate::storm::{Strength, shape};

/// One desk: its every start is a last place.
const LAST: &str = "last";
/// Two desks, for the control.
const TWO: &str = "two";
const HALL: &str = "hall";

/// Connections of those who book; those who hold the last place have one each.
const CONNECTIONS: usize = 200;

/// The city, the days that are used up and what was found.
struct Ground<'a> {
    engine: Engine,
    strength: Strength,
    stand: &'a Stand,
    calendar: Calendar,
    figures: Vec<Figure>,
    others: u64,
    unbalanced: u64,
    next_day: usize,
}

pub(super) fn run(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let (_, desks) = shape(strength.places)?;
    let city = City::new(20).office(LAST, 1).office(TWO, 2).office(HALL, desks).with_leads();
    let stand = context.stand_of(engine, &city)?;
    let first = stand.serve()?;
    let calendar = Calendar::ask(&mut Client::open(first.address())?, &city)?;
    let mut ground = Ground {
        engine,
        strength,
        stand: &stand,
        calendar,
        figures: Vec::new(),
        others: 0,
        unbalanced: 0,
        next_day: 0,
    };
    ground.races(&[first.address()], "")?;
    match engine {
        Engine::Sqlite => {}
        Engine::Postgres => {
            let second = stand.serve_beside()?;
            ground.races(&[first.address(), second.address()], ".two-gateways")?;
        }
    }
    ground.control(first.address())?;
    ground.sum_up();
    Ok(ground.figures)
}

impl Ground<'_> {
    fn races(&mut self, gateways: &[SocketAddr], suffix: &str) -> Result<()> {
        let engine = self.engine.name();
        let Strength { users, places, holders, .. } = self.strength;
        let day = self.new_day();
        let tally = self.hold_last(LAST, gateways, &day)?;
        let name = format!("contention.{holders}-holds-of-the-last-place{suffix}.{engine}");
        self.figures.push(Figure::exactly(name, tally.won as f64, "winners", 1.0));
        self.note(&tally);
        let (starts, desks) = shape(places)?;
        let all = starts_of(gateways[0], HALL, &day)?;
        let wanted = &all[..starts];
        let person = fresh_name();
        let tally = gather(gateways, CONNECTIONS, users, &|number| {
            let place = Place { office: HALL.into(), starts_at: wanted[number as usize % starts].clone() };
            place.book(city::SHORT, &format!("{person}-{number}"), &format!("{person}-{number}"))
        })?;
        let name = format!("contention.{users}-bookings-of-{places}-places{suffix}.{engine}");
        let winners = users.min(u64::from(places)) as f64;
        self.figures.push(Figure::exactly(name, tally.won as f64, "winners", winners));
        self.note(&tally);
        for &gateway in gateways {
            self.audit(gateway, &Day { office: HALL, date: &day, starts: &all, desks })?;
        }
        Ok(())
    }

    /// The crowd that holds the first start of a day.
    fn hold_last(&self, office: &str, gateways: &[SocketAddr], day: &str) -> Result<Tally> {
        let starts_at = starts_of(gateways[0], office, day)?.swap_remove(0);
        let place = Place { office: office.to_owned(), starts_at };
        let session = fresh_name();
        let holders = self.strength.holders;
        gather(gateways, holders as usize, holders, &|number| {
            place.hold(&format!("{session}-{number}"), &format!("{session}-{number}"))
        })
    }

    /// A crowd that must sell too much, and a count that must see it.
    fn control(&mut self, gateway: SocketAddr) -> Result<()> {
        let day = self.new_day();
        let (how, won) = match self.engine {
            Engine::Postgres => {
                self.stand.sql("ALTER TABLE capacity_cell DROP CONSTRAINT capacity_not_exceeded")?;
                ("without-the-rule", self.hold_last(LAST, &[gateway], &day)?.won)
            }
            // SQLite cannot drop a rule of a table in use: the last place is a second one.
            Engine::Sqlite => ("with-a-second-desk", self.hold_last(TWO, &[gateway], &day)?.won),
        };
        let name = format!("contention.control.{how}.{}", self.engine.name());
        self.figures.push(Figure::at_least(name, won as f64, "winners", 2.0));
        Ok(())
    }

    fn audit(&mut self, gateway: SocketAddr, day: &Day<'_>) -> Result<()> {
        let mut client = Client::open(gateway)?;
        let token = client.token(day.office)?;
        let books = books::read(&mut client, &token, day)?;
        books.tell(day);
        self.unbalanced += books.unbalanced + books.sold_twice;
        Ok(())
    }

    fn sum_up(&mut self) {
        let engine = self.engine.name();
        let others = Figure::exactly(format!("contention.other-answers.{engine}"), self.others as f64, "answers", 0.0);
        let name = format!("contention.free-plus-taken-differs.{engine}");
        let unbalanced = Figure::exactly(name, self.unbalanced as f64, "starts", 0.0);
        self.figures.extend([others, unbalanced]);
    }

    fn note(&mut self, tally: &Tally) {
        for (words, count) in &tally.other {
            eprintln!("contention, {}: {count} answers: {words}", self.engine.name());
        }
        self.others += tally.others();
    }

    fn new_day(&mut self) -> String {
        self.next_day += 1;
        self.calendar.days()[self.next_day].clone()
    }
}

fn starts_of(gateway: SocketAddr, office: &str, day: &str) -> Result<Vec<String>> {
    let free = Client::open(gateway)?.free(office, (day, day))?;
    Ok(free.into_iter().map(|(start, _)| start).collect())
}
