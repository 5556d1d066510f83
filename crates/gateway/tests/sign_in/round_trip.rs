//! The whole way with a real provider: out, in, back, and signed in.

use domain::permission::Actor;
use identity::{AccountFilter, Algorithm, ClientSecret, ClientSecretUse, OpenIdProvider};
use serde_json::json;
use testkit::on_both_engines;

use crate::browser::{Browser, CITY, EVA, Person};
use crate::node::Node;
use crate::town::{START, actor, ask, audited, citizens, city, rows, viewer};

#[tokio::test]
async fn a_citizen_comes_back_signed_in_and_is_the_same_person_next_time() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app =
            city(database, OpenIdProvider { name_claim: Some("name".into()), ..citizens(&provider.issuer) }).await;
        let accounts = rows(&app, "account").await;
        let mut browser = Browser::new(&app);
        let page = browser.follow(&format!("{START}?return_to=/termine%3Fid%3D1"), EVA).await;
        assert_eq!(page.url.as_str(), format!("{CITY}/termine?id=1"), "{page:?}");
        let first = browser.session().expect("a session").to_owned();
        assert_eq!(viewer(&app, Some(&first)).await, json!({ "name": "Eva Meier", "role": "CITIZEN" }));
        assert_eq!(audited(&app).await, ["account.create", "account.link_openid"]);

        // In the same browser the provider knows her; here she gets a fresh session, and the former one ends.
        browser.follow(START, EVA).await;
        let second = browser.session().expect("a session").to_owned();
        assert_ne!(first, second);
        let (former, fresh) = (actor(&app, Some(&first)).await, actor(&app, Some(&second)).await);
        assert_eq!(former, None);
        // In another browser she is the same person, and another person is not.
        let mut elsewhere = Browser::new(&app);
        elsewhere.follow(START, EVA).await;
        let again = actor(&app, elsewhere.session()).await;
        assert_eq!(again.and_then(|actor| actor.account()), fresh.and_then(|actor| actor.account()));
        assert_eq!(rows(&app, "account").await, accounts + 1);
        Browser::new(&app).follow(START, Person { account: "otto", acr: "" }).await;
        assert_eq!(rows(&app, "account").await, accounts + 2);
        assert_eq!(rows(&app, "openid_link").await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_cookies_and_the_question_to_the_provider_are_as_they_must_be() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        let question = browser.follow_until(START, EVA, |url| url.path() == "/auth").await;
        let asked = |name| question.query(name).unwrap_or_default();
        assert_eq!((asked("response_type"), asked("code_challenge_method")), ("code".into(), "S256".into()));
        assert_eq!(asked("redirect_uri"), format!("{CITY}{START}/callback"));
        assert_eq!(asked("scope"), "openid profile");
        let values = [asked("state"), asked("nonce"), asked("code_challenge")];
        assert!(values.iter().all(|value| value.len() == 43), "{values:?}");
        assert!(values[0] != values[1] && values[1] != values[2]);
        assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["__Host-openid"]);

        browser.follow(START, EVA).await;
        assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["__Host-session"], "the attempt is taken back");
        for cookie in &browser.set {
            for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
                assert!(cookie.starts_with("__Host-") && cookie.contains(part), "{cookie}");
            }
        }
        assert_eq!(question.headers["cache-control"], "no-store");
        assert_eq!(question.headers["referrer-policy"], "no-referrer");
    })
    .await;
}

#[tokio::test]
async fn every_algorithm_and_every_way_to_prove_who_we_are_works() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let shared = |sent| ClientSecret::Shared { secret: crate::town::SECRET.into(), sent };
        for (client_id, algorithm, secret) in [
            ("city-ES256", Algorithm::Es256, shared(ClientSecretUse::Basic)),
            ("city-EdDSA", Algorithm::EdDsa, shared(ClientSecretUse::Basic)),
            ("city-PS256", Algorithm::Ps256, shared(ClientSecretUse::Basic)),
            ("city-RS256", Algorithm::Rs256, shared(ClientSecretUse::Basic)),
            ("city-post", Algorithm::Es256, shared(ClientSecretUse::Post)),
            ("city-public", Algorithm::Es256, ClientSecret::Public),
        ] {
            let settings = OpenIdProvider {
                client_id: client_id.into(),
                algorithms: vec![algorithm],
                secret,
                ..citizens(&provider.issuer)
            };
            let app = city(database.clone(), settings.clone()).await;
            let mut browser = Browser::new(&app);
            browser.follow(START, EVA).await;
            assert!(browser.session().is_some(), "{client_id}");

            // Negative control: the same token is refused where its algorithm is not allowed.
            let other = if algorithm == Algorithm::EdDsa { Algorithm::Es256 } else { Algorithm::EdDsa };
            let app = city(database.clone(), OpenIdProvider { algorithms: vec![other], ..settings }).await;
            let mut browser = Browser::new(&app);
            let page = browser.follow(START, EVA).await;
            assert_eq!((page.code(), browser.session()), ("SIGN_IN_REFUSED", None), "{client_id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_is_taken_only_where_the_configuration_says_so() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        assert_eq!(viewer(&app, browser.session()).await["name"], "");
        // Neither her name, nor her mail address, nor the provider's name for her is anywhere in the database.
        let identity = &app.application.identity;
        let kept = identity.page_of_accounts(&Actor::System, &AccountFilter::default(), None, 100).await;
        for account in kept.expect("the database answers") {
            let text = format!("{} {}", account.login, account.name);
            assert!(!text.contains("Meier"), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_providers_are_offered_to_everybody() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let query = "{ signInProviders { key name purpose highestTrustLevel path } }";
        let offered = ask(&app, None, query).await.data("signInProviders").clone();
        let expected = json!([{
            "key": "bund", "name": "Bund", "purpose": "CITIZENS", "highestTrustLevel": "HIGH", "path": START,
        }]);
        assert_eq!(offered, expected);
    })
    .await;
}
