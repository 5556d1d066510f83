//! The simulator of a locker, as somebody who shows it types: a document goes from a clerk's hands into a citizen's.

use serde_json::{Value, json};

use crate::installation::{Installation, demo_city, wait_for, wait_until};

const TOKEN: &str = "mutation($c: CredentialsInput!) { issueAccessToken(credentials: $c) { token } }";

async fn ask(url: &str, token: Option<&str>, query: &str, variables: Value) -> Value {
    let mut request = reqwest::Client::new().post(url).json(&json!({ "query": query, "variables": variables }));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.expect("an answer").json::<Value>().await.expect("JSON")["data"].take()
}

async fn token(url: &str, login: &str, password: &str) -> String {
    let answer = ask(url, None, TOKEN, json!({ "c": { "login": login, "password": password } })).await;
    answer["issueAccessToken"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn global(kind: &str, key: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{kind}:{key}"))
}

/// The words after these in the letters of a folder.
fn in_letters(folder: &std::path::Path, mark: &str) -> Option<String> {
    let letters = std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| std::fs::read(entry.path()).ok());
    let mut texts = letters.filter_map(|letter| mailparse::parse_mail(&letter).ok()?.get_body().ok());
    let line =
        |text: &str| text.lines().find_map(|line| line.trim().strip_prefix(mark).map(|rest| rest.trim().to_owned()));
    texts.find_map(|text| line(&text))
}

#[tokio::test]
async fn a_document_goes_through_the_simulator_into_somebodys_hands() {
    let installation = Installation::new();
    let letters = installation.path("letters");
    let installation = installation.with("MAIL__DIRECTORY", letters.display().to_string());
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    let server = installation.start(&["serve"]);
    wait_for(&server.url("/readyz"), 200).await;
    let url = server.url("/graphql");
    let operator = token(&url, "operator", "demo-operator-hannover").await;
    let clerk = token(&url, "clerk.aegi", "demo-clerk-aegi-hannover").await;

    let query = "mutation($i: CreateDeviceEnrolmentInput!) { createDeviceEnrolment(input: $i) { code } }";
    let input = json!({ "office": global("Office", "aegi"), "name": "Box", "idempotencyKey": "locker-story-0000001" });
    let drawn = ask(&url, Some(&operator), query, json!({ "i": input })).await;
    let code = drawn["createDeviceEnrolment"]["code"].as_str().unwrap_or_else(|| panic!("{drawn}")).to_owned();
    let query = "mutation($i: LoadLockerInput!) { loadLocker(input: $i) { item { compartment } problem { code } } }";
    let input = json!({ "office": global("Office", "aegi"), "locker": "neues-rathaus", "reference": "A 7",
        "service": global("Service", "personalausweis-abholen"), "idempotencyKey": "locker-story-0000002",
        "contact": { "name": "Otto Müller", "mail": "otto@example.org" } });
    let loaded = ask(&url, Some(&clerk), query, json!({ "i": input })).await;
    let door = loaded["loadLocker"]["item"]["compartment"].as_i64().unwrap_or_else(|| panic!("{loaded}"));
    wait_until(async || in_letters(&letters, "PIN:").is_some()).await;
    let number = in_letters(&letters, "Nummer:").expect("a number");
    let pin = in_letters(&letters, "PIN:").expect("a PIN");

    let (base, state) = (server.url(""), installation.path("box.json"));
    let base = base.trim_end_matches('/').to_owned();
    let state = state.to_str().expect("text").to_owned();
    let simulate = ["locker", "simulate", "--url", &base, "--locker", "neues-rathaus", "--state", &state];
    let stranger = installation.run_with_input(&simulate, "send\n").failure(2);
    assert!(stranger.contains("box.json"), "{stranger}");
    let enrolling = [&simulate[..], &["--enrol", &code]].concat();
    let typed = format!("open 0000-0000 {pin}\noffline\nservice 2\nonline\nopen {number} {pin}\n");
    let told = installation.run_with_input(&enrolling, &typed).success();
    assert!(told.contains("no real door opens") && told.contains("refused: NOT_FOUND"), "{told}");
    assert!(told.contains("1 reports wait") && told.contains(&format!("door {door} opens")), "{told}");
    // Another run takes up where this one stopped.
    let told = installation.run_with_input(&simulate, &format!("close {door}\nopen {number} {pin}\n")).success();
    assert!(told.contains("0 reports wait") && told.contains("refused: NOT_FOUND"), "{told}");
    wait_until(async || in_letters(&letters, "Ihr Dokument (Personalausweis abholen) wurde mit Ihrer PIN").is_some())
        .await;
    server.terminate();
    assert_eq!(server.end().code, Some(0));
}
