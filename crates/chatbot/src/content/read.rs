//! Reads the files below `chat/`: every problem with file, line and key, none of them a panic.

use std::collections::BTreeMap;

use domain::catalogue::Service;
use domain::identifier::Key;
use reading::{Code, Node, Problem, Source, Table, TextFile};

use crate::content::placeholder::wrong_places;
use crate::content::{Content, Entry, NotThis, copied_value, tutorial};
use crate::language::ChatLanguage;

const NOT_US: &str = "not-us";
/// Who asks in an example.
const ASKERS: [(&str, ()); 6] =
    [("colloquial", ()), ("misspelt", ()), ("child", ()), ("newcomer", ()), ("official", ()), ("situation", ())];
const MOST: usize = 200;

/// Reads the files of a city directory that lie below `chat/`; the others are passed over. `services` is the catalogue
/// that the texts are about.
///
/// # Errors
/// Every problem of every file, ordered by file, line and column.
pub fn read(files: &[TextFile], services: &BTreeMap<Key, Service>) -> Result<Content, Vec<Problem>> {
    let mut content = Content::default();
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("chat/") && !file.path.ends_with("/README.md")) {
        if file.path.starts_with("chat/tutorials/") {
            guide(file, services, &mut content, &mut problems);
            continue;
        }
        match place(&file.path) {
            Some((language, NOT_US)) => not_us(file, language, &mut content, &mut problems),
            Some((language, stem)) => match Key::new(stem).ok().and_then(|key| services.get(&key)) {
                Some(service) => {
                    let entry = Source::read(file, &mut problems, |table| entry(table, service, services, &file.path));
                    content.services.extend(entry.map(|entry| ((language, entry.key.clone()), entry)));
                }
                None => problems.push(Problem::of_file(
                    &file.path,
                    Code::UnknownReference,
                    "there is no such service; the name of the file is the key of a service, or not-us.toml",
                )),
            },
            None => problems.push(Problem::of_file(
                &file.path,
                Code::UnknownFile,
                "texts of the chatbot lie in chat/<language>/; languages are de, de-simple, en, tr, uk, ru, ar",
            )),
        }
    }
    problems.sort_by(|a, b| (&a.file, a.line, a.column, &a.key).cmp(&(&b.file, b.line, b.column, &b.key)));
    if problems.is_empty() { Ok(content) } else { Err(problems) }
}

fn guide(file: &TextFile, services: &BTreeMap<Key, Service>, content: &mut Content, problems: &mut Vec<Problem>) {
    let Some((language, stem)) = tutorial::place(&file.path) else {
        return problems.push(Problem::of_file(
            &file.path,
            Code::UnknownFile,
            "guides lie in chat/tutorials/<language>/; languages are de, de-simple, en, tr, uk, ru, ar",
        ));
    };
    let Some(service) = Key::new(stem).ok().and_then(|key| services.get(&key)) else {
        return problems.push(Problem::of_file(
            &file.path,
            Code::UnknownReference,
            "there is no such service; the name of the file is the key of a service",
        ));
    };
    let read = Source::read(file, problems, |table| tutorial::read(table, service, language, &file.path));
    content.tutorials.extend(read.map(|tutorial| ((language, tutorial.service.clone()), tutorial)));
}

fn place(path: &str) -> Option<(ChatLanguage, &str)> {
    let (language, name) = path.strip_prefix("chat/")?.split_once('/')?;
    Some((ChatLanguage::of_tag(language)?, name.strip_suffix(".toml")?))
}

fn entry(table: &Table<'_>, service: &Service, services: &BTreeMap<Key, Service>, path: &str) -> Option<Entry> {
    let common = common(table, Some(service), |node| {
        node.table(|table| {
            let text = table.required("text", |node| checked_line(node, 300));
            let by = table.required("by", |node| node.word(&ASKERS));
            by.and(text)
        })
    });
    let not_this = table.list("not_this", 10, |node| {
        node.table(|table| {
            let words = table.list("words", 20, |node| node.line(100));
            let instead = table.required("instead", |node| node.reference("service", services.keys()));
            Some(NotThis { words, instead: instead? })
        })
    });
    Some(Entry { key: service.key.clone(), not_this, path: path.to_owned(), ..common? })
}

fn not_us(file: &TextFile, language: ChatLanguage, content: &mut Content, problems: &mut Vec<Problem>) {
    let entries = Source::read(file, problems, |table| {
        Some(table.list("entry", MOST, |node| {
            node.table(|table| {
                let key = table.required("key", Node::key);
                let common = common(table, None, |node| checked_line(node, 300));
                Some(Entry { key: key?, path: file.path.clone(), ..common? })
            })
        }))
    });
    for entry in entries.unwrap_or_default() {
        content.not_us.insert((language, entry.key.clone()), entry);
    }
}

/// What an entry has whatever it is about.
fn common<'a>(
    table: &Table<'a>,
    service: Option<&Service>,
    question: impl FnMut(&Node<'a>) -> Option<String>,
) -> Option<Entry> {
    let valid_from = table.required("valid_from", Node::date);
    let valid_until = table.optional("valid_until", Node::date);
    let source = table.required("source", |node| node.line(300));
    let name = table.required("name", |node| checked_line(node, 200));
    let synonyms = table.list("synonyms", MOST, |node| checked_line(node, 100));
    let questions = table.list("questions", MOST, question);
    let text = table.required("text", |node| text(node, service));
    // The key is known to the caller; a name stands in until it is set.
    let key = service.map_or_else(|| Key::new(NOT_US).ok(), |service| Some(service.key.clone()));
    Some(Entry {
        key: key?,
        name: name?,
        synonyms,
        questions,
        text: text?,
        not_this: Vec::new(),
        valid_from: valid_from?,
        valid_until,
        source: source?,
        path: String::new(),
    })
}

pub(super) fn checked_line(node: &Node<'_>, max: usize) -> Option<String> {
    let line = node.line(max)?;
    refuse_copies(node, &line);
    Some(line)
}

fn text(node: &Node<'_>, service: Option<&Service>) -> Option<String> {
    let text = node.raw_text()?;
    if text.chars().any(|sign| sign != '\n' && domain::text::is_invisible(sign)) || text.chars().count() > 4_000 {
        node.refuse(Code::BadForm, "the text has at most 4,000 characters and no invisible ones");
        return None;
    }
    for wrong in wrong_places(text, service) {
        node.refuse(Code::UnknownReference, wrong);
    }
    refuse_copies(node, text);
    Some(text.trim().to_owned())
}

fn refuse_copies(node: &Node<'_>, text: &str) {
    if let Some(copied) = copied_value(text) {
        let message = format!(
            "\"{copied}\" looks like a fee, a duration or a deadline; write {{fee}}, {{minutes}} or {{deadline}}, which the catalogue fills"
        );
        node.refuse(Code::Contradiction, message);
    }
}
