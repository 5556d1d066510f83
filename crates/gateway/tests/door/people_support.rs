//! What stories of accounts have in common.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::identifier::AccountId;
use domain::permission::Actor;
use identity::AccountFilter;
use serde_json::json;
use testkit::{Answer, Browser, TestApp};

/// Signs in with a browser.
pub(super) async fn sign_in(browser: &Browser<'_>, login: &str, password: &str) -> Answer {
    let query = "mutation($credentials: CredentialsInput!) {
        signIn(credentials: $credentials) { viewer { role } expiresAt challenge problem } }";
    browser.ask(query, json!({ "credentials": { "login": login, "password": password } })).await
}

/// The global id of an account.
pub(super) async fn account_id(app: &TestApp, login: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("Account:{}", raw_account(app, login).await.0.simple()))
}

/// The id of an account.
pub(super) async fn raw_account(app: &TestApp, login: &str) -> AccountId {
    let found = app.application.identity.page_of_accounts(&Actor::System, &AccountFilter::default(), None, 100).await;
    let found = found.expect("accounts can be read").into_iter().find(|account| account.login == login);
    found.expect("it is there").id
}

/// The actions in the audit log.
pub(super) async fn audited(app: &TestApp) -> Vec<String> {
    let rows = app.application.database.rows("SELECT action FROM audit ORDER BY id", vec![]).await;
    rows.expect("the audit log can be read").iter().map(|row| row.get("action").expect("a text")).collect()
}

/// Whether two answers cannot be told apart.
pub(super) fn error_equal(one: &Answer, other: &Answer) -> bool {
    (one.status, &one.body) == (other.status, &other.body)
}
