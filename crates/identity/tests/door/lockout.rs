//! Wrong passwords slow the next try down, alike for everybody, and shut nobody out for good.

use database::Database;
use domain::permission::Actor;
use identity::{ChangePassword, Failure, Password, Problem, SignInError};
use testkit::on_both_engines;

use crate::town::{EVA, EVAS_PASSWORD, KARL, KARLS_PASSWORD, Town, settings};

/// So many tries are free.
const FREE: usize = 10;

async fn fail(town: &Town, login: &str, times: usize) {
    for _ in 0..times {
        let refused = town.sign_in(login, "falsch").await;
        assert!(matches!(refused, Err(SignInError::InvalidCredentials)), "{refused:?}");
    }
}

#[tokio::test]
async fn after_ten_wrong_passwords_the_right_one_waits() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let there = Town::with(&database, settings(), town.clock.clone());
        fail(&town, KARL, FREE - 1).await;
        assert!(town.sign_in(KARL, KARLS_PASSWORD).await.is_ok(), "one was left, and all are forgotten");
        fail(&town, KARL, FREE).await;
        let waits = town.sign_in(KARL, KARLS_PASSWORD).await;
        assert!(matches!(waits, Err(SignInError::InvalidCredentials)), "in the same words");
        assert!(there.sign_in(KARL, KARLS_PASSWORD).await.is_err(), "every gateway knows");
        assert!(town.sign_in(EVA, EVAS_PASSWORD).await.is_ok(), "nobody else waits");
        town.clock.pass_seconds(9);
        assert!(town.sign_in(KARL, KARLS_PASSWORD).await.is_err());
        town.clock.pass_seconds(1);
        assert!(town.sign_in(KARL, KARLS_PASSWORD).await.is_ok());
        assert_eq!(town.audited().await.iter().filter(|action| *action == "sign_in.limit_reached").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_hundred_guesses_at_once_are_counted_each() {
    on_both_engines(async |database: Database| {
        let mut wide = settings();
        wide.waiting_hashes = 100;
        let town = Town::with(&database, wide, testkit::FixedClock::default());
        town.create(crate::town::karl()).await;
        let password = Password::new("falsch");
        let guesses = (0..30).map(|_| town.identity.sign_in(KARL, &password));
        for refused in futures_util::future::join_all(guesses).await {
            assert!(matches!(refused, Err(SignInError::InvalidCredentials)));
        }
        let row = database.row("SELECT failures FROM sign_in_attempt", vec![]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("failures").unwrap(), 10, "ten were checked, twenty were not");
    })
    .await;
}

#[tokio::test]
async fn a_login_that_nobody_has_is_treated_like_one_that_somebody_has() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let eva = town.eva().await.account.id;
        town.identity.disable_account(&Actor::System, eva).await.unwrap();
        let mut traces = Vec::new();
        for login in ["nobody@example.org", KARL, EVA] {
            database.write("DELETE FROM sign_in_attempt", vec![]).await.unwrap();
            fail(&town, login, FREE + 2).await;
            let sql = "SELECT failures, blocked_until, last_at FROM sign_in_attempt";
            let rows = database.rows(sql, vec![]).await.unwrap();
            let trace: Vec<(i64, i64, i64)> =
                rows.iter().map(|row| (row.at(0).unwrap(), row.at(1).unwrap(), row.at(2).unwrap())).collect();
            traces.push(trace);
        }
        assert!(traces.iter().all(|trace| *trace == traces[0]), "{traces:?}");
        let limits = town.audited().await.iter().filter(|action| *action == "sign_in.limit_reached").count();
        assert_eq!(limits, 3, "the same is written for each");
        let rows = database.rows("SELECT login_hash FROM sign_in_attempt", vec![]).await.unwrap();
        let hash: Vec<u8> = rows[0].get("login_hash").unwrap();
        assert_eq!(hash.len(), 32, "no login stands there");
    })
    .await;
}

#[tokio::test]
async fn an_attacker_slows_sign_in_down_and_ends_nothing() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await;
        let tokens = town.tokens(&karl).await;
        for _ in 0..40 {
            fail(&town, KARL, 1).await;
            town.clock.pass_seconds(30);
        }
        assert!(town.knows(&karl).await, "whoever is signed in stays so");
        assert!(town.identity.refresh_access_token(tokens.refresh.expose()).await.is_ok());
        town.clock.pass_seconds(15 * 60);
        assert!(town.sign_in(KARL, KARLS_PASSWORD).await.is_ok(), "nobody waits longer than a quarter of an hour");
    })
    .await;
}

#[tokio::test]
async fn a_session_left_open_is_no_place_to_guess_the_password() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await.account.actor();
        let attempt = async |current: &str| {
            let command =
                ChangePassword { current: Password::new(current), new: Password::new("neunzehn blaue Birnen") };
            town.identity.change_password(&karl, command).await
        };
        for _ in 0..FREE {
            assert!(attempt("falsch").await.is_err());
        }
        let waits = attempt(KARLS_PASSWORD).await;
        assert!(matches!(waits, Err(Failure::Problem(Problem::InvalidCredentials))));
        town.clock.pass_seconds(10);
        assert!(attempt(KARLS_PASSWORD).await.is_ok());
    })
    .await;
}
