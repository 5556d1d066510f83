//! Letters about accounts: a new password, another second factor.

use domain::text::Language;
use domain::time::Timestamp;
use notifications::{AccountLetter, Delivered, Post, Recipient, Reset};
use testkit::on_both_engines;

use crate::counter::{PostRoom, body, header, letters_in, parsed};

fn told(language: Language, reset: Option<Reset>) -> AccountLetter {
    AccountLetter {
        recipient: Recipient { mail: "eva@example.org".into(), name: "Eva Müßig".into(), language },
        zone: chrono_tz::Europe::Berlin,
        city: "Göttingen".into(),
        phone: Some("0551 115".into()),
        reset,
    }
}

fn reset(until: i64) -> Reset {
    Reset { code: "4711-0815".into(), path: "/account/reset/4711-0815".into(), until: Timestamp::from_seconds(until) }
}

/// Half past ten of the day on which the clock of the tests stands.
const SOON: i64 = 1_795_426_200;

#[tokio::test]
async fn a_forgotten_password_gets_a_letter_with_a_way_to_a_new_one() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.account_happens("account.reset_requested", told(Language::German, Some(reset(SOON)))).await;
        assert_eq!(room.round().await.sent, 1);
        let letters = letters_in(directory.path());
        let mail = parsed(&letters[0].1);
        assert_eq!(header(&mail, "Subject"), "Neues Passwort vergeben");
        assert_eq!(header(&mail, "List-Unsubscribe"), "", "nobody may be cut off from this");
        let text = body(&mail);
        assert!(text.contains("https://stadt.example/account/reset/4711-0815\n"), "{text}");
        assert!(text.contains("bis Montag, 23. November 2026, 10:30 Uhr"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_code_that_lapsed_before_the_letter_left_is_not_sent() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        room.account_happens("account.reset_requested", told(Language::German, Some(reset(SOON)))).await;
        room.account_happens("account.reset_requested", told(Language::German, None)).await;
        room.clock.set(Timestamp::from_seconds(SOON));
        assert_eq!(room.round().await, Delivered { skipped: 2, ..Delivered::default() });
    })
    .await;
}

#[tokio::test]
async fn every_letter_about_an_account_is_written_in_every_language() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let room = PostRoom::open(&database, Post::directory(directory.path()));
        for language in [Language::German, Language::PlainGerman, Language::English] {
            room.account_happens("account.reset_requested", told(language, Some(reset(SOON)))).await;
            let quiet = AccountLetter { phone: None, ..told(language, None) };
            room.account_happens("account.second_factor_changed", quiet).await;
        }
        assert_eq!(room.round().await.sent, 6);
        for (_, letter) in letters_in(directory.path()) {
            let mail = parsed(&letter);
            let text = body(&mail);
            assert!(!header(&mail, "Subject").is_empty() && text.contains("Göttingen"));
            for unfinished in ["{", "}", "%", "none", "None", "undefined", "\n\n\n", "  \n"] {
                assert!(!text.contains(unfinished), "{unfinished:?} in {text}");
            }
        }
    })
    .await;
}
