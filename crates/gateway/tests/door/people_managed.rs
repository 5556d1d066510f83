//! Stories of those who manage: accounts, roles, devices, keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use testkit::{Browser, TestApp, password};

use crate::booking_support::office_id;
use crate::people_support::{account_id, audited, sign_in};

const CREATE: &str = "mutation($input: CreateAccountInput!) {
    createAccount(input: $input) { account { id login role office { id } } problem { code message } } }";
const ACCOUNTS: &str = "query($first: Int, $after: String, $role: Role, $office: ID) {
    accounts(first: $first, after: $after, role: $role, office: $office) {
        nodes { login role } pageInfo { hasNextPage endCursor } } }";
const ENROLMENT: &str = "mutation($input: CreateDeviceEnrolmentInput!) {
    createDeviceEnrolment(input: $input) { code expiresAt problem { code } } }";
const ENROL: &str = "mutation($input: EnrolDeviceInput!) {
    enrolDevice(input: $input) { account { id name role office { id } } token refreshToken problem { code } } }";

#[tokio::test]
async fn an_operator_creates_finds_promotes_and_disables_an_account() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let operator = Browser::of(&app, "operator").await;
        let wanted = |login: &str, key: &str| {
            json!({ "input": { "login": login, "name": "Karl Schmidt", "role": "CLERK", "office": office_id("mitte"),
                "password": "Stempelkissen und Büroklammern", "idempotencyKey": key } })
        };
        let key = app.key();
        let created = operator.ask(CREATE, wanted("karl", &key)).await;
        assert_eq!(created.data("createAccount.account.office.id"), &json!(office_id("mitte")), "{created:?}");
        let again = operator.ask(CREATE, wanted("karl", &key)).await;
        assert_eq!(again.body, created.body, "the same request twice has one answer");
        assert_eq!(operator.ask(CREATE, wanted("other", &key)).await.code(), "IDEMPOTENCY_MISMATCH");
        let taken = operator.ask(CREATE, wanted("KARL", &app.key())).await;
        assert_eq!(taken.data("createAccount.problem.code"), "LOGIN_TAKEN");
        let mut nowhere = wanted("nowhere", &app.key());
        nowhere["input"]["office"] = json!(office_id("nowhere"));
        assert_eq!(operator.ask(CREATE, nowhere).await.data("createAccount.problem.code"), "UNKNOWN_OFFICE");
        let mut weak = wanted("weak", &app.key());
        weak["input"]["password"] = json!("passwort123456789");
        assert_eq!(operator.ask(CREATE, weak).await.data("createAccount.problem.code"), "PASSWORD_REFUSED");

        let karl = created.data("createAccount.account.id").clone();
        let browser = Browser::new(&app);
        sign_in(&browser, "karl", "Stempelkissen und Büroklammern").await;
        let change =
            "mutation($input: ChangeRoleInput!) { changeRole(input: $input) { account { role } problem { code } } }";
        let lead = json!({ "input": { "account": karl, "role": "LEAD", "office": office_id("mitte") } });
        assert_eq!(browser.ask(change, lead.clone()).await.code(), "FORBIDDEN");
        assert_eq!(operator.ask(change, lead).await.data("changeRole.account.role"), "LEAD");
        assert!(browser.ask("{ viewer { id } }", json!({})).await.data("viewer").is_null(), "signs in anew");
        let own = json!({ "input": { "account": account_id(&app, "operator").await, "role": "CLERK",
            "office": office_id("mitte") } });
        assert_eq!(operator.ask(change, own).await.data("changeRole.problem.code"), "OWN_ACCOUNT");
        let found = operator.ask(ACCOUNTS, json!({ "role": "LEAD", "office": office_id("mitte") })).await;
        let logins: Vec<&Value> =
            found.data("accounts.nodes").as_array().expect("nodes").iter().map(|one| &one["login"]).collect();
        assert!(logins.contains(&&json!("karl")) && logins.contains(&&json!("lead.mitte")), "{found:?}");

        let disable = "mutation($id: ID!) { disableAccount(id: $id) { account { disabledAt } problem { code } } }";
        assert!(
            operator.ask(disable, json!({ "id": karl })).await.data("disableAccount.account.disabledAt").is_string()
        );
        let refused = sign_in(&browser, "karl", "Stempelkissen und Büroklammern").await;
        assert_eq!(refused.data("signIn.problem"), "INVALID_CREDENTIALS");
    })
    .await;
}

#[tokio::test]
async fn accounts_come_in_pages_and_to_operators_alone() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let operator = Browser::of(&app, "operator").await;
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = operator.ask(ACCOUNTS, json!({ "first": 2, "after": after })).await;
            let nodes = page.data("accounts.nodes").as_array().unwrap_or_else(|| panic!("{page:?}"));
            seen.extend(nodes.iter().map(|one| one["login"].as_str().expect("a login").to_owned()));
            after = page.data("accounts.pageInfo.endCursor").clone();
            if page.data("accounts.pageInfo.hasNextPage") == false {
                break;
            }
        }
        let all = operator.ask(ACCOUNTS, json!({ "first": 100 })).await;
        assert_eq!(seen.len(), all.data("accounts.nodes").as_array().expect("nodes").len());
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() >= 6, "{seen:?}");
        for login in ["eva@example.org", "clerk.mitte", "lead.mitte"] {
            let refused = Browser::of(&app, login).await.ask(ACCOUNTS, json!({})).await;
            assert_eq!(refused.code(), "FORBIDDEN", "{login}");
        }
        assert_eq!(app.ask(ACCOUNTS, json!({})).await.code(), "FORBIDDEN");
        assert_eq!(operator.ask(ACCOUNTS, json!({ "first": 0 })).await.code(), "PAGE_SIZE_INVALID");
        assert_eq!(operator.ask(ACCOUNTS, json!({ "after": "x" })).await.code(), "CURSOR_INVALID");
    })
    .await;
}

#[tokio::test]
async fn a_lead_enrols_a_display_of_her_office_and_takes_it_down() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let lead = Browser::of(&app, "lead.mitte").await;
        let input = |office: &str, key: &str| {
            json!({ "input": { "office": office_id(office), "name": "Aufruf 2", "idempotencyKey": key } })
        };
        assert_eq!(lead.ask(ENROLMENT, input("nord", &app.key())).await.code(), "FORBIDDEN");
        let clerk = Browser::of(&app, "clerk.mitte").await;
        assert_eq!(clerk.ask(ENROLMENT, input("mitte", &app.key())).await.code(), "FORBIDDEN");
        let nowhere = lead.ask(ENROLMENT, input("nowhere", &app.key())).await;
        assert_eq!(nowhere.data("createDeviceEnrolment.problem.code"), "UNKNOWN_OFFICE");
        let drawn = lead.ask(ENROLMENT, input("mitte", &app.key())).await;
        let code = drawn.data("createDeviceEnrolment.code").clone();

        let enrolled = app.ask(ENROL, json!({ "input": { "code": code, "idempotencyKey": app.key() } })).await;
        let device = enrolled.data("enrolDevice.account");
        assert_eq!((&device["role"], &device["office"]["id"]), (&json!("DEVICE"), &json!(office_id("mitte"))), "{enrolled:?}");
        let twice = app.ask(ENROL, json!({ "input": { "code": code, "idempotencyKey": app.key() } })).await;
        assert_eq!(twice.data("enrolDevice.problem.code"), "CODE_INVALID");
        let token = enrolled.data("enrolDevice.token").as_str().expect("a token");
        let viewer = app.ask_as(Some(token), "{ viewer { name } }", json!({})).await;
        assert_eq!(viewer.data("viewer.name"), "Aufruf 2");

        let devices = "query($office: ID!) { devices(office: $office) { account { name } seenAt } }";
        let seen = lead.ask(devices, json!({ "office": office_id("mitte") })).await;
        assert_eq!(seen.data("devices.0.account.name"), "Aufruf 2", "{seen:?}");
        assert_eq!(lead.ask(devices, json!({ "office": office_id("nord") })).await.code(), "FORBIDDEN");
        let revoke = "mutation($id: ID!) { revokeDevice(id: $id) { revoked problem { code } } }";
        let revoked = lead.ask(revoke, json!({ "id": device["id"] })).await;
        assert_eq!(revoked.data("revokeDevice.revoked"), true);
        assert_eq!(app.ask_as(Some(token), "{ viewer { name } }", json!({})).await.code(), "UNAUTHENTICATED");
        let refresh = "mutation($token: String!) { refreshAccessToken(refreshToken: $token) { token problem } }";
        let refreshed = app.ask(refresh, json!({ "token": enrolled.data("enrolDevice.refreshToken") })).await;
        assert_eq!(refreshed.data("refreshAccessToken.problem"), "TOKEN_INVALID");
        let audited = audited(&app).await;
        for action in ["device.create_enrolment", "device.enrol", "device.revoke"] {
            assert_eq!(audited.iter().filter(|one| *one == action).count(), 1, "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_operator_rotates_the_keys_and_takes_a_lost_second_factor_away() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let token = app.token("clerk.mitte").await;
        let header = |token: &str| {
            let part = token.split('.').next().expect("a header");
            serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
        };
        let rotate = "mutation($rotation: KeyRotation) { rotateKeys(rotation: $rotation) { keyId } }";
        assert_eq!(app.ask_as(Some(&token), rotate, json!({})).await.code(), "FORBIDDEN");
        let operator = Browser::of(&app, "operator").await;
        let planned = operator.ask(rotate, json!({})).await;
        assert_ne!(&header(&app.token("clerk.mitte").await)["kid"], planned.data("rotateKeys.keyId"));
        app.clock.pass_seconds(2 * 3600);
        assert_eq!(&header(&app.token("clerk.mitte").await)["kid"], planned.data("rotateKeys.keyId"));
        let token = app.token("clerk.mitte").await;
        operator.ask(rotate, json!({ "rotation": "AT_ONCE" })).await;
        assert_eq!(app.ask_as(Some(&token), "{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");

        let reset = "mutation($id: ID!) { resetSecondFactor(id: $id) { account { id } problem { code } } }";
        let none = operator.ask(reset, json!({ "id": account_id(&app, "clerk.mitte").await })).await;
        assert_eq!(none.data("resetSecondFactor.problem.code"), "NO_SECOND_FACTOR");
        let signed_in = sign_in(&Browser::new(&app), "clerk.mitte", &password("clerk.mitte")).await;
        assert!(signed_in.data("signIn.problem").is_null());
    })
    .await;
}
