//! A provider that is down, silent, endless or mistaken: one clear page, and the next attempt works.

use identity::{OpenIdProvider, PlainHttp};
use serde_json::json;
use testkit::on_both_engines;

use crate::browser::{Browser, CITY, EVA, Page};
use crate::node::Node;
use crate::town::{START, citizens, city, double};

fn assert_unavailable(page: &Page) {
    assert_eq!((page.code(), page.status.as_u16()), ("UNAVAILABLE", 503), "{page:?}");
    assert_eq!(page.headers["retry-after"], "10");
    assert!(!page.body.contains("127.0.0.1"), "{page:?}");
}

#[tokio::test]
async fn a_provider_that_is_down_gets_a_clear_page() {
    on_both_engines(async |database| {
        let mut provider = Node::provider().await;
        let app = city(database, citizens(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        let back = browser.follow_until(START, EVA, |url| url.path().ends_with("/callback")).await.url;
        provider.stop();
        // Down between the two halves, and down from the beginning.
        assert_unavailable(&browser.open(back.as_str()).await);
        assert!(browser.session().is_none());
        app.clock.pass_seconds(60 * 60);
        assert_unavailable(&Browser::new(&app).open(&format!("{CITY}{START}")).await);
        assert_unavailable(&Browser::new(&app).open(&format!("{CITY}{START}")).await);
    })
    .await;
}

/// The double stands in, because a real provider does none of this on request.
#[tokio::test]
async fn a_provider_in_trouble_is_given_a_rest_and_then_asked_again() {
    let node = Node::double().await;
    on_both_engines(async |database| {
        let app = city(database, double(&node.issuer)).await;
        let start = format!("{CITY}{START}");
        for plan in [
            json!({ "endless": true }),
            json!({ "redirect": format!("{}/elsewhere", node.issuer) }),
            json!({ "metadata": { "issuer": "https://evil.example" } }),
            json!({ "metadata": { "authorization_endpoint": "http://evil.example/authorize" } }),
            json!({ "metadata": { "jwks_uri": "http://evil.example/jwks" } }),
            json!({ "metadata": { "token_endpoint": 7 } }),
        ] {
            node.plan(plan.clone()).await;
            assert_unavailable(&Browser::new(&app).open(&start).await);
            app.clock.pass_seconds(60 * 60);
        }
        assert_eq!(node.count("/elsewhere").await, 0, "redirects are not followed");

        node.plan(json!({ "metadata": { "issuer": "https://evil.example" } })).await;
        let asked = node.count("/.well-known/openid-configuration").await;
        for _ in 0..5 {
            assert_unavailable(&Browser::new(&app).open(&start).await);
        }
        assert_eq!(node.count("/.well-known/openid-configuration").await, asked + 1, "it has five seconds of rest");
        node.plan(json!({})).await;
        app.clock.pass_seconds(5);
        let page = Browser::new(&app).open(&start).await;
        assert_eq!(page.status.as_u16(), 303, "negative control: in order it is asked, and answers");
    })
    .await;
}

#[tokio::test]
async fn a_token_endpoint_in_trouble_is_no_verdict_on_the_person() {
    let node = Node::double().await;
    on_both_engines(async |database| {
        let app = city(database, double(&node.issuer)).await;
        for (status, body, code) in [
            (503, json!({ "error": "temporarily_unavailable" }), "UNAVAILABLE"),
            (429, json!({}), "UNAVAILABLE"),
            (400, json!({ "error": "invalid_grant" }), "SIGN_IN_OVER"),
            (401, json!({ "error": "invalid_client" }), "SIGN_IN_REFUSED"),
            (200, json!({ "hello": "Eva" }), "SIGN_IN_REFUSED"),
        ] {
            node.plan(json!({ "token": { "status": status, "body": body } })).await;
            let mut browser = Browser::new(&app);
            let page = browser.follow(START, EVA).await;
            assert_eq!((page.code(), browser.session()), (code, None), "{status}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_tls_nobody_is_asked_outside_of_development() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let settings = OpenIdProvider { plain_http: PlainHttp::Never, ..citizens(&provider.issuer) };
        let app = city(database, settings).await;
        let before = provider.count("/.well-known/openid-configuration").await;
        assert_unavailable(&Browser::new(&app).open(&format!("{CITY}{START}")).await);
        assert_eq!(provider.count("/.well-known/openid-configuration").await, before);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_provider_is_a_page_that_is_not_there() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        for path in
            ["/sign-in/openid/other", "/sign-in/openid/other/callback?state=x&code=y", "/sign-in/openid/%3Cscript%3E"]
        {
            let page = Browser::new(&app).open(&format!("{CITY}{path}")).await;
            assert_eq!((page.code(), page.status.as_u16()), ("NOT_FOUND", 404), "{path}");
            assert!(!page.body.contains("<script"));
        }
    })
    .await;
}
