//! Calls, played as text: what a telephony provider would recognise goes in, what it would read aloud comes out.

#[expect(clippy::unwrap_used, reason = "a test may end at once")]
#[path = "support/desk.rs"]
mod desk;
mod support;

use chatbot::dialogue::{Call, HandOverReason, Spoken, Turn};
use domain::time::Timestamp;
use support::ENGINE;

use crate::desk::DoubleDesk;

/// Monday, 23 November 2026, 10:00 in Hannover.
const NOW: i64 = 1_795_424_400;
/// Half a minute of speech and a handful of digits.
const MOST_HEARD: usize = 900;

async fn hear(call: &mut Call, desk: &DoubleDesk, text: &str) -> Spoken {
    let now = Timestamp::from_seconds(NOW);
    let turn = Turn { text, page: None, now, time_zone: chrono_tz::Europe::Berlin, key: "key" };
    let spoken = ENGINE.call(call, desk, turn).await;
    assert!(spoken.text.chars().count() <= MOST_HEARD, "too long to listen to: {}", spoken.text);
    assert!(!spoken.text.contains('\n') && !spoken.text.contains("http"), "{}", spoken.text);
    spoken
}

#[tokio::test]
async fn a_call_books_with_digits() {
    let (mut call, desk) = (Call::default(), DoubleDesk::default());
    let offered = hear(&mut call, &desk, "ich brauche am freitag einen termin für einen personalausweis").await;
    assert!(offered.text.contains("Drücken Sie 1.") && offered.text.contains("10:00 Uhr"), "{}", offered.text);
    let asked = hear(&mut call, &desk, "2").await;
    assert!(asked.text.contains("Namen"), "{}", asked.text);
    let again = hear(&mut call, &desk, "9").await;
    assert_eq!(again.text, asked.text);
    let summary = hear(&mut call, &desk, "ich heiße Eva Beispiel, eva@example.org").await;
    assert!(summary.text.contains("Ja: Drücken Sie 1."), "{}", summary.text);
    assert!(desk.done().is_empty());
    hear(&mut call, &desk, "1").await;
    assert_eq!(desk.done().len(), 1, "{:?}", desk.done());
}

#[tokio::test]
async fn zero_is_a_person_and_so_are_two_failures() {
    let (mut call, desk) = (Call::default(), DoubleDesk::default());
    assert_eq!(hear(&mut call, &desk, "0").await.hand_over, Some(HandOverReason::Asked));
    assert_eq!(hear(&mut call, &desk, "qwertz uiop").await.hand_over, None);
    assert_eq!(hear(&mut call, &desk, "asdf ghjk").await.hand_over, Some(HandOverReason::NotUnderstood));
}

#[tokio::test]
async fn long_answers_are_cut_at_a_sentence() {
    let (mut call, desk) = (Call::default(), DoubleDesk::default());
    let told = hear(&mut call, &desk, "was brauche ich für einen reisepass").await;
    assert!(told.text.contains("Termin buchen: Drücken Sie 1."), "{}", told.text);
    assert!(told.text.contains("drücken Sie die 0"), "{}", told.text);
}
