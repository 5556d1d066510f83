//! The layout of a city directory: which file holds what.
//!
//! ```text
//! municipality.toml        the city itself: key, state, time zone, extra holidays
//! districts.toml           [[districts]]
//! closures.toml            [[closures]] of the whole city
//! accounts.toml            [[accounts]] that exist from the first load
//! offices/<key>.toml       one office with teams, rules, closures and absences
//! services/<key>.toml      one service with fees, ways and documents
//! chat/<language>/*.toml   what the chatbot says about services; read by `chatbot`, not here
//! chat/tutorials/<language>/*.toml   how a service is done online; likewise
//! **/*.password            one password a file, named by accounts.toml
//! **/README.md             for people
//! ```
//!
//! Only `municipality.toml` must exist. The name of an office's or service's file is its key.

use std::collections::BTreeSet;

use domain::identifier::Key;

use reading::{Code, Problem, TextFile, suggestion};

/// The longest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// The most offices a city can have.
pub const MAX_OFFICES: usize = 500;
/// The most services a city can have.
pub const MAX_SERVICES: usize = 2_000;

/// A file of a city directory.
pub type CityFile = TextFile;

/// The files of a directory, each in its place.
#[derive(Debug, Default)]
pub(crate) struct Layout<'a> {
    pub(crate) municipality: Option<&'a CityFile>,
    pub(crate) districts: Option<&'a CityFile>,
    pub(crate) closures: Option<&'a CityFile>,
    pub(crate) accounts: Option<&'a CityFile>,
    pub(crate) offices: Vec<(Key, &'a CityFile)>,
    pub(crate) services: Vec<(Key, &'a CityFile)>,
    pub(crate) passwords: Vec<&'a CityFile>,
}

const SINGLE: [&str; 4] = ["municipality.toml", "districts.toml", "closures.toml", "accounts.toml"];

impl<'a> Layout<'a> {
    /// Puts every file in its place and names those that have none.
    pub(crate) fn of(files: &'a [CityFile]) -> (Self, Vec<Problem>) {
        let mut layout = Self::default();
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for file in files {
            let sorted = if !seen.insert(file.path.as_str()) {
                Err(Problem::of_file(&file.path, Code::DuplicateFile, "the path stands twice among the files"))
            } else if file.text.len() > MAX_FILE_BYTES {
                let message = format!("the file has {} bytes; at most {MAX_FILE_BYTES} are allowed", file.text.len());
                Err(Problem::of_file(&file.path, Code::FileTooLarge, message))
            } else {
                layout.place(file)
            };
            problems.extend(sorted.err());
        }
        for (folder, entries, max) in
            [("offices", &mut layout.offices, MAX_OFFICES), ("services", &mut layout.services, MAX_SERVICES)]
        {
            if entries.len() > max {
                let message = format!("there are {} {folder}; at most {max} are allowed", entries.len());
                problems.push(Problem::of_file(folder, Code::OutOfRange, message));
                entries.truncate(max);
            }
        }
        if layout.municipality.is_none() && !seen.contains(SINGLE[0]) {
            problems.push(Problem::of_file(
                SINGLE[0],
                Code::MissingFile,
                "the file is missing; every city directory has it",
            ));
        }
        (layout, problems)
    }

    fn place(&mut self, file: &'a CityFile) -> Result<(), Problem> {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        match file.path.as_str() {
            "municipality.toml" => self.municipality = Some(file),
            "districts.toml" => self.districts = Some(file),
            "closures.toml" => self.closures = Some(file),
            "accounts.toml" => self.accounts = Some(file),
            _ if name == "README.md" => {}
            _ if name.ends_with(".password") => self.passwords.push(file),
            path => {
                let stem = path.strip_suffix(".toml").and_then(|rest| rest.split_once('/'));
                match stem {
                    // What stands in them is checked where it is used.
                    Some(("chat", _)) => {}
                    Some(("offices", stem)) => self.offices.push((named_key(file, stem)?, file)),
                    Some(("services", stem)) => self.services.push((named_key(file, stem)?, file)),
                    _ => return Err(unknown(file)),
                }
            }
        }
        Ok(())
    }
}

fn named_key(file: &CityFile, stem: &str) -> Result<Key, Problem> {
    Key::new(stem).map_err(|refusal| {
        let message = format!("the name of the file is not a key: {refusal}");
        Problem::of_file(&file.path, Code::BadForm, message)
    })
}

fn unknown(file: &CityFile) -> Problem {
    let near = suggestion(&file.path, SINGLE.into_iter());
    let message = format!(
        "a city directory has no such file{near}; allowed are {}, offices/<key>.toml, services/<key>.toml, chat/<language>/*.toml, *.password and README.md",
        SINGLE.join(", ")
    );
    Problem::of_file(&file.path, Code::UnknownFile, message)
}
