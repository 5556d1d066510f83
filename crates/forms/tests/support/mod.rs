//! The definition of the tests, and small ways to change it.

use std::collections::BTreeMap;
use std::path::Path;

use forms::{Loaded, load};

/// The files of the residents' parking permit.
pub(crate) fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/bewohnerparken");
    let mut files = BTreeMap::new();
    for folder in ["", "tables", "texts", "letters", "tests"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    files
}

/// The definition, checked.
pub(crate) fn loaded() -> Loaded {
    load(&files()).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("the definition has problems:\n{}", lines.join("\n"));
    })
}
