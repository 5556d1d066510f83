//! Stories of sign-in through the door: second factor, tokens, sessions, recovery.

use std::sync::Arc;

use async_graphql::Request;
use axum::http::{HeaderMap, header};
use domain::environment::Clock;
use gateway::authenticate::Doorkeeper;
use gateway::http::{Admission, Authenticate, Caller, RequestId};
use serde_json::{Value, json};
use testkit::{Answer, Browser, TestApp, password};
use totp_rs::{Builder, Secret, Totp};

use crate::people_support::{account_id, audited, error_equal, raw_account, sign_in};

const REFRESH: &str = "mutation($token: String!) { refreshAccessToken(refreshToken: $token) {
    token refreshToken problem } }";
const SESSIONS: &str = "{ mySessions { id kind name isCurrent } }";
const ISSUE: &str = "mutation($credentials: CredentialsInput, $secondFactor: SecondFactorInput, $client: String) {
    issueAccessToken(credentials: $credentials, secondFactor: $secondFactor, client: $client) {
        token refreshToken challenge problem } }";

fn generator(secret: &str) -> Totp {
    let secret = Secret::try_from_base32(secret).expect("base32");
    Builder::new().with_secret(secret.as_bytes().to_vec()).build().expect("a generator")
}

fn code(app: &TestApp, phone: &Totp) -> String {
    phone.generate(u64::try_from(app.clock.now().seconds()).expect("after 1970")).to_string()
}

/// Sets a second factor up and gives the phone and the recovery codes.
async fn set_up(app: &TestApp, browser: &Browser<'_>, login: &str) -> (Totp, Vec<Value>) {
    let query =
        "mutation($password: String!) { beginSecondFactor(password: $password) { uri secret problem { code } } }";
    let begun = browser.ask(query, json!({ "password": password(login) })).await;
    let secret = begun.data("beginSecondFactor.secret").as_str().unwrap_or_else(|| panic!("{begun:?}"));
    assert!(
        begun.data("beginSecondFactor.uri").as_str().expect("an address").starts_with("otpauth://totp/stadt.example:")
    );
    let phone = generator(secret);
    let confirm = "mutation($code: String!) { confirmSecondFactor(code: $code) { viewer { login } recoveryCodes problem { code } } }";
    let confirmed = browser.ask(confirm, json!({ "code": code(app, &phone) })).await;
    assert_eq!(confirmed.data("confirmSecondFactor.viewer.login"), login, "{confirmed:?}");
    let codes = confirmed.data("confirmSecondFactor.recoveryCodes").as_array().expect("codes").clone();
    (phone, codes)
}

#[tokio::test]
async fn a_clerk_sets_up_a_second_factor_and_signs_in_with_it() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let browser = Browser::of(&app, "clerk.mitte").await;
        let before = browser.cookie();
        let (phone, codes) = set_up(&app, &browser, "clerk.mitte").await;
        assert_eq!(codes.len(), 10);
        assert_ne!(browser.cookie(), before, "a new session for the new rights");
        let state = browser.ask("{ mySecondFactor { enabled recoveryCodes } }", json!({})).await;
        assert_eq!(state.body["data"]["mySecondFactor"], json!({ "enabled": true, "recoveryCodes": 10 }));

        app.clock.pass_seconds(30);
        let elsewhere = Browser::new(&app);
        let asked = sign_in(&elsewhere, "clerk.mitte", &password("clerk.mitte")).await;
        assert_eq!(asked.data("signIn.problem"), "SECOND_FACTOR_REQUIRED");
        assert!(elsewhere.cookie().is_none() && asked.data("signIn.viewer").is_null());
        let challenge = asked.data("signIn.challenge").clone();
        let answer = "mutation($secondFactor: SecondFactorInput!) {
            answerSecondFactor(secondFactor: $secondFactor) { viewer { role } problem } }";
        let wrong = json!({ "secondFactor": { "challenge": challenge, "code": "000000" } });
        assert_eq!(elsewhere.ask(answer, wrong).await.data("answerSecondFactor.problem"), "CODE_INVALID");
        let right = json!({ "secondFactor": { "challenge": challenge, "code": code(&app, &phone) } });
        let signed_in = elsewhere.ask(answer, right.clone()).await;
        assert_eq!(signed_in.data("answerSecondFactor.viewer.role"), "CLERK", "{signed_in:?}");
        assert_eq!(elsewhere.ask(answer, right).await.data("answerSecondFactor.problem"), "CODE_INVALID");

        let credentials = json!({ "login": "clerk.mitte", "password": password("clerk.mitte") });
        let asked = app.ask(ISSUE, json!({ "credentials": credentials })).await;
        let second_factor = json!({ "challenge": asked.data("issueAccessToken.challenge"), "code": codes[0] });
        let issued = app.ask(ISSUE, json!({ "secondFactor": second_factor })).await;
        assert!(issued.data("issueAccessToken.token").is_string(), "{issued:?}");
    })
    .await;
}

#[tokio::test]
async fn a_client_draws_one_token_after_the_other_until_a_copy_shows_up() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let credentials = json!({ "login": "clerk.mitte", "password": password("clerk.mitte") });
        let first = app.ask(ISSUE, json!({ "credentials": credentials, "client": "Terminal" })).await;
        let first = first.data("issueAccessToken.refreshToken").clone();
        let refresh = async |token: &Value| app.ask(REFRESH, json!({ "token": token })).await;
        let second = refresh(&first).await;
        let again = refresh(&first).await;
        let newest = second.data("refreshAccessToken.refreshToken").clone();
        assert_eq!(
            again.data("refreshAccessToken.refreshToken"),
            &newest,
            "an answer that got lost is given once more"
        );
        let token = second.data("refreshAccessToken.token").as_str().expect("a token");
        let viewer = app.ask_as(Some(token), "{ viewer { login } }", json!({})).await;
        assert_eq!(viewer.data("viewer.login"), "clerk.mitte");

        app.clock.pass_seconds(10);
        let copy = refresh(&first).await;
        assert_eq!(copy.data("refreshAccessToken.problem"), "TOKEN_INVALID");
        assert_eq!(refresh(&newest).await.data("refreshAccessToken.problem"), "TOKEN_INVALID");
        assert_eq!(app.ask_as(Some(token), "{ viewer { login } }", json!({})).await.code(), "UNAUTHENTICATED");
        assert!(audited(&app).await.contains(&"tokens.reuse".to_owned()));

        // A token draws no family of its own.
        let token = app.token("clerk.mitte").await;
        assert_eq!(app.ask_as(Some(&token), ISSUE, json!({})).await.code(), "FORBIDDEN");
        let given_back = "mutation { revokeTokens(refreshToken: \"what is no token\") { revoked } }";
        assert_eq!(app.ask(given_back, json!({})).await.data("revokeTokens.revoked"), true);
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_and_ends_their_own_sessions() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let (here, there) = (Browser::of(&app, "eva@example.org").await, Browser::of(&app, "eva@example.org").await);
        let issued = here.ask(ISSUE, json!({ "client": "Telefon" })).await;
        let token = issued.data("issueAccessToken.token").as_str().expect("a token").to_owned();
        let sessions = here.ask(SESSIONS, json!({})).await;
        let sessions = sessions.data("mySessions").as_array().expect("sessions").clone();
        let shown: Vec<_> = sessions.iter().map(|one| (&one["kind"], &one["name"], &one["isCurrent"])).collect();
        assert_eq!(shown.len(), 3, "{shown:?}");
        assert!(shown.contains(&(&json!("CLIENT"), &json!("Telefon"), &json!(false))), "{shown:?}");
        assert_eq!(sessions.iter().filter(|one| one["isCurrent"] == true).count(), 1);

        let end = "mutation($id: ID!) { endSession(id: $id) { ended problem { code } } }";
        let other = sessions.iter().find(|one| one["kind"] == "BROWSER" && one["isCurrent"] == false).expect("there");
        let otto = Browser::of(&app, "otto@example.org").await;
        let stranger = otto.ask(end, json!({ "id": other["id"] })).await;
        assert_eq!(stranger.data("endSession.problem.code"), "NOT_FOUND");
        assert_eq!(here.ask(end, json!({ "id": other["id"] })).await.data("endSession.ended"), true);
        assert!(there.ask("{ viewer { id } }", json!({})).await.data("viewer").is_null());
        assert!(there.cookie().is_none(), "the browser is told to forget it");

        let all = here.ask("mutation { endAllSessions { ended } }", json!({})).await;
        assert_eq!(all.data("endAllSessions.ended"), true);
        assert!(here.cookie().is_none());
        assert_eq!(app.ask_as(Some(&token), "{ viewer { id } }", json!({})).await.code(), "UNAUTHENTICATED");
        assert_eq!(app.ask(SESSIONS, json!({})).await.code(), "UNAUTHENTICATED");
        assert!(otto.ask("{ viewer { id } }", json!({})).await.data("viewer.id").is_string());
    })
    .await;
}

#[tokio::test]
async fn unknown_wrong_blocked_and_disabled_get_the_same_answer() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let operator = Browser::of(&app, "operator").await;
        let otto = account_id(&app, "otto@example.org").await;
        let disable = "mutation($id: ID!) { disableAccount(id: $id) { account { disabledAt } problem { code } } }";
        let disabled = operator.ask(disable, json!({ "id": otto })).await;
        assert!(disabled.data("disableAccount.account.disabledAt").is_string(), "{disabled:?}");
        let stranger = Browser::new(&app);
        for _ in 0..10 {
            sign_in(&stranger, "clerk.mitte", "falsch").await;
        }
        let answers: Vec<Answer> = vec![
            sign_in(&stranger, "nobody@example.org", &password("nobody@example.org")).await,
            sign_in(&stranger, "eva@example.org", "falsch").await,
            sign_in(&stranger, "clerk.mitte", &password("clerk.mitte")).await,
            sign_in(&stranger, "otto@example.org", &password("otto@example.org")).await,
            sign_in(&stranger, "💥", "").await,
        ];
        assert!(answers.windows(2).all(|pair| error_equal(&pair[0], &pair[1])), "{answers:?}");
        assert_eq!(answers[0].data("signIn.problem"), "INVALID_CREDENTIALS");
        // The control: the same question with the right password is answered otherwise, once the delay is over.
        app.clock.pass_seconds(10);
        let fine = sign_in(&Browser::new(&app), "clerk.mitte", &password("clerk.mitte")).await;
        assert!(!error_equal(&fine, &answers[0]));
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_with_the_code_of_the_letter() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let browser = Browser::of(&app, "eva@example.org").await;
        let ask = "mutation($login: String!) { requestPasswordReset(login: $login) { accepted } }";
        let known = app.ask(ask, json!({ "login": "eva@example.org" })).await;
        let unknown = app.ask(ask, json!({ "login": "nobody@example.org" })).await;
        assert!(error_equal(&known, &unknown) && known.data("requestPasswordReset.accepted") == true);

        let eva = raw_account(&app, "eva@example.org").await;
        let code = app.application.identity.reset_code(eva).await.expect("the database answers").expect("a link").code;
        let reset =
            "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { reset problem { code message } } }";
        let input =
            |new: &str, key: &str| json!({ "input": { "code": code, "newPassword": new, "idempotencyKey": key } });
        let weak = app.ask(reset, input("passwort123", &app.key())).await;
        assert_eq!(weak.data("resetPassword.problem.code"), "PASSWORD_REFUSED");
        let key = app.key();
        for _ in 0..2 {
            let done = app.ask(reset, input("dreizehn rote Birnen", &key)).await;
            assert_eq!(done.data("resetPassword.reset"), true, "the same request twice has one answer: {done:?}");
        }
        let other = app.ask(reset, input("vierzehn gelbe Quitten", &key)).await;
        assert_eq!(other.code(), "IDEMPOTENCY_MISMATCH");
        let used = app.ask(reset, input("vierzehn gelbe Quitten", &app.key())).await;
        assert_eq!(used.data("resetPassword.problem.code"), "CODE_INVALID");
        assert!(browser.ask("{ viewer { id } }", json!({})).await.data("viewer").is_null());
        let signed_in = sign_in(&browser, "eva@example.org", "dreizehn rote Birnen").await;
        assert_eq!(signed_in.data("signIn.viewer.role"), "CITIZEN");
    })
    .await;
}

#[tokio::test]
async fn changing_the_password_signs_in_anew_and_everywhere_else_out() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let (here, there) = (Browser::of(&app, "eva@example.org").await, Browser::of(&app, "eva@example.org").await);
        let change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { login } problem { code } } }";
        let wrong = json!({ "input": { "current": "falsch", "new": "dreizehn rote Birnen" } });
        assert_eq!(here.ask(change, wrong).await.data("changePassword.problem.code"), "INVALID_CREDENTIALS");
        let right = json!({ "input": { "current": password("eva@example.org"), "new": "dreizehn rote Birnen" } });
        let before = here.cookie();
        let changed = here.ask(change, right.clone()).await;
        assert_eq!(changed.data("changePassword.viewer.login"), "eva@example.org", "{changed:?}");
        assert_ne!(here.cookie(), before);
        assert!(here.ask("{ viewer { id } }", json!({})).await.data("viewer.id").is_string());
        assert!(there.ask("{ viewer { id } }", json!({})).await.data("viewer").is_null());
        assert_eq!(app.ask(change, right).await.data("changePassword.problem.code"), "NOT_SIGNED_IN");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_signed_out_elsewhere_has_no_footing_at_the_door() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let eva = Browser::of(&app, "eva@example.org").await;
        let door = Doorkeeper::new(app.application.clone());
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, eva.cookie().expect("a cookie").parse().expect("a header"));
        let caller = Caller {
            request_id: RequestId(uuid::Uuid::nil()),
            headers: Arc::new(headers),
            address: None,
            connection_init: None,
        };
        let admission = door.authenticate(&caller, &mut Request::new("")).await.expect("she may come in");
        assert!(admission.expires_in.is_some() && door.still_stands(&admission));
        // Another gateway ends it; this one hears of it by looking at the list.
        let other = TestApp::without_city(app.application.database.clone(), scheduling::Settings::default());
        let cookie = eva.cookie().expect("a cookie");
        let token = cookie.split_once('=').expect("a pair").1;
        app.hear().await;
        other.application.identity.sign_out(token).await.expect("the database answers");
        assert!(door.still_stands(&admission), "not before it looks");
        app.hear().await;
        assert!(!door.still_stands(&admission));
        assert!(door.still_stands(&Admission::default()), "nobody has nothing that could be taken away");
    })
    .await;
}
