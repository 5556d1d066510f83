//! Where the configuration of a command comes from: one file and the environment.

use std::path::{Path, PathBuf};

use crate::cli::CommandError;
use crate::configuration::{Configuration, Problems, Sources};

/// Read where nobody names a file.
const USUAL: &str = "servicepoint.toml";

/// The file that the command line names.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: Option<PathBuf>,
}

impl Source {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// Every mistake at once.
    pub(crate) fn read(&self) -> Result<Configuration, CommandError> {
        self.problems_or_configuration().map_err(|problems| {
            let count = problems.0.len();
            let noun = if count == 1 { "mistake" } else { "mistakes" };
            CommandError::Usage(format!("{count} {noun} in the configuration\n{problems}"))
        })
    }

    /// As [`Source::read`], with the mistakes one by one.
    ///
    /// # Errors
    /// Every mistake at once.
    pub(crate) fn problems_or_configuration(&self) -> Result<Configuration, Problems> {
        let (environment, mut unreadable) = environment();
        let file = match self.text() {
            Ok(file) => file,
            Err(problem) => {
                unreadable.push(problem);
                None
            }
        };
        let file = file.as_ref().map(|(path, text)| (path.as_path(), text.as_str()));
        let sources = Sources { file, environment: &environment, read_secret: &|path| std::fs::read_to_string(path) };
        match Configuration::read(&sources) {
            Ok(configuration) if unreadable.is_empty() => Ok(configuration),
            Ok(_) => Err(Problems(unreadable)),
            Err(Problems(more)) => Err(Problems(unreadable.into_iter().chain(more).collect())),
        }
    }

    fn text(&self) -> Result<Option<(PathBuf, String)>, String> {
        let path = match &self.file {
            Some(named) => named.clone(),
            None if Path::new(USUAL).exists() => PathBuf::from(USUAL),
            None => return Ok(None),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some((path, text))),
            Err(error) => Err(format!("{}: cannot be read: {error}", path.display())),
        }
    }
}

/// Our variables; what another program set is none of our business, whatever it holds.
fn environment() -> (Vec<(String, String)>, Vec<String>) {
    let (mut ours, mut unreadable) = (Vec::new(), Vec::new());
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with("SERVICEPOINT_")) else { continue };
        match value.into_string() {
            Ok(value) => ours.push((name.to_owned(), value)),
            Err(_) => unreadable.push(format!("environment: {name} is not text in UTF-8")),
        }
    }
    (ours, unreadable)
}
