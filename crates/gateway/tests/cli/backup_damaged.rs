//! Backups that are not what they should be: each is found, and none of them is restored.

use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::town::{Clerk, Town};

/// A town with a booking, stopped, with a backup of it; and whether the database is still as it was.
async fn backed_up(town: &Town) -> String {
    let server = town.serve().await;
    let clerk = Clerk::sign_in(&server.url("/graphql")).await;
    for _ in 0..3 {
        clerk.book().await.expect("a booking");
    }
    server.terminate();
    assert_eq!(server.end().code, Some(0));
    town.back_up()
}

/// Neither verify nor restore take it, and the place that it should go to stays empty.
async fn refused(town: &Town, path: &str, code: i32, words: &str) {
    for command in [&["backup", "verify", path][..], &["restore", path]] {
        let ended = town.installation.run(command);
        let told = format!("{}{}", ended.out, ended.err);
        assert_eq!(ended.code, Some(code), "{command:?}: {told}");
        assert!(told.contains(words), "{command:?}: {words}: {told}");
    }
    let database = town.database().await;
    let unit = database.begin().await.expect("a unit");
    assert_eq!(unit.inhabitants().await.expect("it can be counted").tables, 0, "nothing was half restored");
    drop(unit);
    database.close().await.expect("open");
}

fn copied(town: &Town, path: &str, name: &str) -> String {
    let to = format!("copies/{name}");
    for part in ["data", "keys"] {
        std::fs::create_dir_all(town.path(&format!("{to}/{part}"))).expect("made");
        for entry in std::fs::read_dir(town.path(&format!("{path}/{part}"))).expect("a part") {
            let entry = entry.expect("an entry");
            let file = town.path(&format!("{to}/{part}")).join(entry.file_name());
            std::fs::copy(entry.path(), file).expect("copied");
        }
    }
    for file in ["manifest.json", "manifest.seal"] {
        std::fs::copy(town.path(&format!("{path}/{file}")), town.path(&format!("{to}/{file}"))).expect("copied");
    }
    to
}

fn change(path: &Path, change: impl FnOnce(String) -> String) {
    let text = std::fs::read_to_string(path).expect("a text");
    let changed = change(text.clone());
    assert_ne!(changed, text, "the sabotage changes something");
    std::fs::write(path, changed).expect("written");
}

#[tokio::test]
async fn damage_is_found_and_a_damaged_backup_is_not_restored() {
    Town::on_both_engines("damage", async |town| {
        let path = backed_up(town).await;
        town.lose_everything().await;
        let flipped = copied(town, &path, "flipped");
        let file = town.path(&format!("{flipped}/data/appointment.jsonl.gz"));
        let mut bytes = std::fs::read(&file).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        std::fs::write(&file, &bytes).expect("written");
        refused(town, &flipped, 4, "data/appointment.jsonl.gz was changed").await;

        let cut = copied(town, &path, "cut");
        std::fs::write(town.path(&format!("{cut}/data/appointment.jsonl.gz")), &bytes[..middle]).expect("written");
        refused(town, &cut, 4, "data/appointment.jsonl.gz is longer or shorter").await;

        let gone = copied(town, &path, "gone");
        std::fs::remove_file(town.path(&format!("{gone}/data/outbox.jsonl.gz"))).expect("removed");
        refused(town, &gone, 4, "data/outbox.jsonl.gz is missing").await;

        let without = copied(town, &path, "without");
        std::fs::remove_file(town.path(&format!("{without}/manifest.json"))).expect("removed");
        refused(town, &without, 4, "this is no whole backup").await;

        let unfinished = copied(town, &path, ".unfinished-20261123T090000Z-1");
        refused(town, &unfinished, 4, "it was never finished").await;
        // What was copied and not touched is whole: nothing above was refused for being a copy.
        let whole = copied(town, &path, "whole");
        town.run(&["backup", "verify", &whole]);
        town.run(&["restore", &whole]);
    })
    .await;
}

/// Rewrites a row and everything in the backup that could tell: its hash, its length, its checksum.
fn forge(town: &Town, path: &str) {
    let file = town.path(&format!("{path}/data/account.jsonl.gz"));
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(&file).expect("there")).read_to_string(&mut text).expect("lines");
    let forged = text.replace("\"clerk\"", "\"operator\"");
    assert_ne!(forged, text);
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(forged.as_bytes()).expect("written");
    let bytes = writer.finish().expect("written");
    let mut sum = database::TableSum::default();
    forged.lines().for_each(|line| sum.add(line));
    std::fs::write(&file, &bytes).expect("written");
    change(&town.path(&format!("{path}/manifest.json")), |manifest| {
        let mut manifest: Value = serde_json::from_str(&manifest).expect("JSON");
        let entry = &mut manifest["tables"]["account"];
        entry["bytes"] = bytes.len().into();
        entry["sha256"] = hex::encode(Sha256::digest(&bytes)).into();
        entry["checksum"] = sum.checksum.to_string().into();
        manifest.to_string()
    });
}

#[tokio::test]
async fn a_forged_backup_is_found_by_its_seal_alone() {
    Town::on_both_engines("forged", async |town| {
        let path = backed_up(town).await;
        town.lose_everything().await;
        let forged = copied(town, &path, "forged");
        forge(town, &forged);
        refused(town, &forged, 4, "the seal of the manifest is broken").await;
        std::fs::remove_file(town.path(&format!("{forged}/manifest.seal"))).expect("removed");
        refused(town, &forged, 4, "the seal of the manifest is broken or missing").await;
        // A key that is not ours: somebody else's backup, or ours after the key was lost. Said out loud it is taken.
        let other = copied(town, &path, "other");
        change(&town.path("data/servicepoint.key"), |key| key.replace("ab", "cd"));
        refused(town, &other, 4, "--other-key").await;
        town.run(&["backup", "verify", &other, "--other-key"]);
        town.run(&["restore", &other, "--other-key"]);
    })
    .await;
}

#[tokio::test]
async fn wrong_counts_are_found_in_the_database_and_in_its_backup() {
    Town::on_both_engines("counts", async |town| {
        let path = backed_up(town).await;
        town.run(&["doctor", "--deep"]);
        town.run(&["backup", "verify", &path]);
        town.sabotage("UPDATE capacity_cell SET taken = taken - 1 WHERE taken > 0").await;
        let doctor = town.installation.run(&["doctor", "--deep"]);
        assert_eq!(doctor.code, Some(1));
        assert!(doctor.out.contains("fail  counts") && doctor.out.contains("counts are wrong"), "{}", doctor.out);
        assert_eq!(town.installation.run(&["doctor"]).code, Some(0), "a quick look does not count");
        let path = town.back_up_into("later");
        let told = town.installation.run(&["backup", "verify", &path]);
        assert_eq!(told.code, Some(4), "{}{}", told.out, told.err);
        assert!(told.out.contains("ok    copy") && told.out.contains("fail  counts"), "{}", told.out);
    })
    .await;
}
