//! What happens when letters cannot be sent: they wait, they are tried again, and none is lost in silence.

use domain::permission::Actor;
use notifications::{Backlog, Facts, NotSent, Post, Recipient, Trouble};
use testkit::on_both_engines;

use crate::counter::{PostRoom, confirmed, facts, letters_in, message_ids};
use crate::doubles::{Manner, ServerDouble};

#[tokio::test]
async fn a_letter_that_fails_waits_longer_each_time_and_goes_out_when_the_post_is_back() {
    on_both_engines(async |database| {
        let folder = tempfile::tempdir().unwrap();
        let mail = folder.path().join("mail");
        std::fs::write(&mail, "a file where the directory should be").unwrap();
        let room = PostRoom::open(&database, Post::directory(&mail));
        room.happens("appointment.booked", facts(confirmed())).await;
        for minutes in [1, 2, 4] {
            let done = room.round().await;
            assert_eq!((done.sent, done.failed), (0, 1));
            assert!(matches!(done.trouble, Some(Trouble::Post(NotSent::Directory(_)))));
            room.clock.pass_seconds(60 * minutes - 1);
            assert_eq!(room.round().await.failed, 0, "too early after a pause of {minutes} minutes");
            // The pause is up to a quarter longer, so that what failed together does not come back together.
            room.clock.pass_seconds(1 + 15 * minutes);
        }
        std::fs::remove_file(&mail).unwrap();
        let done = room.round().await;
        assert_eq!((done.sent, done.repeated, letters_in(&mail).len()), (1, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_post_that_is_down_costs_nobody_a_letter_and_is_asked_once_a_round() {
    on_both_engines(async |database| {
        let server = ServerDouble::open(Manner::Accepts).await;
        // A port that nobody listens on: it was free a moment ago.
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let room = PostRoom::to_server(&database, &format!("smtp://{gone}"));
        for _ in 0..5 {
            room.happens("appointment.booked", facts(confirmed())).await;
        }
        let done = room.round().await;
        assert_eq!((done.failed, done.sent, done.more), (1, 0, false));
        assert_eq!(done.trouble, Some(Trouble::Post(NotSent::Unreachable)));
        for _ in 0..20 * 5 {
            room.clock.pass_seconds(10 * 60);
            assert_eq!(room.round().await.dead, 0);
        }
        assert_eq!(room.deliveries.backlog().await.unwrap(), Backlog { waiting: 5, dead: 0 });
        let post = Post::smtp(&server.url, "stadt.example").unwrap();
        let repaired = PostRoom::beside(&database, post, &room.clock, &room.facts);
        room.clock.pass_seconds(75 * 60);
        assert_eq!(repaired.round().await.sent, 5);
        assert_eq!(message_ids(&server.letters()).len(), 5);
    })
    .await;
}

#[tokio::test]
async fn what_no_worker_takes_is_overdue_and_what_waits_for_its_next_attempt_is_not() {
    on_both_engines(async |database| {
        // A port that nobody listens on: it was free a moment ago.
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let room = PostRoom::to_server(&database, &format!("smtp://{gone}"));
        assert_eq!(room.deliveries.overdue_millis().await.unwrap(), 0);
        room.happens("appointment.booked", facts(confirmed())).await;
        room.clock.pass_seconds(600);
        assert_eq!(room.deliveries.overdue_millis().await.unwrap(), 600_000, "no worker runs");
        room.round().await;
        assert_eq!(room.deliveries.overdue_millis().await.unwrap(), 0, "tried, and waiting for the next attempt");
        room.clock.pass_seconds(24 * 60 * 60);
        assert!(room.deliveries.overdue_millis().await.unwrap() > 600_000, "the worker has gone");
    })
    .await;
}

/// A letter to this address.
fn to(mail: &str) -> Facts {
    let told = facts(confirmed());
    Facts { recipient: Recipient { mail: mail.into(), ..told.recipient.clone() }, ..told }
}

#[tokio::test]
async fn a_letter_refused_for_good_is_given_up_at_once_stays_visible_and_holds_up_nobody() {
    on_both_engines(async |database| {
        let server = ServerDouble::open(Manner::RefusesSome).await;
        let room = PostRoom::to_server(&database, &server.url);
        let (event, _) = room.happens("appointment.booked", to("unknown@example.org")).await;
        room.happens("appointment.booked", facts(confirmed())).await;
        let first = room.round().await;
        assert_eq!((first.sent, first.failed, first.dead), (1, 0, 1));
        let trouble = first.trouble.expect("a reason");
        assert_eq!(trouble, Trouble::Post(NotSent::Refused(550)));
        assert!(!trouble.to_string().contains("unknown@"), "the server repeats the address, we do not");
        room.clock.pass_seconds(2 * 60 * 60);
        assert_eq!(room.round().await, notifications::Delivered::default());
        assert_eq!(room.deliveries.backlog().await.unwrap(), Backlog { waiting: 0, dead: 1 });

        let failed = room.deliveries.failed(&Actor::System, None, 10).await.unwrap();
        assert_eq!(format!("{}@stadt.example", failed[0].id), room.message_id(event).await);
        assert_eq!((failed[0].reason.as_deref(), failed[0].attempts), (Some("SMTP_550"), 1));
        // Mended on the other side: the same letter goes out with the same name.
        server.behave(Manner::Accepts);
        room.deliveries.retry(&Actor::System, failed[0].id).await.unwrap();
        assert_eq!(room.round().await.sent, 1);
        assert_eq!(message_ids(&server.letters())[1], format!("<{}>", room.message_id(event).await));
    })
    .await;
}

#[tokio::test]
async fn a_letter_refused_for_now_is_tried_ten_times() {
    on_both_engines(async |database| {
        let server = ServerDouble::open(Manner::RefusesSome).await;
        let room = PostRoom::to_server(&database, &server.url);
        room.happens("appointment.booked", to("full@example.org")).await;
        for attempt in 1..=10 {
            let done = room.round().await;
            assert_eq!((done.failed, done.dead), if attempt < 10 { (1, 0) } else { (0, 1) }, "attempt {attempt}");
            assert_eq!(done.trouble, Some(Trouble::Post(NotSent::Deferred(452))));
            room.clock.pass_seconds(75 * 60);
        }
        assert_eq!(room.deliveries.backlog().await.unwrap(), Backlog { waiting: 0, dead: 1 });
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_brings_down_every_worker_is_given_up_too() {
    on_both_engines(async |database| {
        let server = ServerDouble::open(Manner::FallsSilent).await;
        let room = PostRoom::to_server(&database, &server.url);
        let (_, _) = room.happens("appointment.booked", facts(confirmed())).await;
        for _ in 0..10 {
            tokio::select! {
                _ = room.round() => panic!("the server never answers"),
                () = server.arrival() => {}
            }
            room.clock.pass_seconds(61);
        }
        server.behave(Manner::Accepts);
        let done = room.round().await;
        assert_eq!((done.sent, done.dead), (0, 1));
        let failed = room.deliveries.failed(&Actor::System, None, 10).await.unwrap();
        assert_eq!(failed[0].reason.as_deref(), Some("WORKER_LOST"));
        assert_eq!(room.deliveries.backlog().await.unwrap(), Backlog { waiting: 0, dead: 1 });
    })
    .await;
}
