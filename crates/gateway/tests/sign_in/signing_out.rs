//! Signing out here, and at the provider where the configuration says so.

use identity::{EndAtProvider, OpenIdProvider};
use testkit::on_both_engines;

use crate::browser::{Browser, CITY, EVA};
use crate::node::Node;
use crate::town::{START, actor, citizens, city};

const SIGN_OUT: &str = "/sign-out/openid";
const OWN: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie_back() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        let session = browser.session().expect("a session").to_owned();

        // No other site, and no link, signs anybody out.
        let page = browser.post(SIGN_OUT, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!((page.code(), page.status.as_u16()), ("CROSS_SITE", 403));
        let page = browser.post(SIGN_OUT, &[("origin", "https://evil.example")]).await;
        assert_eq!(page.code(), "CROSS_SITE");
        assert_eq!(browser.open(&format!("{CITY}{SIGN_OUT}")).await.status.as_u16(), 405);
        assert!(actor(&app, Some(&session)).await.is_some());

        let page = browser.post(SIGN_OUT, &OWN).await;
        assert_eq!((page.status.as_u16(), page.headers["location"].as_bytes()), (303, &b"/"[..]));
        assert_eq!((browser.session(), actor(&app, Some(&session)).await), (None, None));
        // Whoever has no session has none afterwards.
        assert_eq!(browser.post(SIGN_OUT, &OWN).await.status.as_u16(), 303);
    })
    .await;
}

#[tokio::test]
async fn where_it_is_configured_the_provider_is_asked_to_end_its_session_too() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let settings = OpenIdProvider { end_at_provider: EndAtProvider::Yes, ..citizens(&provider.issuer) };
        let app = city(database, settings).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        let page = browser.post(SIGN_OUT, &OWN).await;
        let address = page.headers["location"].to_str().expect("plain signs").to_owned();
        assert!(address.starts_with(&format!("{}/session/end?", provider.issuer)), "{address}");
        assert!(!address.contains("id_token_hint"), "{address}");
        assert!(browser.session().is_none());
        // The real provider knows the way back and shows its question.
        let asked = browser.open(&address).await;
        assert_eq!(asked.status.as_u16(), 200, "{asked:?}");
        assert!(asked.body.contains("logout"), "{asked:?}");
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_down_keeps_nobody_signed_in_here() {
    on_both_engines(async |database| {
        let mut provider = Node::provider().await;
        let settings = OpenIdProvider { end_at_provider: EndAtProvider::Yes, ..citizens(&provider.issuer) };
        let app = city(database, settings).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, EVA).await;
        let session = browser.session().expect("a session").to_owned();
        provider.stop();
        app.clock.pass_seconds(60 * 60);
        let page = browser.post(SIGN_OUT, &OWN).await;
        assert_eq!((page.status.as_u16(), page.headers["location"].as_bytes()), (303, &b"/"[..]));
        assert!(actor(&app, Some(&session)).await.is_none());
    })
    .await;
}
