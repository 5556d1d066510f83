//! Invariant 1: the arrows between the rooms are the only arrows.

use crate::house::Breach;
use crate::house::rooms::{self, Kind, Manifest};

/// What tests of any crate may use beside what the crate itself may use: builders, the tables, and a city from its files.
const FOR_TESTS: [&str; 3] = ["testkit", "migrations", "city"];

/// Every crate that is not written down, stands in the wrong folder, or has an arrow that is not drawn.
pub fn check(manifests: &[Manifest]) -> Vec<Breach> {
    manifests.iter().flat_map(check_one).collect()
}

fn check_one(manifest: &Manifest) -> Vec<Breach> {
    let Some(room) = rooms::find(&manifest.name) else {
        let rule =
            format!("`{}` is not written down in xtask/src/house/rooms.rs and docs/ARCHITECTURE.md", manifest.name);
        return vec![Breach::of(&manifest.path, rule)];
    };
    let mut breaches = Vec::new();
    if manifest.folder() != folder_of(&manifest.name) {
        breaches
            .push(Breach::of(&manifest.path, format!("`{}` belongs in {}", manifest.name, folder_of(&manifest.name))));
    }
    for used in ours(&manifest.normal) {
        if rooms::find(used).is_some_and(|used| used.kind == Kind::Testing) {
            breaches.push(Breach::of(&manifest.path, format!("`{used}` may only be a dev-dependency")));
        } else if !room.may_use.contains(&used) {
            breaches.push(Breach::of(&manifest.path, format!("no arrow leads from `{}` to `{used}`", room.name)));
        }
    }
    for used in ours(&manifest.only_tests) {
        if !room.may_use.contains(&used) && !FOR_TESTS.contains(&used) {
            breaches.push(Breach::of(&manifest.path, format!("not even tests lead from `{}` to `{used}`", room.name)));
        }
    }
    breaches
}

fn ours(names: &std::collections::BTreeSet<String>) -> impl Iterator<Item = &str> {
    names.iter().map(String::as_str).filter(|name| rooms::find(name).is_some())
}

fn folder_of(name: &str) -> String {
    match name {
        "migrations" | "xtask" => name.to_owned(),
        _ => format!("crates/{name}"),
    }
}
