//! What stories of accounts have in common.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use testkit::{Answer, Browser, TestApp};
use uuid::Uuid;

/// Signs in with a browser.
pub(super) async fn sign_in(browser: &Browser<'_>, login: &str, password: &str) -> Answer {
    let query = "mutation($credentials: CredentialsInput!) {
        signIn(credentials: $credentials) { viewer { role } expiresAt challenge problem } }";
    browser.ask(query, json!({ "credentials": { "login": login, "password": password } })).await
}

/// The global id of an account.
pub(super) async fn account_id(app: &TestApp, login: &str) -> String {
    let sql = "SELECT id FROM account WHERE login = $1";
    let row = app.application.database.row(sql, vec![login.into()]).await.expect("accounts can be read");
    let id: Uuid = row.expect("it is there").get("id").expect("an id");
    URL_SAFE_NO_PAD.encode(format!("Account:{}", id.simple()))
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
