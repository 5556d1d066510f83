//! Replacing programs one after the other while people book, on tables that a newer program has extended already.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::installation::Running;
use crate::town::{Booked, Clerk, Town};

/// What a newer program leaves behind when it adds something.
const EXPAND: [&str; 2] = [
    "ALTER TABLE appointment ADD COLUMN added_later TEXT",
    "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)",
];
/// And when it takes something away.
const CONTRACT: &str = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000002_contract_old', 0)";

/// The gateways that serve at the moment, as whoever shares out the work knows them.
type Gateways = Arc<Mutex<Vec<String>>>;

/// Somebody who books, and who turns to the next gateway when one hangs up or is gone: with the same key, so that a booking
/// whose answer was lost is not made twice.
struct Visitor {
    clerk: Arc<Clerk>,
    gateways: Gateways,
    numbers: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
}

impl Visitor {
    async fn book_on(self) -> Vec<Booked> {
        let mut journal = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let number = self.numbers.fetch_add(1, Ordering::SeqCst);
            let key = uuid::Uuid::now_v7().to_string();
            let mut attempt = number as usize;
            let booked = loop {
                let url = {
                    let gateways = self.gateways.lock().await;
                    gateways[attempt % gateways.len()].clone()
                };
                match self.clerk.book_at(&url, number, &key).await {
                    Ok(booked) => break booked,
                    Err(reason) if reason.starts_with("no answer") => attempt += 1,
                    Err(reason) => panic!("{reason}"),
                }
                assert!(attempt - (number as usize) < 1_000, "nobody serves any more");
            };
            journal.push(booked);
            self.done.fetch_add(1, Ordering::SeqCst);
        }
        journal
    }
}

async fn more(done: &AtomicU64, count: u64) {
    let before = done.load(Ordering::SeqCst);
    crate::installation::wait_until(async || done.load(Ordering::SeqCst) >= before + count).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_are_replaced_under_load_on_extended_tables_and_no_booking_fails() {
    if testkit::engines().len() < 2 {
        return;
    }
    let town = Town::new(database::Engine::Postgres, "rolling").await;
    let town = town.with("SERVER__ANNOUNCE_SECONDS", "1");
    town.load_city();
    let mut servers: Vec<Running> = vec![town.serve().await, town.serve().await];
    let urls: Vec<String> = servers.iter().map(|server| server.url("/graphql")).collect();
    let clerk = Arc::new(Clerk::sign_in(&urls[0]).await);
    let gateways: Gateways = Arc::new(Mutex::new(urls));
    let (numbers, done, stop) =
        (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
    let visitors: Vec<_> = (0..4)
        .map(|_| {
            let (clerk, gateways, numbers) = (Arc::clone(&clerk), Arc::clone(&gateways), Arc::clone(&numbers));
            let visitor = Visitor { clerk, gateways, numbers, stop: Arc::clone(&stop), done: Arc::clone(&done) };
            tokio::spawn(visitor.book_on())
        })
        .collect();
    more(&done, 20).await;
    for sql in EXPAND {
        town.sabotage(sql).await;
    }
    more(&done, 20).await;
    // Both are replaced, one after the other; whoever comes meanwhile meets the other one or the new one.
    for server in &mut servers {
        let fresh = town.serve().await;
        gateways.lock().await.push(fresh.url("/graphql"));
        let old = std::mem::replace(server, fresh);
        old.terminate();
        let url = old.url("/graphql");
        let ended = tokio::task::block_in_place(|| old.end());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        gateways.lock().await.retain(|other| *other != url);
        more(&done, 20).await;
    }
    stop.store(true, Ordering::SeqCst);
    let mut journal = Vec::new();
    for visitor in visitors {
        journal.extend(visitor.await.expect("every booking was made"));
    }
    let url = gateways.lock().await[0].clone();
    let clerk = Clerk::sign_in(&url).await;
    let mut known = std::collections::BTreeSet::new();
    for booked in &journal {
        assert!(known.insert(booked.number.clone()), "{} was given twice", booked.number);
        assert_eq!(clerk.read(booked).await["number"], booked.number);
    }
    for server in servers {
        server.terminate();
        let ended = server.end();
        assert_eq!(ended.code, Some(0));
        assert!(ended.err.contains("the database is ahead of this program"), "{}", ended.err);
    }
    let told = town.run_json(&["doctor", "--deep", "--json"]);
    assert_eq!(told["healthy"], true, "{told}");
    town.finish().await;
}

#[tokio::test]
async fn an_older_program_serves_what_a_newer_one_extended_and_never_what_it_took_from() {
    Town::on_both_engines("ahead", async |town| {
        for sql in EXPAND {
            town.sabotage(sql).await;
        }
        let server = town.serve().await;
        let clerk = Clerk::sign_in(&server.url("/graphql")).await;
        let booked = clerk.book().await.expect("it serves");
        assert_eq!(clerk.read(&booked).await["number"], booked.number);
        server.terminate();
        let ended = server.end();
        assert!(ended.err.contains("the database is ahead of this program"), "{}", ended.err);
        assert!(ended.err.contains("m20991231_000001_later"), "{}", ended.err);

        let refused = town.installation.run(&["migrate", "up"]).failure(3);
        assert!(refused.contains("m20991231_000001_later") && refused.contains("use the newer program"), "{refused}");
        for command in ["plan", "status"] {
            assert!(town.run(&["migrate", command]).contains("newer than this program: m20991231_000001_later"));
        }
        assert!(town.run(&["doctor"]).contains("warn  migrations"));

        town.sabotage(CONTRACT).await;
        for command in ["serve", "work"] {
            let refused = town.installation.run(&[command]).failure(3);
            assert!(refused.contains("taken away") && refused.contains("m20991231_000002_contract_old"), "{refused}");
        }
        let doctor = town.installation.run(&["doctor"]);
        assert!(doctor.code == Some(1) && doctor.out.contains("fail  migrations"), "{}", doctor.out);
    })
    .await;
}
