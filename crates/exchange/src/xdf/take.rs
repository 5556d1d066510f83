//! Names for what others have named: words that expressions can use, each once.

use std::collections::BTreeSet;

/// The longest name.
const MAX: usize = 60;
/// Words that CEL keeps for itself, and the names our expressions already use.
const KEPT: [&str; 26] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "null",
    "package",
    "namespace",
    "return",
    "true",
    "var",
    "void",
    "while",
    "row",
    "tables",
    "missing",
    "has",
    "size",
];

/// Names that were given out.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A name of its own for `text`; `fallback` where nothing of it can stand in a name.
    pub(super) fn take(&mut self, text: &str, fallback: &str) -> String {
        let base = name_of(text).unwrap_or_else(|| fallback.to_owned());
        let mut name = base.clone();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            let end = format!("_{number}");
            let kept: String = base.chars().take(MAX - end.len()).collect();
            name = format!("{}{end}", kept.trim_end_matches('_'));
            number += 1;
        }
        name
    }
}

/// Lower-case letters, digits and single underscores, beginning with a letter.
fn name_of(text: &str) -> Option<String> {
    let mut name = String::new();
    for sign in text.to_lowercase().chars() {
        match sign {
            'ä' => name.push_str("ae"),
            'ö' => name.push_str("oe"),
            'ü' => name.push_str("ue"),
            'ß' => name.push_str("ss"),
            'a'..='z' | '0'..='9' => name.push(sign),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    if name.starts_with(|sign: char| sign.is_ascii_digit()) {
        name.insert(0, 'n');
    }
    let mut name: String = name.chars().take(MAX).collect();
    name.truncate(name.trim_end_matches('_').len());
    if KEPT.contains(&name.as_str()) {
        name.push_str("_feld");
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_can_stand_in_an_expression_and_stands_once() {
        let mut names = Names::default();
        for (text, name) in [
            ("Straße / Hausnummer", "strasse_hausnummer"),
            ("Straße, Hausnummer", "strasse_hausnummer_2"),
            ("2. Vorname", "n2_vorname"),
            ("???", "feld"),
            ("in", "in_feld"),
        ] {
            assert_eq!(names.take(text, "feld"), name);
        }
        assert!(names.take(&"ä".repeat(100), "feld").len() <= MAX);
        assert!(names.take(&"ä".repeat(100), "feld").len() <= MAX);
    }
}
