//! The rooms of the house: which workspace crate may use which. A crate that is not written down here fails the tests.

use std::collections::BTreeSet;

use toml::Table;

use crate::house::sources::SourceFile;

/// What a crate may be to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Needs nothing but values: no I/O, no async, no clock, no randomness.
    Pure,
    /// Talks to the database or carries its tables.
    Storage,
    /// Owns tables and use cases; never sees another feature.
    Feature,
    /// Pages for the browser, embedded in the binary.
    Pages,
    /// Puts everything together.
    Root,
    /// Builders and the test application: only ever a dev-dependency.
    Testing,
    /// This crate.
    Automation,
}

/// One workspace crate, as docs/ARCHITECTURE.md draws it.
#[derive(Debug)]
pub struct Room {
    /// Name of the package.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The workspace crates it may name under `[dependencies]`.
    pub may_use: &'static [&'static str],
}

const fn room(name: &'static str, kind: Kind, may_use: &'static [&'static str]) -> Room {
    Room { name, kind, may_use }
}

/// The arrows. A new crate or arrow is written here, in docs/ARCHITECTURE.md and, if it needs a reason, in docs/adr/.
pub const ROOMS: &[Room] = &[
    room("domain", Kind::Pure, &[]),
    room("reading", Kind::Pure, &["domain"]),
    room("city", Kind::Pure, &["domain", "reading"]),
    room("capacity", Kind::Pure, &["domain"]),
    room("forms", Kind::Pure, &["domain", "reading"]),
    room("exchange", Kind::Pure, &["domain", "forms"]),
    room("letters", Kind::Pure, &[]),
    room("database", Kind::Storage, &["domain"]),
    room("migrations", Kind::Storage, &[]),
    room("identity", Kind::Feature, &["domain", "database"]),
    room("scheduling", Kind::Feature, &["domain", "capacity", "database"]),
    room("applications", Kind::Feature, &["domain", "forms", "exchange", "letters", "database"]),
    room("chatbot", Kind::Feature, &["domain", "reading", "database"]),
    room("conversations", Kind::Feature, &["domain", "reading", "chatbot", "database"]),
    room("notifications", Kind::Feature, &["domain", "database"]),
    room("portal", Kind::Pages, &[]),
    room("gateway", Kind::Root, EVERY_ROOM_BUT_TESTS),
    room("testkit", Kind::Testing, EVERY_ROOM),
    room("xtask", Kind::Automation, &[]),
];

const EVERY_ROOM_BUT_TESTS: &[&str] = &[
    "domain",
    "reading",
    "city",
    "capacity",
    "forms",
    "exchange",
    "letters",
    "database",
    "migrations",
    "identity",
    "scheduling",
    "applications",
    "chatbot",
    "conversations",
    "notifications",
    "portal",
];

const EVERY_ROOM: &[&str] = &[
    "domain",
    "reading",
    "city",
    "capacity",
    "forms",
    "exchange",
    "letters",
    "database",
    "migrations",
    "identity",
    "scheduling",
    "applications",
    "chatbot",
    "conversations",
    "notifications",
    "portal",
    "gateway",
];

/// The room of this name, if it is written down.
pub fn find(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// A crate as its `Cargo.toml` tells it.
#[derive(Debug)]
pub struct Manifest {
    /// Path of the `Cargo.toml`.
    pub path: String,
    /// Name of the package.
    pub name: String,
    /// What the crate itself needs (`[dependencies]` and `[build-dependencies]`, for any target).
    pub normal: BTreeSet<String>,
    /// What only its tests need.
    pub only_tests: BTreeSet<String>,
}

impl Manifest {
    /// The folder of the crate, for example `crates/domain`.
    pub fn folder(&self) -> &str {
        self.path.trim_end_matches("/Cargo.toml")
    }
}

/// Reads every `Cargo.toml` that describes a package; the one at the top only lists members.
///
/// # Panics
///
/// If a `Cargo.toml` is not TOML; cargo would have refused it before this test could run.
pub fn manifests(files: &[SourceFile]) -> Vec<Manifest> {
    let descriptions = files.iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    descriptions.filter_map(read_manifest).collect()
}

fn read_manifest(file: &SourceFile) -> Option<Manifest> {
    let table: Table = file.text.parse().expect("cargo has read this file already");
    let name = table.get("package")?.get("name")?.as_str()?.to_owned();
    let mut manifest = Manifest { path: file.path.clone(), name, normal: BTreeSet::new(), only_tests: BTreeSet::new() };
    let targets = table.get("target").and_then(toml::Value::as_table);
    let per_target = targets.into_iter().flat_map(|targets| targets.values()).filter_map(toml::Value::as_table);
    for section in std::iter::once(&table).chain(per_target) {
        manifest.normal.extend(dependencies(section, "dependencies"));
        manifest.normal.extend(dependencies(section, "build-dependencies"));
        manifest.only_tests.extend(dependencies(section, "dev-dependencies"));
    }
    Some(manifest)
}

fn dependencies(section: &Table, kind: &str) -> Vec<String> {
    let Some(entries) = section.get(kind).and_then(toml::Value::as_table) else {
        return Vec::new();
    };
    // `package = "real-name"` renames a crate; the rules speak of the real one.
    let real_name = |(key, value): (&String, &toml::Value)| {
        let renamed = value.get("package").and_then(toml::Value::as_str);
        renamed.unwrap_or(key).to_owned()
    };
    entries.iter().map(real_name).collect()
}
