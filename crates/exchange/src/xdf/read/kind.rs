//! The type of a field, from our own keyword or from the words of FIM.

use forms::{CharacterClass, ComputedKind, FieldType};

use super::{Reading, count, keyword, label, script};
use crate::xdf::take::Names;
use crate::xml::Element;

/// The longest text that a form takes.
const MAX_TEXT: u32 = 20_000;

impl Reading {
    /// The type of a field; `None` for what is no question.
    pub(super) fn kind(&mut self, element: &Element, times: Option<&str>, place: &str) -> Option<FieldType> {
        if let Some(own) = keyword(element, "type").and_then(|name| self.own_kind(name, element, place)) {
            return Some(own);
        }
        let what = label(element).to_owned();
        let word =
            |name: &str| element.child(name).and_then(|code| code.text_of("code")).unwrap_or_default().to_owned();
        let (way, kind) = (word("feldart"), word("datentyp"));
        let (_, most) = count(times);
        if most != Some(1) && way != "select" && kind != "file" {
            self.found.note(format!("Feld „{what}“ kann mehrmals stehen; im Entwurf steht es einmal."));
        }
        match (way.as_str(), kind.as_str()) {
            ("label", _) => {
                self.found.note(format!("„{what}“ ist nur ein Text und keine Frage; er fehlt im Entwurf."));
                None
            }
            (_, "obj") => {
                self.found.note(format!("Feld „{what}“ hat den Typ „Objekt“; es fehlt im Entwurf."));
                None
            }
            ("select", _) => Some(self.choice(element, place, most)),
            (_, "date") => Some(FieldType::Date),
            (_, "time") => Some(FieldType::Time),
            (_, "datetime") => Some(FieldType::DateTime),
            (_, "bool") => Some(FieldType::Bool),
            (_, "num") => Some(FieldType::Decimal { scale: 2 }),
            (_, "num_int") => Some(whole(element)),
            (_, "num_currency") => Some(FieldType::Money),
            (_, "file") => Some(file(element, times)),
            _ => {
                if matches!(way.as_str(), "hidden" | "locked") {
                    self.found.note(format!("Feld „{what}“ füllt sich im Schema selbst aus; bitte ansehen."));
                }
                let pattern = element.child("praezisierung").and_then(|bounds| bounds.attribute("pattern"));
                if let Some(pattern) = pattern {
                    self.found
                        .note(format!("Feld „{what}“ soll dem Muster {pattern} folgen: Regel von Hand schreiben."));
                }
                Some(text(element, CharacterClass::C))
            }
        }
    }

    fn own_kind(&mut self, name: &str, element: &Element, place: &str) -> Option<FieldType> {
        Some(match name {
            "text" => text(element, keyword(element, "class").and_then(class).unwrap_or_default()),
            "person_name" => FieldType::PersonName,
            "date" => FieldType::Date,
            "partial_date" => FieldType::PartialDate,
            "time" => FieldType::Time,
            "date_time" => FieldType::DateTime,
            "bool" => FieldType::Bool,
            "int" => whole(element),
            "decimal" => {
                FieldType::Decimal { scale: keyword(element, "scale").and_then(|text| text.parse().ok()).unwrap_or(2) }
            }
            "money" => FieldType::Money,
            "choice" | "multi_choice" => {
                let options = self.options(element, place);
                let list = keyword(element, "list").and_then(|text| text.rsplit_once('@'));
                let list = list.map(|(key, version)| {
                    self.list(key, version.parse().unwrap_or(1), &options);
                    key.to_owned()
                });
                if name == "choice" {
                    FieldType::Choice { list, options }
                } else {
                    FieldType::MultiChoice { list, options }
                }
            }
            "address" => FieldType::Address,
            "geo_point" => FieldType::GeoPoint,
            "email" => FieldType::Email { verified: keyword(element, "verified") == Some("true") },
            "phone" => FieldType::Phone,
            "iban" => FieldType::Iban,
            "licence_plate" => FieldType::LicencePlate,
            "url" => FieldType::Url,
            "file" => file(element, keyword(element, "files")),
            "slot" => FieldType::Slot { resource_kind: keyword(element, "resource_kind")?.to_owned() },
            "signature" => FieldType::Signature,
            "declaration" => {
                self.found.say(format!("{place}.text"), element.text_of("beschreibung"));
                FieldType::Declaration
            }
            "computed" => {
                let kind = element.child("datentyp").and_then(|code| code.text_of("code"));
                let gives = match kind {
                    Some("bool") => ComputedKind::Bool,
                    Some("num") => ComputedKind::Number,
                    Some("date") => ComputedKind::Date,
                    _ => ComputedKind::Text,
                };
                FieldType::Computed { value: script(element, "value")?, gives }
            }
            _ => return None,
        })
    }

    fn choice(&mut self, element: &Element, place: &str, most: Option<u16>) -> FieldType {
        let options = self.options(element, place);
        if options.is_empty() {
            let list = element.child("codelisteReferenz");
            let uri = list.and_then(|list| {
                ["canonicalVersionUri", "canonicalIdentification"].into_iter().find_map(|name| list.text_of(name))
            });
            self.found.note(format!(
                "Feld „{}“: die Codeliste {} steht nicht im Schema; im Entwurf ist es ein Text. Bitte Auswahl eintragen.",
                label(element),
                uri.unwrap_or("ohne Namen")
            ));
            return text(element, CharacterClass::C);
        }
        if most == Some(1) {
            FieldType::Choice { list: None, options }
        } else {
            FieldType::MultiChoice { list: None, options }
        }
    }

    fn options(&mut self, element: &Element, place: &str) -> Vec<String> {
        let list = keyword(element, "list").and_then(|text| text.rsplit_once('@')).map(|(key, _)| key.to_owned());
        let mut names = Names::default();
        let mut options = Vec::new();
        for value in element.child("werte").into_iter().flat_map(|values| values.all("wert")).take(1_000) {
            let code = value.text_of("code").unwrap_or_default();
            let name = value.text_of("name").unwrap_or(code);
            let option =
                names.take(if code.bytes().any(|byte| byte.is_ascii_alphabetic()) { code } else { name }, "wert");
            let key = match &list {
                Some(list) => format!("list.{list}.{option}"),
                None => format!("{place}.option.{option}"),
            };
            self.found.say(key, Some(name));
            options.push(option);
        }
        options
    }
}

fn bound<T: std::str::FromStr>(element: &Element, name: &str) -> Option<T> {
    element.child("praezisierung")?.attribute(name)?.trim().parse().ok()
}

fn text(element: &Element, class: CharacterClass) -> FieldType {
    FieldType::Text { class, max: bound(element, "maxLength").unwrap_or(200).clamp(1, MAX_TEXT) }
}

fn whole(element: &Element) -> FieldType {
    let min = bound(element, "minValue").unwrap_or(0).max(i64::MIN / 2);
    let max = bound(element, "maxValue").unwrap_or(1_000_000_000).min(i64::MAX / 2);
    FieldType::Int { min: min.min(max), max }
}

fn file(element: &Element, times: Option<&str>) -> FieldType {
    let (min_count, max_count) = count(times);
    let max_count = max_count.unwrap_or(10).clamp(1, 50);
    let accept: Vec<String> = element.all("mediaType").map(|kind| kind.text.trim().to_owned()).collect();
    FieldType::File {
        accept: if accept.is_empty() { vec!["application/pdf".to_owned()] } else { accept },
        max_bytes: element.text_of("maxSize").and_then(|text| text.parse().ok()).unwrap_or(10_000_000),
        min_count: min_count.min(max_count),
        max_count,
    }
}

fn class(word: &str) -> Option<CharacterClass> {
    Some(match word {
        "A" => CharacterClass::A,
        "B" => CharacterClass::B,
        "C" => CharacterClass::C,
        "D" => CharacterClass::D,
        "E" => CharacterClass::E,
        _ => return None,
    })
}
