//! Changing one's own password, and having it set anew.

use database::Database;
use domain::identifier::AccountId;
use domain::permission::Actor;
use identity::{ChangePassword, Failure, Password, PasswordRefusal, Problem, ResetPasswordError, TokenError};
use testkit::on_both_engines;

use crate::town::{EVA, EVAS_PASSWORD, Town};

const NEW: &str = "dreizehn rote Birnen";

fn change(current: &str, new: &str) -> ChangePassword {
    ChangePassword { current: Password::new(current), new: Password::new(new) }
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_token() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (here, elsewhere, karl) = (town.eva().await, town.eva().await, town.karl().await);
        let eva = here.account.actor();
        let token = town.tokens(&here).await;
        assert!(town.knows(&here).await && town.knows(&elsewhere).await && town.knows(&karl).await);

        let fresh = town.identity.change_password(&eva, change(EVAS_PASSWORD, NEW)).await.unwrap();

        assert!(town.knows(&fresh).await && town.knows(&karl).await);
        assert!(!town.knows(&here).await && !town.knows(&elsewhere).await);
        assert!(matches!(town.identity.authenticate_token(&token.jwt).await, Err(TokenError::Invalid)));
        assert!(town.sign_in(EVA, EVAS_PASSWORD).await.is_err());
        assert!(town.sign_in(EVA, NEW).await.is_ok());
        let token = town.tokens(&fresh).await;
        assert_eq!(town.bearer(&token.jwt).await.unwrap(), eva);
    })
    .await;
}

#[tokio::test]
async fn a_browser_left_open_is_not_enough_to_change_the_password() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let here = town.eva().await;
        let eva = here.account.actor();
        let wrong = town.identity.change_password(&eva, change(NEW, NEW)).await;
        assert!(matches!(wrong, Err(Failure::Problem(Problem::InvalidCredentials))));
        let weak = town.identity.change_password(&eva, change(EVAS_PASSWORD, "kurz")).await;
        assert!(matches!(weak, Err(Failure::Problem(Problem::Password(PasswordRefusal::TooShort { min: 10 })))));
        for actor in [Actor::Anonymous, Actor::System] {
            let nobody = town.identity.change_password(&actor, change(EVAS_PASSWORD, NEW)).await;
            assert!(matches!(nobody, Err(Failure::Problem(Problem::NotSignedIn))));
        }
        assert!(town.knows(&here).await);
        assert!(town.sign_in(EVA, EVAS_PASSWORD).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let eva = town.eva().await.account.actor();
        let (one, other) = tokio::join!(
            town.identity.change_password(&eva, change(EVAS_PASSWORD, NEW)),
            town.identity.change_password(&eva, change(EVAS_PASSWORD, "vierzehn gelbe Quitten"))
        );
        assert_ne!(one.is_ok(), other.is_ok());
        assert_eq!(town.sign_in(EVA, NEW).await.is_ok(), one.is_ok());
        let winner = one.or(other).unwrap();
        assert!(town.knows(&winner).await);
    })
    .await;
}

#[tokio::test]
async fn an_operator_sets_a_forgotten_password_anew() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let before = town.eva().await;
        let reset =
            async |account, typed| town.identity.reset_password(&Actor::System, account, &Password::new(typed)).await;
        let weak = reset(before.account.id, "kurz").await;
        assert!(matches!(weak, Err(ResetPasswordError::Refused(_))));
        let unknown = reset(AccountId(uuid::Uuid::nil()), NEW).await;
        assert!(matches!(unknown, Err(ResetPasswordError::NotFound)));
        reset(before.account.id, NEW).await.unwrap();
        assert!(!town.knows(&before).await);
        assert!(town.sign_in(EVA, NEW).await.is_ok());
        town.identity.disable_account(&Actor::System, before.account.id).await.unwrap();
        assert!(matches!(reset(before.account.id, NEW).await, Err(ResetPasswordError::NotFound)));
    })
    .await;
}
