//! Messages about cases: that there is news, never what it is.

use domain::text::Language;
use notifications::{CaseMessage, Delivered, Post, Recipient};
use testkit::on_both_engines;

use crate::counter::{PostRoom, body, header, letters_in, parsed};

const KINDS: [&str; 4] = ["case.submitted", "case.request_items", "case.deliver", "case.permit_expires_soon"];

fn told(language: Language) -> CaseMessage {
    CaseMessage {
        recipient: Recipient { mail: "eva@example.org".into(), name: "Eva Geheim".into(), language },
        service: "Bewohnerparkausweis".into(),
        number: "2026-ABC-DEF".into(),
        until: "2027-11-30".parse().ok(),
        city: "Göttingen".into(),
        phone: None,
    }
}

#[tokio::test]
async fn an_applicant_is_told_in_their_language_and_never_named() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        for language in [Language::German, Language::PlainGerman, Language::English] {
            for kind in KINDS {
                room.case_happens(kind, Some(told(language))).await;
            }
        }
        assert_eq!(room.round().await.sent, 12);
        let letters = letters_in(directory.path());
        for (_, letter) in &letters {
            let mail = parsed(letter);
            let text = body(&mail);
            assert!(header(&mail, "Subject").contains("2026-ABC-DEF"), "{text}");
            assert!(text.contains("https://stadt.example\n"), "{text}");
            assert!(!String::from_utf8_lossy(letter).contains("Geheim"), "{text}");
            for unfinished in ["{", "}", "%", "none", "None", "undefined", "\n\n\n", "  \n"] {
                assert!(!text.contains(unfinished), "{unfinished:?} in {text}");
            }
        }
        let reminding = letters.iter().filter(|(_, letter)| body(&parsed(letter)).contains("30. November 2027"));
        assert_eq!(reminding.count(), 2, "German and plain German name the day like this");
    })
    .await;
}

#[tokio::test]
async fn of_a_case_that_moved_on_nobody_is_told() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.case_happens("case.submitted", None).await;
        room.case_happens("case.claim", Some(told(Language::German))).await;
        assert_eq!(room.round().await, Delivered { skipped: 1, ..Delivered::default() });
    })
    .await;
}
