//! Devices: enrolled by a short code bound to an office, seen and revoked by its lead.

use database::Database;
use domain::environment::Clock;
use domain::identifier::{AccountId, Key};
use domain::permission::{Actor, Role};
use identity::{CreateDeviceEnrolment, EnrolledDevice, EnrolmentCode, Failure, Problem};
use testkit::on_both_engines;

use crate::town::{Town, aegi};

fn lead_of(office: &Key) -> Actor {
    Actor::Account {
        id: AccountId(uuid::Uuid::max()),
        role: Role::Lead,
        office: Some(office.clone()),
        trust: domain::law::TrustLevel::None,
    }
}

fn wanted(name: &str, key: &str) -> CreateDeviceEnrolment {
    CreateDeviceEnrolment { office: aegi(), name: name.into(), idempotency_key: key.replace(' ', "-") }
}

async fn drawn(town: &Town, key: &str) -> EnrolmentCode {
    town.identity.create_device_enrolment(&lead_of(&aegi()), &wanted("Aufruf 2", key)).await.unwrap()
}

async fn enrolled(town: &Town, code: &str, key: &str) -> Result<EnrolledDevice, Failure> {
    town.identity.enrol_device(code, &key.replace(' ', "-")).await
}

fn is_code_invalid(outcome: &Result<EnrolledDevice, Failure>) -> bool {
    matches!(outcome, Err(Failure::Problem(Problem::CodeInvalid)))
}

#[tokio::test]
async fn a_display_is_enrolled_works_and_is_taken_down() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let lead = lead_of(&aegi());
        let code = drawn(&town, "a request of the lead").await;
        assert_eq!((code.code.len(), code.expires_at), (9, town.clock.now().plus_minutes(15)));
        let typed = code.code.to_lowercase().replace('-', " ");
        let device = enrolled(&town, &typed, "a request of the device").await.unwrap();
        assert_eq!((device.account.role, device.account.office.clone()), (Role::Device, Some(aegi())));
        assert_eq!(device.account.name, "Aufruf 2");
        assert_eq!(town.bearer(&device.tokens.jwt).await.unwrap(), device.account.actor());
        assert!(is_code_invalid(&enrolled(&town, &code.code, "a request of another").await), "a code is good once");

        town.clock.pass_seconds(599);
        let next = town.identity.refresh_access_token(device.tokens.refresh.expose()).await.unwrap();
        let seen = town.identity.devices(&lead, &aegi()).await.unwrap();
        assert_eq!((seen.len(), seen[0].seen_at), (1, Some(town.clock.now())));

        let bearer = town.identity.authenticate_token(&next.jwt).await.unwrap();
        for _ in 0..2 {
            town.identity.revoke_device(&lead, device.account.id).await.unwrap();
        }
        assert!(!town.identity.still_stands(&bearer.footing) && town.bearer(&next.jwt).await.is_err());
        assert!(town.identity.refresh_access_token(next.refresh.expose()).await.is_err());
        assert!(town.identity.devices(&lead, &aegi()).await.unwrap().is_empty());
        let audited = town.audited().await;
        let expected = ["device.create_enrolment", "device.enrol", "device.revoke"];
        assert_eq!(audited, expected, "each once");
    })
    .await;
}

#[tokio::test]
async fn a_code_ends_after_a_quarter_of_an_hour_and_is_not_guessed() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let code = drawn(&town, "a request of the lead").await.code;
        let giant = "A".repeat(100_000);
        for bad in ["", "K7M4", "K7M4-QX2P", "💥", &giant] {
            assert!(is_code_invalid(&enrolled(&town, bad, "a request of a guesser").await), "{bad:.20}");
        }
        town.clock.pass_seconds(15 * 60);
        assert!(is_code_invalid(&enrolled(&town, &code, "a request of the device").await));
        let rows = database.rows("SELECT code_hash FROM device_enrolment", vec![]).await.unwrap();
        assert_eq!(rows[0].get::<Vec<u8>>("code_hash").unwrap().len(), 32);
        assert!(database.rows("SELECT id FROM account", vec![]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn of_two_devices_that_type_a_code_one_is_enrolled_and_a_repeated_request_is_one() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let code = drawn(&town, "a request of the lead").await;
        let again = drawn(&town, "a request of the lead").await;
        assert_eq!(code, again, "the same request gives the same code");
        let renamed = wanted("Aufruf 3", "a request of the lead");
        let other = town.identity.create_device_enrolment(&lead_of(&aegi()), &renamed).await;
        assert!(matches!(other, Err(Failure::IdempotencyMismatch)));

        let (one, two) = tokio::join!(
            enrolled(&town, &code.code, "the first of the devices"),
            enrolled(&town, &code.code, "the second of the devices")
        );
        assert_ne!(one.is_ok(), two.is_ok());

        let code = drawn(&town, "another request of the lead").await.code;
        let key = "the same device twice";
        let (one, two) = tokio::join!(enrolled(&town, &code, key), enrolled(&town, &code, key));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((&one.account, &one.tokens.refresh), (&two.account, &two.tokens.refresh));
        town.identity.refresh_access_token(one.tokens.refresh.expose()).await.unwrap();
        assert!(is_code_invalid(&enrolled(&town, &code, key).await), "once it lives on, its first answer is void");
    })
    .await;
}

#[tokio::test]
async fn leads_manage_the_devices_of_their_own_office_and_operators_all() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let linden = lead_of(&Key::new("linden").unwrap());
        let operator = crate::town::somebody(Role::Operator);
        let others = [Role::Citizen, Role::Clerk, Role::Device].map(crate::town::somebody);
        for actor in others.into_iter().chain([Actor::Anonymous, linden.clone()]) {
            let refused =
                town.identity.create_device_enrolment(&actor, &wanted("Aufruf 2", "a request of its own")).await;
            assert!(matches!(refused, Err(Failure::Forbidden(_))), "{actor:?}");
            assert!(matches!(town.identity.devices(&actor, &aegi()).await, Err(Failure::Forbidden(_))), "{actor:?}");
        }
        for name in ["", "Aufruf\u{0}", &"x".repeat(101)] {
            let refused = town.identity.create_device_enrolment(&operator, &wanted(name, "a request of its own")).await;
            assert!(matches!(refused, Err(Failure::Problem(Problem::Name))), "{name:.20}");
        }
        let code =
            town.identity.create_device_enrolment(&operator, &wanted("Kiosk", "a request of its own")).await.unwrap();
        let device = enrolled(&town, &code.code, "a request of the kiosk").await.unwrap().account;
        let stranger = town.identity.revoke_device(&linden, device.id).await;
        assert!(matches!(stranger, Err(Failure::Problem(Problem::NotFound))), "other offices have nothing to see");
        let unknown = town.identity.revoke_device(&linden, AccountId(uuid::Uuid::nil())).await;
        assert!(matches!(unknown, Err(Failure::Problem(Problem::NotFound))));
        let eva = town.create(crate::town::eva()).await;
        let person = town.identity.revoke_device(&operator, eva.id).await;
        assert!(matches!(person, Err(Failure::Problem(Problem::NotFound))), "a person is no device");
        town.identity.revoke_device(&operator, device.id).await.unwrap();
    })
    .await;
}
