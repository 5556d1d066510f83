//! A city and its texts, read from a directory.

use std::collections::BTreeMap;
use std::path::Path;

use chatbot::content::{self, Content};
use domain::catalogue::Service;
use domain::identifier::Key;
use reading::{Problem, TextFile};

/// The services of the city in `folder` and what is written about them.
pub(crate) fn read_city(folder: &Path) -> Result<(BTreeMap<Key, Service>, Content), String> {
    let mut files = Vec::new();
    read_folder(folder, folder, &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let services = city::check(&files).map_err(|problems| lines(&problems))?.city.services;
    let texts = content::read(&files, &services).map_err(|problems| lines(&problems))?;
    Ok((services, texts))
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(root, &path, files)?;
        } else if let (Ok(text), Ok(below)) = (std::fs::read_to_string(&path), path.strip_prefix(root)) {
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            files.push(TextFile { path: parts.join("/"), text });
        }
    }
    Ok(())
}
