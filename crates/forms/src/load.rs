//! From a directory to a definition: every file read, everything checked, every problem at once.

use std::collections::BTreeMap;

use reading::{Code, Notice, Place, Problem, Source, TextFile, suggestion, visible};

use crate::definition::Definition;
use crate::lint;
use crate::locale::Locale;
use crate::model::{FORMAT, Model, Texts};
use crate::read::{self, Places};
use crate::scenario::{self, Scenario};
use crate::table::{DecisionTable, read_csv};

/// The longest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// The most files of a definition.
pub const MAX_FILES: usize = 500;

/// A definition that may be published, and what is probably not meant.
#[derive(Debug)]
pub struct Loaded {
    /// The definition.
    pub definition: Definition,
    /// What is allowed and should be looked at: missing translations, long sentences, unused texts.
    pub notices: Vec<Notice>,
}

/// Checks the files of a definition directory, path to text; paths are relative with `/`.
///
/// # Errors
/// Every problem of every file, ordered by file, line and column. Never panics, whatever the files hold.
pub fn load(files: &BTreeMap<String, String>) -> Result<Loaded, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut directory = Directory::default();
    for (path, text) in files.iter().take(MAX_FILES) {
        directory.read(path, text, &mut problems);
    }
    if files.len() > MAX_FILES {
        problems.push(Problem::of_file("", Code::OutOfRange, format!("a definition has at most {MAX_FILES} files")));
    }
    for required in ["service.toml", "form.toml", "texts/de.toml"] {
        if !files.contains_key(required) {
            problems.push(Problem::of_file(
                required,
                Code::MissingFile,
                "the file is missing; every definition has it",
            ));
        }
    }
    let definition = directory.definition(&mut problems);
    match definition {
        Some(definition) if problems.is_empty() => {
            let notices = lint::notices(&definition);
            Ok(Loaded { definition, notices })
        }
        _ => {
            problems.sort_by(|a, b| (&a.file, a.line, a.column, &a.key).cmp(&(&b.file, b.line, b.column, &b.key)));
            problems.dedup();
            Err(problems)
        }
    }
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Directory {
    places: Places,
    service: Option<crate::model::Service>,
    form: Option<crate::model::Form>,
    tables: BTreeMap<String, DecisionTable>,
    texts: Texts,
    letters: BTreeMap<String, String>,
    scenarios: BTreeMap<String, Scenario>,
}

impl Directory {
    fn read(&mut self, path: &str, text: &str, problems: &mut Vec<Problem>) {
        if text.len() > MAX_FILE_BYTES {
            let message = format!("the file has {} bytes; at most {MAX_FILE_BYTES} are allowed", text.len());
            problems.push(Problem::of_file(path, Code::FileTooLarge, message));
            return;
        }
        let file = TextFile { path: path.to_owned(), text: text.to_owned() };
        let places = &mut self.places;
        match path.split_once('/') {
            None if path == "service.toml" => {
                self.service = Source::read(&file, problems, |table| read::service(table, places));
            }
            None if path == "form.toml" => {
                self.form = Source::read(&file, problems, |table| Some(read::form(table, places)));
            }
            Some(("texts", name)) => match name.strip_suffix(".toml").and_then(Locale::parse) {
                Some(locale) => {
                    let found =
                        Source::read(&file, problems, |table| Some(read::texts(table, places, locale.as_str())));
                    self.texts.insert(locale, found.unwrap_or_default());
                }
                None => problems.push(unknown(path)),
            },
            Some(("tables", name)) if is_plain(name) => self.table(path, text, problems),
            Some(("letters", name)) if is_plain(name) && name.strip_suffix(".typ").is_some() => {
                self.letters.insert(name.to_owned(), text.to_owned());
            }
            Some(("tests", name)) if is_plain(name) && name.strip_suffix(".json").is_some() => {
                match scenario::read(path, text) {
                    Ok(scenario) => {
                        self.scenarios.insert(name.to_owned(), scenario);
                    }
                    Err(problem) => problems.push(problem),
                }
            }
            _ if path == "README.md" => {}
            _ => problems.push(unknown(path)),
        }
    }

    fn table(&mut self, path: &str, text: &str, problems: &mut Vec<Problem>) {
        match read_csv(path, text) {
            Ok(table) => {
                let key = table.full_key();
                let place =
                    |line| Place { file: path.to_owned(), line, column: 1, key: String::new(), value: String::new() };
                self.places.note(format!("table.{key}"), place(1));
                if self.tables.insert(key.clone(), table).is_some() {
                    let message = format!("there are two files for the table \"{key}\"");
                    problems.push(Problem::of_file(path, Code::Duplicate, message));
                }
            }
            Err(found) => problems.extend(found),
        }
    }

    fn definition(self, problems: &mut Vec<Problem>) -> Option<Definition> {
        let whole = self.tables.values().all(|table| !table.outputs.is_empty());
        let model = Model {
            format: FORMAT,
            service: self.service?,
            form: self.form?,
            tables: self.tables,
            texts: self.texts,
            letters: self.letters,
        };
        // Half-read files would make every reference to what they lack a second problem.
        if !whole || !problems.is_empty() {
            crate::law::check(&model, &self.places, problems);
            return None;
        }
        Definition::of(model, self.scenarios, &self.places, problems)
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && !name.contains(['/', '\\'])
}

fn unknown(path: &str) -> Problem {
    let places = ["service.toml", "form.toml", "texts/de.toml", "texts/de-simple.toml", "texts/en.toml"];
    let near = suggestion(path, places.into_iter());
    let message = format!(
        "a definition has no such file{near}; allowed are service.toml, form.toml, tables/<key>.<hit policy>.csv, texts/<language>.toml with de, de-simple, en, tr, uk, ar, letters/<name>.typ, tests/<name>.json and README.md"
    );
    Problem::of_file(&visible(path, 200), Code::UnknownFile, message)
}
