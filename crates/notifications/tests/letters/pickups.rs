//! Messages about documents that lie ready: where, until when, and the PIN in the first one alone.

use domain::text::Language;
use domain::time::Timestamp;
use notifications::{Delivered, PickupMessage, Post, Recipient};
use testkit::on_both_engines;

use crate::counter::{CODE, PostRoom, body, header, letters_in, parsed};

/// Each kind, and whether its letter brings the PIN.
const KINDS: [(&str, usize); 5] = [
    ("pickup.loaded", 1),
    ("pickup.pin_renewed", 1),
    ("pickup.expires_soon", 0),
    ("pickup.expired", 0),
    ("pickup.collected", 0),
];

fn told(language: Language, address: Option<&str>) -> PickupMessage {
    PickupMessage {
        recipient: Recipient { mail: "eva@example.org".into(), name: "Eva Geheim".into(), language },
        service: "Reisepass".into(),
        number: "K7M4-QX2P".into(),
        code: CODE.into(),
        pin: Some("731905".to_owned().into()),
        locker: "Ausgabebox".into(),
        place: "Eingang am Trammplatz".into(),
        until: Timestamp::from_seconds(1_796_000_000),
        zone: chrono_tz::Europe::Berlin,
        office: "Bürgeramt Aegi".into(),
        address: address.map(str::to_owned),
        city: "Göttingen".into(),
        phone: address.map(|_| "0551 115".to_owned()),
    }
}

#[tokio::test]
async fn whoever_waits_for_a_document_is_told_in_their_language_and_never_named() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        for language in [Language::German, Language::PlainGerman, Language::English] {
            for (kind, _) in KINDS {
                for address in [Some("Markt 1"), None] {
                    room.pickup_happens(kind, Some(told(language, address))).await;
                }
            }
        }
        assert_eq!(room.round().await.sent, 30);
        let letters = letters_in(directory.path());
        let mut with_pin = 0;
        for (_, letter) in &letters {
            let mail = parsed(letter);
            let text = body(&mail);
            assert!(header(&mail, "Subject").contains("K7M4-QX2P"), "{text}");
            assert!(!header(&mail, "Subject").contains("731905"), "subjects are shown on locked screens");
            assert!(!String::from_utf8_lossy(letter).contains("Geheim"), "{text}");
            with_pin += usize::from(text.contains("731905"));
            for unfinished in ["{", "}", "%", "none", "None", "undefined", "\n\n\n", "  \n"] {
                assert!(!text.contains(unfinished), "{unfinished:?} in {text}");
            }
        }
        let expected: usize = KINDS.iter().map(|(_, pins)| pins * 6).sum();
        assert_eq!(with_pin, expected, "the PIN stands in the letters that bring one, and in no other");
    })
    .await;
}

#[tokio::test]
async fn of_a_document_that_moved_on_nobody_is_told() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.pickup_happens("pickup.loaded", None).await;
        room.pickup_happens("pickup.opened", Some(told(Language::German, None))).await;
        assert_eq!(room.round().await, Delivered { skipped: 1, ..Delivered::default() });
    })
    .await;
}
