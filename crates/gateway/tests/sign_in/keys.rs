//! Providers change their keys: the new ones work at once, the retired ones no more.

use serde_json::json;
use testkit::on_both_engines;

use crate::browser::{Browser, EVA};
use crate::node::Node;
use crate::town::{START, actor, citizens, city, double};

#[tokio::test]
async fn a_real_provider_that_rotated_its_keys_is_asked_for_them_once() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        Browser::new(&app).follow(START, EVA).await;
        let before = provider.count("/jwks").await;
        Browser::new(&app).follow(START, EVA).await;
        assert_eq!(provider.count("/jwks").await, before, "known keys are not asked for again");

        provider.rotate().await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        assert!(actor(&app, browser.session()).await.is_some());
        assert_eq!(provider.count("/jwks").await, before + 1);
        Browser::new(&app).follow(START, EVA).await;
        assert_eq!(provider.count("/jwks").await, before + 1);
    })
    .await;
}

/// The double signs with a key after it was taken back, which a real provider would not.
#[tokio::test]
async fn a_retired_key_is_refused_and_unknown_ones_cause_few_questions() {
    let node = Node::double().await;
    on_both_engines(async |database| {
        let app = city(database, double(&node.issuer)).await;
        node.plan(json!({ "published": ["good"] })).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        assert!(browser.session().is_some(), "the old key, before the change");

        node.plan(json!({ "published": ["good", "next"], "key": "next" })).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        assert!(browser.session().is_some(), "the new key, after one more question");

        // The old key is taken back. It is believed until what is remembered ends, an hour at most.
        node.plan(json!({ "published": ["next"], "key": "good" })).await;
        app.clock.pass_seconds(60 * 60);
        let (mut browser, asked) = (Browser::new(&app), node.count("/jwks").await);
        // The clock of the city runs ahead of the double's now; the token must not end before it is looked at.
        node.plan(json!({ "published": ["next"], "key": "good", "future": 60 * 60 })).await;
        let page = browser.follow(START, EVA).await;
        assert_eq!((page.code(), browser.session()), ("SIGN_IN_REFUSED", None));

        // However many tokens name it, the keys are read twice: with the description, and once more for the unknown key.
        for _ in 0..5 {
            Browser::new(&app).follow(START, EVA).await;
        }
        assert_eq!(node.count("/jwks").await, asked + 2);
        node.plan(json!({ "key": "next", "future": 60 * 60 })).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        assert!(browser.session().is_some(), "negative control: the key that is published");
    })
    .await;
}
