//! A checked definition: what was compiled from a directory or from its stored text, addressed by its hash.

use std::collections::BTreeMap;

use domain::law::LegalBasis;
use reading::{Code, Place, Problem};
use sha2::{Digest as _, Sha256};

use crate::compiled::{Compiled, Part, compiled, text_hash};
use crate::evaluate::Effective;
use crate::law;
use crate::locale::Locale;
use crate::model::{FORMAT, FieldType, Form, Model, Repeat, Service};
use crate::read::Places;
use crate::scenario::Scenario;
use crate::table::DecisionTable;

/// The longest stored text that is read back, in bytes.
const MAX_STORED_BYTES: usize = 16 << 20;

/// A checked definition of a service. It never changes; its hash names it.
#[derive(Debug)]
pub struct Definition {
    pub(crate) model: Model,
    pub(crate) compiled: Compiled,
    pub(crate) scenarios: BTreeMap<String, Scenario>,
    canonical: String,
    sha256: String,
}

impl Definition {
    /// Compiles and checks `model`; adds to `problems`.
    pub(crate) fn of(
        model: Model,
        scenarios: BTreeMap<String, Scenario>,
        places: &Places,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let compiled = compiled(&model, places, problems);
        crate::references::check(&model, places, problems);
        law::check(&model, places, problems);
        let canonical = serde_json::to_string(&model).ok()?;
        let sha256 = hex::encode(Sha256::digest(canonical.as_bytes()));
        Some(Self { compiled: compiled?, model, scenarios, canonical, sha256 })
    }

    /// Reads the stored text of a definition back. Its hash is the same again.
    ///
    /// # Errors
    /// What is wrong with it; a definition that could be stored has nothing wrong unless the rules became stricter.
    pub fn from_canonical_json(json: &str) -> Result<Self, Vec<Problem>> {
        let place = Place { file: "definition".to_owned(), ..Place::default() };
        let refused = |message: String| vec![place.problem(Code::Syntax, message)];
        if json.len() > MAX_STORED_BYTES {
            return Err(refused(format!("the text has more than {MAX_STORED_BYTES} bytes")));
        }
        let model: Model =
            serde_json::from_str(json).map_err(|error| refused(format!("not a stored definition: {error}")))?;
        if model.format != FORMAT {
            return Err(refused(format!("the format {} is not known; this program reads {FORMAT}", model.format)));
        }
        let mut problems = Vec::new();
        let definition = Self::of(model, BTreeMap::new(), &Places::default(), &mut problems);
        match definition {
            Some(definition) if problems.is_empty() && definition.canonical == json => Ok(definition),
            Some(_) if problems.is_empty() => Err(refused("the text is not in its canonical form".to_owned())),
            _ => Err(problems),
        }
    }

    /// The text to store: JSON with fields in a fixed order. Comments, order of files and scenarios do not change it.
    pub fn canonical_json(&self) -> &str {
        &self.canonical
    }

    /// SHA-256 of [`Self::canonical_json`] in 64 lower-case hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The key of the service.
    pub fn key(&self) -> &str {
        &self.model.service.key
    }

    /// service.toml.
    pub fn service(&self) -> &Service {
        &self.model.service
    }

    /// form.toml.
    pub fn form(&self) -> &Form {
        &self.model.form
    }

    /// The tables by their full key: `fee`, `fee@2027-01-01`.
    pub fn tables(&self) -> &BTreeMap<String, DecisionTable> {
        &self.model.tables
    }

    /// The letters by the name of their file.
    pub fn letters(&self) -> &BTreeMap<String, String> {
        &self.model.letters
    }

    /// The scenarios by the name of their file; empty if the definition comes from its stored text.
    pub fn scenarios(&self) -> &BTreeMap<String, Scenario> {
        &self.scenarios
    }

    /// The statutes that allow asking, in one line.
    pub fn legal_basis(&self) -> String {
        let statutes: Vec<&str> = self.model.service.legal_basis.iter().map(|LegalBasis(text)| text.as_str()).collect();
        statutes.join("; ")
    }

    /// The text of `key` in `locale`, or the German one where it has not been translated.
    pub fn text(&self, key: &str, locale: Locale) -> Option<&str> {
        let find = |locale| self.model.texts.get(&locale)?.get(key).map(String::as_str);
        find(locale).or_else(|| find(Locale::De))
    }

    /// The texts whose keys begin with `prefix`, by key: those of `locale`, and the German ones that it does not have.
    pub fn texts_under(&self, prefix: &str, locale: Locale) -> BTreeMap<&str, &str> {
        let mut found = BTreeMap::new();
        for locale in [Locale::De, locale] {
            for (key, text) in self.model.texts.get(&locale).into_iter().flatten() {
                if key.starts_with(prefix) {
                    found.insert(key.as_str(), text.as_str());
                }
            }
        }
        found
    }

    /// Whether there is a text of `key` in `locale` itself.
    pub fn is_translated(&self, key: &str, locale: Locale) -> bool {
        self.model.texts.get(&locale).is_some_and(|texts| texts.contains_key(key))
    }

    /// The hash that an answer to the declaration at `path` (`group.field`) carries when its text was shown in `locale`.
    pub fn declaration_hash(&self, path: &str, locale: Locale) -> Option<String> {
        let (_, field) = self.model.form.field(path)?;
        match field.kind {
            FieldType::Declaration => self.text(&format!("field.{path}.text"), locale).map(text_hash),
            _ => None,
        }
    }

    /// What a party consents to: the answers, the texts of all declarations, this definition. Any change changes it.
    pub fn consent_hash(&self, effective: &Effective) -> String {
        let mut digest = Sha256::new();
        digest.update(self.sha256.as_bytes());
        digest.update(effective.canonical_json(self).as_bytes());
        for (group, field) in self.model.form.fields() {
            if field.kind == FieldType::Declaration {
                let text =
                    self.text(&format!("field.{}.{}.text", group.key, field.key), Locale::De).unwrap_or_default();
                digest.update(text_hash(text).as_bytes());
            }
        }
        hex::encode(digest.finalize())
    }

    /// Everything that a change of the field `path` (`group.field`) can change: fields, groups, steps and tables, by name.
    pub fn uses_of(&self, path: &str) -> Vec<String> {
        let schema = &self.compiled.schema;
        let start = path.split_once('.').and_then(|(group, field)| schema.field(group, field));
        let mut open: Vec<Part> = start.map(Part::Field).into_iter().collect();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(part) = open.pop() {
            for reader in self.compiled.readers.get(&part).into_iter().flatten() {
                if seen.insert(*reader) {
                    open.push(*reader);
                }
            }
        }
        let name = |part: Part| match part {
            Part::Step(number) => format!("step {}", self.model.form.steps[number].key),
            Part::Group(number) => format!("group {}", schema.groups[number].key),
            Part::Field(number) => schema.path(number),
            Part::Table(number) => format!("table {}", schema.tables[number].key),
        };
        seen.into_iter().map(name).collect()
    }

    /// The type of a field.
    pub(crate) fn field_type(&self, group: &str, field: &str) -> Option<&FieldType> {
        self.compiled.schema.field(group, field).map(|number| &self.compiled.fields[number].kind)
    }

    /// How often a group repeats.
    pub(crate) fn repeat_of(&self, group: &str) -> Option<Repeat> {
        self.model.form.groups().find(|(_, candidate)| candidate.key == group)?.1.repeat
    }
}
