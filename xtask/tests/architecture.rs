//! Holds the drawing in docs/ARCHITECTURE.md: arrows, reserved crates, and where clocks and SQL may stand.

use xtask::house::rooms::{Manifest, manifests};
use xtask::house::sources::{SourceFile, read_all, repository};
use xtask::house::{Breach, arrows, expect_none, purity, reserved};

fn files() -> Vec<SourceFile> {
    read_all(&repository()).expect("the repository can be read")
}

fn crate_named(name: &str, text: &str) -> Vec<Manifest> {
    let path = format!("crates/{name}/Cargo.toml");
    manifests(&[SourceFile::new(&path, &format!("[package]\nname = \"{name}\"\n{text}"))])
}

/// Each rule is also shown a house that breaks it: a check that never fails proves nothing.
#[track_caller]
fn check_refused(breaches: &[Breach], words: &str) {
    assert!(
        breaches.iter().any(|breach| breach.to_string().contains(words)),
        "expected a breach about `{words}`, found {breaches:?}"
    );
}

#[test]
fn the_arrows_drawn_are_the_only_arrows() {
    let manifests = manifests(&files());
    assert!(manifests.len() >= 9, "the crates were not found: {manifests:?}");
    expect_none(&arrows::check(&manifests));
}

#[test]
fn a_new_arrow_or_crate_is_refused() {
    let refused = |name, text, words| check_refused(&arrows::check(&crate_named(name, text)), words);
    refused("domain", "[dependencies]\ncapacity.workspace = true", "no arrow leads from `domain` to `capacity`");
    refused("scheduling", "[dependencies]\nidentity.workspace = true", "from `scheduling` to `identity`");
    refused("gateway", "[dependencies]\ntestkit.workspace = true", "`testkit` may only be a dev-dependency");
    refused("identity", "[dev-dependencies]\nscheduling.workspace = true", "not even tests");
    refused("exchange", "[dependencies]\napplications.workspace = true", "from `exchange` to `applications`");
    refused("notifications", "[dependencies]\nexchange.workspace = true", "from `notifications` to `exchange`");
    refused("parking", "", "`parking` is not written down");
    refused("city", "[target.'cfg(unix)'.dependencies]\nx = { package = \"database\" }", "`city` to `database`");
    let elsewhere = manifests(&[SourceFile::new("domain/Cargo.toml", "[package]\nname = \"domain\"")]);
    check_refused(&arrows::check(&elsewhere), "belongs in crates/domain");
}

#[test]
fn tests_may_use_builders_and_tables() {
    let text = "[dev-dependencies]\ntestkit.workspace = true\nmigrations.workspace = true";
    expect_none(&arrows::check(&crate_named("scheduling", text)));
}

#[test]
fn reserved_crates_stay_in_their_room() {
    expect_none(&reserved::check_manifests(&manifests(&files())));
}

#[test]
fn a_reserved_crate_elsewhere_is_refused() {
    let refused = |name, external, words| {
        let text = format!("[dependencies]\n{external} = \"1\"");
        check_refused(&reserved::check_manifests(&crate_named(name, &text)), words);
    };
    refused("scheduling", "axum", "may not use axum");
    refused("identity", "async-graphql", "may not use async-graphql");
    refused("scheduling", "argon2", "may not use argon2");
    refused("gateway", "sea-orm", "may not use sea-orm");
    refused("scheduling", "aws-lc-rs", "may not use aws-lc-rs");
    refused("database", "clap", "may not use clap");
    refused("scheduling", "reqwest", "a test tool is a dev-dependency");
    refused("gateway", "openidconnect", "providers are asked in identity");
    refused("applications", "typst", "letters on paper are written in letters");
    refused("capacity", "tokio", "`capacity` is pure and may not use tokio");
}

#[test]
fn sql_stands_only_in_stores() {
    expect_none(&reserved::check_sources(&files()));
}

#[test]
fn sql_outside_a_store_is_refused() {
    let refused = |path, text, words| {
        check_refused(&reserved::check_sources(&[SourceFile::new(path, text)]), words);
    };
    refused("crates/scheduling/src/book_appointment.rs", "use sea_orm::Set;", "book_appointment.rs:1");
    refused("crates/gateway/src/store/offices.rs", "use sea_orm::Set;", "sea-orm stands only");
    refused("crates/identity/src/lib.rs", "//! Doc.\npub mod store;", "a store is private");
    let private = SourceFile::new("crates/scheduling/src/store/hold.rs", "use sea_orm::Set; // sqlx");
    expect_none(&reserved::check_sources(&[private]));
}

#[test]
fn time_chance_and_settings_come_in_as_values() {
    let files = files();
    expect_none(&purity::check(&files));
    expect_none(&purity::check_clippy(&files));
}

#[test]
fn a_clock_outside_the_gateway_is_refused() {
    let refused = |path, text, words| check_refused(&purity::check(&[SourceFile::new(path, text)]), words);
    refused("crates/scheduling/src/hold_slot.rs", "let now = Utc::now();", "`Utc::now` only in the gateway");
    refused("crates/database/src/connect.rs", "\nlet at = tokio::time::Instant::now();", "connect.rs:2");
    refused("crates/identity/src/tokens.rs", "use rand::Rng;", "`rand::`");
    refused("migrations/src/lib.rs", "std::env::var(\"A\")", "`std::env`");
    refused("crates/domain/src/time.rs", "pub async fn wait() {}", "no place in a pure engine");
    refused("crates/city/src/read.rs", "std::fs::read(path)", "`std::fs`");
    let gateway = SourceFile::new("crates/gateway/src/clock.rs", "SystemTime::now()");
    expect_none(&purity::check(&[gateway]));
    let elsewhere = SourceFile::new("crates/scheduling/clippy.toml", "");
    check_refused(&purity::check_clippy(&[elsewhere]), "would switch off the ban");
}

#[test]
fn clippy_bans_what_this_test_bans() {
    let files = files();
    let settings = files.iter().find(|file| file.path == "clippy.toml").expect("clippy.toml stands at the top");
    for method in ["std::time::SystemTime::now", "std::time::Instant::now", "std::env::var", "chrono::Utc::now"] {
        assert!(settings.text.contains(&format!("path = \"{method}\"")), "{method} is not banned");
    }
}
