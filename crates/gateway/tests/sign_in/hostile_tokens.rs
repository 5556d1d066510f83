//! ID tokens that no real provider makes: the double signs them, and every one is refused.

use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::browser::{Browser, EVA};
use crate::node::Node;
use crate::town::{START, actor, city, double, rows};

/// Signs in with the double's next token and gives the code of the page; nothing when somebody was signed in.
async fn sign_in(app: &TestApp, double: &Node, plan: Value) -> Option<String> {
    double.plan(plan).await;
    let mut browser = Browser::new(app);
    let page = browser.follow(START, EVA).await;
    match actor(app, browser.session()).await {
        Some(_) => None,
        None => Some(page.code().to_owned()),
    }
}

/// The double is believed when its token is in order, and refused with each of `plans`.
async fn assert_refused(plans: &[Value]) {
    let node = Node::double().await;
    on_both_engines(async |database| {
        let app = city(database, double(&node.issuer)).await;
        let accounts = rows(&app, "account").await;
        for plan in plans {
            let code = sign_in(&app, &node, plan.clone()).await;
            assert_eq!(code.as_deref(), Some("SIGN_IN_REFUSED"), "{plan}");
        }
        assert_eq!((rows(&app, "account").await, rows(&app, "session").await), (accounts, 0));
        assert_eq!(sign_in(&app, &node, json!({})).await, None, "negative control: the same double in order");
    })
    .await;
}

#[tokio::test]
async fn refuses_a_token_for_another_attempt() {
    assert_refused(&[
        json!({ "claims": { "nonce": null } }),
        json!({ "claims": { "nonce": "" } }),
        json!({ "claims": { "nonce": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" } }),
    ])
    .await;
}

#[tokio::test]
async fn refuses_a_token_of_another_issuer_or_for_somebody_else() {
    assert_refused(&[
        json!({ "claims": { "iss": "https://evil.example" } }),
        json!({ "claims": { "iss": null } }),
        json!({ "claims": { "aud": "another-client" } }),
        json!({ "claims": { "aud": [] } }),
        json!({ "claims": { "aud": null } }),
        json!({ "claims": { "aud": ["city", "another-client"] } }),
        json!({ "claims": { "aud": ["city", "another-client"], "azp": "city" } }),
        json!({ "claims": { "azp": "another-client" } }),
    ])
    .await;
}

#[tokio::test]
async fn refuses_a_token_without_a_signature_of_the_provider() {
    let public_secret = json!({ "signature": "secret" });
    assert_refused(&[
        json!({ "signature": "none" }),
        json!({ "signature": "none", "header": { "alg": "None" } }),
        json!({ "signature": "none", "header": { "alg": "RS256" } }),
        public_secret,
        // Even our own secret makes no token: the configuration cannot allow symmetric signatures.
        json!({ "signature": "secret", "secret": crate::town::SECRET }),
        json!({ "signature": "changed" }),
        json!({ "key": "foreign" }),
        json!({ "key": "foreign", "header": { "kid": "good" } }),
        json!({ "header": { "crit": ["exp"], "exp": 1 } }),
        json!({ "header": { "typ": "at+jwt" } }),
        json!({ "id_token": "" }),
        json!({ "id_token": "a.b.c" }),
    ])
    .await;
}

#[tokio::test]
async fn refuses_a_token_that_is_over_or_from_the_future() {
    assert_refused(&[
        json!({ "expired": 120 }),
        json!({ "expired": 90_000 }),
        json!({ "future": 3_600 }),
        json!({ "claims": { "exp": null } }),
        json!({ "claims": { "iat": null } }),
    ])
    .await;
}

#[tokio::test]
async fn refuses_a_token_without_a_person_or_for_another_access_token() {
    assert_refused(&[
        json!({ "claims": { "sub": null } }),
        json!({ "claims": { "sub": "" } }),
        json!({ "claims": { "sub": "x".repeat(256) } }),
        json!({ "claims": { "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" } }),
    ])
    .await;
}

#[tokio::test]
async fn clocks_may_differ_a_little_and_optional_claims_may_be_missing() {
    let node = Node::double().await;
    on_both_engines(async |database| {
        let app = city(database, double(&node.issuer)).await;
        for plan in [
            json!({ "expired": 20 }),
            json!({ "future": 20 }),
            json!({ "claims": { "at_hash": null, "acr": null } }),
            json!({ "claims": { "azp": "city", "aud": ["city"] } }),
            json!({ "header": { "kid": null } }),
            json!({ "header": { "typ": null } }),
        ] {
            assert_eq!(sign_in(&app, &node, plan.clone()).await, None, "{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_about_a_refused_token_gives_nothing_away() {
    let node = Node::double().await;
    on_both_engines(async |database| {
        let app = city(database, double(&node.issuer)).await;
        let mut pages = std::collections::BTreeSet::new();
        for plan in [
            json!({ "claims": { "nonce": "x", "sub": "eva", "name": "Eva Meier" } }),
            json!({ "signature": "none" }),
            json!({ "expired": 900 }),
            json!({ "token": { "status": 401, "body": { "error": "invalid_client", "error_description": "Eva <script>" } } }),
            json!({ "answer": { "code": null, "error": "<script>alert(1)</script>", "error_description": "Eva" } }),
        ] {
            node.plan(plan).await;
            pages.insert(Browser::new(&app).follow(START, EVA).await.body);
        }
        assert_eq!(pages.len(), 1, "one page for all: {pages:?}");
        let page = pages.first().expect("a page");
        assert!(!page.contains("Eva") && !page.contains("<script") && !page.contains("nonce"));
    })
    .await;
}
