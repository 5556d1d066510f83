//! How sure the city is who somebody is: what `acr` proves, per session, and what it is enough for.

use domain::law::TrustLevel;
use domain::permission::Role;
use identity::OpenIdProvider;
use testkit::on_both_engines;

use crate::browser::{Browser, CITY, Person};
use crate::node::Node;
use crate::town::{START, actor, ask, citizens, city, standing};

const fn eva(acr: &'static str) -> Person {
    Person { account: "eva", acr }
}

#[tokio::test]
async fn each_session_has_the_level_that_was_proven_for_it() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let mut sessions = Vec::new();
        for (acr, level) in [
            ("eidas/low", TrustLevel::Low),
            ("eidas/high", TrustLevel::High),
            ("eidas/substantial", TrustLevel::Substantial),
            ("", TrustLevel::None),
            ("eidas/unheard-of", TrustLevel::None),
        ] {
            let mut browser = Browser::new(&app);
            browser.follow(START, eva(acr)).await;
            assert_eq!(standing(&app, browser.session()).await, Some((Role::Citizen, level)), "{acr}");
            sessions.push((browser.session().expect("a session").to_owned(), level));
        }
        // Read again from the database, and all at once: a strong sign-in makes no weak session stronger.
        app.clock.pass_seconds(6);
        for (session, level) in sessions {
            assert_eq!(standing(&app, Some(&session)).await, Some((Role::Citizen, level)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_service_that_needs_more_gets_more_or_nobody() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, citizens(&provider.issuer)).await;
        let query = "{ service(key: \"residence\") { trustLevel } }";
        let needed = ask(&app, None, query).await.data("service.trustLevel").as_str().expect("a level").to_lowercase();
        assert_eq!(needed, "high");
        let start = format!("{START}?trust={needed}&return_to=/antrag");

        let mut browser = Browser::new(&app);
        let question = browser.follow_until(&start, eva(""), |url| url.path() == "/auth").await;
        assert_eq!(question.query("acr_values").as_deref(), Some("eidas/high"));
        for weak in ["", "eidas/low", "eidas/substantial", "eidas/unheard-of"] {
            let mut browser = Browser::new(&app);
            let page = browser.follow(&start, eva(weak)).await;
            assert_eq!((page.code(), page.status.as_u16()), ("TRUST_TOO_LOW", 403), "{weak}");
            assert!(actor(&app, browser.session()).await.is_none());
        }
        let mut browser = Browser::new(&app);
        let page = browser.follow(&start, eva("eidas/high")).await;
        assert_eq!(page.url.as_str(), format!("{CITY}/antrag"));
        assert_eq!(standing(&app, browser.session()).await, Some((Role::Citizen, TrustLevel::High)));

        // Somebody who is signed in weakly and fails to prove more stays signed in as they were.
        let mut browser = Browser::new(&app);
        browser.follow(START, eva("eidas/low")).await;
        browser.follow(&start, eva("eidas/low")).await;
        assert_eq!(standing(&app, browser.session()).await, Some((Role::Citizen, TrustLevel::Low)));
    })
    .await;
}

#[tokio::test]
async fn a_level_that_nobody_knows_or_can_prove_is_not_taken_for_none() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let mut settings = citizens(&provider.issuer);
        settings.trust.remove("eidas/high");
        let app = city(database.clone(), settings.clone()).await;
        let page = Browser::new(&app).open(&format!("{CITY}{START}?trust=hihg")).await;
        assert_eq!((page.code(), page.status.as_u16()), ("NOT_FOUND", 404));
        let page = Browser::new(&app).open(&format!("{CITY}{START}?trust=high")).await;
        assert_eq!(page.code(), "TRUST_TOO_LOW");

        // The provider's own least level binds those who ask for nothing.
        let settings = OpenIdProvider { least_trust: TrustLevel::Substantial, ..settings };
        let app = city(database, settings).await;
        let mut browser = Browser::new(&app);
        assert_eq!(browser.follow(START, eva("eidas/low")).await.code(), "TRUST_TOO_LOW");
        let mut browser = Browser::new(&app);
        browser.follow(START, eva("eidas/substantial")).await;
        assert!(browser.session().is_some());
    })
    .await;
}
