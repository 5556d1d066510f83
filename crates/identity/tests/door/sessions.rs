//! Signing in, staying signed in, and signing out.

use database::Database;
use domain::environment::Clock;
use domain::identifier::AccountId;
use domain::law::TrustLevel;
use domain::permission::{Actor, Role};
use identity::{Password, SignInError};
use testkit::on_both_engines;

use crate::town::{EVA, EVAS_PASSWORD, KARL, KARLS_PASSWORD, Town, aegi, karl, settings};

#[tokio::test]
async fn karl_signs_in_works_and_signs_out() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let signed_in = town.karl().await;
        let actor = town.identity.authenticate_session(signed_in.token.expose()).await.unwrap();
        let expected = Actor::Account {
            id: signed_in.account.id,
            role: Role::Clerk,
            office: Some(aegi()),
            trust: TrustLevel::None,
        };
        assert_eq!(actor.map(|recognised| recognised.actor), Some(expected));
        town.identity.sign_out(signed_in.token.expose()).await.unwrap();
        assert!(!town.knows(&signed_in).await);
        assert_eq!(town.kept_sessions().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_login_is_found_however_it_is_typed_and_the_password_is_not() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        assert!(town.sign_in(" Eva.MEIER@Example.org ", EVAS_PASSWORD).await.is_ok());
        // The same letters, typed as letters with marks.
        assert!(town.sign_in(EVA, "zwo\u{308}lf gru\u{308}ne A\u{308}pfel").await.is_ok());
        for typed in [" zwölf grüne Äpfel", "Zwölf grüne Äpfel", "", "zwölf grüne Äpfe"] {
            assert!(town.sign_in(EVA, typed).await.is_err(), "{typed:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn unknown_wrong_disabled_and_unset_get_the_same_answer() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let unset = town.create(identity::CreateAccount { login: "neu".into(), password: None, ..karl() }).await;
        let eva = town.eva().await.account.id;
        town.identity.disable_account(&Actor::System, eva).await.unwrap();
        let giant = "x".repeat(100_000);
        for (login, password) in [
            ("nobody@example.org", KARLS_PASSWORD),
            (KARL, EVAS_PASSWORD),
            (EVA, EVAS_PASSWORD),
            (&unset.login, ""),
            ("", ""),
            (&giant, KARLS_PASSWORD),
            (KARL, &giant),
            ("schalter-3\u{0}", KARLS_PASSWORD),
            ("' OR 1=1 --", "' OR 1=1 --"),
        ] {
            let answer = town.sign_in(login, password).await;
            assert!(matches!(answer, Err(SignInError::InvalidCredentials)), "{login:.40} {answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_twelve_hours_for_citizens_and_ten_for_staff() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let start = town.clock.now();
        let (eva, karl) = (town.eva().await, town.karl().await);
        assert_eq!(eva.expires_at, start.plus_minutes(12 * 60));
        assert_eq!(karl.expires_at, start.plus_minutes(10 * 60));
        for (now, eva_is_in, karl_is_in) in [
            (karl.expires_at.plus_seconds(-1), true, true),
            (karl.expires_at, true, false),
            (eva.expires_at.plus_seconds(-1), true, false),
            (eva.expires_at, false, false),
        ] {
            town.clock.set(now);
            assert_eq!((town.knows(&eva).await, town.knows(&karl).await), (eva_is_in, karl_is_in), "{now:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn tidying_takes_only_what_has_ended() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (eva, karl) = (town.eva().await, town.karl().await);
        assert_eq!(town.identity.tidy(karl.expires_at.plus_seconds(-1)).await.unwrap(), 0);
        assert_eq!(town.identity.tidy(karl.expires_at).await.unwrap(), 1);
        assert!(town.knows(&eva).await);
        assert_eq!(town.identity.tidy(eva.expires_at).await.unwrap(), 1);
        assert_eq!(town.identity.tidy(eva.expires_at).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_remembered_for_five_seconds_and_no_longer() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let elsewhere = Town::with(&database, settings(), here.clock.clone());
        let eva = here.eva().await;
        assert!(here.knows(&eva).await);
        elsewhere.identity.sign_out(eva.token.expose()).await.unwrap();
        assert!(!elsewhere.knows(&eva).await, "the gateway that signed her out knows at once");
        here.clock.pass_seconds(4);
        assert!(here.knows(&eva).await, "another gateway answers from memory");
        here.clock.pass_seconds(1);
        assert!(!here.knows(&eva).await);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_token_signs_nobody_in() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let eva = town.eva().await;
        let token = eva.token.expose();
        let giant = "A".repeat(1_000_000);
        let (shorter, longer, stranger) = (&token[1..], format!("{token}A"), "A".repeat(43));
        for bad in ["", shorter, &longer, &stranger, &giant, "ä", "\u{0}"] {
            assert_eq!(town.identity.authenticate_session(bad).await.unwrap(), None, "{bad:.50}");
            town.identity.sign_out(bad).await.unwrap();
        }
        assert!(town.knows(&eva).await);
    })
    .await;
}

#[tokio::test]
async fn disabling_an_account_ends_all_its_sessions_and_no_other() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (one, two, karl) = (town.eva().await, town.eva().await, town.karl().await);
        assert!(town.knows(&one).await && town.knows(&two).await && town.knows(&karl).await);
        town.identity.disable_account(&Actor::System, one.account.id).await.unwrap();
        assert!(!town.knows(&one).await && !town.knows(&two).await && town.knows(&karl).await);
        assert_eq!(town.kept_sessions().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_slips_past_a_disabling_is_void_all_the_same() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let eva = town.eva().await;
        // A sign-in that checked the password before and wrote its session after: the row is there, its generation is not.
        let raise = "UPDATE account SET generation = generation + 1 WHERE id = $1";
        database.write(raise, vec![town.id_of(EVA).await.0.into()]).await.unwrap();
        assert_eq!(town.kept_sessions().await, 1);
        assert!(!town.knows(&eva).await);
    })
    .await;
}

#[tokio::test]
async fn a_rush_of_sign_ins_is_told_to_come_back() {
    on_both_engines(async |database: Database| {
        let mut narrow = settings();
        (narrow.parallel_hashes, narrow.waiting_hashes) = (1, 1);
        let town = Town::with(&database, narrow, testkit::FixedClock::default());
        let password = Password::new(EVAS_PASSWORD);
        // No login at all needs no query, so that all four meet at the hasher whatever the database does.
        let attempt = || town.identity.sign_in("", &password);
        let (a, b, c, d) = tokio::join!(attempt(), attempt(), attempt(), attempt());
        let answers = [a, b, c, d].map(|answer| matches!(answer, Err(SignInError::Busy(_))));
        assert_eq!(answers.iter().filter(|busy| **busy).count(), 2);
        assert!(matches!(attempt().await, Err(SignInError::InvalidCredentials)));
    })
    .await;
}

#[tokio::test]
async fn the_record_tells_when_staff_signed_in_and_keeps_still_about_citizens() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        town.eva().await;
        town.karl().await;
        assert_eq!(town.audited().await, ["account.create", "account.create", "session.open"]);
        let unknown = AccountId(uuid::Uuid::nil());
        assert!(town.identity.disable_account(&Actor::System, unknown).await.is_err());
        assert_eq!(town.audited().await.len(), 3);
    })
    .await;
}
