//! Reads the demo city from the repository, as the gateway does.

use std::fs;
use std::path::{Path, PathBuf};

use city::CityFile;

/// Every file of the demo city.
pub(crate) fn demo_files() -> Vec<CityFile> {
    let root = Path::new(env!("REPOSITORY_ROOT")).join("deploy/demo/hannover");
    let mut files = Vec::new();
    read_folder(&root, &root, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<CityFile>) {
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path: PathBuf = entry.expect("the entry can be read").path();
        if path.is_dir() {
            read_folder(root, &path, files);
            continue;
        }
        let parts = path.strip_prefix(root).expect("it lies below the root").iter();
        let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
        files.push(CityFile { path: parts.join("/"), text: fs::read_to_string(&path).expect("it is text") });
    }
}
