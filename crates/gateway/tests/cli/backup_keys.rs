//! Keys and data lie apart in a backup: the data alone open nothing, and whoever was erased stays erased in older data.

use std::io::Read;
use std::path::Path;

use database::Database;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::town::{Clerk, Town};

const MAIL: &str = "frieda@example.org";
const PASSWORD: &str = "vierzehn blaue Zwetschgen";

/// Everything in a part of a backup, as text.
fn part(town: &Town, backup: &str, part: &str) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(town.path(&format!("{backup}/{part}"))).expect("a part") {
        let file = std::fs::File::open(entry.expect("an entry").path()).expect("readable");
        GzDecoder::new(file).read_to_string(&mut text).expect("lines");
    }
    text
}

async fn blobs(database: &Database, sql: &str) -> Vec<String> {
    let rows = database.rows(sql, vec![]).await.expect("readable");
    rows.iter().map(|row| hex::encode(row.at::<Vec<u8>>(0).expect("bytes"))).collect()
}

fn account(town: &Town) -> Value {
    let told = town.installation.run_with_input(&["person", "export", "--mail", "-"], MAIL).success();
    serde_json::from_str::<Value>(&told).expect("JSON")["account"].clone()
}

#[tokio::test]
async fn keys_lie_apart_from_data_and_whoever_was_erased_stays_so_in_older_data() {
    Town::on_both_engines("keys", async |town| {
        let add = ["account", "add", "--login", MAIL, "--name", "Frieda Muster", "--role", "citizen"];
        town.installation.run_with_input(&add, PASSWORD).success();
        let server = town.serve().await;
        Clerk::sign_in(&server.url("/graphql")).await.book().await.expect("a booking");
        server.terminate();
        assert_eq!(server.end().code, Some(0));
        let older = town.back_up();
        let (data, keys) = (part(town, &older, "data"), part(town, &older, "keys"));
        let database = town.database().await;
        for table in ["root_secret", "tenant_key", "index_key", "subject_key"] {
            let wrapped = blobs(&database, &format!("SELECT wrapped FROM {table}")).await;
            assert!(!wrapped.is_empty(), "{table} has rows");
            for key in wrapped {
                assert!(keys.contains(&key) && !data.contains(&key), "a key of {table}");
            }
        }
        for seed in blobs(&database, "SELECT sealed_seed FROM signing_key").await {
            assert!(!keys.contains(&seed) && !data.contains(&seed), "what signs tokens is in no backup");
        }
        // The controls: what is sealed is among the data, and the search finds it.
        for sql in ["SELECT login_sealed FROM account", "SELECT contact_sealed FROM appointment"] {
            let sealed = blobs(&database, sql).await;
            assert!(!sealed.is_empty() && sealed.iter().all(|field| data.contains(field) && !keys.contains(field)));
        }
        assert!(!data.contains("Frieda") && !data.contains("frieda") && !data.contains("Erika"));
        database.close().await.expect("open");
        assert_eq!(account(town)["name"], "Frieda Muster");

        let told = town.installation.run_with_input(&["person", "erase", "--mail", "-"], MAIL).success();
        assert!(told.contains("erased the account"), "{told}");
        assert_eq!(account(town), Value::Null);
        // A name is taken for a second.
        while town.installation.run(&["backup", "create", "backups"]).code != Some(0) {}
        town.lose_everything().await;
        town.run(&["restore", &older]);
        assert_eq!(account(town), Value::Null, "the data are those of before, the keys those of today");
        let database = town.database().await;
        let row = database.row("SELECT count(*) FROM account WHERE role = 'citizen'", vec![]).await.expect("readable");
        let nobody: i64 = row.expect("a row").at(0).expect("a number");
        assert!(nobody > 2, "the row itself came back, with Eva and Otto");
        database.close().await.expect("open");
        // The control: with the keys of before everybody is back. So those expire first.
        town.run(&["restore", &older, "--keys", &older, "--replace", "--yes"]);
        assert_eq!(account(town)["name"], "Frieda Muster");
        assert!(Path::new(&town.path(&older)).join("keys").exists());
    })
    .await;
}
