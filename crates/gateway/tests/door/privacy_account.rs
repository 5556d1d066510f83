//! A person and their account: handed out, erased with everything that hangs on it, and unlinked from a provider.

use database::{Database, Value as Parameter};
use domain::keyed;
use domain::permission::Actor;
use domain::personal::Pii;
use scheduling::Person;
use serde_json::{Value, json};
use testkit::{Browser, TestApp, on_both_engines, password};

use crate::booking_support::{book, first_start};
use crate::people_support::{account_id, audited, raw_account, sign_in};

const ERASE: &str = "mutation { eraseMyData { appointments cancelled left account } }";
const UNLINK: &str = "mutation($id: ID!) { unlinkSignInProviders(id: $id) { account { id } problem { code } } }";
const EVA: &str = "eva@example.org";

/// Every table that says something about an account, with the column that names it.
const TABLES: [(&str, &str); 10] = [
    ("account", "id"),
    ("login_index", "account"),
    ("openid_link", "account"),
    ("password_reset", "account"),
    ("recovery_code", "account"),
    ("second_factor", "account"),
    ("second_factor_use", "account"),
    ("session", "account"),
    ("subject_key", "subject"),
    ("token_family", "account"),
];

/// The tables that have a row about an account.
async fn kept(database: &Database, id: uuid::Uuid) -> Vec<&'static str> {
    let mut kept = Vec::new();
    for (table, column) in TABLES {
        let sql = format!("SELECT 1 AS one FROM {table} WHERE {column} = $1 LIMIT 1");
        if database.row(&sql, vec![id.into()]).await.expect("readable").is_some() {
            kept.push(table);
        }
    }
    kept
}

async fn write(database: &Database, sql: &str, values: Vec<Parameter>) {
    database.write(sql, values).await.expect("written");
}

/// Leaves traces of an account in every table.
async fn live(database: &Database, id: uuid::Uuid) {
    let bytes = |number: u8| Parameter::from(vec![number; 32]);
    let link =
        "INSERT INTO openid_link (issuer, subject_hash, account, linked_at) VALUES ('https://id.example', $2, $1, 0)";
    write(database, link, vec![id.into(), bytes(1)]).await;
    let reset = "INSERT INTO password_reset (id, account, generation, created_at, expires_at) VALUES ($1, $1, 0, 0, 0)";
    write(database, reset, vec![id.into()]).await;
    write(database, "INSERT INTO recovery_code (account, code_hash) VALUES ($1, $2)", vec![id.into(), bytes(2)]).await;
    let factor = "INSERT INTO second_factor (account, secret, created_at) VALUES ($1, $2, 0)";
    write(database, factor, vec![id.into(), bytes(3)]).await;
    write(database, "INSERT INTO second_factor_use (account, step, at) VALUES ($1, 1, 0)", vec![id.into()]).await;
}

/// How the refusal of reminders of an address is kept.
fn refusal(mail: &str) -> Vec<u8> {
    let secret = keyed::digest(&[7; 32], &[b"servicepoint/unsubscribe/1"]);
    keyed::digest(&secret, &[b"address", mail.as_bytes()])[..16].to_vec()
}

#[tokio::test]
async fn a_citizen_takes_everything_along_and_erases_it_with_the_account() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let (browser, token) = (Browser::of(&app, EVA).await, app.token(EVA).await);
        let otto = raw_account(&app, "otto@example.org").await.0;
        let id = raw_account(&app, EVA).await.0;
        let start = first_start(&app, "residence", Some("mitte")).await;
        let contact = json!({ "name": "Eva Beispiel", "mail": "eva.privat@example.org" });
        book(&app, Some(&token), "ACCOUNT", &start, contact).await;
        live(&database, id).await;
        for mail in [EVA, "eva.privat@example.org", "otto@example.org"] {
            let refuse = "INSERT INTO reminder_refusal (address, at) VALUES ($1, 0)";
            write(&database, refuse, vec![refusal(mail).into()]).await;
        }
        let deliveries = &app.application.deliveries;
        assert!(deliveries.refuses_reminders(EVA).await.expect("readable"), "the control: the digest is right");
        assert_eq!(kept(&database, id).await.len(), TABLES.len(), "the control: there is a row in each table");

        let exported = browser.ask("{ exportMyData }", json!({})).await;
        let document = exported.data("exportMyData").as_str().unwrap_or_else(|| panic!("{exported:?}"));
        let document: Value = serde_json::from_str(document).expect("JSON");
        let account = &document["account"];
        assert_eq!((&account["login"], &account["name"]), (&json!(EVA), &json!("Test Person")), "{document}");
        assert_eq!(account["providers"][0]["issuer"], "https://id.example");
        assert_eq!(account["sessions"].as_array().map(Vec::len), Some(2), "{document}");
        assert_eq!(
            (&document["refusesReminders"], document["appointments"].as_array().map(Vec::len)),
            (&json!(true), Some(1))
        );

        // What an older backup would bring back.
        let row = "SELECT login_sealed, name_sealed, password FROM account WHERE id = $1";
        let row = database.row(row, vec![id.into()]).await.expect("readable").expect("a row");
        let older: (Vec<u8>, Vec<u8>, String) = (row.at(0).unwrap(), row.at(1).unwrap(), row.at(2).unwrap());
        let numbers = "SELECT token FROM login_index WHERE account = $1";
        let number: Vec<u8> = database.row(numbers, vec![id.into()]).await.unwrap().unwrap().at(0).unwrap();

        let erased = browser.ask(ERASE, json!({})).await;
        let expected = json!({ "appointments": 1, "cancelled": 1, "left": 0, "account": true });
        assert_eq!(erased.data("eraseMyData"), &expected, "{erased:?}");
        assert_eq!(kept(&database, id).await, [""; 0]);
        assert_eq!(kept(&database, otto).await, ["account", "login_index", "subject_key"], "nobody else");
        let refused: Vec<bool> = [
            deliveries.refuses_reminders(EVA).await.unwrap(),
            deliveries.refuses_reminders("eva.privat@example.org").await.unwrap(),
            deliveries.refuses_reminders("otto@example.org").await.unwrap(),
        ]
        .into();
        assert_eq!(refused, [false, false, true]);
        assert!(browser.ask("{ viewer { id } }", json!({})).await.data("viewer").is_null(), "the session has ended");
        assert_eq!(app.ask_as(Some(&token), "{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
        let actions = audited(&app).await;
        assert!(actions.contains(&"account.erase".into()) && actions.contains(&"account.export".into()), "{actions:?}");
        app.assert_conserved().await;

        // An older copy of the data comes back; the key does not, and so the account is nobody's.
        let back = "INSERT INTO account (id, login, name, role, trust, created_at, password, generation, login_sealed, \
                    name_sealed) VALUES ($1, 'sealed:back', '', 'citizen', 'none', 0, $2, 0, $3, $4)";
        write(&database, back, vec![id.into(), older.2.into(), older.0.into(), older.1.into()]).await;
        let index = "INSERT INTO login_index (token, generation, account) VALUES ($1, 1, $2)";
        write(&database, index, vec![number.into(), id.into()]).await;
        let answer = sign_in(&Browser::new(&app), EVA, &password(EVA)).await;
        assert_eq!(answer.data("signIn.problem"), "INVALID_CREDENTIALS", "{answer:?}");
        let mail = Person::Mail(Pii::from(EVA));
        assert!(app.application.scheduling.export_person(&Actor::System, &mail).await.expect("exported").is_empty());
        assert!(app.application.identity.citizen_of(&Actor::System, &Pii::from(EVA)).await.expect("looked").is_none());
        // The control: whoever was not erased signs in as ever.
        let otto = sign_in(&Browser::new(&app), "otto@example.org", &password("otto@example.org")).await;
        assert_eq!(otto.data("signIn.viewer.role"), "CITIZEN", "{otto:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_works_here_does_not_erase_themselves_and_strangers_erase_nobody() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        for login in ["operator", "clerk.mitte", "lead.mitte"] {
            let browser = Browser::of(&app, login).await;
            assert_eq!(browser.ask(ERASE, json!({})).await.code(), "FORBIDDEN", "{login}");
            assert!(browser.ask("{ viewer { id } }", json!({})).await.data("viewer.id").is_string());
        }
        assert_eq!(app.ask(ERASE, json!({})).await.code(), "FORBIDDEN");
        let identity = &app.application.identity;
        let (eva, clerk) = (raw_account(&app, EVA).await, raw_account(&app, "clerk.mitte").await);
        let accounts = identity.accounts(&[eva, clerk]).await.expect("readable");
        assert!(identity.erase_account(&accounts[&clerk].actor(), eva).await.is_err());
        assert!(identity.erase_account(&accounts[&eva].actor(), clerk).await.is_err());
        assert!(identity.export_account(&accounts[&clerk].actor(), eva).await.is_err());
        assert!(identity.erase_account(&Actor::System, clerk).await.expect("the city may"));
        assert!(!identity.erase_account(&Actor::System, clerk).await.expect("twice does no harm"));
    })
    .await;
}

#[tokio::test]
async fn an_operator_takes_a_wrong_link_away_and_nobody_else_does() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let (operator, eva) = (Browser::of(&app, "operator").await, Browser::of(&app, EVA).await);
        let id = json!({ "id": account_id(&app, EVA).await });
        let raw = raw_account(&app, EVA).await.0;
        live(&database, raw).await;
        for refused in [&eva, &Browser::of(&app, "lead.mitte").await] {
            assert_eq!(refused.ask(UNLINK, id.clone()).await.code(), "FORBIDDEN");
        }
        assert!(kept(&database, raw).await.contains(&"openid_link"), "the control: it is still there");
        let done = operator.ask(UNLINK, id.clone()).await;
        assert_eq!(done.data("unlinkSignInProviders.account.id"), &id["id"], "{done:?}");
        assert!(!kept(&database, raw).await.contains(&"openid_link"));
        assert!(eva.ask("{ viewer { id } }", json!({})).await.data("viewer").is_null(), "whoever was in is out");
        let again = operator.ask(UNLINK, id).await;
        assert_eq!(again.data("unlinkSignInProviders.problem"), &Value::Null, "{again:?}");
        let own = json!({ "id": account_id(&app, "operator").await });
        assert_eq!(operator.ask(UNLINK, own).await.data("unlinkSignInProviders.problem.code"), "OWN_ACCOUNT");
        let unlinked = audited(&app).await.into_iter().filter(|action| action == "account.unlink_openid").count();
        assert_eq!(unlinked, 1, "what changed nothing leaves no entry");
    })
    .await;
}
