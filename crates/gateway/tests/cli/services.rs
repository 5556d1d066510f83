//! Checking and publishing online services.

use testkit::TestService;

use crate::installation::{Installation, demo_city};

fn written(installation: &Installation, service: &TestService) {
    for (path, text) in service.files() {
        let target = installation.path(&format!("service/{path}"));
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("made");
        std::fs::write(target, text).expect("written");
    }
}

#[test]
fn a_service_is_checked_and_published_and_the_same_files_are_the_same_version() {
    let installation = Installation::new();
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    written(&installation, &TestService::default());
    let told = installation.run(&["services", "check", "service"]).success();
    assert!(told.contains("service can be published: parking "), "{told}");
    for _ in 0..2 {
        let told = installation.run(&["services", "publish", "--office", "aegi", "service"]).success();
        assert!(told.contains("parking version 1 is published: "), "{told}");
    }
    written(&installation, &TestService::default().title("Parkausweis, neu"));
    let told = installation.run(&["services", "publish", "--office", "aegi", "service"]).success();
    assert!(told.contains("parking version 2 is published: "), "{told}");
    let refused = installation.run(&["services", "publish", "--office", "nowhere", "service"]).failure(3);
    assert!(refused.contains("1 problem; nothing was published"), "{refused}");
}

#[test]
fn a_service_with_problems_is_refused_with_all_of_them() {
    let installation = Installation::new();
    written(&installation, &TestService::default());
    std::fs::write(installation.path("service/form.toml"), "[[steps]]\nkey = \"Person\"\n").expect("written");
    let ended = installation.run(&["services", "check", "service"]);
    assert!(ended.out.lines().any(|line| line.starts_with("form.toml:2: ")), "{}", ended.out);
    assert!(ended.failure(3).contains("nothing was published"));
}

fn shipped(key: &str) -> String {
    std::path::Path::new(env!("REPOSITORY_ROOT")).join("crates/applications/services").join(key).display().to_string()
}

#[test]
fn scenarios_are_played_and_versions_compared() {
    let installation = Installation::new();
    let told = installation.run(&["services", "test", &shipped("hundesteuer")]).success();
    assert!(told.contains("scenarios went as expected"), "{told}");
    written(&installation, &TestService::default());
    let scenario = r#"{ "name": "Zu schwer", "today": "2026-11-23", "answers": { "applicant.name": "Eva", "vehicle.weight": 20000,
        "vehicle.own_garage": false }, "expect": { "outcome": "grant" } }"#;
    assert!(installation.run(&["services", "test", "service"]).failure(3).contains("no scenario"));
    std::fs::create_dir_all(installation.path("service/tests")).expect("made");
    std::fs::write(installation.path("service/tests/heavy.json"), scenario).expect("written");
    let ended = installation.run(&["services", "test", "service"]);
    assert!(ended.out.contains("tests/heavy.json: Zu schwer: outcome: found Some(\"refuse\")"), "{}", ended.out);
    assert!(ended.failure(3).contains("1 of 1 scenarios went otherwise"));

    let same = installation.run(&["services", "diff", "service", "service"]).success();
    assert!(same.contains("same: drafts can be moved"), "{same}");
    let other = installation.run(&["services", "diff", &shipped("hundesteuer"), &shipped("sperrmuell")]).success();
    assert!(other.contains("rule_changed: service") && other.contains("drafts cannot be moved"), "{other}");
}

#[test]
fn what_comes_with_the_program_is_published_without_a_checkout() {
    let installation = Installation::new();
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    let one = installation.run(&["services", "publish", "--office", "aegi", "--shipped", "hundesteuer"]).success();
    assert!(one.contains("hundesteuer version 1 is published: "), "{one}");
    let all = installation.run(&["services", "publish", "--office", "aegi", "--shipped"]).success();
    assert!(all.lines().filter(|line| line.contains(" is published: ")).count() >= 9, "{all}");
    let unknown = installation.run(&["services", "publish", "--office", "aegi", "--shipped", "nothing"]).failure(2);
    assert!(unknown.contains("no service nothing comes with this program"), "{unknown}");
}

#[test]
fn a_form_leaves_as_data_fields_and_comes_back_as_a_draft() {
    let installation = Installation::new();
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    installation.run(&["services", "publish", "--office", "aegi", "--shipped", "hundesteuer"]).success();
    let xml = installation.run(&["services", "export", "hundesteuer", "--xdf3"]).success();
    std::fs::write(installation.path("fields.xml"), &xml).expect("written");
    let told = installation.run(&["services", "import", "fields.xml", "draft"]).success();
    assert!(told.contains("4 files are written to draft"), "{told}");
    let form = std::fs::read_to_string(installation.path("draft/form.toml")).expect("a form");
    assert!(form.contains("[[steps.groups.fields]]") && form.contains("request.since <= today()"), "{form}");
    // Nobody's work is written over.
    assert!(installation.run(&["services", "import", "fields.xml", "draft"]).failure(3).contains("not empty"));
    std::fs::write(installation.path("other.xml"), "<a/>").expect("written");
    assert!(installation.run(&["services", "import", "other.xml", "new"]).failure(3).contains("only XDatenfelder 3"));
    assert!(!installation.path("new").exists());
}

#[test]
fn a_letter_that_cannot_be_written_is_told_with_file_and_line() {
    let installation = Installation::new();
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    written(&installation, &TestService::default().with("[[letter]]\noccasion = \"grant\"\nfile = \"grant.typ\"\n"));
    std::fs::create_dir_all(installation.path("service/letters")).expect("made");
    let letter = installation.path("service/letters/grant.typ");
    for (template, words) in [
        ("#set document(title: \"a\")\n#unknown()", "letters/grant.typ:2: unknown variable: unknown"),
        ("= Ohne Titel", "letters/grant.typ"),
        ("#set document(title: \"a\")\n#read(\"/etc/hostname\")", "letters/grant.typ:2: "),
    ] {
        std::fs::write(&letter, template).expect("written");
        let ended = installation.run(&["services", "publish", "--office", "aegi", "service"]);
        assert!(ended.out.contains(words), "{} {}", ended.out, ended.err);
        assert!(ended.failure(3).contains("1 problem; nothing was published"));
    }
    std::fs::write(&letter, "#set document(title: \"a\")\n= Bescheid").expect("written");
    installation.run(&["services", "publish", "--office", "aegi", "service"]).success();
}
