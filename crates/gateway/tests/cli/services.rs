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
