//! What an operator sees of the configuration, the command line and the doctor.

use crate::installation::Installation;

#[test]
fn every_mistake_is_named_with_file_line_and_key() {
    let installation = Installation::new().with("SCHEDULING__HOLD_MINUTES", "soon");
    installation.write("servicepoint.toml", "[server]\nmode = \"fast\"\n\n[databse]\nurl = \"sqlite://a.db\"\n");
    for command in [&["config", "check"][..], &["serve"], &["city", "load", "nowhere"]] {
        let told = installation.run(command).failure(2);
        assert!(told.contains("3 mistakes"), "{told}");
        assert!(told.contains("servicepoint.toml:2: server.mode = \"fast\": must be one of"), "{told}");
        assert!(told.contains("servicepoint.toml:4: unknown section `databse`; did you mean database?"), "{told}");
        assert!(told.contains("SERVICEPOINT_SCHEDULING__HOLD_MINUTES: scheduling.hold_minutes = \"soon\""), "{told}");
    }
    let doctor = installation.run(&["doctor", "--json"]);
    assert_eq!(doctor.code, Some(1));
    let findings: serde_json::Value = serde_json::from_str(&doctor.out).expect("JSON");
    assert_eq!((findings["healthy"].as_bool(), findings["checks"].as_array().map(Vec::len)), (Some(false), Some(3)));
}

#[test]
fn a_named_file_must_exist_and_a_usual_one_may_be_missing() {
    let installation = Installation::new();
    assert!(installation.run(&["config", "check"]).success().contains("fine"));
    let told = installation.run(&["config", "check", "--config", "city.toml"]).failure(2);
    assert!(told.contains("city.toml: cannot be read"), "{told}");
    installation.write("city.toml", "[scheduling]\nhold_minutes = 7\n");
    let shown = installation.run(&["config", "show", "--config", "city.toml"]).success();
    assert!(shown.contains("hold_minutes = 7") && shown.contains("city.toml:2"), "{shown}");
    assert!(installation.run(&["config", "reference"]).success().contains("hold_minutes"));
}

#[test]
fn wrong_usage_ends_with_two_and_help_explains_the_codes() {
    let installation = Installation::new();
    assert_eq!(installation.run(&["srve"]).code, Some(2));
    assert_eq!(installation.run(&[]).code, Some(2));
    let help = installation.run(&["--help"]).success();
    for (code, meaning) in
        ["done", "failed", "wrong usage", "refused by a check", "damaged", "the time was up"].iter().enumerate()
    {
        assert!(help.contains(&format!("  {code}  {meaning}")), "{help}");
        let documented = include_str!("../../../../docs/operations/exit-codes.md");
        assert!(documented.contains(&format!("| {code} | {meaning}")), "{code}: {meaning}");
    }
    assert!(installation.run(&["schema"]).success().contains("type Query"));
}

#[test]
fn the_doctor_finds_what_is_missing_and_changes_nothing() {
    let installation = Installation::new();
    let told = installation.run(&["doctor"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(told.out.contains("warn  key file") && told.out.contains("warn  database"), "{}", told.out);
    assert!(!installation.path("data").exists());
    installation.run(&["migrate", "up"]).success();
    let told = installation.run(&["doctor"]);
    assert!(told.out.contains("fail  city") && told.out.contains("no city has been loaded"), "{}", told.out);
    assert!(told.out.contains("ok    durability     journal_mode = wal, synchronous = 2"), "{}", told.out);
    assert_eq!(told.code, Some(1));
}

#[test]
fn a_key_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let installation = Installation::new();
    let key = installation.write("data/servicepoint.key", &format!("{}\n", "ab".repeat(32)));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("ours");
    let told = installation.run(&["serve"]).failure(1);
    assert!(told.contains("servicepoint.key") && told.contains("chmod 600"), "{told}");
    assert!(installation.run(&["doctor"]).out.contains("fail  key file"));
}

#[test]
fn migrations_are_listed_applied_once_and_asking_makes_no_file() {
    let installation = Installation::new();
    assert!(installation.run(&["migrate", "plan"]).success().contains("does not exist yet"));
    assert!(!installation.path("data").exists());
    assert!(installation.run(&["migrate", "up"]).success().contains("applied m20261122_000001_city"));
    assert_eq!(installation.run(&["migrate", "up"]).success(), "nothing to do\n");
    let status = installation.run(&["migrate", "status"]).success();
    assert!(status.contains("applied m20261122_000001_city") && !status.contains("pending"), "{status}");
    assert_eq!(installation.run(&["migrate", "plan"]).success(), "nothing to do\n");
}
