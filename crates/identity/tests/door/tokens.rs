//! Access tokens for API clients and devices.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::Database;
use domain::environment::Clock;
use domain::law::TrustLevel;
use domain::permission::{Actor, Permission, Role};
use identity::{CreateAccount, IssueAccessTokenError, TokenError};
use testkit::on_both_engines;

use crate::town::{KARLS_PASSWORD, Town, karl, settings};

#[tokio::test]
async fn a_device_draws_a_token_and_is_known_by_it_for_ten_minutes() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        let display = CreateAccount { login: "aufruf-2".into(), name: "Aufruf 2".into(), role: Role::Device, ..karl() };
        town.create(display).await;
        let signed_in = town.sign_in("aufruf-2", KARLS_PASSWORD).await.unwrap();
        let token = town.tokens(&signed_in).await;
        assert_eq!(token.expires_at, town.clock.now().plus_seconds(600));
        for passed in [0, 299, 300] {
            town.clock.pass_seconds(passed);
            let actor = town.bearer(&token.jwt).await.unwrap();
            assert_eq!(actor, signed_in.account.actor());
        }
        town.clock.pass_seconds(1);
        assert!(matches!(town.identity.authenticate_token(&token.jwt).await, Err(TokenError::Expired)));
    })
    .await;
}

#[tokio::test]
async fn gateways_that_share_the_secret_accept_each_others_tokens() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let signed_in = here.karl().await;
        let karl = signed_in.account.actor();
        let token = here.tokens(&signed_in).await;
        let there = Town::with(&database, settings(), here.clock.clone());
        assert_eq!(there.bearer(&token.jwt).await.unwrap(), karl);
        assert_eq!(here.identity.jwks().await.unwrap(), there.identity.jwks().await.unwrap());
        let mut other = settings();
        other.audience = "elsewhere".into();
        let other = Town::with(&database, other, here.clock.clone());
        assert!(matches!(other.identity.authenticate_token(&token.jwt).await, Err(TokenError::Invalid)));
    })
    .await;
}

#[tokio::test]
async fn a_token_says_what_clients_may_read_and_no_name() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let signed_in = town.karl().await;
        let karl = signed_in.account.clone();
        let token = town.tokens(&signed_in).await;
        let read = |part: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
            serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
        };
        let parts: Vec<&str> = token.jwt.split('.').collect();
        let (header, claims) = (read(parts[0]), read(parts[1]));
        assert_eq!(header["alg"], "EdDSA");
        assert_eq!(header["kid"], town.identity.jwks().await.unwrap()["keys"][0]["kid"]);
        assert_eq!(claims["sub"], karl.id.to_string());
        assert_eq!((&claims["role"], &claims["office"]), (&"clerk".into(), &"aegi".into()));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
        assert!(!claims.to_string().contains("Karl") && !claims.to_string().contains("schalter"));
    })
    .await;
}

#[tokio::test]
async fn tokens_end_with_the_account_and_follow_its_role() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let signed_in = town.karl().await;
        let karl = signed_in.account.clone();
        let token = town.tokens(&signed_in).await;
        assert!(town.identity.authenticate_token(&token.jwt).await.is_ok());

        // Another process promotes him: known here within five seconds.
        let promote = "UPDATE account SET role = 'lead' WHERE id = $1";
        database.write(promote, vec![karl.id.0.into()]).await.unwrap();
        town.clock.pass_seconds(5);
        let actor = town.bearer(&token.jwt).await.unwrap();
        assert!(actor.may(Permission::Overbook).is_ok());

        town.identity.disable_account(&Actor::System, karl.id).await.unwrap();
        assert!(matches!(town.identity.authenticate_token(&token.jwt).await, Err(TokenError::Invalid)));
        let refused = town.identity.issue_access_token(&karl.actor(), Some(&signed_in.footing), "").await;
        assert!(matches!(refused, Err(IssueAccessTokenError::Disabled)));
    })
    .await;
}

#[tokio::test]
async fn nobody_without_a_session_draws_a_token() {
    on_both_engines(async |database: Database| {
        let town = Town::empty(&database);
        for actor in [Actor::Anonymous, Actor::System] {
            let refused = town.identity.issue_access_token(&actor, None, "").await;
            assert!(matches!(refused, Err(IssueAccessTokenError::Forbidden(_))), "{actor:?}");
        }
        // An access token draws no family of its own: it would outlive the revocation of the one it came from.
        let town = Town::settled(&database).await;
        let signed_in = town.karl().await;
        let bearer = town.identity.authenticate_token(&town.tokens(&signed_in).await.jwt).await.unwrap();
        let refused = town.identity.issue_access_token(&bearer.actor, Some(&bearer.footing), "").await;
        assert!(matches!(refused, Err(IssueAccessTokenError::Forbidden(_))));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_as_sure_as_the_session_it_was_drawn_from() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let trust = |actor: Actor| match actor {
            Actor::Account { trust, .. } => trust,
            Actor::Anonymous | Actor::System => panic!("nobody"),
        };
        // A provider proves more than the account ever did, and another one less.
        for (proven, word) in [(TrustLevel::High, "high"), (TrustLevel::None, "none")] {
            let signed_in = town.eva().await;
            let note = "UPDATE session SET trust = $2 WHERE id = $1";
            let sessions = town.identity.my_sessions(&signed_in.account.actor()).await.unwrap();
            let session = sessions.into_iter().find(|session| session.is_behind(&signed_in.footing)).unwrap();
            database.write(note, vec![session.id.0.into(), word.into()]).await.unwrap();
            let tokens = town.tokens(&signed_in).await;
            assert_eq!(trust(town.bearer(&tokens.jwt).await.unwrap()), proven);
            let payload = URL_SAFE_NO_PAD.decode(tokens.jwt.split('.').nth(1).unwrap()).unwrap();
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&payload).unwrap()["trust"], word);
            let next = town.identity.refresh_access_token(tokens.refresh.expose()).await.unwrap();
            assert_eq!(trust(town.bearer(&next.jwt).await.unwrap()), proven, "and so is the next one");
        }
        // The control: a password proves what the account proved.
        let tokens = town.tokens(&town.eva().await).await;
        assert_eq!(trust(town.bearer(&tokens.jwt).await.unwrap()), TrustLevel::Low);
    })
    .await;
}
