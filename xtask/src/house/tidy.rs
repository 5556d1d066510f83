//! How a file of ours looks: its first sentence, its length, its name, and the shortcuts that never land.

use std::path::Path;

use crate::house::sources::SourceFile;
use crate::house::{Breach, code};

/// Longest file in lines; most stay below 150.
const MOST_LINES: usize = 500;

const NAMES_THAT_SAY_NOTHING: [&str; 8] =
    ["util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"];

const SHORTCUTS: [(&str, &str); 8] = [
    ("#[ignore", "a test runs or is deleted"),
    ("#[should_panic", "assert on the error instead"),
    ("todo!", "finish it, or write a line in docs/ROADMAP.md"),
    ("unimplemented!", "finish it, or make the state unwritable"),
    ("dbg!", "for the desk, not for the repository"),
    ("#[allow(", "use #[expect(lint, reason = \"...\")]"),
    ("#![allow(", "use #[expect(lint, reason = \"...\")]"),
    (", allow(", "use expect(lint, reason = \"...\")"),
];

/// Names that belong to the place a text was written at, not into what is published.
const WORDS_OF_THE_WORKPLACE: [&str; 6] = [
    concat!("registry", ".npmjs"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("farm", "-studio"),
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
];

/// What may stand at the top of the repository beside files whose names begin with a dot.
const AT_THE_TOP: [&str; 18] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates",
    "migrations",
    "deploy",
    "docs",
    "xtask",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "SECURITY.md",
    "clippy.toml",
    "deny.toml",
    "rustfmt.toml",
    // Never committed: where cargo builds, where the demo keeps its database, what npm brings.
    "target",
    "data",
    "node_modules",
];

/// Every Rust file that misses its first sentence, is too long, or has a name that says nothing.
pub fn check_modules(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.is("rs")) {
        let first = file.text.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") {
            breaches.push(Breach::of(&file.path, "begins with `//!` and one sentence saying what it is for"));
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES {
            breaches.push(Breach::of(&file.path, format!("has {lines} lines; a file ends before {MOST_LINES}")));
        }
        breaches.extend(check_name(file));
    }
    breaches
}

fn check_name(file: &SourceFile) -> Option<Breach> {
    let path = Path::new(&file.path).with_extension("");
    let parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let words = parts.iter().flat_map(|part| part.split(['_', '-']));
    let empty = words.into_iter().find(|word| NAMES_THAT_SAY_NOTHING.contains(word))?;
    Some(Breach::of(&file.path, format!("`{empty}` says nothing about what is inside")))
}

/// Every shortcut in code, and every note to oneself that does not name its line in the road map.
pub fn check_shortcuts(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.is("rs")) {
        let views = code::split(&file.text);
        for (index, line) in views.code.lines().enumerate() {
            let found = SHORTCUTS.iter().filter(|(shortcut, _)| code::names(line, shortcut));
            breaches.extend(
                found.map(|(shortcut, instead)| {
                    Breach::on_line(&file.path, index + 1, format!("`{shortcut}`: {instead}"))
                }),
            );
        }
        for (index, line) in views.comments.lines().enumerate() {
            let is_note = ["TODO", "FIXME", "XXX"].iter().any(|word| code::names(line, word));
            if is_note && !line.contains("docs/ROADMAP.md#") {
                breaches.push(Breach::on_line(&file.path, index + 1, "a note names its line: docs/ROADMAP.md#..."));
            }
        }
    }
    breaches
}

/// Every line of any text that speaks of the workplace, and every lock file of npm that names a host.
pub fn check_words(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files {
        let is_npm_lock = file.path.ends_with("package-lock.json");
        for (index, line) in file.text.lines().enumerate() {
            let found = WORDS_OF_THE_WORKPLACE.iter().filter(|word| line.contains(*word));
            breaches.extend(found.map(|word| Breach::on_line(&file.path, index + 1, format!("names `{word}`"))));
            if is_npm_lock && line.contains("\"resolved\":") {
                let rule = "carries hosts; make it with `npm install --omit-lockfile-registry-resolved`";
                breaches.push(Breach::on_line(&file.path, index + 1, rule));
            }
        }
    }
    breaches
}

/// Every entry at the top of the repository that has no business there.
pub fn check_top_level(entries: &[String]) -> Vec<Breach> {
    let strangers = entries.iter().filter(|name| !name.starts_with('.') && !AT_THE_TOP.contains(&name.as_str()));
    strangers.map(|name| Breach::of(name, "does not belong at the top of the repository")).collect()
}
