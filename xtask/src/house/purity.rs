//! Invariant 4: time, chance and settings come in as values; and pure engines touch nothing outside themselves.

use crate::house::rooms::{self, Kind};
use crate::house::sources::SourceFile;
use crate::house::{Breach, code};

/// Clocks, randomness and the environment: the gateway reads them, and so do the tools around the product.
const GATEWAY_ONLY: [(&str, &str); 14] = [
    ("SystemTime::now", "take `now` as a value"),
    ("Instant::now", "take the instant as a value"),
    ("Utc::now", "take `now` as a value"),
    ("Local::now", "take `now` and the zone as values"),
    ("rand::", "take the random value as a value"),
    ("getrandom", "take the random value as a value"),
    ("OsRng", "take the random value as a value"),
    ("Uuid::new_v4", "take the id as a value"),
    ("Uuid::now_v7", "take the id as a value"),
    ("std::env", "take the setting as a value"),
    ("env::var", "take the setting as a value"),
    ("env::vars", "take the settings as a value"),
    ("env::args", "take the arguments as a value"),
    ("env::temp_dir", "take the directory as a value"),
];

/// What no pure engine does.
const NOT_IN_PURE_CRATES: [&str; 11] = [
    "async fn",
    ".await",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
    "println!",
    "eprintln!",
    "static mut",
];

/// Every line that reads a clock, entropy, the environment or the outside world where it may not.
pub fn check(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    // An example is a program to look at or to measure with; nothing is built on it.
    let built_on = |file: &&SourceFile| file.is("rs") && !file.path.contains("/examples/");
    for file in files.iter().filter(built_on) {
        let Some(kind) = kind_of(file) else { continue };
        let code = code::split(&file.text).code;
        for (index, line) in code.lines().enumerate() {
            if !may_read_the_world(kind) {
                let found = GATEWAY_ONLY.iter().filter(|(pattern, _)| code::names(line, pattern));
                breaches.extend(found.map(|(pattern, instead)| {
                    Breach::on_line(&file.path, index + 1, format!("`{pattern}` only in the gateway: {instead}"))
                }));
            }
            if kind == Kind::Pure && !is_test(file) {
                let found = NOT_IN_PURE_CRATES.iter().filter(|pattern| code::names(line, pattern));
                breaches.extend(found.map(|pattern| {
                    Breach::on_line(&file.path, index + 1, format!("`{pattern}` has no place in a pure engine"))
                }));
            }
        }
    }
    breaches
}

/// The clippy.toml files that stand where clippy's own ban on clocks would be switched off without leave.
pub fn check_clippy(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let settings =
        files.iter().filter(|file| file.path.ends_with("/clippy.toml") || file.path.ends_with("/.clippy.toml"));
    for file in settings {
        if !kind_of(file).is_some_and(may_read_the_world) {
            let rule = "would switch off the ban on clocks, randomness and environment in the clippy.toml at the top";
            breaches.push(Breach::of(&file.path, rule));
        }
    }
    breaches
}

fn kind_of(file: &SourceFile) -> Option<Kind> {
    let name = file.room_folder().rsplit('/').next()?;
    rooms::find(name).map(|room| room.kind)
}

fn may_read_the_world(kind: Kind) -> bool {
    match kind {
        Kind::Root | Kind::Testing | Kind::Automation => true,
        Kind::Pure | Kind::Storage | Kind::Feature | Kind::Pages => false,
    }
}

fn is_test(file: &SourceFile) -> bool {
    file.path.contains("/tests/")
}
