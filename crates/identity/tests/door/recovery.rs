//! A forgotten password: a letter for those who exist, the same answer for all, and a link that works once.

use database::Database;
use domain::identifier::AccountId;
use domain::permission::Actor;
use identity::{CreateAccount, Failure, Password, PasswordRefusal, Problem, RecoverPassword};
use testkit::on_both_engines;

use crate::town::{EVA, EVAS_PASSWORD, KARL, Town, eva, settings};

const NEW: &str = "dreizehn rote Birnen";

async fn letters(database: &Database) -> Vec<AccountId> {
    let sql = "SELECT subject FROM outbox WHERE kind = 'account.reset_requested' ORDER BY id";
    database.rows(sql, vec![]).await.unwrap().iter().map(|row| AccountId(row.get("subject").unwrap())).collect()
}

async fn recover(town: &Town, code: &str, new: &str, key: &str) -> Result<(), Failure> {
    let command =
        RecoverPassword { code: code.into(), new: Password::new(new), idempotency_key: key.replace(' ', "-") };
    town.identity.recover_password(command).await
}

fn is_code_invalid(outcome: &Result<(), Failure>) -> bool {
    matches!(outcome, Err(Failure::Problem(Problem::CodeInvalid)))
}

#[tokio::test]
async fn eva_sets_a_new_password_with_her_letter() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let before = town.eva().await;
        let tokens = town.tokens(&before).await;
        for _ in 0..10 {
            assert!(town.sign_in(EVA, "vergessen").await.is_err());
        }
        town.identity.request_password_reset(" Eva.MEIER@example.org ").await.unwrap();
        assert_eq!(letters(&database).await, [before.account.id]);
        // The letter is written by another process.
        let writer = Town::with(&database, settings(), town.clock.clone());
        let code = writer.identity.reset_code(before.account.id).await.unwrap().unwrap().code;
        assert!(town.knows(&before).await, "asking changes nothing");

        recover(&town, &code, NEW, "a request of this test").await.unwrap();

        assert!(!town.knows(&before).await && town.bearer(&tokens.jwt).await.is_err());
        assert!(town.identity.refresh_access_token(tokens.refresh.expose()).await.is_err());
        assert!(town.sign_in(EVA, NEW).await.is_ok(), "at once, although strangers guessed before");
        assert!(town.sign_in(EVA, EVAS_PASSWORD).await.is_err());
        assert!(is_code_invalid(&recover(&town, &code, EVAS_PASSWORD, "another request of it").await));
        assert!(town.identity.reset_code(before.account.id).await.unwrap().is_none());
        assert!(town.audited().await.contains(&"account.recover_password".into()));
    })
    .await;
}

#[tokio::test]
async fn asking_leaves_the_same_trace_whoever_is_asked_for() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let mut unset = eva();
        (unset.login, unset.password) = ("neu@example.org".into(), None);
        town.create(unset).await;
        let gone = town.create(CreateAccount { login: "weg@example.org".into(), ..eva() }).await;
        town.identity.disable_account(&Actor::System, gone.id).await.unwrap();
        for login in ["nobody@example.org", KARL, "neu@example.org", "weg@example.org"] {
            town.identity.request_password_reset(login).await.unwrap();
        }
        assert!(letters(&database).await.is_empty());
        town.identity.request_password_reset("\u{0}").await.unwrap();
        let rows = database.rows("SELECT id FROM password_reset", vec![]).await.unwrap();
        let tries = database.rows("SELECT failures FROM sign_in_attempt", vec![]).await.unwrap();
        assert_eq!((rows.len(), tries.len()), (4, 4), "the work is the same as for Eva");
    })
    .await;
}

#[tokio::test]
async fn a_link_ends_after_half_an_hour_with_any_change_and_with_the_account() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let eva = town.eva().await.account;
        let ask = async || {
            town.clock.pass_seconds(60);
            town.identity.request_password_reset(EVA).await.unwrap();
            town.identity.reset_code(eva.id).await.unwrap().unwrap().code
        };
        let late = ask().await;
        town.clock.pass_seconds(30 * 60);
        assert!(is_code_invalid(&recover(&town, &late, NEW, "a request that is late").await));
        let (one, two) = (ask().await, ask().await);
        assert_ne!(one, two);
        town.identity.end_all_sessions(&eva.actor()).await.unwrap();
        assert!(is_code_invalid(&recover(&town, &two, NEW, "a request that is void").await));
        let last = ask().await;
        let mut forged = last.clone();
        forged.replace_range(30..31, if &forged[30..31] == "A" { "B" } else { "A" });
        let giant = "A".repeat(100_000);
        for bad in ["", "x", &forged, &giant, "💥", &"A".repeat(43)] {
            assert!(is_code_invalid(&recover(&town, bad, NEW, "a request that is forged").await), "{bad:.20}");
        }
        let short = recover(&town, &last, "kurz", "a request that is weak").await;
        let too_short = PasswordRefusal::TooShort { min: 10 };
        assert!(matches!(short, Err(Failure::Problem(Problem::Password(refusal))) if refusal == too_short));
        town.identity.disable_account(&Actor::System, eva.id).await.unwrap();
        assert!(is_code_invalid(&recover(&town, &last, NEW, "a request too many").await));
    })
    .await;
}

#[tokio::test]
async fn of_two_uses_at_once_one_wins_and_the_same_request_twice_is_one() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let eva = town.eva().await.account.id;
        town.identity.request_password_reset(EVA).await.unwrap();
        let code = town.identity.reset_code(eva).await.unwrap().unwrap().code;
        let (one, other) = tokio::join!(
            recover(&town, &code, NEW, "the first of the requests"),
            recover(&town, &code, "vierzehn gelbe Quitten", "the second of the requests")
        );
        assert_ne!(one.is_ok(), other.is_ok());
        assert_eq!(town.sign_in(EVA, NEW).await.is_ok(), one.is_ok());

        town.identity.request_password_reset(EVA).await.unwrap();
        let code = town.identity.reset_code(eva).await.unwrap().unwrap().code;
        let key = "the same request twice";
        let (one, two) = tokio::join!(recover(&town, &code, NEW, key), recover(&town, &code, NEW, key));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        let other = recover(&town, &code, "vierzehn gelbe Quitten", key).await;
        assert!(matches!(other, Err(Failure::IdempotencyMismatch)));
        let short = recover(&town, &code, NEW, "short").await;
        assert!(matches!(short, Err(Failure::Problem(Problem::IdempotencyKey))));
    })
    .await;
}

#[tokio::test]
async fn a_rush_of_requests_fills_nobodys_letter_box() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        for _ in 0..20 {
            town.identity.request_password_reset(EVA).await.unwrap();
        }
        assert_eq!(letters(&database).await.len(), 3);
    })
    .await;
}
