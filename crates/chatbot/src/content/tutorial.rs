//! Guides: how to do something online, step by step, written for one version of the form of a service.
//!
//! ```text
//! chat/tutorials/<language>/<service>.toml
//! ```

use chrono::NaiveDate;
use domain::catalogue::Service;
use domain::identifier::Key;
use reading::{Code, Node, Table};

use crate::content::read::checked_line;
use crate::content::{Content, in_language};
use crate::language::ChatLanguage;

/// So many steps at most: who reads more has given up.
const MOST_STEPS: usize = 20;
/// The longest step, in signs.
const LONGEST: usize = 500;

/// A guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tutorial {
    /// The service.
    pub service: Key,
    /// The language it is in.
    pub language: ChatLanguage,
    /// What it shows, in a few words.
    pub title: String,
    /// The steps, in order.
    pub steps: Vec<TutorialStep>,
    /// The version of the form it was written for: its hash, 64 hexadecimal digits.
    pub form_sha256: String,
    /// The first day on which it may be given.
    pub valid_from: NaiveDate,
    /// What it rests on.
    pub source: String,
    /// The file it stands in.
    pub path: String,
}

/// A step of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TutorialStep {
    /// What to do.
    pub text: String,
    /// The key of the step of the form where it is done, if it is done in the form.
    pub form_step: Option<String>,
}

impl Content {
    /// The guide of a service in `language`, or in German.
    pub fn tutorial(&self, language: ChatLanguage, service: &Key) -> Option<&Tutorial> {
        in_language(&self.tutorials, language, service).map(|(_, tutorial)| tutorial)
    }
}

/// Language and name of a file below `chat/tutorials/`.
pub(super) fn place(path: &str) -> Option<(ChatLanguage, &str)> {
    let (language, name) = path.strip_prefix("chat/tutorials/")?.split_once('/')?;
    Some((ChatLanguage::of_tag(language)?, name.strip_suffix(".toml")?))
}

pub(super) fn read(table: &Table<'_>, service: &Service, language: ChatLanguage, path: &str) -> Option<Tutorial> {
    let valid_from = table.required("valid_from", Node::date);
    let source = table.required("source", |node| node.line(300));
    let title = table.required("title", |node| checked_line(node, 200));
    let form_sha256 = table.required("form_sha256", sha256);
    let steps = table.list("steps", MOST_STEPS, |node| {
        node.table(|table| {
            let text = table.required("text", |node| checked_line(node, LONGEST));
            let form_step = table.optional("form_step", |node| node.line(64));
            Some(TutorialStep { text: text?, form_step })
        })
    });
    if steps.is_empty() {
        table.refuse_at("steps", Code::BadForm, "a guide has at least one step".to_owned());
    }
    Some(Tutorial {
        service: service.key.clone(),
        language,
        title: title?,
        steps,
        form_sha256: form_sha256?,
        valid_from: valid_from?,
        source: source?,
        path: path.to_owned(),
    })
}

fn sha256(node: &Node<'_>) -> Option<String> {
    let text = node.line(64)?;
    let is_hash = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        node.refuse(
            Code::BadForm,
            "the version of a form is its hash: 64 hexadecimal digits, as `servicepoint services check` prints it",
        );
    }
    is_hash.then_some(text)
}
