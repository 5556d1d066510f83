//! Reminders: planned when a booking is firm, void when it moves, sent by the clock, ended by one click.

use domain::identifier::AppointmentId;
use domain::time::Timestamp;
use notifications::{Facts, Post, UnsubscribeError};
use testkit::{FixedClock, on_both_engines};

use crate::counter::{PostRoom, body, cancelled, confirmed, facts, header, letters_in, parsed, settings};
use crate::doubles::FactsDouble;

const HOUR: i64 = 60 * 60;
/// A start five days after the clock of the tests begins.
const START: Timestamp = Timestamp::from_seconds(1_795_424_400 + 5 * 24 * HOUR);

fn ahead() -> Facts {
    Facts { starts_at: START, ends_at: START.plus_minutes(15), ..facts(confirmed()) }
}

fn subjects(directory: &std::path::Path) -> Vec<String> {
    let mut letters: Vec<(String, String)> = letters_in(directory)
        .iter()
        .map(|(_, letter)| (header(&parsed(letter), "Date"), header(&parsed(letter), "Subject")))
        .collect();
    letters.sort_by_key(|(date, _)| mailparse::dateparse(date).unwrap());
    letters.into_iter().map(|(_, subject)| subject).collect()
}

#[tokio::test]
async fn people_are_reminded_two_days_and_three_hours_before() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.happens("appointment.booked", ahead()).await;
        assert_eq!(room.round().await.sent, 1);
        for (hours_before, expected) in [(48, 1), (3, 1)] {
            room.clock.set(START.plus_minutes(-hours_before * 60 - 1));
            assert_eq!(room.round().await.sent, 0, "a minute too early");
            room.clock.pass_seconds(60);
            assert_eq!(room.round().await.sent, expected);
        }
        room.clock.set(START);
        assert_eq!(room.round().await, notifications::Delivered::default());

        let letters = letters_in(directory.path());
        assert_eq!(letters.len(), 3);
        let reminders: Vec<_> = letters
            .iter()
            .map(|(_, letter)| parsed(letter))
            .filter(|mail| header(mail, "Subject").starts_with("Erinnerung"))
            .collect();
        assert_eq!(reminders.len(), 2);
        for mail in &reminders {
            let text = body(mail);
            assert!(text.contains("/appointments/move/") && text.contains("/appointments/cancel/"), "{text}");
            assert!(text.contains("- Ausweis\n"), "{text}");
            assert!(mail.subparts.is_empty(), "the calendar has the appointment already");
            let stop = header(mail, "List-Unsubscribe");
            let stop = stop.trim_start_matches('<').trim_end_matches('>');
            assert!(stop.starts_with("https://stadt.example/reminders/stop/"), "{stop}");
            assert!(text.contains(stop));
            assert_eq!(header(mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_books_late_is_reminded_of_less() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.clock.set(START.plus_minutes(-47 * 60));
        room.happens("appointment.booked", ahead()).await;
        room.round().await;
        assert_eq!(room.states().await, [(0, "done".into()), (180, "waiting".into())]);
        room.clock.set(START.plus_minutes(-2 * 60));
        room.happens("appointment.booked", ahead()).await;
        assert_eq!(room.dispatch().await.planned, 1, "the confirmation alone");
    })
    .await;
}

#[tokio::test]
async fn a_move_voids_the_old_reminders_and_plans_new_ones() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        let (_, id) = room.happens("appointment.booked", ahead()).await;
        room.round().await;
        let later = START.plus_minutes(24 * 60);
        moved(&room, id, later).await;
        room.round().await;
        let waiting = |states: Vec<(i64, String)>| states.into_iter().filter(|(_, state)| state == "waiting").count();
        assert_eq!(waiting(room.states().await), 2);
        room.clock.set(START.plus_minutes(-3 * 60));
        assert_eq!(room.round().await.sent, 1, "two days before the new time; nothing for the old one");
        room.clock.set(later.plus_minutes(-3 * 60));
        assert_eq!(room.round().await.sent, 1);
        assert_eq!(subjects(directory.path()).len(), 4);
        assert!(room.states().await.iter().all(|(_, state)| state != "waiting"));
    })
    .await;
}

async fn moved(room: &PostRoom, id: AppointmentId, start: Timestamp) {
    room.facts.tell(id, Facts { starts_at: start, ends_at: start.plus_minutes(15), ..facts(confirmed()) });
    room.record("appointment.rescheduled", id).await;
}

#[tokio::test]
async fn several_changes_at_once_lead_to_one_set_of_reminders() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        let (_, id) = room.happens("appointment.booked", ahead()).await;
        moved(&room, id, START.plus_minutes(60)).await;
        moved(&room, id, START).await;
        room.dispatch().await;
        let reminders: Vec<(i64, String)> = room.states().await.into_iter().filter(|(lead, _)| *lead > 0).collect();
        assert_eq!(reminders, [(180, "waiting".into()), (2880, "waiting".into())]);
        // Looked at one by one, away and back, it is the same.
        for minutes in [60, 0] {
            moved(&room, id, START.plus_minutes(minutes)).await;
            room.dispatch().await;
        }
        let waiting = room.states().await.into_iter().filter(|(lead, state)| *lead > 0 && state == "waiting").count();
        assert_eq!(waiting, 2);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_reminded_of_what_was_cancelled_even_before_the_event_was_looked_at() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        let (_, first) = room.happens("appointment.booked", ahead()).await;
        let (_, second) = room.happens("appointment.booked", ahead()).await;
        assert_eq!(room.round().await.sent, 2);
        for id in [first, second] {
            room.facts.tell(id, Facts { standing: cancelled(), ..ahead() });
        }
        room.record("appointment.cancelled", first).await;
        assert_eq!(room.round().await.sent, 1, "the cancellation");
        room.clock.set(START.plus_minutes(-48 * 60));
        // Nobody looked at the second event yet: the letter itself asks how the appointment stands.
        assert_eq!(room.notifications.deliver_letters(&|| true).await.unwrap().sent, 0);
        room.clock.set(START.plus_minutes(-60));
        assert_eq!(room.round().await.sent, 0);
    })
    .await;
}

#[tokio::test]
async fn after_a_long_silence_of_the_worker_there_is_one_reminder_not_two() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.happens("appointment.booked", ahead()).await;
        room.round().await;
        room.clock.set(START.plus_minutes(-2 * 60));
        let done = room.round().await;
        assert_eq!((done.sent, done.skipped), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn one_click_ends_reminders_and_nothing_else() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.happens("appointment.booked", ahead()).await;
        room.round().await;
        room.clock.set(START.plus_minutes(-48 * 60));
        room.round().await;
        let letters = letters_in(directory.path());
        let link =
            letters.iter().map(|(_, letter)| header(&parsed(letter), "List-Unsubscribe")).find(|link| !link.is_empty());
        let link = link.expect("a reminder");
        let code = link.trim_end_matches('>').rsplit('/').next().expect("a code").to_owned();
        assert!(room.deliveries.knows_unsubscribe_code(&code));
        for _ in 0..2 {
            room.deliveries.stop_reminders(&code).await.unwrap();
        }
        let forged = room.deliveries.stop_reminders("forged").await;
        assert!(matches!(forged, Err(UnsubscribeError::NotFound)));
        room.happens("appointment.rescheduled", ahead()).await;
        assert_eq!(room.round().await.sent, 1, "what the contract needs still comes");
        room.clock.set(START.plus_minutes(-3 * 60));
        assert_eq!(room.round().await.sent, 0);
        room.deliveries.resume_reminders(&code).await.unwrap();
        room.happens("appointment.booked", Facts { starts_at: START.plus_minutes(600), ..ahead() }).await;
        room.round().await;
        room.clock.set(START.plus_minutes(600 - 180));
        assert_eq!(room.round().await.sent, 1);
        let stored = database.rows("SELECT address FROM reminder_refusal", vec![]).await.unwrap();
        assert!(stored.is_empty());
    })
    .await;
}

#[tokio::test]
async fn letters_go_before_reminders_and_no_minute_has_more_than_allowed() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let (clock, facts_double) = (FixedClock::default(), FactsDouble::default());
        let slow = notifications::Settings { letters_per_minute: 3, ..settings() };
        let post = Post::directory(directory.path());
        let room = PostRoom::with(&database, post, &clock, &facts_double, slow, Vec::new());
        for _ in 0..2 {
            room.happens("appointment.booked", ahead()).await;
        }
        assert_eq!(room.round().await.sent, 2);
        room.clock.set(START.plus_minutes(-48 * 60));
        for _ in 0..2 {
            room.happens("appointment.booked", ahead()).await;
        }
        let done = room.round().await;
        assert_eq!((done.sent, done.more), (3, false));
        let written = subjects(directory.path());
        assert_eq!(written.iter().filter(|subject| subject.starts_with("Erinnerung")).count(), 1, "{written:?}");
        assert_eq!(room.round().await, notifications::Delivered::default());
        room.clock.pass_seconds(60);
        assert_eq!(room.round().await.sent, 1);
    })
    .await;
}
