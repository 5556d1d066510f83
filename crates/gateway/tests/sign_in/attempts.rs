//! An attempt belongs to one browser and works once.

use domain::environment::Clock;
use testkit::{TestApp, on_both_engines};
use url::Url;

use crate::browser::{Browser, CITY, EVA, Page, Person};
use crate::node::Node;
use crate::town::{START, actor, citizens, city, rows};

/// Lets Eva sign in at the provider and stops at the address that would bring her back.
async fn answer(browser: &mut Browser) -> Url {
    browser.follow_until(START, EVA, |url| url.path().ends_with("/callback")).await.url
}

fn changed(url: &Url, name: &str, value: Option<&str>) -> String {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(pairs).extend_pairs(value.map(|value| (name, value)));
    url.into()
}

async fn assert_over(app: &TestApp, browser: &Browser, page: &Page) {
    assert_eq!((page.code(), page.status.as_u16()), ("SIGN_IN_OVER", 400), "{page:?}");
    assert!(actor(app, browser.session()).await.is_none());
}

#[tokio::test]
async fn an_answer_without_the_state_of_this_browser_signs_nobody_in() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        let back = answer(&mut browser).await;
        for state in [None, Some(""), Some("x"), Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
            let page = browser.open(&changed(&back, "state", state)).await;
            assert_over(&app, &browser, &page).await;
        }
        let doubled = browser.open(&format!("{back}&state=x")).await;
        assert_over(&app, &browser, &doubled).await;

        // The answer of another browser: that person's state, code and all, but not their cookie.
        let mut attacker = Browser::new(&app);
        let foreign = answer(&mut attacker).await;
        let page = browser.open(foreign.as_str()).await;
        assert_over(&app, &browser, &page).await;
        let mut bare = Browser::new(&app);
        let page = bare.open(back.as_str()).await;
        assert_over(&app, &bare, &page).await;
        assert_eq!(rows(&app, "openid_attempt").await, 0, "none of this used the attempt up");

        // Negative control: the untouched answer in the right browser.
        let page = browser.open(back.as_str()).await;
        assert_eq!(page.status.as_u16(), 303);
        assert!(actor(&app, browser.session()).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn an_answer_works_once() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        let back = answer(&mut browser).await;
        let attempt = browser.cookies["__Host-openid"].clone();
        browser.open(back.as_str()).await;
        assert!(actor(&app, browser.session()).await.is_some());
        let asked = provider.count("/token").await;

        // Whoever stole both the answer and the cookie comes too late, and the provider is not even asked.
        let mut thief = Browser::new(&app);
        thief.cookies.insert("__Host-openid".into(), attempt.clone());
        let page = thief.open(back.as_str()).await;
        assert_over(&app, &thief, &page).await;
        assert_eq!(provider.count("/token").await, asked);

        // Another gateway on the same database knows that, too; after its end the attempt is over without any memory.
        let other = city(app.application.database.clone(), citizens(&provider.issuer)).await;
        let mut thief = Browser::new(&other);
        thief.cookies.insert("__Host-openid".into(), attempt.clone());
        let page = thief.open(back.as_str()).await;
        assert_over(&other, &thief, &page).await;
        app.clock.pass_seconds(15 * 60);
        app.application.identity.tidy(app.clock.now()).await.expect("the database answers");
        assert_eq!(rows(&app, "openid_attempt").await, 0);
        let mut thief = Browser::new(&app);
        thief.cookies.insert("__Host-openid".into(), attempt);
        let page = thief.open(back.as_str()).await;
        assert_over(&app, &thief, &page).await;
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_took_too_long_is_over() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        let back = answer(&mut browser).await;
        app.clock.pass_seconds(15 * 60);
        let page = browser.open(back.as_str()).await;
        assert_over(&app, &browser, &page).await;
    })
    .await;
}

#[tokio::test]
async fn a_code_that_was_not_ours_is_refused_by_the_provider() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let (mut browser, mut victim) = (Browser::new(&app), Browser::new(&app));
        // A code that belongs to another attempt: PKCE binds it to the verifier of that one.
        let (own, foreign) = (answer(&mut browser).await, answer(&mut victim).await);
        let stolen = foreign.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
        let page = browser.open(&changed(&own, "code", Some(&stolen))).await;
        assert_over(&app, &browser, &page).await;
        for code in [None, Some(""), Some("x")] {
            let mut browser = Browser::new(&app);
            let own = answer(&mut browser).await;
            let page = browser.open(&changed(&own, "code", code)).await;
            assert_over(&app, &browser, &page).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_names_another_issuer_or_none_is_refused() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        for issuer in [None, Some("https://evil.example"), Some("")] {
            let mut browser = Browser::new(&app);
            let back = answer(&mut browser).await;
            let page = browser.open(&changed(&back, "iss", issuer)).await;
            assert_eq!((page.code(), page.status.as_u16()), ("SIGN_IN_REFUSED", 403), "{page:?}");
            assert!(actor(&app, browser.session()).await.is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        for wish in [
            "https://evil.example",
            "//evil.example",
            "/%5Cevil.example",
            "%5C%5Cevil.example",
            "/%09/evil.example",
            "/%0A/evil.example",
            "/%0D%0ALocation:%20https://evil.example",
            "javascript:alert(1)",
            "evil.example",
            "",
            "/sign-in/openid/bund",
        ] {
            let mut browser = Browser::new(&app);
            let page = browser.follow(&format!("{START}?return_to={wish}"), EVA).await;
            assert_eq!(page.url.as_str(), format!("{CITY}/"), "{wish}");
            assert!(browser.session().is_some());
        }
        // Negative control: a path of ours is kept.
        let page = Browser::new(&app).follow(&format!("{START}?return_to=/termine"), EVA).await;
        assert_eq!(page.url.as_str(), format!("{CITY}/termine"));
    })
    .await;
}

#[tokio::test]
async fn somebody_who_goes_away_is_told_so_in_their_language() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut titles = std::collections::BTreeSet::new();
        for tag in ["de", "de-simple", "en"] {
            let mut browser = Browser::new(&app);
            let nobody = Person { account: "", acr: "" };
            let page = browser.follow(&format!("{START}?language={tag}"), nobody).await;
            assert_eq!((page.code(), browser.session()), ("SIGN_IN_CANCELLED", None), "{page:?}");
            assert_eq!(page.headers["content-language"], tag);
            assert!(page.body.contains(&format!("<html lang=\"{tag}\">")));
            titles.insert(page.body.split_once("<h1>").expect("a heading").1.to_owned());
        }
        assert_eq!(titles.len(), 3);
    })
    .await;
}
