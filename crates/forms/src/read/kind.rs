//! The type of a field with what belongs to it.

use reading::{Code, Table, suggestion, visible};

use crate::model::{CharacterClass, ChoiceList, ComputedKind, FieldType};
use crate::read::Places;
use crate::read::form::options;
use crate::read::words::{expression, name};
use crate::value::MAX_TEXT_CHARACTERS;

const TYPES: [&str; 24] = [
    "text",
    "person_name",
    "date",
    "partial_date",
    "time",
    "date_time",
    "bool",
    "int",
    "decimal",
    "money",
    "choice",
    "multi_choice",
    "address",
    "geo_point",
    "email",
    "phone",
    "iban",
    "licence_plate",
    "url",
    "file",
    "slot",
    "signature",
    "declaration",
    "computed",
];

const CLASSES: [(&str, CharacterClass); 5] = [
    ("A", CharacterClass::A),
    ("B", CharacterClass::B),
    ("C", CharacterClass::C),
    ("D", CharacterClass::D),
    ("E", CharacterClass::E),
];

const COMPUTED: [(&str, ComputedKind); 4] = [
    ("bool", ComputedKind::Bool),
    ("number", ComputedKind::Number),
    ("text", ComputedKind::Text),
    ("date", ComputedKind::Date),
];

/// Reads the type of the field at `at` and the keys that belong to it.
pub(super) fn kind(table: &Table<'_>, lists: &[ChoiceList], places: &mut Places, at: &str) -> Option<FieldType> {
    let words = TYPES.map(|name| (name, name));
    match table.required("type", |node| node.word(&words))? {
        "text" => {
            let class = table.optional("class", |node| node.word(&CLASSES)).unwrap_or_default();
            let max = table.optional("max", |node| node.integer(1..=MAX_TEXT_CHARACTERS)).unwrap_or(200);
            Some(FieldType::Text { class, max })
        }
        "person_name" => Some(FieldType::PersonName),
        "date" => Some(FieldType::Date),
        "partial_date" => Some(FieldType::PartialDate),
        "time" => Some(FieldType::Time),
        "date_time" => Some(FieldType::DateTime),
        "bool" => Some(FieldType::Bool),
        "int" => {
            let min = table.optional("min", |node| node.integer(i64::MIN / 2..=i64::MAX / 2)).unwrap_or(0);
            let max = table.optional("max", |node| node.integer(i64::MIN / 2..=i64::MAX / 2)).unwrap_or(1_000_000_000);
            if min > max {
                table.refuse_at("min", Code::Contradiction, "`min` is greater than `max`".to_owned());
            }
            Some(FieldType::Int { min, max })
        }
        "decimal" => {
            let scale = table.optional("scale", |node| node.integer(1..=9_u32)).unwrap_or(2);
            Some(FieldType::Decimal { scale })
        }
        "money" => Some(FieldType::Money),
        "choice" => choice(table, lists).map(|(list, options)| FieldType::Choice { list, options }),
        "multi_choice" => choice(table, lists).map(|(list, options)| FieldType::MultiChoice { list, options }),
        "address" => Some(FieldType::Address),
        "geo_point" => Some(FieldType::GeoPoint),
        "email" => {
            let verified = table.optional("verified", reading::Node::boolean).unwrap_or(false);
            Some(FieldType::Email { verified })
        }
        "phone" => Some(FieldType::Phone),
        "iban" => Some(FieldType::Iban),
        "licence_plate" => Some(FieldType::LicencePlate),
        "url" => Some(FieldType::Url),
        "file" => Some(file(table)),
        "slot" => table.required("resource_kind", name).map(|resource_kind| FieldType::Slot { resource_kind }),
        "signature" => Some(FieldType::Signature),
        "declaration" => Some(FieldType::Declaration),
        _ => {
            let gives = table.required("gives", |node| node.word(&COMPUTED));
            let value = table.required("value", |node| {
                places.note(format!("field.{at}.value"), node.place());
                expression(node)
            });
            Some(FieldType::Computed { value: value?, gives: gives? })
        }
    }
}

/// Options of the field's own, or those of a list.
fn choice(table: &Table<'_>, lists: &[ChoiceList]) -> Option<(Option<String>, Vec<String>)> {
    let list = table.optional("list", |node| {
        let key = name(node)?;
        let found = lists.iter().find(|list| list.key == key);
        if found.is_none() {
            let near = suggestion(&key, lists.iter().map(|list| list.key.as_str()));
            node.refuse(Code::UnknownReference, format!("there is no list \"{}\"{near}", visible(&key, 60)));
        }
        found.map(|list| (Some(list.key.clone()), list.options.clone()))
    });
    let own = table.optional("options", |node| Some((None, options(node))));
    if list.is_some() && own.is_some() {
        table.refuse_at("options", Code::Contradiction, "a choice has `list` or `options`, not both".to_owned());
    }
    if list.is_none() && own.is_none() {
        table.refuse_at("options", Code::MissingKey, "a choice needs `options` or `list`".to_owned());
    }
    list.or(own)
}

fn file(table: &Table<'_>) -> FieldType {
    let accept = table.list("accept", 20, |node| node.line(100));
    let max_megabytes = table.optional("max_megabytes", |node| node.integer(1..=200_u64)).unwrap_or(10);
    let min_count = table.optional("min_count", |node| node.integer(0..=50_u16)).unwrap_or(1);
    let max_count = table.optional("max_count", |node| node.integer(1..=50_u16)).unwrap_or(1);
    if min_count > max_count {
        table.refuse_at("min_count", Code::Contradiction, "`min_count` is greater than `max_count`".to_owned());
    }
    FieldType::File { accept, max_bytes: max_megabytes * 1_000_000, min_count, max_count }
}
