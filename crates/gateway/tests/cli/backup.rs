//! A backup while people book, the loss of everything, and the way back.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tokio::sync::Mutex;

use crate::town::{Booked, Clerk, Town};

/// Clerks who book at the same time until they are told to stop, and what was acknowledged to them.
struct Rush {
    journal: Arc<Mutex<Vec<Booked>>>,
    stop: Arc<AtomicBool>,
    clerks: Vec<tokio::task::JoinHandle<()>>,
}

impl Rush {
    fn begin(clerk: &Arc<Clerk>) -> Self {
        let (journal, stop) = (Arc::<Mutex<Vec<Booked>>>::default(), Arc::<AtomicBool>::default());
        let clerks = (0..4).map(|_| {
            let (clerk, journal, stop) = (Arc::clone(clerk), Arc::clone(&journal), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let booked = clerk.book().await.expect("a booking");
                    journal.lock().await.push(booked);
                }
            })
        });
        let clerks = clerks.collect();
        Self { journal, stop, clerks }
    }

    /// Waits until so many more were acknowledged, and gives how many there are.
    async fn go_on(&self, more: usize) -> usize {
        let before = self.journal.lock().await.len();
        loop {
            let now = self.journal.lock().await.len();
            if now >= before + more {
                return now;
            }
            assert!(!self.clerks.iter().any(tokio::task::JoinHandle::is_finished), "a clerk gave up");
            tokio::task::yield_now().await;
        }
    }

    async fn end(self) -> Vec<Booked> {
        self.stop.store(true, Ordering::SeqCst);
        for clerk in self.clerks {
            clerk.await.expect("every booking was acknowledged");
        }
        self.journal.lock().await.clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_is_backed_up_under_load_lost_and_brought_back() {
    Town::on_both_engines("story", async |town| {
        let server = town.serve().await;
        let clerk = Arc::new(Clerk::sign_in(&server.url("/graphql")).await);
        let rush = Rush::begin(&clerk);
        let before = rush.go_on(20).await;
        let told = tokio::task::block_in_place(|| town.run_json(&["backup", "create", "backups", "--json"]));
        rush.go_on(20).await;
        let journal = rush.end().await;
        let path = told["path"].as_str().expect("a path").to_owned();
        assert!(journal.len() >= before + 20, "people went on booking");

        let verified = town.run_json(&["backup", "verify", &path, "--json"]);
        assert_eq!(verified["whole"], true, "{verified}");
        let saved = sums(&town.run_json(&["checksum", &path, "--json"]));
        // The server dies without a word, and everything it had is gone.
        drop(server);
        town.lose_everything().await;

        let told = town.installation.run(&["restore", &path]).success();
        assert!(told.contains("everybody signs in anew") && told.contains("ok    counts"), "{told}");
        let mut restored = sums(&town.run_json(&["checksum", "--json"]));
        // All accounts have a new generation, and what signs people in is in no backup; every other row is as it was.
        for void in ["session", "token_family", "password_reset", "signing_key"] {
            assert_eq!(restored[void]["rows"], 0, "{void}");
        }
        restored.retain(|table, _| saved.contains_key(table));
        let (account, was) = (restored.remove("account").expect("a table"), saved["account"].clone());
        assert_eq!(account["rows"], was["rows"]);
        assert_ne!(account["checksum"], was["checksum"]);
        let mut saved = saved;
        saved.remove("account");
        assert_eq!(restored, saved);

        let server = town.serve().await;
        let url = server.url("/graphql");
        let refused = clerk.ask_at(&url, "{ __typename }", Value::Null).await.expect("an answer");
        assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "a token of before: {refused}");
        let clerk = Clerk::sign_in(&url).await;
        for booked in &journal[..before] {
            let found = clerk.read(booked).await;
            assert_eq!(found["number"], booked.number, "the code of an acknowledged booking opens it: {found}");
        }
        let booked = clerk.book().await.expect("booking goes on");
        assert_eq!(clerk.read(&booked).await["status"], "CONFIRMED");
        server.terminate();
        assert_eq!(server.end().code, Some(0));
        town.run(&["doctor", "--deep"]);
    })
    .await;
}

fn sums(told: &Value) -> serde_json::Map<String, Value> {
    told["tables"].as_object().expect("tables").clone()
}

#[tokio::test]
async fn a_backup_is_the_same_on_both_engines_and_moves_a_city_from_one_to_the_other() {
    if testkit::engines().len() < 2 {
        return;
    }
    let village = Town::new(database::Engine::Sqlite, "village").await;
    village.load_city();
    let server = village.serve().await;
    let clerk = Clerk::sign_in(&server.url("/graphql")).await;
    let booked = clerk.book().await.expect("a booking");
    server.terminate();
    server.end();
    let path = village.path(&village.back_up());
    let path = path.to_str().expect("text");

    let city = Town::new(database::Engine::Postgres, "moved").await;
    city.run(&["restore", path]);
    let (mut there, mut here) =
        (sums(&city.run_json(&["checksum", "--json"])), sums(&village.run_json(&["checksum", "--json"])));
    for fleeting in ["account", "session", "signing_key", "token_family"] {
        there.remove(fleeting);
        here.remove(fleeting);
    }
    assert_eq!(there, here, "the same rows add up to the same on both engines");
    let server = city.serve().await;
    assert_eq!(Clerk::sign_in(&server.url("/graphql")).await.read(&booked).await["number"], booked.number);
    server.terminate();
    server.end();
    // And back: a backup of the one is restored into the other.
    let path = city.path(&city.back_up());
    village.run(&["restore", path.to_str().expect("text"), "--replace", "--yes"]);
    assert_eq!(sums(&village.run_json(&["checksum", "--json"]))["appointment"], there["appointment"]);
    city.finish().await;
}

#[tokio::test]
async fn nothing_is_overwritten_and_old_backups_go_by_their_rules() {
    Town::on_both_engines("prune", async |town| {
        let first = town.back_up();
        let name = first.rsplit('/').next().expect("a name");
        assert!(town.run(&["backup", "list", "backups"]).contains(name));
        let listed = town.run_json(&["backup", "list", "backups", "--json"]);
        assert_eq!(listed["backups"][0]["keys"], true);
        assert_eq!(town.run(&["backup", "prune", "backups"]), "nothing to do\n");
        // Every minute is older than no days; the newest stays all the same.
        assert_eq!(town.run(&["backup", "prune", "backups", "--keep-newest", "1"]), "nothing to do\n");
        assert_eq!(town.installation.run(&["backup", "prune", "backups", "--keep-newest", "0"]).code, Some(2));
        assert_eq!(town.installation.run(&["backup", "create"]).code, Some(2), "no directory was named");
        let folder = std::fs::metadata(town.path(&first)).expect("there");
        assert_eq!(folder.permissions().mode() & 0o077, 0, "a backup of people is readable by its own account alone");
        let missing = town.installation.run(&["backup", "verify", "backups/20200101T000000Z"]).failure(1);
        assert!(missing.contains("there is no such folder"), "{missing}");
    })
    .await;
}
