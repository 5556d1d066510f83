//! Reads a city directory from the disk: plain files alone, nothing outside it, nothing endless.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use city::{CityFile, Code, MAX_FILE_BYTES, Problem};

/// The most files of a directory.
const MOST_FILES: usize = 5_000;
/// The most bytes of all files together.
const MOST_BYTES: usize = 64 << 20;
/// How deep folders may lie in each other.
const DEEPEST: usize = 4;

/// What was found: the files that could be read, and a problem for each that could not.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files, by path.
    pub(crate) files: Vec<CityFile>,
    /// What could not be read.
    pub(crate) problems: Vec<Problem>,
}

/// Reads everything below `directory`. Names that begin with a dot belong to other programs and are passed over.
///
/// # Errors
/// `directory` itself cannot be read.
pub(crate) fn read(directory: &Path) -> std::io::Result<Found> {
    let root = directory.canonicalize()?;
    let mut reader = Reader { found: Found::default(), bytes: 0, is_full: false, root };
    let entries = names(&reader.root.clone())?;
    reader.folder("", entries, 0);
    Ok(reader.found)
}

struct Reader {
    root: PathBuf,
    found: Found,
    bytes: usize,
    is_full: bool,
}

impl Reader {
    fn folder(&mut self, path: &str, entries: Vec<std::ffi::OsString>, depth: usize) {
        for name in entries {
            if self.is_full {
                return;
            }
            let shown = name.to_string_lossy();
            let path = if path.is_empty() { shown.to_string() } else { format!("{path}/{shown}") };
            if name.to_str().is_none() {
                self.problem(&path, Code::UnknownFile, "the name is not text in UTF-8");
            } else if !shown.starts_with('.') {
                self.entry(&path, depth);
            }
        }
    }

    fn entry(&mut self, path: &str, depth: usize) {
        // What a link leads to counts, and it must lie in the directory: it may be a stranger's file otherwise.
        let Ok(target) = self.root.join(path).canonicalize() else {
            return self.problem(path, Code::Unreadable, "the file cannot be found; perhaps a link leads nowhere");
        };
        if !target.starts_with(&self.root) {
            return self.problem(path, Code::Unreadable, "the link leads out of the directory");
        }
        match target.metadata() {
            Ok(kind) if kind.is_file() => self.file(path, &target),
            Ok(kind) if kind.is_dir() && target != self.root.join(path) => {
                self.problem(path, Code::Unreadable, "a folder must not be a link");
            }
            Ok(kind) if kind.is_dir() && depth >= DEEPEST => {
                self.problem(path, Code::UnknownFile, "no folder of a city lies this deep");
            }
            Ok(kind) if kind.is_dir() => match names(&target) {
                Ok(entries) => self.folder(path, entries, depth + 1),
                Err(error) => self.problem(path, Code::Unreadable, &format!("the folder cannot be read: {error}")),
            },
            Ok(_) => self.problem(path, Code::Unreadable, "this is no file but a pipe, a socket or a device"),
            Err(error) => self.problem(path, Code::Unreadable, &format!("the file cannot be read: {error}")),
        }
    }

    fn file(&mut self, path: &str, target: &Path) {
        let mut bytes = Vec::new();
        let most = MAX_FILE_BYTES as u64 + 1;
        if let Err(error) = File::open(target).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
            return self.problem(path, Code::Unreadable, &format!("the file cannot be read: {error}"));
        }
        if bytes.len() > MAX_FILE_BYTES {
            let message = format!("the file is longer than {MAX_FILE_BYTES} bytes");
            return self.problem(path, Code::FileTooLarge, &message);
        }
        self.bytes += bytes.len();
        if self.found.files.len() == MOST_FILES || self.bytes > MOST_BYTES {
            self.is_full = true;
            let message =
                format!("the directory holds more than {MOST_FILES} files or {MOST_BYTES} bytes; this is no city");
            return self.problem(path, Code::More, &message);
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.found.files.push(CityFile { path: path.to_owned(), text }),
            Err(error) => {
                let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = valid.split(|&byte| byte == b'\n').count();
                let problem = Problem::of_file(path, Code::Unreadable, "the file is not text in UTF-8");
                self.found.problems.push(Problem { line, ..problem });
            }
        }
    }

    fn problem(&mut self, path: &str, code: Code, message: &str) {
        self.found.problems.push(Problem::of_file(path, code, message));
    }
}

/// The names in a folder, in one order on every system.
fn names(folder: &Path) -> std::io::Result<Vec<std::ffi::OsString>> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?;
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn reads_plain_files_and_follows_no_link_out() {
        let (city, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let root = city.path();
        std::fs::write(outside.path().join("secret"), "stranger").expect("written");
        std::fs::create_dir(root.join("offices")).expect("made");
        std::fs::write(root.join("offices/a.toml"), "a = 1").expect("written");
        std::fs::write(root.join("bad.toml"), b"a = 1\nb = \"\xff\"").expect("written");
        std::fs::write(root.join("long.toml"), vec![b'#'; MAX_FILE_BYTES + 1]).expect("written");
        std::fs::write(root.join(".swap"), "not ours").expect("written");
        symlink(root.join("offices/a.toml"), root.join("inside.toml")).expect("linked");
        symlink(outside.path().join("secret"), root.join("out.toml")).expect("linked");
        symlink(root, root.join("round")).expect("linked");
        symlink(root.join("nowhere"), root.join("lost.toml")).expect("linked");
        let Found { files, problems } = read(root).expect("readable");
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["inside.toml", "offices/a.toml"]);
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let wrong = ["bad.toml:2", "long.toml:1", "lost.toml:1", "out.toml:1", "round:1"];
        assert_eq!(told.len(), wrong.len(), "{told:?}");
        for (problem, place) in told.iter().zip(wrong) {
            assert!(problem.starts_with(place) && !problem.contains("stranger"), "{problem}");
        }
        assert!(read(&root.join("nowhere")).is_err());
    }
}
