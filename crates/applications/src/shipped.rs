//! The services that the product ships, embedded into the program.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

static SERVICES: Dir<'_> = include_dir!("$REPOSITORY_ROOT/crates/applications/services");

/// The keys of the shipped services, ascending.
pub fn shipped_services() -> Vec<&'static str> {
    let mut keys: Vec<&str> = SERVICES.dirs().filter_map(|directory| directory.path().to_str()).collect();
    keys.sort_unstable();
    keys
}

/// The files of a shipped service by their path inside its directory; `None` if there is no such service.
pub fn shipped_service(key: &str) -> Option<BTreeMap<String, String>> {
    let root = SERVICES.get_dir(key)?;
    let mut files = BTreeMap::new();
    let mut waiting = vec![root];
    while let Some(directory) = waiting.pop() {
        waiting.extend(directory.dirs());
        for file in directory.files() {
            let name = file.path().strip_prefix(root.path()).ok()?.to_str()?.replace('\\', "/");
            files.insert(name, file.contents_utf8()?.to_owned());
        }
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_service_is_in_the_program_and_loads() {
        let keys = shipped_services();
        assert!(keys.len() >= 9, "{keys:?}");
        for key in keys {
            let files = shipped_service(key).expect("the service is there");
            assert_eq!(forms::load(&files).expect(key).definition.key(), key);
        }
        assert_eq!(shipped_service("no-such-service"), None);
        assert_eq!(shipped_service("../services"), None);
    }
}
