//! The services that the product ships, and what tests say about documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::time::Timestamp;
use exchange::XdfFacts;
use forms::{Definition, load};

pub(crate) type Files = BTreeMap<String, String>;

pub(crate) const FACTS: XdfFacts<'static> =
    XdfFacts { message_id: "nachricht-1", created_at: Timestamp::from_seconds(1_795_000_000), version: 3 };

fn shipped() -> PathBuf {
    Path::new(env!("REPOSITORY_ROOT")).join("crates/applications/services")
}

/// Keys of all services, ascending.
pub(crate) fn keys() -> Vec<String> {
    let entries = fs::read_dir(shipped()).expect("the services are part of the repository");
    let mut keys: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    keys.sort();
    keys
}

/// The files of a service by their path inside its directory.
pub(crate) fn files_of(key: &str) -> Files {
    let root = shipped().join(key);
    let mut files = BTreeMap::new();
    let mut waiting = vec![root.clone()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("below").to_str().expect("a name").to_owned();
                files.insert(name, fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    files
}

pub(crate) fn loads(files: &Files) -> Definition {
    match load(files) {
        Ok(loaded) => loaded.definition,
        Err(problems) => {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        }
    }
}

pub(crate) fn definition_of(key: &str) -> Definition {
    loads(&files_of(key))
}
