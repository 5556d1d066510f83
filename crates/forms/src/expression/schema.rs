//! What expressions can name: groups, fields and tables, by number.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{ComputedKind, FieldType, Form};
use crate::table::{CellType, DecisionTable};

/// What an expression gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Number,
    /// A text, perhaps one of known options.
    Text(Option<Arc<[String]>>),
    Date,
    Time,
    DateTime,
    /// Chosen options.
    Choices(Arc<[String]>),
    Address,
    GeoPoint,
    Files,
    /// Something that can only be there or missing.
    Opaque,
}

impl Kind {
    /// The name for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Bool => "yes or no",
            Self::Number => "a number",
            Self::Text(_) => "a text",
            Self::Date => "a day",
            Self::Time => "a time",
            Self::DateTime => "a day with time",
            Self::Choices(_) => "chosen options",
            Self::Address => "an address",
            Self::GeoPoint => "a point on the map",
            Self::Files => "files",
            Self::Opaque => "something that cannot be compared",
        }
    }

    /// Whether values of both can be compared.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A group by number.
#[derive(Debug, Clone)]
pub(crate) struct GroupEntry {
    pub(crate) key: String,
    pub(crate) step: usize,
    pub(crate) repeated: bool,
    pub(crate) fields: std::ops::Range<usize>,
}

/// A field by number.
#[derive(Debug, Clone)]
pub(crate) struct FieldEntry {
    pub(crate) key: String,
    pub(crate) group: usize,
    pub(crate) kind: Kind,
}

/// A table by number.
#[derive(Debug, Clone)]
pub(crate) struct TableEntry {
    pub(crate) key: String,
    /// Outputs that an expression can read: the table gives one row, or one figure.
    pub(crate) outputs: Vec<(String, Kind)>,
    pub(crate) gives_one: bool,
}

/// All names of a definition.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    pub(crate) groups: Vec<GroupEntry>,
    pub(crate) fields: Vec<FieldEntry>,
    pub(crate) tables: Vec<TableEntry>,
    group_numbers: HashMap<String, usize>,
    /// By group, then by key.
    field_numbers: Vec<HashMap<String, usize>>,
    table_numbers: HashMap<String, usize>,
}

impl Schema {
    /// Numbers everything that `form` and `tables` name. Of names that stand twice the first counts.
    pub(crate) fn of<'a>(form: &Form, tables: impl Iterator<Item = (&'a String, &'a DecisionTable)>) -> Self {
        let mut schema = Self::default();
        for (number, step) in form.steps.iter().enumerate() {
            for group in &step.groups {
                let first = schema.fields.len();
                let group_number = schema.groups.len();
                let mut names = HashMap::new();
                for field in &group.fields {
                    names.entry(field.key.clone()).or_insert(schema.fields.len());
                    let kind = kind_of(&field.kind);
                    schema.fields.push(FieldEntry { key: field.key.clone(), group: group_number, kind });
                }
                schema.field_numbers.push(names);
                schema.group_numbers.entry(group.key.clone()).or_insert(group_number);
                schema.groups.push(GroupEntry {
                    key: group.key.clone(),
                    step: number,
                    repeated: group.repeat.is_some(),
                    fields: first..schema.fields.len(),
                });
            }
        }
        for (key, table) in tables {
            let outputs = table.outputs.iter().map(|output| (output.name.clone(), kind_of_cell(output.kind))).collect();
            schema.table_numbers.insert(key.clone(), schema.tables.len());
            schema.tables.push(TableEntry { key: key.clone(), outputs, gives_one: table.hit_policy.gives_one() });
        }
        schema
    }

    pub(crate) fn group(&self, key: &str) -> Option<usize> {
        self.group_numbers.get(key).copied()
    }

    pub(crate) fn field(&self, group: &str, field: &str) -> Option<usize> {
        self.field_in(self.group(group)?, field)
    }

    pub(crate) fn field_in(&self, group: usize, field: &str) -> Option<usize> {
        self.field_numbers[group].get(field).copied()
    }

    pub(crate) fn table(&self, key: &str) -> Option<usize> {
        self.table_numbers.get(key).copied()
    }

    /// `group.field` of a field.
    pub(crate) fn path(&self, field: usize) -> String {
        let entry = &self.fields[field];
        format!("{}.{}", self.groups[entry.group].key, entry.key)
    }
}

fn kind_of_cell(cell: CellType) -> Kind {
    match cell {
        CellType::Bool => Kind::Bool,
        CellType::Number => Kind::Number,
        CellType::Text => Kind::Text(None),
        CellType::Date => Kind::Date,
    }
}

/// What an answer to a field is in expressions.
pub(crate) fn kind_of(kind: &FieldType) -> Kind {
    match kind {
        FieldType::Text { .. }
        | FieldType::PersonName
        | FieldType::Email { .. }
        | FieldType::Phone
        | FieldType::Iban
        | FieldType::LicencePlate
        | FieldType::Url => Kind::Text(None),
        FieldType::Date | FieldType::PartialDate => Kind::Date,
        FieldType::Time => Kind::Time,
        FieldType::DateTime => Kind::DateTime,
        FieldType::Bool => Kind::Bool,
        FieldType::Int { .. } | FieldType::Decimal { .. } | FieldType::Money => Kind::Number,
        FieldType::Choice { options, .. } => Kind::Text(Some(options.clone().into())),
        FieldType::MultiChoice { options, .. } => Kind::Choices(options.clone().into()),
        FieldType::Address => Kind::Address,
        FieldType::GeoPoint => Kind::GeoPoint,
        FieldType::File { .. } => Kind::Files,
        FieldType::Slot { .. } | FieldType::Signature | FieldType::Declaration => Kind::Opaque,
        FieldType::Computed { gives, .. } => match gives {
            ComputedKind::Bool => Kind::Bool,
            ComputedKind::Number => Kind::Number,
            ComputedKind::Text => Kind::Text(None),
            ComputedKind::Date => Kind::Date,
        },
    }
}
