//! The simulator of a box against the real door: over a line that breaks nothing is lost and nothing happens twice.

use std::sync::atomic::{AtomicU64, Ordering};

use gateway::locker_simulator::{Answering, Line, LineDown, Shown, Simulator};
use serde_json::Value;
use testkit::{TestApp, on_both_engines};

use crate::pickup_support::{assert_boxes_conserved, count, enrolled, lying, other, state};
use crate::town::Town;

/// A line that loses requests and answers: which, says a number that each request shifts.
struct Breaking<'a> {
    app: &'a TestApp,
    token: String,
    chance: AtomicU64,
}

impl<'a> Breaking<'a> {
    fn new(app: &'a TestApp, token: &str, seed: u64) -> Self {
        Self { app, token: token.to_owned(), chance: AtomicU64::new(seed) }
    }

    fn draw(&self) -> u64 {
        let step = |drawn: u64| drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        step(self.chance.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |drawn| Some(step(drawn))).unwrap_or(0)) >> 33
    }
}

impl Line for Breaking<'_> {
    fn ask<'b>(&'b self, query: &'static str, variables: Value) -> Answering<'b> {
        Box::pin(async move {
            let luck = self.draw() % 4;
            if luck == 0 {
                return Err(LineDown);
            }
            let mut answer = self.app.ask_as(Some(&self.token), query, variables).await;
            if luck == 1 { Err(LineDown) } else { Ok(answer.body["data"].take()) }
        })
    }
}

/// The same box after a restart: it knows what it wrote down.
fn restarted(simulator: &Simulator) -> Simulator {
    let text = serde_json::to_string(simulator).expect("written");
    serde_json::from_str(&text).expect("read")
}

#[tokio::test]
async fn over_a_line_that_breaks_each_document_is_handed_over_once() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let line = Breaking::new(app, &device, 7);
        let mut simulator = Simulator::new("box");
        let mut doors = 0;
        for round in 0..6 {
            let lying = lying(&town).await;
            let wrong = simulator.type_in(&line, (&lying.number, &other(&lying.pin)), &app.key(), app.now()).await;
            assert!(matches!(wrong, Shown::NoLine | Shown::Refused(..)), "{wrong:?}");
            // Somebody who sees "no line" types again.
            let mut shown = Shown::NoLine;
            while shown == Shown::NoLine {
                shown = simulator.type_in(&line, (&lying.number, &lying.pin), &app.key(), app.now()).await;
            }
            let Shown::Opened(door) = shown else { panic!("round {round}: {shown:?}") };
            assert_eq!(i64::from(door), lying.compartment);
            doors += 1;
            simulator = restarted(&simulator);
            simulator.close(door, app.now());
            while simulator.waiting() > 0 {
                let _kept_for_the_next_time = simulator.send(&line).await;
                simulator = restarted(&simulator);
            }
            assert_eq!(state(app, &lying.code).await, "COLLECTED");
            town.post().await;
        }
        assert_eq!(count(app, "locker_event").await, 2 * doors);
        assert_eq!(count(app, "audit WHERE action = 'pickup.opened'").await, doors);
        assert_eq!(count(app, "audit WHERE action = 'pickup.forced'").await, 0, "no order was carried out twice");
        assert_boxes_conserved(app).await;
    })
    .await;
}

#[tokio::test]
async fn a_box_that_was_cut_off_tells_everything_afterwards() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        let line = Breaking::new(app, &device, 1);
        let mut simulator = Simulator::new("box");
        let door = u16::try_from(lying.compartment).expect("a door");
        for _ in 0..120 {
            simulator.service(2, app.now());
        }
        simulator.force(door, app.now());
        assert_eq!(simulator.waiting(), 121);
        while simulator.waiting() > 0 {
            let _kept_for_the_next_time = simulator.send(&line).await;
        }
        assert_eq!(count(app, "locker_event").await, 121);
        assert_eq!(state(app, &lying.code).await, "FORCED");
        simulator.jam(door);
        assert_eq!(simulator.waiting(), 0);
    })
    .await;
}
