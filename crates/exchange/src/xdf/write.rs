//! A checked form as a message of XDatenfelder 3.

use domain::law::LegalBasis;
use forms::{CharacterClass, Definition, Field, FieldType, Group, Locale, Requirement, Rule, Sensitivity, Step};

use super::shape::{kind_words, parts};
use super::{GROUP_MESSAGE, Ids, NAMESPACE, OURS, SCHEMA_MESSAGE, XdfFacts};
use crate::xml::XmlWriter;

const STATUS_LIST: &str = "urn:xoev-de:xprozess:codeliste:status";
const STATUS_VERSION: &str = "2020-03-19";
/// "Entwurf": releasing a schema is for FIM to say.
const DRAFT: &str = "3";

/// The form of a definition with its German texts, as message 0102.
pub fn export_form(definition: &Definition, facts: XdfFacts<'_>) -> String {
    let mut out = Out::begin(definition, facts, SCHEMA_MESSAGE);
    out.xml.open("stammdatenschema");
    out.identity("schema");
    out.xml.leaf("name", definition.text("service.title", Locale::De).unwrap_or(definition.key()));
    out.xml.may("beschreibung", definition.text("service.summary", Locale::De));
    out.xml.may("definition", definition.text("service.purpose", Locale::De));
    for LegalBasis(statute) in &definition.service().legal_basis {
        out.xml.leaf("bezug", statute.as_str());
    }
    out.state(&[("key", definition.key())]);
    out.xml.leaf("bezeichnung", definition.text("service.title", Locale::De).unwrap_or(definition.key()));
    out.xml.may("hilfetext", definition.text("service.help", Locale::De));
    out.modifications();
    for rule in &definition.form().rules {
        out.rule(rule, &[("at", &rule.at)]);
    }
    for step in &definition.form().steps {
        out.xml.open("struktur");
        out.xml.leaf("anzahl", if step.visible.is_some() { "0:1" } else { "1:1" });
        out.xml.open("enthaelt");
        out.step(step);
        out.xml.close();
        out.xml.close();
    }
    out.xml.finish()
}

/// One step of a definition as message 0103; `None` if it has no such step.
pub fn export_step(definition: &Definition, step: &str, facts: XdfFacts<'_>) -> Option<String> {
    let step = definition.form().steps.iter().find(|known| known.key == step)?;
    let mut out = Out::begin(definition, facts, GROUP_MESSAGE);
    out.step(step);
    Some(out.xml.finish())
}

struct Out<'a> {
    definition: &'a Definition,
    facts: XdfFacts<'a>,
    ids: Ids,
    xml: XmlWriter,
}

impl<'a> Out<'a> {
    fn begin(definition: &'a Definition, facts: XdfFacts<'a>, message: &str) -> Self {
        let mut xml = XmlWriter::begin("xdf", NAMESPACE, message);
        xml.open("header");
        xml.leaf("nachrichtID", facts.message_id);
        xml.leaf("erstellungszeitpunkt", &facts.moment());
        xml.close();
        Self { definition, facts, ids: Ids::of(definition), xml }
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.definition.text(key, Locale::De)
    }

    fn identity(&mut self, place: &str) {
        self.xml.open("identifikation");
        let id = self.ids.get(place).to_owned();
        self.xml.leaf("id", &id);
        self.xml.leaf("version", &self.facts.version_text());
        self.xml.close();
    }

    fn state(&mut self, keywords: &[(&str, &str)]) {
        self.xml.code("freigabestatus", STATUS_LIST, STATUS_VERSION, DRAFT);
        self.xml.leaf("letzteAenderung", &self.facts.moment());
        for (name, value) in keywords {
            self.xml.leaf_with("stichwort", &[("uri", &format!("{OURS}{name}"))], value);
        }
    }

    fn modifications(&mut self) {
        for name in ["ableitungsmodifikationenStruktur", "ableitungsmodifikationenRepraesentation"] {
            self.xml.code(name, &format!("urn:xoev-de:fim:codeliste:xdatenfelder.{name}"), "1.0", "0");
        }
    }

    /// What groups and fields have in common.
    fn element(&mut self, place: &str, description: Option<&str>, keywords: &[(&str, &str)], fallback: &str) {
        let label_key = if place.starts_with("field.") { "label" } else { "title" };
        let label = self.text(&format!("{place}.{label_key}")).unwrap_or(fallback);
        let help = self.text(&format!("{place}.help"));
        self.identity(place);
        self.xml.leaf("name", label);
        self.xml.may("beschreibung", description);
        self.state(keywords);
        self.labels(label, help);
    }

    fn labels(&mut self, label: &str, help: Option<&str>) {
        self.xml.leaf("bezeichnungEingabe", label);
        self.xml.leaf("bezeichnungAusgabe", label);
        self.xml.code("schemaelementart", "urn:xoev-de:fim:codeliste:xdatenfelder.schemaelementart", "1.0", "HAR");
        self.xml.may("hilfetextEingabe", help);
    }

    fn step(&mut self, step: &Step) {
        let place = format!("step.{}", step.key);
        self.xml.open("datenfeldgruppe");
        self.element(&place, None, &[("key", &step.key), ("part", "step")], &step.key);
        self.expression(&place, "visible", step.visible.as_deref(), "K");
        for group in &step.groups {
            self.xml.open("struktur");
            self.xml.leaf("anzahl", &group_count(group));
            self.xml.open("enthaelt");
            self.group(group);
            self.xml.close();
            self.xml.close();
        }
        self.xml.close();
    }

    fn group(&mut self, group: &Group) {
        let place = format!("group.{}", group.key);
        let repeat = group.repeat.map(|repeat| format!("{}:{}", repeat.min, repeat.max));
        let item = self.text(&format!("{place}.item"));
        let mut keywords = vec![("key", group.key.as_str()), ("part", "group")];
        keywords.extend(repeat.as_deref().map(|repeat| ("repeat", repeat)));
        keywords.extend(item.map(|item| ("item", item)));
        self.xml.open("datenfeldgruppe");
        self.element(&place, None, &keywords, &group.key);
        self.expression(&place, "visible", group.visible.as_deref(), "K");
        for field in &group.fields {
            self.xml.open("struktur");
            self.xml.leaf("anzahl", &field_count(field));
            self.xml.open("enthaelt");
            self.field(&group.key, field);
            self.xml.close();
            self.xml.close();
        }
        self.xml.close();
    }

    fn field(&mut self, group: &str, field: &Field) {
        let place = format!("field.{group}.{}", field.key);
        let inner = parts(&field.kind);
        let own = keywords(self.definition, field);
        let keywords: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let declared = self.text(&format!("{place}.text"));
        self.xml.open(if inner.is_empty() { "datenfeld" } else { "datenfeldgruppe" });
        self.element(&place, declared, &keywords, &field.key);
        if inner.is_empty() {
            self.content(&place, field);
        }
        self.rules(&place, field);
        for part in inner {
            self.xml.open("struktur");
            self.xml.leaf("anzahl", part.count);
            self.xml.open("enthaelt");
            self.xml.open("datenfeld");
            self.identity(&format!("{place}.{}", part.key));
            self.xml.leaf("name", part.label);
            self.state(&[("key", part.key)]);
            self.labels(part.label, None);
            self.kind("input", part.kind);
            self.prefill(None);
            self.xml.close();
            self.xml.close();
            self.xml.close();
        }
        self.xml.close();
    }

    /// What a field has beyond a group: its kind, its bounds, its values.
    fn content(&mut self, place: &str, field: &Field) {
        let (way, kind) = kind_words(&field.kind);
        self.kind(way, kind);
        let bounds: Vec<(&str, String)> = match &field.kind {
            FieldType::Text { max, .. } => vec![("maxLength", max.to_string())],
            FieldType::Int { min, max } => vec![("minValue", min.to_string()), ("maxValue", max.to_string())],
            _ => Vec::new(),
        };
        if !bounds.is_empty() {
            let bounds: Vec<(&str, &str)> = bounds.iter().map(|(name, value)| (*name, value.as_str())).collect();
            self.xml.empty("praezisierung", &bounds);
        }
        self.prefill(field.prefill.as_deref());
        match &field.kind {
            FieldType::Choice { list, options } | FieldType::MultiChoice { list, options } => {
                self.values(place, list.as_deref(), options);
            }
            FieldType::File { accept, max_bytes, .. } => {
                self.xml.leaf("maxSize", &max_bytes.to_string());
                for kind in accept {
                    self.xml.leaf("mediaType", kind);
                }
            }
            _ => {}
        }
    }

    fn kind(&mut self, way: &str, kind: &str) {
        self.xml.code("feldart", "urn:xoev-de:fim:codeliste:xdatenfelder.feldart", "2.0", way);
        self.xml.code("datentyp", "urn:xoev-de:fim:codeliste:xdatenfelder.datentyp", "2.0", kind);
    }

    fn prefill(&mut self, register: Option<&str>) {
        let word = if register.is_some() { "optional" } else { "keine" };
        self.xml.code("vorbefuellung", "urn:xoev-de:fim:codeliste:xdatenfelder.vorbefuellung", "1.0", word);
    }

    fn values(&mut self, place: &str, list: Option<&str>, options: &[String]) {
        self.xml.open("werte");
        for option in options {
            let key = match list {
                Some(list) => format!("list.{list}.{option}"),
                None => format!("{place}.option.{option}"),
            };
            let name = self.text(&key).unwrap_or(option);
            self.xml.open("wert");
            self.xml.leaf("code", option);
            self.xml.leaf("name", name);
            self.xml.close();
        }
        self.xml.close();
    }

    fn rules(&mut self, place: &str, field: &Field) {
        self.expression(place, "visible", field.visible.as_deref(), "K");
        if let Requirement::When(expression) = &field.required {
            self.expression(place, "required", Some(expression), "K");
        }
        if let FieldType::Computed { value, .. } = &field.kind {
            self.expression(place, "value", Some(value), "B");
        }
        for rule in &field.rules {
            self.rule(rule, &[]);
        }
    }

    fn rule(&mut self, rule: &Rule, more: &[(&str, &str)]) {
        let text = self.text(&format!("rule.{}", rule.key)).unwrap_or(&rule.key);
        let mut keywords = vec![("key", rule.key.as_str()), ("part", "valid")];
        keywords.extend_from_slice(more);
        self.write_rule(&format!("rule.{}", rule.key), &rule.key, text, &keywords, ("V", &rule.valid));
    }

    fn expression(&mut self, place: &str, part: &str, expression: Option<&str>, kind: &str) {
        let Some(expression) = expression else { return };
        self.write_rule(&format!("{place}.{part}"), part, expression, &[("part", part)], (kind, expression));
    }

    fn write_rule(
        &mut self,
        place: &str,
        name: &str,
        text: &str,
        keywords: &[(&str, &str)],
        (kind, script): (&str, &str),
    ) {
        self.xml.open("regel");
        self.identity(place);
        self.xml.leaf("name", name);
        self.xml.leaf("freitextRegel", text);
        for (name, value) in keywords {
            self.xml.leaf_with("stichwort", &[("uri", &format!("{OURS}{name}"))], value);
        }
        self.xml.leaf("letzteAenderung", &self.facts.moment());
        self.xml.code("typ", "urn:xoev-de:fim:codeliste:xdatenfelder.regeltyp", "1.0", kind);
        self.xml.leaf("skript", script);
        self.xml.close();
    }
}

fn group_count(group: &Group) -> String {
    let fewest = |min: u16| if group.visible.is_some() { 0 } else { min };
    match group.repeat {
        Some(repeat) => format!("{}:{}", fewest(repeat.min), repeat.max),
        None => format!("{}:1", fewest(1)),
    }
}

/// How often an answer can be there: never where it is hidden.
fn field_count(field: &Field) -> String {
    let is_always = field.required == Requirement::Always && field.visible.is_none();
    let most = match &field.kind {
        FieldType::MultiChoice { options, .. } => options.len(),
        FieldType::File { max_count, .. } => usize::from(*max_count),
        _ => 1,
    };
    let fewest = match &field.kind {
        FieldType::File { min_count, .. } => usize::from(*min_count),
        _ => 1,
    };
    format!("{}:{most}", if is_always { fewest } else { 0 })
}

/// What FIM has no word for.
fn keywords(definition: &Definition, field: &Field) -> Vec<(&'static str, String)> {
    let mut words = vec![("key", field.key.clone()), ("type", field.kind.name().to_owned())];
    let mut add = |name, value: &str| words.push((name, value.to_owned()));
    match &field.required {
        Requirement::Always => {}
        Requirement::Never => add("required", "never"),
        Requirement::When(_) => add("required", "when"),
    }
    match field.sensitivity {
        Sensitivity::Personal => {}
        Sensitivity::Plain => add("sensitivity", "plain"),
        Sensitivity::Special => add("sensitivity", "special"),
    }
    if let Some(register) = &field.prefill {
        add("prefill", register);
    }
    match &field.kind {
        FieldType::Text { class, .. } => add("class", class_word(*class)),
        FieldType::Decimal { scale } => add("scale", &scale.to_string()),
        FieldType::Choice { list: Some(list), .. } | FieldType::MultiChoice { list: Some(list), .. } => {
            let version =
                definition.form().lists.iter().find(|known| known.key == *list).map_or(1, |list| list.version);
            add("list", &format!("{list}@{version}"));
        }
        FieldType::Email { verified: true } => add("verified", "true"),
        FieldType::Slot { resource_kind } => add("resource_kind", resource_kind),
        FieldType::File { min_count, max_count, .. } => add("files", &format!("{min_count}:{max_count}")),
        _ => {}
    }
    words
}

const fn class_word(class: CharacterClass) -> &'static str {
    match class {
        CharacterClass::A => "A",
        CharacterClass::B => "B",
        CharacterClass::C => "C",
        CharacterClass::D => "D",
        CharacterClass::E => "E",
    }
}
