//! Staff find the account an operator created for them; nobody becomes staff by a claim.

use domain::permission::{Actor, Role};
use identity::{OpenIdProvider, Purpose};
use testkit::on_both_engines;

use crate::browser::{Browser, Person};
use crate::node::Node;
use crate::town::{START, actor, audited, citizens, city, rows, staff, standing};

const fn person(account: &'static str) -> Person {
    Person { account, acr: "" }
}

#[tokio::test]
async fn a_clerk_finds_the_account_that_an_operator_created() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, staff(&provider.issuer)).await;
        let accounts = rows(&app, "account").await;
        let mut browser = Browser::new(&app);
        browser.follow(START, person("karl")).await;
        let Some(Actor::Account { role, office, .. }) = actor(&app, browser.session()).await else {
            panic!("nobody is signed in");
        };
        assert_eq!((role, office.as_ref().map(domain::identifier::Key::as_str)), (Role::Clerk, Some("mitte")));
        assert_eq!(audited(&app).await, ["account.link_openid", "session.open"]);
        assert_eq!(rows(&app, "account").await, accounts, "no account was made");

        // His account stays his, whoever is given his name at the provider later.
        let mut browser = Browser::new(&app);
        let page = browser.follow(START, person("namesake")).await;
        assert_eq!((page.code(), page.status.as_u16()), ("NO_ACCOUNT", 403));
        let mut browser = Browser::new(&app);
        browser.follow(START, person("karl")).await;
        assert!(browser.session().is_some());
    })
    .await;
}

#[tokio::test]
async fn whoever_has_no_account_of_staff_gets_none() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, staff(&provider.issuer)).await;
        let accounts = rows(&app, "account").await;
        // Unknown, and known as a citizen alone.
        for account in ["stranger", "citizen"] {
            let mut browser = Browser::new(&app);
            let page = browser.follow(START, person(account)).await;
            assert_eq!((page.code(), browser.session()), ("NO_ACCOUNT", None), "{account}");
        }
        assert_eq!((rows(&app, "account").await, rows(&app, "openid_link").await), (accounts, 0));
    })
    .await;
}

#[tokio::test]
async fn a_provider_for_citizens_makes_nobody_staff_whatever_it_claims() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database.clone(), citizens(&provider.issuer)).await;
        for account in ["boss", "karl"] {
            let mut browser = Browser::new(&app);
            browser.follow(START, person(account)).await;
            assert_eq!(standing(&app, browser.session()).await.map(|(role, _)| role), Some(Role::Citizen), "{account}");
        }
        // Negative control: where the provider is trusted with staff, the same claim opens the operator's account. The link
        // made above as a citizen does not: it is another purpose, and the operator must sort it out.
        let app = city(database, staff(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        assert_eq!(browser.follow(START, person("boss")).await.code(), "NO_ACCOUNT");
    })
    .await;
    on_both_engines(async |database| {
        let app = city(database, staff(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, person("boss")).await;
        assert_eq!(standing(&app, browser.session()).await.map(|(role, _)| role), Some(Role::Operator));
    })
    .await;
}

#[tokio::test]
async fn a_mail_address_counts_as_a_name_only_when_it_was_verified() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let settings = OpenIdProvider {
            purpose: Purpose::Staff { login_claim: "email".into() },
            scopes: vec!["email".into()],
            ..staff(&provider.issuer)
        };
        let app = city(database, settings).await;
        let mut browser = Browser::new(&app);
        let page = browser.follow(START, person("karl")).await;
        assert_eq!((page.code(), browser.session()), ("SIGN_IN_REFUSED", None));
    })
    .await;
}

#[tokio::test]
async fn a_disabled_account_stays_closed() {
    let provider = Node::provider().await;
    on_both_engines(async |database| {
        let app = city(database, staff(&provider.issuer)).await;
        let mut browser = Browser::new(&app);
        browser.follow(START, person("karl")).await;
        let id = actor(&app, browser.session()).await.and_then(|actor| actor.account()).expect("an account");
        app.application.identity.disable_account(&Actor::System, id).await.expect("it exists");
        assert!(actor(&app, browser.session()).await.is_none());
        let page = browser.follow(START, person("karl")).await;
        assert_eq!(page.code(), "NO_ACCOUNT");
    })
    .await;
}
