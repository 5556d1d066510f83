//! Checking and loading cities, and the first accounts.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::installation::{Installation, demo_city};

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("copied");
        }
    }
}

#[test]
fn the_demo_city_is_fine() {
    let installation = Installation::new();
    let told = installation.run(&["city", "check", demo_city().to_str().expect("text")]).success();
    assert!(told.contains("can be loaded: 11 offices, 97 services"), "{told}");
}

#[test]
fn all_problems_are_listed_at_once_and_nothing_is_loaded() {
    let installation = Installation::new();
    let (good, bad) = (demo_city(), installation.path("city"));
    copy(&good, &bad);
    installation.write("city/offices/aegi.toml", "key = \"aegi\"\nkind = \"floating\"\n");
    installation.write("city/services/strange name.toml", "");
    installation.write("city/municipality.toml", "key = \"hannover\"\nstate = = \"NI\"\n");
    std::os::unix::fs::symlink("/etc/hostname", bad.join("accounts2.toml")).expect("linked");
    let good = good.to_str().expect("text");
    installation.run(&["city", "load", good]).success();
    for command in [&["city", "check", "city"][..], &["city", "load", "city"], &["city", "load", "--plan", "city"]] {
        let ended = installation.run(command);
        let lines: Vec<&str> = ended.out.lines().collect();
        for start in [
            "accounts2.toml:1: ",
            "municipality.toml:2: ",
            "offices/aegi.toml:2: kind: ",
            "services/strange name.toml:1: ",
        ] {
            assert!(lines.iter().any(|line| line.starts_with(start)), "{start} is missing in {lines:#?}");
        }
        assert!(ended.failure(3).contains("problems; the city that serves was not touched"));
    }
    assert!(installation.run(&["city", "load", good]).success().contains("version 1 serves already"));
    let told = installation.run(&["city", "check", "nowhere"]).failure(2);
    assert!(told.contains("nowhere: the directory cannot be read"), "{told}");
}

#[test]
fn rules_that_overlap_are_problems_at_their_line() {
    let installation = Installation::new();
    copy(&demo_city(), &installation.path("city"));
    let office = std::fs::read_to_string(installation.path("city/offices/aegi.toml")).expect("an office");
    let rule = "\n[[rules]]\nkey = \"monday-again\"\nteam = \"citizens\"\nweekdays = [\"mon\"]\nhours = [\"09:00-10:00\"]\nstep_minutes = 5\ndesks = { identity = 1 }\nbooking = { days_ahead = 42, lead_minutes = 60 }\n";
    let at = office.find("\n[[rules]]").expect("rules");
    let (before, after) = office.split_at(at);
    installation.write("city/offices/aegi.toml", &format!("{before}{rule}{after}"));
    // A blank line and the header of the table stand before the key.
    let line = before.lines().count() + 3;
    let ended = installation.run(&["city", "check", "city"]);
    let place = format!("offices/aegi.toml:{line}: ");
    assert!(
        ended.out.lines().any(|told| told.starts_with(&place) && told.contains("overlap on")),
        "{place}: {}",
        ended.out
    );
    ended.failure(3);
}

#[test]
fn loading_tells_the_version_and_plans_before() {
    let installation = Installation::new();
    let good = demo_city();
    let good = good.to_str().expect("text");
    assert!(installation.run(&["city", "load", "--plan", good]).success().contains("would be the first city"));
    assert!(!installation.path("data").exists());
    assert!(installation.run(&["city", "load", good]).success().starts_with("version 1 serves: 11 offices"));
    let file = std::fs::metadata(installation.path("data/servicepoint.db")).expect("a database");
    assert_eq!(file.permissions().mode() & 0o077, 0, "a database of people is readable by its own account alone");
    assert!(installation.run(&["city", "load", "--plan", good]).success().contains("nothing would change"));
    copy(&demo_city(), &installation.path("city"));
    let office = std::fs::read_to_string(installation.path("city/offices/aegi.toml")).expect("an office");
    installation.write("city/offices/aegi.toml", &office.replace("0511 168-32000", "0511 168-0"));
    assert!(installation.run(&["city", "load", "--plan", "city"]).success().starts_with("version 1 would be replaced"));
    let told = installation.run(&["city", "load", "city"]).success();
    assert!(told.starts_with("version 2 serves") && told.contains("0 future appointments"), "{told}");
}

#[test]
fn an_account_is_added_once_and_its_password_is_never_on_the_command_line() {
    let installation = Installation::new();
    let add = ["account", "add", "--login", "admin", "--name", "Ada Admin", "--role", "operator"];
    let told = installation.run_with_input(&add, "a long enough password\n").success();
    let id = told.trim().strip_prefix("created the account ").expect("an id").to_owned();
    assert!(installation.run_with_input(&add, "a long enough password\n").failure(3).contains("the login is taken"));
    assert!(installation.run(&add).failure(2).contains("there is no password in standard input"));
    let short = ["account", "add", "--login", "other", "--name", "Otto Other", "--role", "operator"];
    assert!(installation.run_with_input(&short, "short").failure(3).contains("fewer than 15 characters"));
    let clerk = ["account", "add", "--login", "clerk", "--name", "Carla Clerk", "--role", "clerk", "--office", "aegi"];
    assert!(installation.run_with_input(&clerk, "a long enough password").failure(3).contains("no city"));
    assert_eq!(installation.run(&["account", "add", "--password", "secret"]).code, Some(2));
    let new = installation.run_with_input(&["account", "set-password", &id], "another long password\n");
    assert!(new.success().contains("set the password"));
    assert!(installation.run_with_input(&["account", "set-password", &id], "short").failure(3).contains("fewer than"));
    let none = installation.run(&["account", "reset-second-factor", &id]).failure(3);
    assert!(none.contains("there is no second factor"));
    assert!(installation.run(&["account", "disable", &id]).success().contains("disabled"));
    let unknown = uuid::Uuid::nil().to_string();
    assert!(installation.run(&["account", "disable", &unknown]).failure(3).contains("no such account"));
    let file = installation.write("password", "from a file, long enough\n");
    let file = file.to_str().expect("text");
    let from_file =
        ["account", "add", "--login", "second", "--name", "Sam Second", "--role", "operator", "--password-file", file];
    installation.run(&from_file).success();
}
