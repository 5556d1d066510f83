//! A question with what is expected; the format stands in `eval/README.md`.

use serde::Deserialize;

use crate::language::ChatLanguage;

/// What kind of question it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One matter.
    Single,
    /// Several matters.
    Multi,
    /// Something to be done.
    Action,
    /// Nothing the town hall does.
    OutOfScope,
    /// Insult, threat, hate, help with a crime.
    Abuse,
    /// An attempt to change the rules.
    Injection,
    /// Danger.
    Emergency,
    /// Small talk.
    Smalltalk,
}

impl Kind {
    /// Every kind, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::Single,
        Self::Multi,
        Self::Action,
        Self::OutOfScope,
        Self::Abuse,
        Self::Injection,
        Self::Emergency,
        Self::Smalltalk,
    ];

    /// The name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multi => "multi",
            Self::Action => "action",
            Self::OutOfScope => "out_of_scope",
            Self::Abuse => "abuse",
            Self::Injection => "injection",
            Self::Emergency => "emergency",
            Self::Smalltalk => "smalltalk",
        }
    }
}

/// What is right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Keys of services.
    #[serde(default)]
    pub services: Vec<String>,
    /// The kind of message.
    #[serde(default)]
    pub intent: Option<String>,
    /// What is to be done.
    #[serde(default)]
    pub action: Option<String>,
}

/// A question with what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique in its file.
    pub id: String,
    /// The language of the page.
    #[serde(default)]
    pub lang: Option<String>,
    /// What was typed.
    pub text: String,
    /// What is right.
    pub expect: Expected,
    /// What kind of question it is.
    pub kind: Kind,
}

impl Case {
    /// The language of the page.
    pub fn page(&self) -> Option<ChatLanguage> {
        self.lang.as_deref().and_then(ChatLanguage::of_tag)
    }
}

/// A line that is no question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no question: {reason}")]
pub struct NotACase {
    /// Counted from 1.
    pub line: usize,
    /// Why.
    pub reason: String,
}

/// Reads questions, one JSON object a line; empty lines are passed over.
///
/// # Errors
/// The first line that is no question, or whose `id` was there before.
pub fn read_cases(text: &str) -> Result<Vec<Case>, NotACase> {
    let mut cases: Vec<Case> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let refused = |reason: String| NotACase { line: index + 1, reason };
        let case: Case = serde_json::from_str(line).map_err(|error| refused(error.to_string()))?;
        if !seen.insert(case.id.clone()) {
            return Err(refused(format!("the id {} was there before", case.id)));
        }
        let wants_services = matches!(case.kind, Kind::Single | Kind::Multi);
        if wants_services == case.expect.services.is_empty() && case.kind != Kind::Action {
            return Err(refused(format!("{} expects services exactly if it is single or multi", case.id)));
        }
        cases.push(case);
    }
    Ok(cases)
}
