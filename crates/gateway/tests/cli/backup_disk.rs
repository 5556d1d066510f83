//! Disks that are full and processes that are killed while a backup is written: nothing is left that looks whole.

use crate::town::Town;

/// What lies in a directory; nothing where there is none.
fn names(town: &Town, directory: &str) -> Vec<String> {
    let entries = std::fs::read_dir(town.path(directory)).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

/// Rows that do not compress: chance, as many as several blocks of the disk.
async fn fill(town: &Town) {
    let row = |number: u32| {
        let text: String = (0..64)
            .map(|part| hex::encode(uuid::Uuid::now_v7().as_u128().wrapping_mul(part | 1).to_be_bytes()))
            .collect();
        format!("({number}, '{text}', 0, '{{}}')")
    };
    let rows: Vec<String> = (100..900).map(row).collect();
    let sql =
        format!("INSERT INTO city_version (version, fingerprint, loaded_at, document) VALUES {}", rows.join(", "));
    town.sabotage(&sql).await;
}

#[tokio::test]
async fn a_backup_that_the_disk_does_not_take_is_none() {
    Town::on_both_engines("full", async |town| {
        fill(town).await;
        // No file may grow beyond 128 KiB or 256 KiB (shells count in different blocks); the program is told so instead of being killed.
        let ended = town.installation.run_limited("trap '' XFSZ; ulimit -f 256;", &["backup", "create", "backups"]);
        let told = ended.failure(1);
        assert!(told.contains("the backup cannot be written") && told.contains("nothing is left of it"), "{told}");
        assert_eq!(names(town, "backups"), Vec::<String>::new());
        // The same limit without the trap: the system kills it in the middle of a file.
        let ended = town.installation.run_limited("ulimit -f 256;", &["backup", "create", "backups"]);
        assert_eq!(ended.code, None, "killed: {}{}", ended.out, ended.err);
        let left = names(town, "backups");
        assert!(left.len() == 1 && left[0].starts_with(".unfinished-"), "{left:?}");
        assert_eq!(town.run(&["backup", "list", "backups"]), "", "nobody takes it for a backup");
        let path = format!("backups/{}", left[0]);
        assert!(town.installation.run(&["restore", &path]).failure(4).contains("it was never finished"));
        // Without the limit the same command works: it was the limit, and what was left behind is in nobody's way.
        let path = town.back_up();
        town.run(&["backup", "verify", &path]);
    })
    .await;
}

#[tokio::test]
async fn a_disk_that_is_really_full_leaves_nothing_behind() {
    Town::on_both_engines("tmpfs", async |town| {
        fill(town).await;
        std::fs::create_dir(town.path("small")).expect("made");
        // A file system of 64 KiB that this process alone sees; not every machine lets a test do that.
        let mount = "mount -t tmpfs -o size=64k none small &&";
        let own = |rest: &str| format!("exec unshare --user --map-root-user --mount sh -c '{mount} {rest}' sh \"$@\";");
        if town.installation.run_limited(&own("exec true"), &[]).code != Some(0) {
            eprintln!("LEFT OUT: no file system can be mounted here");
            return;
        }
        let script = own("\"$@\"; code=$?; ls -A small; exit $code");
        let ended = town.installation.run_limited(&script, &["backup", "create", "small"]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
        assert!(ended.err.contains("No space left on device"), "{}", ended.err);
        let roomy = script.replace("64k", "64m");
        let ended = town.installation.run_limited(&roomy, &["backup", "create", "small"]);
        assert_eq!(ended.code, Some(0), "with room it works: {}", ended.err);
        assert_eq!(ended.out.lines().count(), 2, "its path, and what lies there: {}", ended.out);
    })
    .await;
}
