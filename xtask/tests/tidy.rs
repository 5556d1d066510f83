//! Holds how we write: first sentences, short files, speaking names, no shortcuts, links that lead somewhere.

use std::fs;

use xtask::house::sources::{SourceFile, read_all, repository};
use xtask::house::{Breach, documents, expect_none, tidy};

fn files() -> Vec<SourceFile> {
    read_all(&repository()).expect("the repository can be read")
}

fn file(path: &str, text: &str) -> Vec<SourceFile> {
    vec![SourceFile::new(path, text)]
}

/// Each rule is also shown a text that breaks it: a check that never fails proves nothing.
#[track_caller]
fn check_refused(breaches: &[Breach], words: &str) {
    assert!(
        breaches.iter().any(|breach| breach.to_string().contains(words)),
        "expected a breach about `{words}`, found {breaches:?}"
    );
}

#[test]
fn every_module_says_what_it_is_for_and_stays_short() {
    let files = files();
    assert!(files.iter().filter(|file| file.is("rs")).count() > 10, "the sources were not found");
    expect_none(&tidy::check_modules(&files));
}

#[test]
fn modules_without_sentence_end_or_name_are_refused() {
    check_refused(&tidy::check_modules(&file("crates/domain/src/a.rs", "pub struct A;")), "begins with `//!`");
    let long = format!("//! Long.\n{}", "\n".repeat(500));
    check_refused(&tidy::check_modules(&file("crates/domain/src/a.rs", &long)), "has 501 lines");
    check_refused(&tidy::check_modules(&file("crates/domain/src/utils/a.rs", "//! A.")), "`utils` says nothing");
    check_refused(&tidy::check_modules(&file("crates/domain/src/slot_manager.rs", "//! A.")), "`manager`");
}

#[test]
fn no_shortcut_lands() {
    expect_none(&tidy::check_shortcuts(&files()));
}

#[test]
fn shortcuts_are_refused() {
    let refused = |text, words| check_refused(&tidy::check_shortcuts(&file("xtask/src/a.rs", text)), words);
    refused("#[ignore = \"slow\"]", "a test runs or is deleted");
    refused("#[should_panic]", "assert on the error");
    refused("\nfn a() { todo!() }", "a.rs:2");
    refused("unimplemented!()", "unimplemented!");
    refused("dbg!(a)", "dbg!");
    refused("#![allow(dead_code)]", "expect");
    refused("#[cfg_attr(test, allow(dead_code))]", "expect");
    refused("// TODO: later", "names its line");
    refused("/* FIXME */", "names its line");
    let honest = "// TODO docs/ROADMAP.md#waitlist: offer the place.\nlet text = \"todo!\";";
    expect_none(&tidy::check_shortcuts(&file("xtask/src/a.rs", honest)));
}

#[test]
fn no_text_speaks_of_the_place_it_was_written_at() {
    expect_none(&tidy::check_words(&files()));
}

#[test]
fn words_of_the_workplace_are_refused() {
    let path = concat!("see /wo", "rk/notes.md");
    check_refused(&tidy::check_words(&file("docs/a.md", path)), "docs/a.md:1");
    let lock = "{\n\"resolved\": \"https://example.org/a.tgz\"\n}";
    check_refused(&tidy::check_words(&file("crates/gateway/tests/package-lock.json", lock)), "carries hosts");
}

#[test]
fn links_lead_somewhere() {
    expect_none(&documents::check_links(&repository(), &files()));
}

#[test]
fn a_dead_link_is_refused() {
    let links = |text| documents::check_links(&repository(), &file("docs/a.md", text));
    check_refused(&links("[gone](gone.md#part)"), "`gone.md` leads nowhere");
    check_refused(&links("\n[`code`](../gone.md \"title\")"), "docs/a.md:2");
    expect_none(&links("[here](../Cargo.toml#x) [web](https://example.org) [part](#x) `[code](gone.md)`"));
    expect_none(&links("```\n[code](gone.md)\n```"));
}

#[test]
fn the_top_of_the_repository_stays_short() {
    let entries = fs::read_dir(repository()).expect("the repository can be read");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    expect_none(&tidy::check_top_level(&names.collect::<Vec<_>>()));
    check_refused(&tidy::check_top_level(&["notes.txt".to_owned()]), "notes.txt: does not belong");
}

#[test]
fn migrations_are_listed_in_order() {
    expect_none(&documents::check_migrations(&files()));
}

#[test]
fn a_forgotten_or_misplaced_migration_is_refused() {
    let check = |list: &str| {
        let one = SourceFile::new("migrations/src/m0001_offices.rs", "//! One.");
        let two = SourceFile::new("migrations/src/m0002_slots.rs", "//! Two.");
        documents::check_migrations(&[one, two, SourceFile::new("migrations/src/lib.rs", list)])
    };
    expect_none(&check("mod m0001_offices;\nmod m0002_slots;\nvec![m0001_offices::M, m0002_slots::M]"));
    check_refused(&check("mod m0002_slots;\nvec![m0001_offices::M]"), "lists m0002_slots 0 times");
    check_refused(&check("vec![m0002_slots::M, m0001_offices::M]"), "names stand in order");
}

#[test]
fn every_benchmark_is_registered() {
    expect_none(&documents::check_benchmarks(&files()));
    let measure = SourceFile::new("xtask/src/bench/measures/tea.rs", "//! Tea.");
    check_refused(&documents::check_benchmarks(&[measure]), "does not run tea");
}
