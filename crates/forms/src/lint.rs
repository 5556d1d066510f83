//! The linter: what may be published and is still not good for those who read it.

mod readability;

use std::collections::{BTreeMap, BTreeSet};

use reading::Notice;

use crate::definition::Definition;
use crate::evaluate::evaluate;
use crate::keys::text_keys;
use crate::locale::Locale;
use crate::model::FieldType;

/// The hardest plain German by the Wiener Sachtextformel, in school years.
const PLAIN_GERMAN: f64 = 4.0;
/// The hardest German.
const GERMAN: f64 = 9.0;
/// Shorter texts say nothing about readability.
const FEWEST_WORDS: usize = 10;

/// Everything to look at before publishing.
pub(crate) fn notices(definition: &Definition) -> Vec<Notice> {
    let mut notices = Vec::new();
    translations(definition, &mut notices);
    unused_texts(definition, &mut notices);
    readable(definition, &mut notices);
    helped(definition, &mut notices);
    asked_twice(definition, &mut notices);
    rehearsed(definition, &mut notices);
    notices
}

fn file_of(locale: Locale) -> String {
    format!("texts/{locale}.toml")
}

fn notice(file: &str, key: &str, message: impl Into<String>) -> Notice {
    Notice { file: file.to_owned(), key: key.to_owned(), message: message.into() }
}

/// Plain German and English are promised; the other languages must be whole if they are begun.
fn translations(definition: &Definition, notices: &mut Vec<Notice>) {
    for locale in Locale::ALL.into_iter().filter(|locale| *locale != Locale::De) {
        let Some(texts) = definition.model.texts.get(&locale) else {
            if matches!(locale, Locale::DeSimple | Locale::En) {
                notices.push(notice(&file_of(locale), "", "the language is missing; readers see German"));
            }
            continue;
        };
        for key in text_keys(&definition.model).iter().filter(|key| key.needed && !texts.contains_key(&key.key)) {
            notices.push(notice(&file_of(locale), &key.key, "the text is missing; readers see German"));
        }
    }
}

fn unused_texts(definition: &Definition, notices: &mut Vec<Notice>) {
    let known: BTreeSet<String> = text_keys(&definition.model).into_iter().map(|key| key.key).collect();
    for (locale, texts) in &definition.model.texts {
        let used = |key: &str| known.contains(key) || key.starts_with("letter.");
        for key in texts.keys().filter(|key| !used(key)) {
            let near = reading::suggestion(key, known.iter().map(String::as_str));
            notices.push(notice(&file_of(*locale), key, format!("nothing shows this text{near}")));
        }
    }
}

fn readable(definition: &Definition, notices: &mut Vec<Notice>) {
    for (locale, hardest) in [(Locale::DeSimple, PLAIN_GERMAN), (Locale::De, GERMAN)] {
        for (key, text) in definition.model.texts.get(&locale).into_iter().flatten() {
            let grade = readability::school_years(text).filter(|(words, _)| *words >= FEWEST_WORDS);
            if let Some((_, years)) = grade.filter(|(_, years)| *years > hardest) {
                let message = format!(
                    "hard to read: {years:.1} by the Wiener Sachtextformel, at most {hardest:.0}; shorter sentences and words help"
                );
                notices.push(notice(&file_of(locale), key, message));
            }
        }
    }
}

/// Fields that people get wrong without a word of help.
fn helped(definition: &Definition, notices: &mut Vec<Notice>) {
    for (group, field) in definition.form().fields() {
        let hard = match field.kind {
            FieldType::Int { .. }
            | FieldType::Decimal { .. }
            | FieldType::Money
            | FieldType::File { .. }
            | FieldType::Iban => true,
            FieldType::Text { .. }
            | FieldType::PersonName
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
            | FieldType::LicencePlate
            | FieldType::Url
            | FieldType::Slot { .. }
            | FieldType::Signature
            | FieldType::Declaration
            | FieldType::Computed { .. } => false,
        };
        let key = format!("field.{}.{}.help", group.key, field.key);
        if hard && definition.text(&key, Locale::De).is_none() {
            notices.push(notice(&file_of(Locale::De), &key, "a field of this type needs a word of help"));
        }
    }
}

/// The same question in two places that one person fills in.
fn asked_twice(definition: &Definition, notices: &mut Vec<Notice>) {
    let mut seen: BTreeMap<(String, &str, &str), String> = BTreeMap::new();
    for party in &definition.service().parties {
        for (step, group) in definition.form().groups() {
            if !party.sections.contains(&step.key) || group.repeat.is_some() {
                continue;
            }
            for field in &group.fields {
                let path = format!("{}.{}", group.key, field.key);
                let label = definition.text(&format!("field.{path}.label"), Locale::De).unwrap_or_default();
                let words: Vec<String> = label
                    .to_lowercase()
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect();
                let question = (words.join(" "), field.kind.name(), party.role.as_str());
                match seen.get(&question) {
                    Some(first) if *first != path => {
                        let message = format!("asks {} the same as `{first}`; nobody is asked twice", party.role);
                        notices.push(notice("form.toml", &path, message));
                    }
                    Some(_) => {}
                    None => {
                        seen.insert(question, path);
                    }
                }
            }
        }
    }
}

/// Steps that no scenario shows may be dead; a definition without scenarios is untried.
fn rehearsed(definition: &Definition, notices: &mut Vec<Notice>) {
    if definition.scenarios().is_empty() {
        if definition.model.texts.contains_key(&Locale::De) {
            notices.push(notice("tests", "", "there is no scenario; nobody has tried this service"));
        }
        return;
    }
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for scenario in definition.scenarios().values() {
        let evaluation = evaluate(definition, &definition.answers_of(scenario), &scenario.circumstances());
        shown.extend(evaluation.steps.into_iter().map(|step| step.key));
    }
    for step in definition.form().steps.iter().filter(|step| !shown.contains(&step.key)) {
        notices.push(notice("form.toml", &format!("step {}", step.key), "no scenario shows this step; it may be dead"));
    }
}
