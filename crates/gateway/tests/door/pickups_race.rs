//! Many at once: no compartment holds two things, nobody gets more than three tries, and of two ends one happens.

use domain::identifier::Key;
use domain::locker::{CompartmentSize, Reach};
use domain::permission::Actor;
use domain::text::Language;
use futures_util::future::join_all;
use scheduling::ContactInput;
use scheduling::pickup::{Failure, LoadLocker, Problem};
use serde_json::Value;
use testkit::{TestApp, TestCity, on_both_engines};

use crate::pickup_support::{assert_boxes_conserved, count, enrolled, lying, other, state, step, typed};
use crate::town::Town;

/// A city whose box has this many compartments.
fn spacious(compartments: u16) -> TestCity {
    let row = format!("{{ first = 1, last = {compartments}, size = \"small\", height_cm = 150 }},");
    TestCity::default().locker_rows(&row)
}

fn wanted(app: &TestApp, number: usize) -> LoadLocker {
    LoadLocker {
        office: Key::new("mitte").expect("a key"),
        locker: Key::new("box").expect("a key"),
        service: Key::new("residence").expect("a key"),
        reference: format!("Fach {number}"),
        contact: ContactInput {
            name: "Otto Müller".to_owned().into(),
            mail: Some(format!("otto{number}@example.org").into()),
            phone: None,
            language: Language::German,
        },
        size: CompartmentSize::Small,
        reach: Reach::Any,
        idempotency_key: app.key(),
    }
}

async fn load_all(app: &TestApp, many: usize) -> (usize, usize) {
    let loads = (0..many).map(|number| {
        let (scheduling, command) = (&app.application.scheduling, wanted(app, number));
        async move { scheduling.load_locker(&Actor::System, &command).await }
    });
    let (mut done, mut full) = (0, 0);
    for outcome in join_all(loads).await {
        match outcome {
            Ok(_) => done += 1,
            Err(Failure::Problem(Problem::LockerFull)) => full += 1,
            Err(failure) => panic!("{failure:?}"),
        }
    }
    (done, full)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_at_once_each_compartment_takes_one() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &spacious(60)).await;
        assert_eq!(load_all(&app, 200).await, (60, 140));
        let distinct =
            count(&app, "(SELECT DISTINCT office, box, compartment FROM pickup WHERE compartment IS NOT NULL) AS t");
        assert_eq!((count(&app, "pickup").await, distinct.await), (60, 60));
        assert_boxes_conserved(&app).await;
    })
    .await;
}

/// The same count finds two things behind one door where a program looks before it writes and no rule stands in the way.
#[tokio::test]
async fn the_count_finds_two_things_behind_one_door() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &spacious(2)).await;
        assert_eq!(load_all(&app, 2).await, (2, 0));
        database.write("UPDATE pickup SET compartment = 1", vec![]).await.expect("written");
        let distinct =
            count(&app, "(SELECT DISTINCT office, box, compartment FROM pickup WHERE compartment IS NOT NULL) AS t");
        assert_eq!((count(&app, "pickup").await, distinct.await), (2, 1));
        let doubled = database.write("UPDATE locker_compartment SET number = 1", vec![]).await;
        assert!(
            doubled.is_err_and(|error| error.breaks(database::Rule::CompartmentTaken)),
            "the rule stands in the way"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_guesses_at_once_three_are_heard() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        let wrong = other(&lying.pin);
        let guesses = (0..100).map(|_| {
            let (device, lying, wrong, key) = (&device, &lying, &wrong, app.key());
            async move { typed(app, device, &lying.number, wrong, &key).await }
        });
        let answers: Vec<Value> = join_all(guesses).await;
        let granted = answers.iter().filter(|answer| !answer["order"].is_null()).count();
        assert_eq!(granted, 0);
        assert_eq!(count(app, "locker_opening").await, 3, "three were compared with the PIN");
        assert_eq!(state(app, &lying.code).await, "LOCKED");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_opens_and_whoever_takes_out_at_once_one_of_them_does() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        for _ in 0..5 {
            let lying = lying(&town).await;
            let key = app.key();
            let (opened, taken) = tokio::join!(
                typed(app, &device, &lying.number, &lying.pin, &key),
                step(app, "returnToCounter", &lying.id)
            );
            let is_opened = !opened["order"].is_null();
            let is_taken = taken == "AT_COUNTER";
            assert!(is_opened != is_taken, "{opened} {taken}");
            assert_boxes_conserved(app).await;
            if is_opened {
                app.clock.pass_seconds(61);
                assert_eq!(step(app, "returnToCounter", &lying.id).await, "AT_COUNTER");
            }
        }
    })
    .await;
}
