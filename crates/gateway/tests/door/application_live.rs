//! Following cases live: own changes at once, those of other processes as they are read, and only what is one's own.

use async_graphql::{Executor, Request, Response, Variables};
use domain::identifier::{AccountId, Key};
use domain::law::TrustLevel;
use domain::permission::{Actor, Role};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};

use crate::application_support::{by, handed_in, step};
use crate::booking_support::office_id;

const STATUS: &str = "subscription($access: ApplicationAccessInput!) { caseStatusChanged(access: $access) { status } }";
const INBOX: &str = "subscription($office: ID!) { inboxChanged(office: $office) { caseId } }";

fn listen(app: &TestApp, actor: Actor, query: &str, variables: Value) -> BoxStream<'static, Response> {
    let schema = gateway::graphql::schema(app.application.clone());
    schema.execute_stream(Request::new(query).variables(Variables::from_json(variables)).data(actor), None)
}

fn clerk_of(office: &str) -> Actor {
    let office = Some(Key::new(office).unwrap());
    Actor::Account { id: AccountId(uuid::Uuid::from_u128(1)), role: Role::Clerk, office, trust: TrustLevel::None }
}

async fn heard(stream: &mut BoxStream<'static, Response>) -> Value {
    let response = tokio::time::timeout(std::time::Duration::from_secs(20), stream.next()).await;
    serde_json::to_value(response.expect("it comes").expect("it goes on")).expect("JSON")
}

#[tokio::test]
async fn changes_are_heard_wherever_they_were_made_by_those_they_concern() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let elsewhere = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist")).await;
        let (code, case) = handed_in(&app, 1_000).await;
        let mut status = listen(&app, Actor::Anonymous, STATUS, json!({ "access": by(&code) }));
        assert_eq!(heard(&mut status).await["data"]["caseStatusChanged"]["status"], "PROCESSING");
        let mut inbox = listen(&app, clerk_of("mitte"), INBOX, json!({ "office": office_id("mitte") }));
        // Listening begins with the first look.
        assert!(futures_util::poll!(inbox.next()).is_pending());

        // At another gateway, on the same database.
        let clerk = elsewhere.token("clerk.mitte").await;
        step(&elsewhere, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
        assert!(futures_util::poll!(inbox.next()).is_pending(), "nobody has looked yet");
        app.follow().await;
        assert_eq!(heard(&mut inbox).await["data"]["inboxChanged"]["caseId"], case);
        assert_eq!(heard(&mut status).await["data"]["caseStatusChanged"]["status"], "PROCESSING");

        // Here: at once.
        let clerk = app.token("clerk.mitte").await;
        let asked = json!({ "items": ["Fahrzeugschein"] });
        step(&app, &clerk, "requestItems", "RequestItemsInput", &case, asked).await;
        assert_eq!(heard(&mut status).await["data"]["caseStatusChanged"]["status"], "ACTION_REQUIRED");

        // Neither strangers nor other offices.
        let mut stranger = listen(&app, Actor::Anonymous, STATUS, json!({ "access": by(&json!("K7M4")) }));
        assert_eq!(heard(&mut stranger).await["errors"][0]["extensions"]["code"], "NOT_FOUND");
        for actor in [Actor::Anonymous, clerk_of("nord")] {
            let mut refused = listen(&app, actor, INBOX, json!({ "office": office_id("mitte") }));
            assert_eq!(heard(&mut refused).await["errors"][0]["extensions"]["code"], "FORBIDDEN");
        }
    })
    .await;
}
