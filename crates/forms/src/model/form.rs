//! The form: steps hold groups, groups hold fields, fields have a type.

use serde::{Deserialize, Serialize};

/// The whole form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Lists that several choices share.
    pub lists: Vec<ChoiceList>,
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// Rules over several fields.
    pub rules: Vec<Rule>,
}

/// A list of options with a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceList {
    /// Its name.
    pub key: String,
    /// Raised by hand when an option changes its meaning.
    pub version: u32,
    /// The options.
    pub options: Vec<String>,
}

/// One page of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub key: String,
    /// When it is shown; always if absent.
    pub visible: Option<String>,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// Fields that belong together, perhaps several times (one row for each child).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name, unique in the form.
    pub key: String,
    /// When it is shown; with its step if absent.
    pub visible: Option<String>,
    /// How often it can be there; exactly once if absent.
    pub repeat: Option<Repeat>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// How often a group can be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// Fewest rows.
    pub min: u16,
    /// Most rows.
    pub max: u16,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name, unique in its group.
    pub key: String,
    /// What an answer looks like.
    pub kind: FieldType,
    /// When it is shown; with its group if absent.
    pub visible: Option<String>,
    /// Whether it must be answered.
    pub required: Requirement,
    /// What must hold for an answer.
    pub rules: Vec<Rule>,
    /// How carefully the answer must be kept.
    pub sensitivity: Sensitivity,
    /// The register that can fill it.
    pub prefill: Option<String>,
}

/// Whether a field must be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// Whenever it is shown.
    Always,
    /// Never.
    Never,
    /// When the expression holds.
    When(String),
}

/// What must hold. A broken rule is an error at its field with a text of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name: the error's text stands under `rule.<key>`.
    pub key: String,
    /// The expression that holds for good answers. A rule is not asked while what it reads is missing.
    pub valid: String,
    /// The field the error is shown at, `group.field`.
    pub at: String,
}

/// How carefully an answer must be kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Ordinary personal data.
    #[default]
    Personal,
    /// Nothing personal.
    Plain,
    /// A special category of Article 9 GDPR: health, religion, origin.
    Special,
}

/// The signs a text may have, after the data types of DIN 91379.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CharacterClass {
    /// Names of people: Latin letters and few signs.
    A,
    /// Other names: with digits and signs.
    #[default]
    B,
    /// Texts of several lines in Latin letters.
    C,
    /// As B, with Greek and Cyrillic letters.
    D,
    /// As C, with letters of every script.
    E,
}

/// What a computed field gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComputedKind {
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A day.
    Date,
}

/// What an answer looks like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// A text.
    Text {
        /// The signs it may have.
        class: CharacterClass,
        /// The most characters.
        max: u32,
    },
    /// A person's name.
    PersonName,
    /// A day.
    Date,
    /// A day of which only the year, or year and month, may be known (birth dates of refugees).
    PartialDate,
    /// A time of day.
    Time,
    /// A day and a time of the wall clock.
    DateTime,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number with decimal places.
    Decimal {
        /// The most decimal places.
        scale: u32,
    },
    /// An amount in euro with two decimal places.
    Money,
    /// One of a list.
    Choice {
        /// The list, `None` for options of the field's own.
        list: Option<String>,
        /// The options.
        options: Vec<String>,
    },
    /// Some of a list.
    MultiChoice {
        /// The list, `None` for options of the field's own.
        list: Option<String>,
        /// The options.
        options: Vec<String>,
    },
    /// A postal address.
    Address,
    /// A point on the map.
    GeoPoint,
    /// A mail address.
    Email {
        /// Whether a confirmation code must have come back from it before submitting.
        verified: bool,
    },
    /// A telephone number.
    Phone,
    /// A bank account.
    Iban,
    /// A number plate.
    LicencePlate,
    /// A web address.
    Url,
    /// Files.
    File {
        /// Media types.
        accept: Vec<String>,
        /// The most bytes of one file.
        max_bytes: u64,
        /// Fewest files.
        min_count: u16,
        /// Most files.
        max_count: u16,
    },
    /// A place in a calendar that is held.
    Slot {
        /// What is held.
        resource_kind: String,
    },
    /// A signature.
    Signature,
    /// A declaration whose text was seen, by the hash of the text.
    Declaration,
    /// A value that the form computes.
    Computed {
        /// The expression.
        value: String,
        /// What it gives.
        gives: ComputedKind,
    },
}

impl FieldType {
    /// The name in form.toml.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::PersonName => "person_name",
            Self::Date => "date",
            Self::PartialDate => "partial_date",
            Self::Time => "time",
            Self::DateTime => "date_time",
            Self::Bool => "bool",
            Self::Int { .. } => "int",
            Self::Decimal { .. } => "decimal",
            Self::Money => "money",
            Self::Choice { .. } => "choice",
            Self::MultiChoice { .. } => "multi_choice",
            Self::Address => "address",
            Self::GeoPoint => "geo_point",
            Self::Email { .. } => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::LicencePlate => "licence_plate",
            Self::Url => "url",
            Self::File { .. } => "file",
            Self::Slot { .. } => "slot",
            Self::Signature => "signature",
            Self::Declaration => "declaration",
            Self::Computed { .. } => "computed",
        }
    }
}

impl Form {
    /// Every group with its step, in order.
    pub fn groups(&self) -> impl Iterator<Item = (&Step, &Group)> {
        self.steps.iter().flat_map(|step| step.groups.iter().map(move |group| (step, group)))
    }

    /// Every field with its group, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&Group, &Field)> {
        self.groups().flat_map(|(_, group)| group.fields.iter().map(move |field| (group, field)))
    }

    /// The field at `group.field`.
    pub fn field(&self, path: &str) -> Option<(&Group, &Field)> {
        let (group, field) = path.split_once('.')?;
        self.fields().find(|(candidate, found)| candidate.key == group && found.key == field)
    }
}
