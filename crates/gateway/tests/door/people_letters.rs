//! Letters about accounts: a forgotten password, from the request to the page behind the link.

use axum::http::StatusCode;
use serde_json::json;
use testkit::{Browser, on_both_engines, password};

use crate::people_support::sign_in;
use crate::town::{Town, code_after, line};

const ASK: &str = "mutation($login: String!) { requestPasswordReset(login: $login) { accepted } }";
const LINK: &str = "https://stadt.example/account/reset/";

#[tokio::test]
async fn eva_gets_a_letter_and_sets_a_new_password_on_the_page_behind_its_link() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        for login in ["eva@example.org", "nobody@example.org", "clerk.mitte"] {
            let asked = town.app.ask(ASK, json!({ "login": login })).await;
            assert_eq!(asked.body, json!({ "data": { "requestPasswordReset": { "accepted": true } } }));
        }
        let letters = town.post().await;
        assert_eq!(letters.len(), 1, "one of them has an account and a mail address");
        let (link, code) = (line(&letters[0], LINK), code_after(&letters[0], LINK));
        for (language, title) in [("de", "Neues Passwort wählen"), ("de-simple", "Ein neues"), ("en", "Choose a new")]
        {
            let page = town.open(&format!("{link}?language={language}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains(title) && page.text.contains("autocomplete=\"new-password\""), "{}", page.text);
            assert!(!page.text.contains("Eva") && !page.text.contains("example.org"), "{}", page.text);
        }
        let submit = async |typed: &str| {
            town.submit("/account/reset", &[("code", code), ("password", typed), ("language", "de")]).await
        };
        let short = submit("kurz").await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.text.contains("mindestens 10 Zeichen") && short.text.contains(code), "{}", short.text);
        assert!(submit("passwort123").await.text.contains("leicht zu erraten"));
        for _ in 0..2 {
            let done = submit("dreizehn rote Birnen").await;
            assert!(done.status == StatusCode::OK && done.text.contains("Ihr neues Passwort gilt"), "{}", done.text);
        }
        assert_eq!(submit("vierzehn gelbe Quitten").await.status, StatusCode::NOT_FOUND, "a link works once");
        let browser = Browser::new(&town.app);
        let old = sign_in(&browser, "eva@example.org", &password("eva@example.org")).await;
        assert_eq!(old.data("signIn.problem"), "INVALID_CREDENTIALS");
        let new = sign_in(&browser, "eva@example.org", "dreizehn rote Birnen").await;
        assert_eq!(new.data("signIn.viewer.role"), "CITIZEN", "{new:?}");
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_late_forged_or_cut_off_opens_nothing() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        town.app.ask(ASK, json!({ "login": "eva@example.org" })).await;
        let letters = town.post().await;
        let code = code_after(&letters[0], LINK);
        for wrong in ["x", &code[1..], "%F0%9F%92%A5", &"A".repeat(2_000)] {
            assert_eq!(town.open(&format!("/account/reset/{wrong}")).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(town.open("/account/reset").await.status, StatusCode::NOT_FOUND);
        let forged = "A".repeat(43);
        town.app.clock.pass_seconds(30 * 60);
        for wrong in [code, &forged, "x"] {
            let fields = [("code", wrong), ("password", "dreizehn rote Birnen"), ("language", "en")];
            let page = town.submit("/account/reset", &fields).await;
            assert!(page.status == StatusCode::NOT_FOUND && page.text.contains("no longer valid"), "{}", page.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_would_leave_too_late_does_not_leave() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        town.app.ask(ASK, json!({ "login": "eva@example.org" })).await;
        town.app.clock.pass_seconds(30 * 60);
        assert!(town.post().await.is_empty());
    })
    .await;
}
