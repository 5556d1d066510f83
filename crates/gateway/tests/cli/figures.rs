//! The figures that the operator's rules and objectives are made of.

use crate::installation::{Installation, demo_city, wait_for};
use serde_json::{Value, json};

fn free_address() -> String {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    taken.local_addr().expect("an address").to_string()
}

async fn figures(address: &str) -> String {
    let answer = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer");
    answer.text().await.expect("text")
}

async fn figures_with(address: &str, words: &[&str]) -> String {
    for _ in 0..600 {
        let text = figures(address).await;
        if words.iter().all(|word| text.contains(word)) {
            return text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{words:?} are not all in:\n{}", figures(address).await)
}

#[tokio::test]
async fn operations_are_counted_by_root_field_and_never_by_what_somebody_typed() {
    let internal = free_address();
    let installation = Installation::new().with("SERVER__INTERNAL_LISTEN", &internal);
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    let server = installation.start_owned(&["serve", "--no-worker"]);
    wait_for(&server.url("/readyz"), 200).await;
    let client = reqwest::Client::new();
    for query in [
        "{ again: services(first: 1) { totalCount } }",
        "{ erikaMustermann }",
        "{ ...A } fragment A on Query { __typename }",
    ] {
        let answer = client.post(server.url("/graphql")).json(&json!({ "query": query })).send().await;
        let _: Value = answer.expect("an answer").json().await.expect("JSON");
    }
    let text = figures_with(&internal, &["ready 1", "disk_free_bytes"]).await;
    for line in [
        r#"graphql_operations_total{field="services",outcome="answered"} 1"#,
        r#"graphql_operations_total{field="other",outcome="refused"} 1"#,
        r#"graphql_operations_total{field="other",outcome="answered"} 1"#,
        r#"graphql_operation_duration_seconds_count{field="services"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    assert!(!text.contains("erika") && !text.contains("again"), "{text}");
}

#[tokio::test]
async fn a_worker_on_its_own_has_figures_and_probes() {
    let internal = free_address();
    let worker = Installation::new().with("WORKER__INTERNAL_LISTEN", &internal).start_owned(&["work"]);
    wait_for(&format!("http://{internal}/readyz"), 200).await;
    let waiting = ["messages_waiting 0", "messages_given_up 0", "messages_overdue_seconds 0"];
    figures_with(&internal, &waiting).await;
    figures_with(&internal, &["audit_seal_age_seconds 0", "cases_silent 0", "ready 1"]).await;
    let asked = Installation::new().with("WORKER__INTERNAL_LISTEN", &internal);
    assert_eq!(asked.run(&["probe", "--worker"]).success(), "ready\n");
    worker.terminate();
    assert_eq!(worker.end().code, Some(0));
    let told = asked.run(&["probe", "--worker"]).failure(1);
    assert!(told.contains(&internal) && told.contains("not ready"), "{told}");
    let told = Installation::new().run(&["probe", "--worker"]).failure(2);
    assert!(told.contains("worker.internal_listen"), "{told}");
}

#[tokio::test]
async fn the_program_itself_says_whether_its_server_is_ready() {
    let address = free_address();
    let installation = Installation::new().with("SERVER__LISTEN", &address);
    assert!(installation.run(&["probe"]).failure(1).contains("not ready"), "nobody listens");
    let server = installation.start(&["serve"]);
    assert!(installation.run(&["probe"]).failure(1).contains("503"), "there is no city");
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    wait_for(&server.url("/readyz"), 200).await;
    assert_eq!(installation.run(&["probe"]).success(), "ready\n");
    server.terminate();
    assert_eq!(server.end().code, Some(0));
}

#[test]
fn a_worker_says_when_its_address_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let told = Installation::new().with("WORKER__INTERNAL_LISTEN", &address).run(&["work"]).failure(1);
    assert!(told.contains("worker.internal_listen") && told.contains(&address), "{told}");
}
