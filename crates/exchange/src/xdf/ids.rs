//! Numbers of elements: the same for the same name in every version, so that a receiver keeps its mapping.

use std::collections::{BTreeMap, BTreeSet};

use forms::Definition;
use sha2::{Digest, Sha256};

use super::shape::parts;

/// The range under which our numbers stand. It is a local one: numbers of the federal catalogue are given out by FIM.
const RANGE: &str = "99";
/// Nine digits follow.
const NUMBERS: u64 = 1_000_000_000;

/// The number of every element of a definition.
#[derive(Debug)]
pub(crate) struct Ids {
    known: BTreeMap<String, String>,
}

impl Ids {
    /// All numbers, in the order of the form.
    pub(crate) fn of(definition: &Definition) -> Self {
        let mut drawn = Draw { service: definition.key(), taken: BTreeSet::new(), known: BTreeMap::new() };
        drawn.one('S', "schema");
        for step in &definition.form().steps {
            drawn.one('G', &format!("step.{}", step.key));
            drawn.one('R', &format!("step.{}.visible", step.key));
        }
        for (_, group) in definition.form().groups() {
            drawn.one('G', &format!("group.{}", group.key));
            drawn.one('R', &format!("group.{}.visible", group.key));
        }
        for (group, field) in definition.form().fields() {
            let place = format!("field.{}.{}", group.key, field.key);
            let inner = parts(&field.kind);
            drawn.one(if inner.is_empty() { 'F' } else { 'G' }, &place);
            for part in inner {
                drawn.one('F', &format!("{place}.{}", part.key));
            }
            for what in ["visible", "required", "value"] {
                drawn.one('R', &format!("{place}.{what}"));
            }
            for rule in &field.rules {
                drawn.one('R', &format!("rule.{}", rule.key));
            }
        }
        for rule in &definition.form().rules {
            drawn.one('R', &format!("rule.{}", rule.key));
        }
        Self { known: drawn.known }
    }

    /// The number of an element: `step.KEY`, `group.KEY`, `field.GROUP.KEY`, `field.GROUP.KEY.PART`, `rule.KEY`.
    pub(crate) fn get(&self, place: &str) -> &str {
        self.known.get(place).map_or("", String::as_str)
    }
}

struct Draw<'a> {
    service: &'a str,
    taken: BTreeSet<u64>,
    known: BTreeMap<String, String>,
}

impl Draw<'_> {
    fn one(&mut self, letter: char, place: &str) {
        let digest = Sha256::digest(format!("{}\n{place}", self.service));
        let first = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let mut number = first % NUMBERS;
        // Two names that fall on one number are rare; the later one moves on.
        while !self.taken.insert(number) {
            number = (number + 1) % NUMBERS;
        }
        self.known.insert(place.to_owned(), format!("{letter}{RANGE}{number:09}"));
    }
}
