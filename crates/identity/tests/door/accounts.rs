//! Creating, reading and disabling accounts.

use database::Database;
use domain::identifier::AccountId;
use domain::permission::{Actor, Role};
use identity::{
    AccountRefusal, CreateAccount, CreateAccountError, DisableAccountError, Password, PasswordRefusal,
    ResetPasswordError,
};
use testkit::on_both_engines;

use crate::town::{EVA, EVAS_PASSWORD, Town, aegi, eva, karl, somebody};

#[tokio::test]
async fn only_operators_and_the_house_manage_accounts() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await.account.id;
        let fresh = || CreateAccount { login: "neu@example.org".into(), password: None, ..eva() };
        let new = Password::new("ein ganz neues Passwort");
        let others = [Role::Citizen, Role::Clerk, Role::Lead, Role::Device].map(somebody);
        for actor in others.into_iter().chain([Actor::Anonymous]) {
            let created = town.identity.create_account(&actor, fresh()).await;
            assert!(matches!(created, Err(CreateAccountError::Forbidden(_))), "{actor:?}");
            let disabled = town.identity.disable_account(&actor, karl).await;
            assert!(matches!(disabled, Err(DisableAccountError::Forbidden(_))), "{actor:?}");
            let reset = town.identity.reset_password(&actor, karl, &new).await;
            assert!(matches!(reset, Err(ResetPasswordError::Forbidden(_))), "{actor:?}");
        }
        assert!(town.identity.create_account(&somebody(Role::Operator), fresh()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn refuses_what_an_account_cannot_be_and_writes_nothing() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let short = PasswordRefusal::TooShort { min: 15 };
        let password = |typed: &str| Some(Password::new(typed));
        for (command, refusal) in [
            (CreateAccount { login: "eva".into(), ..eva() }, AccountRefusal::Login),
            (CreateAccount { login: "Karl Schmidt".into(), ..karl() }, AccountRefusal::Login),
            (CreateAccount { office: Some(aegi()), ..eva() }, AccountRefusal::OfficeNotAllowed),
            (CreateAccount { office: None, ..karl() }, AccountRefusal::OfficeMissing),
            (CreateAccount { password: password("zu kurz"), ..karl() }, AccountRefusal::Password(short)),
            (
                CreateAccount { password: password(&"lang".repeat(200)), ..karl() },
                AccountRefusal::Password(PasswordRefusal::TooLong),
            ),
        ] {
            let refused = town.identity.create_account(&Actor::System, command).await;
            assert!(matches!(&refused, Err(CreateAccountError::Refused(found)) if *found == refusal), "{refused:?}");
        }
        for name in ["", "Eva 🎉", "Eva\u{200b}", &"a".repeat(10_000)] {
            let refused =
                town.identity.create_account(&Actor::System, CreateAccount { name: name.into(), ..eva() }).await;
            assert!(matches!(refused, Err(CreateAccountError::Refused(AccountRefusal::Name(_)))), "{refused:?}");
        }
        assert!(database.rows("SELECT id FROM account", vec![]).await.unwrap().is_empty());
        assert!(town.audited().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_login_belongs_to_one_account_whoever_is_faster() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let shouted = CreateAccount { login: EVA.to_uppercase(), ..eva() };
        let (one, other) = tokio::join!(
            town.identity.create_account(&Actor::System, eva()),
            town.identity.create_account(&Actor::System, shouted)
        );
        assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|created| **created).count(), 1);
        let loser = if one.is_ok() { other } else { one };
        assert!(matches!(loser, Err(CreateAccountError::LoginTaken)));
        assert_eq!(town.audited().await, ["account.create"]);
    })
    .await;
}

#[tokio::test]
async fn everybody_reads_their_own_account_and_loaders_read_many() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (eva, karl) = (town.eva().await.account, town.karl().await.account);
        assert_eq!(town.identity.viewer(&eva.actor()).await.unwrap(), Some(eva.clone()));
        assert_eq!(town.identity.viewer(&Actor::Anonymous).await.unwrap(), None);
        assert_eq!(town.identity.viewer(&Actor::System).await.unwrap(), None);
        assert_eq!(eva.login, EVA);

        let unknown = (0..250).map(|number| AccountId(uuid::Uuid::from_u128(number)));
        let asked: Vec<_> = [eva.id, karl.id, eva.id].into_iter().chain(unknown).collect();
        let found = town.identity.accounts(&asked).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((&found[&eva.id], &found[&karl.id]), (&eva, &karl));
        assert!(town.identity.accounts(&[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_account_is_disabled_once_and_never_ones_own() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let boss = CreateAccount { login: "leitstelle".into(), role: Role::Operator, office: None, ..karl() };
        let boss = town.create(boss).await;
        let own = town.identity.disable_account(&boss.actor(), boss.id).await;
        assert!(matches!(own, Err(DisableAccountError::OwnAccount)));
        let unknown = AccountId(uuid::Uuid::nil());
        let nobody = town.identity.disable_account(&boss.actor(), unknown).await;
        assert!(matches!(nobody, Err(DisableAccountError::NotFound)));

        let eva = town.eva().await.account.id;
        for _ in 0..2 {
            town.identity.disable_account(&boss.actor(), eva).await.unwrap();
        }
        let disabled = town.audited().await.into_iter().filter(|action| action == "account.disable").count();
        assert_eq!(disabled, 1);
        assert!(town.identity.accounts(&[eva]).await.unwrap()[&eva].disabled_at.is_some());
        assert!(town.sign_in(EVA, EVAS_PASSWORD).await.is_err());
    })
    .await;
}
