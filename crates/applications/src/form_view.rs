//! A form as whoever draws it needs it: every question with its kind, its limits and its words, the same for everybody.
//! What of it is shown and must be answered depends on the answers and stands in the draft.

use std::collections::BTreeMap;

use domain::identifier::{DefinitionId, Key};
use domain::text::Language;
use forms::{Field, FieldType, Group, Locale, Requirement};

use crate::Applications;
use crate::definition::Pinned;
use crate::failure::Failure;

/// A form in one language. A version never changes, so it can be kept for good under its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormView {
    /// The service.
    pub service: Key,
    /// The number of the version.
    pub sequence: i64,
    /// Its hash, 64 hexadecimal digits.
    pub sha256: String,
    /// What the service is called.
    pub title: String,
    /// What it is, in a sentence or two.
    pub summary: Option<String>,
    /// What the answers are used for (Art. 13 (1) (c) DSGVO).
    pub purpose: Option<String>,
    /// The statutes that allow asking.
    pub legal_basis: String,
    /// Who takes part, by role: what the part is called.
    pub parties: Vec<(String, String)>,
    /// The steps, in order.
    pub steps: Vec<FormStepView>,
}

/// A step: what is on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormStepView {
    /// Its key.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// Its groups, in order.
    pub groups: Vec<FormGroupView>,
}

/// Questions that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormGroupView {
    /// Its key, the first part of the paths of its fields.
    pub key: String,
    /// Its heading.
    pub title: String,
    /// What one row of it is called ("child"), if it can be there several times.
    pub item: Option<String>,
    /// Fewest and most rows, if it can be there several times; paths then name the row: `children[01J...].name`.
    pub rows: Option<(u16, u16)>,
    /// Its questions, in order.
    pub fields: Vec<FormFieldView>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormFieldView {
    /// Its path without rows: `group.field`.
    pub path: String,
    /// What an answer looks like: `text`, `person_name`, `date`, `choice`, `file`, ...; the words of `form.toml`.
    pub kind: &'static str,
    /// What is asked.
    pub label: String,
    /// What helps to answer.
    pub help: Option<String>,
    /// Whether it must be answered: whenever it is shown, never, or depending on other answers.
    pub required: RequiredWhen,
    /// What can be chosen, with its words.
    pub options: Vec<(String, String)>,
    /// What an answer must keep to.
    pub limits: Limits,
}

/// When a question must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredWhen {
    /// Whenever it is shown.
    Shown,
    /// Never.
    Never,
    /// Depending on other answers; the draft says it.
    Depends,
}

/// What an answer must keep to; absent is without limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The least number, or the fewest files.
    pub minimum: Option<i64>,
    /// The greatest number, or the most files.
    pub maximum: Option<i64>,
    /// The most characters.
    pub most_characters: Option<u32>,
    /// The most decimal places.
    pub decimal_places: Option<u32>,
    /// The media types of files.
    pub accept: Vec<String>,
    /// The most bytes of one file.
    pub most_bytes: Option<u64>,
}

impl Applications {
    /// The form that new drafts of a service are pinned to.
    ///
    /// # Errors
    /// [`crate::Problem::UnknownService`].
    pub async fn newest_form(&self, service: &Key, language: Language) -> Result<FormView, Failure> {
        Ok(view(&*self.newest(service).await?, language.into()))
    }

    /// The form of a version.
    ///
    /// # Errors
    /// [`crate::Problem::UnknownService`].
    pub async fn form(&self, version: DefinitionId, language: Language) -> Result<FormView, Failure> {
        Ok(view(&*self.pinned(version).await?, language.into()))
    }
}

fn view(pinned: &Pinned, locale: Locale) -> FormView {
    let words = Words { pinned, locale };
    let service = pinned.form.service();
    let parties = service.parties.iter().map(|party| {
        let called = words.some(&format!("party.{}", party.role)).unwrap_or_else(|| party.role.clone());
        (party.role.clone(), called)
    });
    let step = |step: &forms::Step| FormStepView {
        key: step.key.clone(),
        title: words.some(&format!("step.{}.title", step.key)).unwrap_or_default(),
        groups: step.groups.iter().map(|group| words.group(group)).collect(),
    };
    FormView {
        service: pinned.service.clone(),
        sequence: pinned.sequence,
        sha256: pinned.sha256.clone(),
        title: words.some("service.title").unwrap_or_else(|| pinned.service.to_string()),
        summary: words.some("service.summary"),
        purpose: words.some("service.purpose"),
        legal_basis: pinned.form.legal_basis(),
        parties: parties.collect(),
        steps: pinned.form.form().steps.iter().map(step).collect(),
    }
}

/// The words of a form in one language; German where it has none.
struct Words<'p> {
    pinned: &'p Pinned,
    locale: Locale,
}

impl Words<'_> {
    fn some(&self, key: &str) -> Option<String> {
        self.pinned.form.text(key, self.locale).map(str::to_owned)
    }

    fn group(&self, group: &Group) -> FormGroupView {
        FormGroupView {
            key: group.key.clone(),
            title: self.some(&format!("group.{}.title", group.key)).unwrap_or_default(),
            item: self.some(&format!("group.{}.item", group.key)),
            rows: group.repeat.map(|repeat| (repeat.min, repeat.max)),
            fields: group.fields.iter().map(|field| self.field(group, field)).collect(),
        }
    }

    fn field(&self, group: &Group, field: &Field) -> FormFieldView {
        let path = format!("{}.{}", group.key, field.key);
        FormFieldView {
            kind: field.kind.name(),
            label: self.some(&format!("field.{path}.label")).unwrap_or_default(),
            help: self.some(&format!("field.{path}.help")),
            required: match field.required {
                Requirement::Always => RequiredWhen::Shown,
                Requirement::Never => RequiredWhen::Never,
                Requirement::When(_) => RequiredWhen::Depends,
            },
            options: self.options(&path, &field.kind),
            limits: limits(&field.kind),
            path,
        }
    }

    fn options(&self, path: &str, kind: &FieldType) -> Vec<(String, String)> {
        let (FieldType::Choice { options, .. } | FieldType::MultiChoice { options, .. }) = kind else {
            return Vec::new();
        };
        // One look-up for all of them: lists of countries are long.
        let prefix = format!("field.{path}.option.");
        let known: BTreeMap<&str, &str> = self.pinned.form.texts_under(&prefix, self.locale);
        let called = |key: &str| known.get(format!("{prefix}{key}").as_str()).copied().unwrap_or(key).to_owned();
        options.iter().map(|key| (key.clone(), called(key))).collect()
    }
}

fn limits(kind: &FieldType) -> Limits {
    let none = Limits::default();
    match kind {
        FieldType::Text { max, .. } => Limits { most_characters: Some(*max), ..none },
        FieldType::Int { min, max } => Limits { minimum: Some(*min), maximum: Some(*max), ..none },
        FieldType::Decimal { scale } => Limits { decimal_places: Some(*scale), ..none },
        FieldType::Money => Limits { decimal_places: Some(2), ..none },
        FieldType::File { accept, max_bytes, min_count, max_count } => Limits {
            accept: accept.clone(),
            most_bytes: Some(*max_bytes),
            minimum: Some(i64::from(*min_count)),
            maximum: Some(i64::from(*max_count)),
            ..none
        },
        FieldType::PersonName
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Time
        | FieldType::DateTime
        | FieldType::Bool
        | FieldType::Choice { .. }
        | FieldType::MultiChoice { .. }
        | FieldType::Address
        | FieldType::GeoPoint
        | FieldType::Email { .. }
        | FieldType::Phone
        | FieldType::Iban
        | FieldType::LicencePlate
        | FieldType::Url
        | FieldType::Slot { .. }
        | FieldType::Signature
        | FieldType::Declaration
        | FieldType::Computed { .. } => none,
    }
}
