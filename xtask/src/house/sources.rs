//! Reads the files of the repository that the rules of the house are checked on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that hold nothing we wrote.
const NOT_OURS: [&str; 3] = [".git", "target", "node_modules"];

/// One text file of the repository.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path from the top of the repository, with `/` between the parts.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// A file as the negative controls need it: a path and a text.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether the name ends with a dot and `extension`.
    pub fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// The folder of the crate this file belongs to, for example `crates/domain` or `migrations`.
    pub fn room_folder(&self) -> &str {
        let depth = if self.path.starts_with("crates/") { 2 } else { 1 };
        let end = self.path.match_indices('/').nth(depth - 1).map_or(self.path.len(), |(at, _)| at);
        &self.path[..end]
    }
}

/// The top of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("REPOSITORY_ROOT"))
}

/// Every text file below `root` that belongs to the repository, in order of path. Files that are not UTF-8 are left out.
pub fn read_all(root: &Path) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let relative = relative_path(root, &path);
            if path.is_dir() {
                if !is_left_out(&relative) {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                files.push(SourceFile { path: relative, text });
            }
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn is_left_out(relative: &str) -> bool {
    let name = relative.rsplit('/').next().unwrap_or(relative);
    // `data/` at the top is where the demo keeps its database.
    NOT_OURS.contains(&name) || relative == "data"
}

fn relative_path(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
