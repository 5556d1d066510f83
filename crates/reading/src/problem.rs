//! What is wrong with a city directory, told so that the person who wrote it can put it right.

use std::fmt;

/// What kind of mistake it is. The words of a message may change; these codes stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The file cannot be read from the disk, or is not text in UTF-8.
    Unreadable,
    /// The file is longer than allowed.
    FileTooLarge,
    /// The directory has no place for a file of this path.
    UnknownFile,
    /// Two files have the same path.
    DuplicateFile,
    /// A file that must be there is missing.
    MissingFile,
    /// The text is not TOML.
    Syntax,
    /// A key that the file does not have.
    UnknownKey,
    /// A key that must be there is missing.
    MissingKey,
    /// A value of the wrong kind: a text where a number stands.
    WrongType,
    /// A word that is none of the allowed ones.
    UnknownWord,
    /// A number, date or length outside its bounds.
    OutOfRange,
    /// A text that is not of the form the field asks for.
    BadForm,
    /// The name of something that does not exist.
    UnknownReference,
    /// Something that may stand only once stands twice.
    Duplicate,
    /// Two values that contradict each other.
    Contradiction,
    /// Something that a statute forbids.
    AgainstTheLaw,
    /// An expression that cannot be read or does not fit the form.
    BadExpression,
    /// A combination that no row of a table answers.
    Gap,
    /// A combination that two rows of a table answer.
    Overlap,
    /// Something that can never be shown or never count.
    Unreachable,
    /// A text that must be there is missing.
    MissingText,
    /// There are more problems in the file than are listed.
    More,
}

impl Code {
    /// The stable code in capital letters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "UNREADABLE",
            Self::FileTooLarge => "FILE_TOO_LARGE",
            Self::UnknownFile => "UNKNOWN_FILE",
            Self::DuplicateFile => "DUPLICATE_FILE",
            Self::MissingFile => "MISSING_FILE",
            Self::Syntax => "SYNTAX",
            Self::UnknownKey => "UNKNOWN_KEY",
            Self::MissingKey => "MISSING_KEY",
            Self::WrongType => "WRONG_TYPE",
            Self::UnknownWord => "UNKNOWN_WORD",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::BadForm => "BAD_FORM",
            Self::UnknownReference => "UNKNOWN_REFERENCE",
            Self::Duplicate => "DUPLICATE",
            Self::Contradiction => "CONTRADICTION",
            Self::AgainstTheLaw => "AGAINST_THE_LAW",
            Self::BadExpression => "BAD_EXPRESSION",
            Self::Gap => "GAP",
            Self::Overlap => "OVERLAP",
            Self::Unreachable => "UNREACHABLE",
            Self::MissingText => "MISSING_TEXT",
            Self::More => "MORE",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One mistake in a city directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the directory, with `/`.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The dotted path to the value, `rules[2].desks.general`; empty where the whole file is meant.
    pub key: String,
    /// The value as written, shortened; empty where there is none or where it is secret.
    pub value: String,
    /// The kind of mistake.
    pub code: Code,
    /// What is wrong, and what is allowed.
    pub message: String,
}

impl Problem {
    /// A problem with a whole file.
    pub fn of_file(file: &str, code: Code, message: impl Into<String>) -> Self {
        Self {
            file: visible(file, 200),
            line: 1,
            column: 1,
            key: String::new(),
            value: String::new(),
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    /// Writes `file:line: key: message`, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Something that is allowed and probably not meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The file, relative to the directory.
    pub file: String,
    /// The dotted path to the value; empty where the whole file is meant.
    pub key: String,
    /// What to look at.
    pub message: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// `text` on one line, with invisible signs made visible, and cut after `max` characters.
pub fn visible(text: &str, max: usize) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == max {
            shown.push('…');
            break;
        }
        if domain::text::is_invisible(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// ` (did you mean "…"?)` for the allowed word nearest to `wrong`; empty if none is near.
pub fn suggestion<'a>(wrong: &str, allowed: impl Iterator<Item = &'a str>) -> String {
    // Nobody mistypes a hundred characters; giants are not worth comparing.
    if wrong.len() > 100 {
        return String::new();
    }
    let near = |word: &&str| strsim::jaro_winkler(&wrong.to_lowercase(), &word.to_lowercase());
    let best = allowed.map(|word| (near(&word), word)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(score, _)| *score >= 0.8).map(|(_, word)| format!(" (did you mean \"{word}\"?)")).unwrap_or_default()
}
