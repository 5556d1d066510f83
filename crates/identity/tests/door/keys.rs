//! The keys that sign access tokens: published, signing, retired, gone, by the clock and the database alone.

use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::Database;
use domain::environment::Clock;
use domain::permission::{Actor, Role};
use identity::{Failure, KeyPhase, Rotation, TokenError};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::on_both_engines;

use crate::town::{Town, settings, somebody};

const TWO_HOURS: i64 = 2 * 3600;

async fn key_ids(town: &Town) -> Vec<String> {
    let set = town.identity.jwks().await.unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn phases(town: &Town) -> Vec<KeyPhase> {
    let phases = town.identity.key_phases(&Actor::System).await.unwrap();
    phases.into_iter().map(|(_, phase)| phase).collect()
}

fn header(jwt: &str) -> Value {
    let part = jwt.split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_key_is_published_before_it_signs_and_checked_after_it_did() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let there = Town::with(&database, settings(), here.clock.clone());
        let karl = here.karl().await;
        let first = header(&here.tokens(&karl).await.jwt)["kid"].as_str().unwrap().to_owned();
        assert_eq!(key_ids(&there).await, [first.as_str()], "gateways agree through the database");

        let second = here.identity.rotate_keys(&Actor::System, Rotation::Planned).await.unwrap();
        assert_eq!(phases(&here).await, [KeyPhase::Signing, KeyPhase::Published]);
        here.clock.pass_seconds(TWO_HOURS - 1);
        assert_eq!(key_ids(&there).await, [first.clone(), second.clone()], "known an hour before any cache forgets");
        let last = here.tokens(&karl).await;
        assert_eq!(header(&last.jwt)["kid"], first.as_str());

        here.clock.pass_seconds(1);
        assert_eq!(phases(&here).await, [KeyPhase::Retired, KeyPhase::Signing]);
        let fresh = there.tokens(&karl).await;
        assert_eq!(header(&fresh.jwt)["kid"], second.as_str());
        assert!(here.bearer(&fresh.jwt).await.is_ok() && there.bearer(&last.jwt).await.is_ok());

        here.clock.pass_seconds(630);
        assert_eq!(phases(&here).await, [KeyPhase::Gone, KeyPhase::Signing]);
        assert_eq!(key_ids(&here).await, [second.as_str()]);
        here.identity.tidy(here.clock.now().plus_seconds(1)).await.unwrap();
        assert_eq!(phases(&here).await, [KeyPhase::Signing]);
        assert!(here.audited().await.contains(&"keys.rotate".into()));
    })
    .await;
}

#[tokio::test]
async fn a_stolen_key_is_void_at_once_everywhere() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let there = Town::with(&database, settings(), here.clock.clone());
        let karl = here.karl().await;
        let tokens = here.tokens(&karl).await;
        assert!(there.bearer(&tokens.jwt).await.is_ok());
        there.identity.follow_revocations().await.unwrap();
        here.clock.pass_seconds(1);
        here.identity.rotate_keys(&Actor::System, Rotation::AtOnce).await.unwrap();
        assert!(matches!(here.bearer(&tokens.jwt).await, Err(TokenError::Invalid)));
        assert_eq!(there.identity.follow_revocations().await.unwrap(), 1);
        assert!(matches!(there.bearer(&tokens.jwt).await, Err(TokenError::Invalid)));
        let fresh = here.identity.refresh_access_token(tokens.refresh.expose()).await.unwrap();
        assert!(there.bearer(&fresh.jwt).await.is_ok(), "refresh tokens stay good");
    })
    .await;
}

#[tokio::test]
async fn gateways_that_start_at_once_agree_on_the_first_key_and_rotations_do_not_pile_up() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let there = Town::with(&database, settings(), here.clock.clone());
        let (one, two) = tokio::join!(key_ids(&here), key_ids(&there));
        assert_eq!((one.len(), &one), (1, &two));
        assert_eq!(here.identity.rotate_keys_when_due(&Actor::System).await.unwrap(), None);
        here.clock.pass_seconds(90 * 24 * 3600);
        let (one, two) = tokio::join!(
            here.identity.rotate_keys_when_due(&Actor::System),
            there.identity.rotate_keys_when_due(&Actor::System)
        );
        assert!(one.unwrap().is_some() || two.unwrap().is_some());
        assert_eq!(phases(&here).await.len(), 2);
        assert_eq!(here.identity.rotate_keys_when_due(&Actor::System).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn only_operators_rotate_keys() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let others = [Role::Citizen, Role::Clerk, Role::Lead, Role::Device].map(somebody);
        for actor in others.into_iter().chain([Actor::Anonymous]) {
            let refused = town.identity.rotate_keys(&actor, Rotation::AtOnce).await;
            assert!(matches!(refused, Err(Failure::Forbidden(_))), "{actor:?}");
        }
        assert!(town.identity.rotate_keys(&somebody(Role::Operator), Rotation::Planned).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn forged_tokens_are_refused_whatever_they_name() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let jwt = town.tokens(&town.karl().await).await.jwt;
        let set = town.identity.jwks().await.unwrap();
        let (id, public) = (set["keys"][0]["kid"].as_str().unwrap(), set["keys"][0]["x"].as_str().unwrap());
        let parts: Vec<&str> = jwt.split('.').collect();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        let named = |alg, kid: &str| {
            let mut header = Header::new(alg);
            (header.typ, header.kid) = (Some("at+jwt".into()), Some(kid.into()));
            header
        };
        // The classic: the public key as the secret of a symmetric algorithm.
        let symmetric = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public).unwrap());
        let foreign = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
        let foreign_id = URL_SAFE_NO_PAD.encode(foreign.public_key().as_ref());
        let foreign = EncodingKey::from_ed_der(foreign.to_pkcs8v1().unwrap().as_ref());
        let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "at+jwt", "kid": id }).to_string());
        for forged in [
            encode(&named(Algorithm::HS256, id), &claims, &symmetric).unwrap(),
            encode(&named(Algorithm::EdDSA, id), &claims, &foreign).unwrap(),
            encode(&named(Algorithm::EdDSA, &foreign_id), &claims, &foreign).unwrap(),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
        ] {
            assert!(matches!(town.bearer(&forged).await, Err(TokenError::Invalid)), "{forged}");
        }
        assert!(town.bearer(&jwt).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_no_signing_key_in_the_clear() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        assert_eq!(key_ids(&town).await.len(), 1);
        let row = database.row("SELECT sealed_seed FROM signing_key", vec![]).await.unwrap().unwrap();
        assert_eq!(row.get::<Vec<u8>>("sealed_seed").unwrap().len(), 1 + 12 + 32 + 16);
        // Another installation cannot use it.
        let stranger = crate::town::identity(&database, settings(), &town.clock, [8; 32]);
        assert!(Arc::new(stranger).jwks().await.is_err());
    })
    .await;
}
