//! How letters leave: once, by any number of workers, and at least once when one dies.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use database::{ConnectOptions, Database};
use notifications::{Backlog, Post};
use testkit::{TestDatabase, engines, on_both_engines};

use crate::counter::{PostRoom, confirmed, facts, letters_in, message_ids};
use crate::doubles::{Manner, ServerDouble};

#[tokio::test]
async fn events_that_nobody_mails_are_passed_at_once() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        for kind in ["appointment.held", "appointment.expired", "application.submitted", "appointment.booked.twice"] {
            room.happens(kind, facts(confirmed())).await;
        }
        let seen = room.dispatch().await;
        assert_eq!((seen.passed, seen.planned), (4, 0));
        let open = database.rows("SELECT id FROM outbox WHERE done_at IS NULL", vec![]).await.unwrap();
        assert!(open.is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_workers_send_each_letter_once() {
    const LETTERS: usize = 120;
    for engine in engines() {
        let fresh = TestDatabase::new(engine).await;
        let server = ServerDouble::open(Manner::Accepts).await;
        let one = PostRoom::to_server(fresh.database(), &server.url);
        let options = ConnectOptions {
            url: fresh.url().to_owned(),
            max_connections: 4,
            acquire_timeout: Duration::from_secs(30),
        };
        let second = Database::connect(&options).await.unwrap();
        let post = Post::smtp(&server.url, "stadt.example").unwrap();
        let other = PostRoom::beside(&second, post, &one.clock, &one.facts);
        let mut events = BTreeSet::new();
        for _ in 0..LETTERS {
            events.insert(one.happens("appointment.booked", facts(confirmed())).await.0);
        }
        while one.dispatch().await.more {}
        let work = async |room: &PostRoom| {
            let mut sent = 0;
            loop {
                let done = room.round().await;
                if done.sent == 0 {
                    return sent;
                }
                sent += done.sent as usize;
            }
        };
        let (by_one, by_other) = tokio::join!(work(&one), work(&other));
        assert!(by_one > 0 && by_other > 0, "both worked: {by_one} and {by_other}");
        let mut expected = BTreeSet::new();
        for event in events {
            expected.insert(format!("<{}>", one.message_id(event).await));
        }
        let ids = message_ids(&server.letters());
        assert_eq!((ids.len(), ids.into_iter().collect::<BTreeSet<_>>()), (LETTERS, expected));
        assert_eq!(one.deliveries.backlog().await.unwrap(), Backlog::default());
        second.close().await.unwrap();
        fresh.finish().await;
    }
}

#[tokio::test]
async fn a_worker_that_dies_between_send_and_mark_leaves_the_letter_to_the_next_one() {
    on_both_engines(async |database| {
        let server = ServerDouble::open(Manner::FallsSilent).await;
        let room = PostRoom::to_server(&database, &server.url);
        room.happens("appointment.booked", facts(confirmed())).await;
        tokio::select! {
            _ = room.round() => panic!("the server never answers"),
            // The server has the letter; the worker is killed before it hears of it.
            () = server.arrival() => {}
        }
        server.behave(Manner::Accepts);
        assert_eq!(room.round().await.sent, 0, "the lease of the dead worker still runs");
        room.clock.pass_seconds(61);
        let done = room.round().await;
        assert_eq!((done.sent, done.repeated), (1, 1));
        let letters = server.letters();
        assert_eq!(letters.len(), 2);
        assert_eq!(letters[0], letters[1], "the reader's program can tell that it is the same letter");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_breaks_off_after_the_letter_gets_the_same_letter_again() {
    on_both_engines(async |database| {
        let server = ServerDouble::open(Manner::BreaksOff).await;
        let room = PostRoom::to_server(&database, &server.url);
        room.happens("appointment.booked", facts(confirmed())).await;
        assert_eq!(room.round().await.failed, 1);
        server.behave(Manner::Accepts);
        room.clock.pass_seconds(76);
        let done = room.round().await;
        assert_eq!((done.sent, done.repeated), (1, 1));
        let ids = message_ids(&server.letters());
        assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_is_asked_to_stop_gives_back_what_it_has() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        for _ in 0..3 {
            room.happens("appointment.booked", facts(confirmed())).await;
        }
        let sent = std::sync::atomic::AtomicU64::new(0);
        let once = || sent.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        room.dispatch().await;
        assert_eq!(room.notifications.deliver_letters(&once).await.unwrap().sent, 1);
        assert_eq!(room.deliveries.backlog().await.unwrap(), Backlog { waiting: 2, dead: 0 });
        // Another worker goes on at once, and for it this is the first attempt.
        let done = room.round().await;
        assert_eq!((done.sent, done.repeated), (2, 0));
    })
    .await;
}

#[tokio::test]
async fn letters_in_a_directory_are_for_the_server_alone() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let mail = directory.path().join("deep/mail");
        let room = PostRoom::open(&database, Post::directory(&mail));
        room.happens("appointment.booked", facts(confirmed())).await;
        assert_eq!(room.round().await.sent, 1);
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let letters = letters_in(&mail);
        assert_eq!(letters.len(), 1, "no draft is left behind");
        assert_eq!((mode(&mail), mode(&mail.join(&letters[0].0))), (0o700, 0o600));
    })
    .await;
}
