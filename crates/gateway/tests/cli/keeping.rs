//! Keys, the audit log and retention, as an operator types them.

use crate::installation::{Installation, demo_city};

fn used() -> Installation {
    let installation = Installation::new();
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    installation
}

async fn sql(installation: &Installation, statement: &str) {
    let url = format!("sqlite://{}", installation.path("data/servicepoint.db").display());
    let acquire_timeout = std::time::Duration::from_secs(5);
    let options = database::ConnectOptions { url, max_connections: 2, acquire_timeout };
    let database = database::Database::connect(&options).await.expect("there");
    database.write(statement, vec![]).await.expect("written");
    database.close().await.expect("closed");
}

#[tokio::test]
async fn the_audit_log_is_verified_and_a_change_is_named_with_its_place() {
    let installation = used();
    // A worker seals in its first round.
    let worker = installation.start(&["work"]);
    let sealed = || installation.run(&["audit", "anchor"]).success();
    while sealed().contains("anchor      none") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    worker.terminate();
    assert_eq!(worker.end().code, Some(0));
    let told = sealed();
    let anchor = told.lines().find_map(|line| line.strip_prefix("anchor      ")).expect("an anchor").to_owned();
    let told = installation.run(&["audit", "verify", "--anchor", &anchor]).success();
    assert!(told.contains("1 seals") && told.contains("last seal"), "{told}");
    let told = installation.run(&["audit", "verify", "--anchor", "nonsense"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    // Whoever owns the file takes the guard away first.
    sql(&installation, "DROP TRIGGER audit_no_update").await;
    sql(&installation, "UPDATE audit SET action = 'nothing' WHERE id = (SELECT min(id) FROM audit)").await;
    let told = installation.run(&["audit", "verify", "--json"]);
    assert_eq!(told.code, Some(4), "{told:?}");
    assert!(told.out.contains(r#""flaw":"changed""#) && told.out.contains(r#""position":1"#), "{}", told.out);
    sql(&installation, "DROP TRIGGER audit_seal_no_delete").await;
    sql(&installation, "DELETE FROM audit_seal").await;
    let told = installation.run(&["audit", "verify", "--anchor", &anchor]);
    assert!(told.code == Some(4) && told.out.contains("cut_off seal 1"), "{told:?}");
}

#[test]
fn keys_are_changed_and_the_old_key_file_is_refused_afterwards() {
    let installation = used();
    let status = installation.run(&["keys", "status"]).success();
    assert!(status.contains("tenant key  1"), "{status}");
    let told = installation.run(&["keys", "rotate"]).success();
    assert!(told.contains("tenant key 2 seals everything new"), "{told}");
    let told = installation.run(&["keys", "rotate", "--new-key-file", "data/new.key"]).success();
    assert!(told.contains("mv data/new.key data/servicepoint.key"), "{told}");
    let refused = installation.run(&["keys", "status"]).failure(2);
    assert!(refused.contains("does not open the keys of this database"), "{refused}");
    std::fs::rename(installation.path("data/new.key"), installation.path("data/servicepoint.key")).expect("moved");
    let renewed = installation.run(&["keys", "status"]).success();
    assert!(renewed.contains("older       1") && renewed.lines().next() != status.lines().next(), "{renewed}");
}

#[test]
fn the_key_of_blind_numbers_is_changed_and_a_change_under_way_goes_on() {
    let installation = used();
    let status = installation.run(&["keys", "status"]).success();
    assert!(status.contains("index key   1"), "{status}");
    let told = installation.run(&["keys", "rotate", "--index"]).success();
    assert!(told.contains("index key 2 numbers everything new"), "{told}");
    let seeded = told.lines().find_map(|line| line.strip_prefix("numbered ")?.strip_suffix(" logins anew"));
    assert!(seeded.is_some_and(|count| count.parse::<u32>().is_ok_and(|count| count > 2)), "{told}");
    assert!(told.contains("addresses follow in ten minutes"), "{told}");
    let again = installation.run(&["keys", "rotate", "--index"]).success();
    assert!(again.contains("the change to index key 2 goes on") && again.contains("numbered 0 logins"), "{again}");
    let status = installation.run(&["keys", "status"]).success();
    assert!(status.contains("index key   2") && status.contains("older       1; 0 logins"), "{status}");
    let both = installation.run(&["keys", "rotate", "--index", "--new-key-file", "data/new.key"]);
    assert_eq!(both.code, Some(2), "{both:?}");
    // The master key changes meanwhile, and people are found all the same.
    installation.run(&["keys", "rotate", "--new-key-file", "data/new.key"]).success();
    std::fs::rename(installation.path("data/new.key"), installation.path("data/servicepoint.key")).expect("moved");
    let told = installation.run(&["person", "export", "--mail", "eva.beispiel@example.org"]).success();
    assert!(told.contains(r#""login":"eva.beispiel@example.org""#), "{told}");
}

#[tokio::test]
async fn a_wrong_link_to_a_provider_is_taken_away_at_the_command_line() {
    let installation = used();
    let nobody = installation.run(&["account", "unlink", "01020304-0506-0708-0102-030405060708"]).failure(3);
    assert!(nobody.contains("there is no such thing here"), "{nobody}");
    let add = ["account", "add", "--login", "frieda@example.org", "--name", "Frieda Muster", "--role", "citizen"];
    let told = installation.run_with_input(&add, "vierzehn blaue Zwetschgen").success();
    let id = told.trim().strip_prefix("created the account ").expect("an id").to_owned();
    let hex = id.replace('-', "");
    let link = "INSERT INTO openid_link (issuer, subject_hash, account, linked_at)";
    sql(&installation, &format!("{link} VALUES ('https://id.example', x'01', x'{hex}', 0)")).await;
    let told = installation.run(&["account", "unlink", &id]).success();
    assert!(told.contains("took away 1 links"), "{told}");
    assert!(installation.run(&["account", "unlink", &id]).success().contains("took away 0 links"));
}

/// What the files of the database hold, as bytes.
fn holds(installation: &Installation, text: &str) -> bool {
    let files = ["servicepoint.db", "servicepoint.db-wal"].map(|file| installation.path(&format!("data/{file}")));
    let bytes: Vec<u8> = files.iter().flat_map(|file| std::fs::read(file).unwrap_or_default()).collect();
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn accounts_of_an_older_program_are_sealed_by_the_worker_without_a_trace() {
    let installation = used();
    let operator = "(SELECT id FROM account WHERE role = 'operator' ORDER BY id LIMIT 1)";
    for statement in [
        format!("DELETE FROM subject_key WHERE subject = {operator}"),
        format!("DELETE FROM login_index WHERE account = {operator}"),
        format!(
            "UPDATE account SET login = 'ada.klar', name = 'Ada Klar', login_sealed = NULL, name_sealed = NULL WHERE id = {operator}"
        ),
    ] {
        sql(&installation, &statement).await;
    }
    assert!(
        holds(&installation, "Ada Klar") && holds(&installation, "ada.klar"),
        "the control: it is there to be seen"
    );
    let worker = installation.start(&["work"]);
    while holds(&installation, "Ada Klar") || holds(&installation, "ada.klar") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    worker.terminate();
    assert_eq!(worker.end().code, Some(0));
    let taken = ["account", "add", "--login", "ada.klar", "--name", "Ada", "--role", "operator"];
    let taken = installation.run_with_input(&taken, "Stempelkissen und Büroklammern").failure(3);
    assert!(taken.contains("the login is taken"), "{taken}");
}

#[test]
fn retention_is_planned_before_it_is_applied() {
    let installation = used();
    for (command, word) in [("plan", "due"), ("apply", "gone")] {
        let told = installation.run(&["retention", command]).success();
        assert!(told.contains("contact_of_visit      after   30 days: 0") && told.contains(word), "{told}");
    }
    let json = installation.run(&["retention", "plan", "--json"]).success();
    assert!(json.contains(r#"{"class":"audit","count":0,"days":1095}"#), "{json}");
    assert!(json.contains(r#"{"class":"case","count":0,"days":null}"#), "{json}");
    let told = installation.run(&["person", "export"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    let file = installation.path("everything.zip");
    let nobody = uuid::Uuid::from_u128(7).to_string();
    let export = ["person", "export", "--account", &nobody, "--zip", file.to_str().expect("text")];
    installation.run(&export).success();
    let archive = std::fs::File::open(&file).and_then(|file| Ok(zip::ZipArchive::new(file)?)).expect("an archive");
    assert_eq!(archive.file_names().collect::<Vec<_>>(), ["person.json", "manifest.json"]);
    let again = installation.run(&export).failure(1);
    assert!(again.contains("everything.zip"), "nothing is written over: {again}");
    let told = installation.run(&["person", "export", "--mail", "nobody"]).failure(2);
    assert!(told.contains("mail"), "{told}");
}
