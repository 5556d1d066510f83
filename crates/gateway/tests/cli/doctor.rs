//! What the doctor sees of a running town, and what it never says.

use crate::town::{Clerk, Town};

fn state<'a>(told: &'a serde_json::Value, check: &str) -> &'a str {
    let checks = told["checks"].as_array().expect("checks");
    let found = checks.iter().find(|found| found["check"] == check);
    found.and_then(|found| found["state"].as_str()).unwrap_or("missing")
}

#[tokio::test]
async fn every_check_has_its_name_and_names_nobody() {
    Town::on_both_engines("doctor", async |town| {
        let server = town.serve().await;
        let clerk = Clerk::sign_in(&server.url("/graphql")).await;
        clerk.book().await.expect("a booking");
        let told = town.run_json(&["doctor", "--deep", "--json"]);
        assert_eq!(told["healthy"], true, "{told}");
        for check in
            ["program", "certificate", "disk", "database", "durability", "clock", "migrations", "city", "counts"]
        {
            assert_ne!(state(&told, check), "missing", "{check}: {told}");
        }
        for (check, expected) in [("mail", "warn"), ("backup", "warn"), ("letters", "ok"), ("lapsed places", "ok")] {
            assert_eq!(state(&told, check), expected, "{check}: {told}");
        }
        let text = told.to_string();
        for personal in ["Erika", "@example.org", "clerk.mitte"] {
            assert!(!text.contains(personal), "{text}");
        }
        server.terminate();
        server.end();
    })
    .await;
}

#[tokio::test]
async fn the_age_of_the_last_backup_is_looked_at_and_measured() {
    let port = free_port();
    let town = Town::new(database::Engine::Sqlite, "age").await;
    let town = town.with("BACKUP__DIRECTORY", "backups").with("SERVER__INTERNAL_LISTEN", &format!("127.0.0.1:{port}"));
    town.load_city();
    let told = town.run_json(&["doctor", "--json"]);
    assert_eq!(state(&told, "backup"), "warn", "there is none: {told}");
    let server = town.serve().await;
    let metrics = format!("http://127.0.0.1:{port}/metrics");
    let read = async || reqwest::get(&metrics).await.expect("an answer").text().await.expect("text");
    assert!(!read().await.contains("\nbackup_age_seconds "), "no backup has no age");
    server.terminate();
    server.end();
    town.run(&["backup", "create"]);
    let told = town.run_json(&["doctor", "--json"]);
    assert_eq!(state(&told, "backup"), "ok", "{told}");
    let server = town.serve().await;
    crate::installation::wait_until(async || read().await.contains("\nbackup_age_seconds ")).await;
    server.terminate();
    server.end();
}

#[tokio::test]
async fn a_wrong_worker_a_dead_letter_and_a_lapsed_place_are_seen() {
    Town::on_both_engines("trouble", async |town| {
        let server = town.installation.start(&["serve", "--no-worker"]);
        let clerk = Clerk::sign_in(&server.url("/graphql")).await;
        clerk.book().await.expect("a booking");
        server.terminate();
        server.end();
        let given_up = "INSERT INTO delivery (id, event, consumer, kind, subject, at, state, attempts, next_at, changed_at) \
                        SELECT id, id, 'letters', kind, subject, at, 'dead', 10, at, at FROM outbox";
        town.sabotage(given_up).await;
        town.sabotage("UPDATE appointment SET expires_at = 1").await;
        let told = town.run_json(&["doctor", "--json"]);
        assert_eq!((state(&told, "letters"), state(&told, "lapsed places")), ("warn", "warn"), "{told}");
    })
    .await;
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
