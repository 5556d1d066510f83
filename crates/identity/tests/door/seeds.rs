//! The accounts of a city directory.

use database::Database;
use domain::account::AccountSeed;
use domain::permission::{Actor, Role};
use identity::{AccountRefusal, PasswordRefusal, SeedAccountsError};
use testkit::on_both_engines;

use crate::town::{EVA, EVAS_PASSWORD, KARL, KARLS_PASSWORD, Town, aegi, somebody};

fn seeds() -> Vec<AccountSeed> {
    vec![
        AccountSeed {
            login: EVA.into(),
            name: "Eva Meier".into(),
            role: Role::Citizen,
            office: None,
            password: Some(EVAS_PASSWORD.into()),
        },
        AccountSeed {
            login: KARL.into(),
            name: "Karl Schmidt".into(),
            role: Role::Clerk,
            office: Some(aegi()),
            password: Some(KARLS_PASSWORD.into()),
        },
        AccountSeed {
            login: "leitstelle".into(),
            name: "Leitstelle".into(),
            role: Role::Operator,
            office: None,
            password: None,
        },
    ]
}

async fn load(town: &Town, seeds: &[AccountSeed]) -> usize {
    let prepared = town.identity.prepare_seeds(&Actor::System, seeds).await.unwrap();
    let unit = town.database.begin().await.unwrap();
    let created = town.identity.apply_seeds(&Actor::System, &unit, &prepared).await.unwrap();
    unit.commit().await.unwrap();
    created
}

#[tokio::test]
async fn missing_accounts_are_created_and_existing_ones_keep_their_password() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        assert_eq!(load(&town, &seeds()).await, 3);
        town.eva().await;
        let mut again = seeds();
        again[0].password = Some("ein anderes Passwort".into());
        again[0].login = EVA.to_uppercase();
        again.push(AccountSeed { login: "neu".into(), ..again[1].clone() });
        assert_eq!(load(&town, &again).await, 1);
        town.eva().await;
        assert!(town.sign_in(EVA, "ein anderes Passwort").await.is_err());
        assert!(town.sign_in("leitstelle", "").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn seeds_go_with_the_unit_that_loads_the_city() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let prepared = town.identity.prepare_seeds(&Actor::System, &seeds()).await.unwrap();
        let unit = database.begin().await.unwrap();
        assert_eq!(town.identity.apply_seeds(&Actor::System, &unit, &prepared).await.unwrap(), 3);
        drop(unit);
        assert!(town.sign_in(EVA, EVAS_PASSWORD).await.is_err());
        assert!(town.audited().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_account_made_between_preparing_and_writing_stays_as_it_is() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let mut other = seeds();
        other[0].password = Some("ein anderes Passwort".into());
        let late = town.identity.prepare_seeds(&Actor::System, &other).await.unwrap();
        load(&town, &seeds()).await;
        let unit = database.begin().await.unwrap();
        assert_eq!(town.identity.apply_seeds(&Actor::System, &unit, &late).await.unwrap(), 0);
        unit.commit().await.unwrap();
        town.eva().await;
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_is_said_at_once() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let mut wrong = seeds();
        wrong[0].login = "eva".into();
        wrong[1].password = Some("kurz".into());
        let refused = town.identity.prepare_seeds(&Actor::System, &wrong).await;
        let Err(SeedAccountsError::Refused(refusals)) = refused else { panic!("{refused:?}") };
        let short = AccountRefusal::Password(PasswordRefusal::TooShort { min: 15 });
        assert_eq!(refusals, [(0, AccountRefusal::Login), (1, short)]);
    })
    .await;
}

#[tokio::test]
async fn only_who_loads_a_city_seeds_accounts() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        for role in [Role::Citizen, Role::Clerk, Role::Lead, Role::Device] {
            let refused = town.identity.prepare_seeds(&somebody(role), &seeds()).await;
            assert!(matches!(refused, Err(SeedAccountsError::Forbidden(_))), "{role:?}");
        }
    })
    .await;
}
