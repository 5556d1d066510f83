//! texts/<language>.toml: nested tables of texts, read as dotted keys.

use std::collections::BTreeMap;

use reading::{Code, Node, Table};

use crate::read::Places;

/// The longest text in characters.
const MAX_CHARACTERS: usize = 4_000;
/// The most texts of one language.
const MAX_TEXTS: usize = 5_000;

/// All texts of a file by their dotted keys.
pub(crate) fn texts(table: &Table<'_>, places: &mut Places, language: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (key, node) in table.entries() {
        collect(key.to_owned(), &node, language, places, &mut found, 0);
    }
    found
}

fn collect(
    key: String,
    node: &Node<'_>,
    language: &str,
    places: &mut Places,
    found: &mut BTreeMap<String, String>,
    depth: usize,
) {
    if found.len() >= MAX_TEXTS {
        return;
    }
    if !node.is_text() {
        if depth > 8 {
            node.refuse(Code::OutOfRange, "the texts are nested too deeply");
            return;
        }
        for (part, inner) in node.free_entries(MAX_TEXTS) {
            collect(format!("{key}.{part}"), &inner, language, places, found, depth + 1);
        }
        return;
    }
    let Some(text) = node.raw_text() else { return };
    let text = text.trim();
    let hidden = |c: char| domain::text::is_invisible(c) && !matches!(c, '\n' | '\u{ad}');
    if text.is_empty() || text.chars().count() > MAX_CHARACTERS {
        node.refuse(Code::OutOfRange, format!("a text has 1 to {MAX_CHARACTERS} characters"));
    } else if text.chars().any(hidden) {
        node.refuse(Code::BadForm, "the text has an invisible or control character");
    }
    places.note(format!("text.{language}.{key}"), node.place());
    found.insert(key, text.to_owned());
}
