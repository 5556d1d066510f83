//! Compares the letters that arrived with the people who were promised one.

use std::collections::{BTreeMap, BTreeSet};

/// A letter as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Letter {
    /// The address it was written to.
    pub(super) to: String,
    /// Its `Message-ID` without brackets.
    pub(super) name: String,
}

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// People who were promised a letter and have none.
    pub(super) without: u64,
    /// Letters to people who were promised none.
    pub(super) strangers: u64,
    /// People whose letters have different names: their mailbox shows both.
    pub(super) renamed: u64,
    /// Letters beyond the first of the same name.
    pub(super) copies: u64,
    /// Those of them that nobody counted: there are more copies than further attempts in the books.
    pub(super) uncounted: u64,
}

impl Letter {
    /// Reads the head of a letter.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (head, _) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n"))?;
        // A line that begins with a blank goes on with the one before (RFC 5322, 2.2.3).
        let head = head.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
        let field = |name: &str| {
            let of_name = |line: &str| {
                line.split_once(':')
                    .filter(|(found, _)| found.eq_ignore_ascii_case(name))
                    .map(|(_, value)| bare(value.trim()))
            };
            head.lines().find_map(of_name)
        };
        Some(Self { to: field("To")?, name: field("Message-ID")? })
    }
}

/// `Erika <erika@example.org>` without the name and the brackets.
fn bare(value: &str) -> String {
    let inner = value.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(value, |(inner, _)| inner).to_owned()
}

/// Judges: `promised` are addresses, `attempts` how often each delivery was tried, by the first half of its `Message-ID`.
pub(super) fn judge(promised: &BTreeSet<String>, letters: &[Letter], attempts: &BTreeMap<String, u64>) -> Verdict {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut arrived: BTreeMap<&str, u64> = BTreeMap::new();
    for letter in letters {
        names.entry(&letter.to).or_default().insert(&letter.name);
        *arrived.entry(&letter.name).or_default() += 1;
    }
    let tried = |name: &str| attempts.get(name.split('@').next().unwrap_or_default()).copied().unwrap_or_default();
    Verdict {
        without: promised.iter().filter(|person| !names.contains_key(person.as_str())).count() as u64,
        strangers: names.keys().filter(|person| !promised.contains(**person)).count() as u64,
        renamed: names.values().filter(|names| names.len() > 1).count() as u64,
        copies: arrived.values().map(|count| count - 1).sum(),
        uncounted: arrived.iter().map(|(name, count)| count.saturating_sub(tried(name))).sum(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use crate::torture::crash::judge::{Letter, Verdict, judge};

    fn letter(to: &str, name: &str) -> Letter {
        Letter { to: to.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn reads_folded_heads() {
        let text = "Message-ID:\r\n <1-2@stadt.example>\r\nto: Erika\r\n Musterfrau <e@example.org>\r\n\r\nTo: x";
        assert_eq!(Letter::read(text), Some(letter("e@example.org", "1-2@stadt.example")));
        assert_eq!(Letter::read("Subject: nothing\n\nTo: x"), None);
    }

    #[test]
    fn finds_whoever_has_none_and_what_came_twice_under_one_name_or_two() {
        let promised: BTreeSet<String> = ["a", "b", "c"].map(str::to_owned).into();
        let attempts: BTreeMap<String, u64> = [("1".to_owned(), 2), ("2".to_owned(), 1)].into();
        let good = [letter("a", "1@x"), letter("a", "1@x"), letter("b", "2@x")];
        let verdict = judge(&promised, &good, &attempts);
        assert_eq!(verdict, Verdict { without: 1, copies: 1, ..Verdict::default() });
        let bad = [letter("a", "1@x"), letter("a", "2@x"), letter("b", "2@x"), letter("d", "2@x")];
        let verdict = judge(&promised, &bad, &attempts);
        assert_eq!(verdict, Verdict { without: 1, strangers: 1, renamed: 1, copies: 2, uncounted: 2 });
    }
}
