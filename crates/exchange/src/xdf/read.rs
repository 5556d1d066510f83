//! A message of XDatenfelder 3 as a draft of a definition directory.

use forms::{ChoiceList, Field, Form, Group, Repeat, Requirement, Rule, Sensitivity, Step};

use super::draft::{DraftFiles, Found};
use super::take::Names;
use super::{NAMESPACE, OURS, SCHEMA_MESSAGE};
use crate::xml::{Element, XmlFault, read_xml};

mod kind;

/// Why a text is no form that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XdfFault {
    /// It is no document that is read here.
    #[error(transparent)]
    Xml(#[from] XmlFault),
    /// It is another document.
    #[error("not a message {SCHEMA_MESSAGE} of {NAMESPACE}; only XDatenfelder 3.0.0 is read")]
    Other,
    /// The schema holds no field.
    #[error("the schema holds no field")]
    Empty,
}

/// Reads message 0102. What a schema cannot say, or says in a way a form cannot, stands among the notices.
///
/// # Errors
/// [`XdfFault`].
pub fn import_form(xml: &str) -> Result<DraftFiles, XdfFault> {
    let root = read_xml(xml)?;
    if root.name != SCHEMA_MESSAGE || root.namespace.as_deref() != Some(NAMESPACE) {
        return Err(XdfFault::Other);
    }
    let schema = root.child("stammdatenschema").ok_or(XdfFault::Empty)?;
    let mut reading = Reading::default();
    reading.schema(schema);
    if reading.found.form.steps.is_empty() { Err(XdfFault::Empty) } else { Ok(reading.found.into_files()) }
}

/// One of our keywords at an element.
fn keyword<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let ours = |word: &&Element| word.attribute("uri").and_then(|uri| uri.strip_prefix(OURS)) == Some(name);
    element.all("stichwort").find(ours).map(|word| word.text.trim()).filter(|text| !text.is_empty())
}

/// How often something is there: fewest, and most if there is a bound.
fn count(text: Option<&str>) -> (u16, Option<u16>) {
    let (fewest, most) = text.and_then(|text| text.split_once(':')).unwrap_or(("1", "1"));
    (fewest.trim().parse().unwrap_or(1), most.trim().parse().ok())
}

fn label(element: &Element) -> &str {
    let labels = ["bezeichnungEingabe", "bezeichnung", "name"];
    labels.into_iter().find_map(|name| element.text_of(name)).unwrap_or_default()
}

#[derive(Debug, Default)]
struct Reading {
    found: Found,
    steps: Names,
    groups: Names,
    rules: Names,
}

impl Reading {
    fn schema(&mut self, schema: &Element) {
        let title = schema.text_of("bezeichnung").or_else(|| schema.text_of("name"));
        let id = schema.child("identifikation").map(|id| {
            format!("{} {}", id.text_of("id").unwrap_or("?"), id.text_of("version").unwrap_or_default())
                .trim()
                .to_owned()
        });
        self.found.source = id.unwrap_or_else(|| "einem Datenschema".to_owned());
        self.found.key = match keyword(schema, "key") {
            Some(key) => key.to_owned(),
            None => Names::default().take(title.unwrap_or_default(), "dienst").replace('_', "-"),
        };
        self.found.say("service.title".into(), title);
        self.found.say("service.summary".into(), schema.text_of("beschreibung"));
        self.found.say("service.purpose".into(), schema.text_of("definition"));
        self.found.say("service.help".into(), schema.text_of("hilfetext"));
        self.found.statutes =
            schema.all("bezug").map(|at| at.text.trim().to_owned()).filter(|at| !at.is_empty()).collect();
        let mut loose = Vec::new();
        for (content, times) in contents(schema) {
            match content.name.as_str() {
                "datenfeldgruppe" => self.step(content, times),
                _ => loose.push((content, times)),
            }
        }
        if !loose.is_empty() {
            let key = self.steps.take("angaben", "angaben");
            let group = self.groups.take("angaben", "angaben");
            self.found.say(format!("step.{key}.title"), Some("Ihre Angaben"));
            self.found.say(format!("group.{group}.title"), Some("Ihre Angaben"));
            let fields = self.fields(&group, &loose);
            if !fields.is_empty() {
                let group = Group { key: group, visible: None, repeat: None, fields };
                self.found.form.steps.insert(0, Step { key, visible: None, groups: vec![group] });
            }
        }
        let form = std::mem::take(&mut self.found.form);
        let rules = self.form_rules(schema);
        self.found.form = Form { rules, ..form };
    }

    fn step(&mut self, element: &Element, times: Option<&str>) {
        let key = self.name(element, |reading| &mut reading.steps, "schritt");
        self.found.say(format!("step.{key}.title"), Some(label(element)));
        self.found.say(format!("step.{key}.help"), element.text_of("hilfetextEingabe"));
        let mut groups = Vec::new();
        if keyword(element, "part") == Some("step") {
            for (content, times) in contents(element) {
                self.group(content, times, &mut groups);
            }
        } else {
            self.group(element, times, &mut groups);
        }
        if !groups.is_empty() {
            let visible = self.condition(element, &format!("Schritt „{key}“"));
            self.found.form.steps.push(Step { key, visible, groups });
        }
    }

    /// Takes a group over. A form has one level of groups: what stands deeper becomes a group beside it.
    fn group(&mut self, element: &Element, times: Option<&str>, groups: &mut Vec<Group>) {
        let key = self.name(element, |reading| &mut reading.groups, "gruppe");
        self.found.say(format!("group.{key}.title"), Some(label(element)));
        self.found.say(format!("group.{key}.help"), element.text_of("hilfetextEingabe"));
        self.found.say(format!("group.{key}.item"), keyword(element, "item"));
        let is_field = |content: &Element| content.name == "datenfeld" || keyword(content, "type").is_some();
        let (direct, deeper): (Vec<_>, Vec<_>) =
            contents(element).into_iter().partition(|(content, _)| is_field(content));
        let repeat = self.repeat(element, times, &key);
        let what = format!("Gruppe „{key}“");
        let visible = if keyword(element, "part").is_some() {
            self.condition(element, &what)
        } else {
            self.foreign_rules(element, &what);
            None
        };
        let fields = self.fields(&key, &direct);
        if !fields.is_empty() {
            groups.push(Group { key: key.clone(), visible, repeat, fields });
        }
        for (content, times) in deeper {
            if repeat.is_some() {
                let inner = label(content);
                self.found.note(format!(
                    "Gruppe „{inner}“ gehört zu jeder Wiederholung von „{key}“; sie steht jetzt daneben. Bitte neu ordnen."
                ));
            }
            self.group(content, times, groups);
        }
    }

    fn repeat(&mut self, element: &Element, times: Option<&str>, key: &str) -> Option<Repeat> {
        if keyword(element, "part").is_some() {
            let (min, max) = count(Some(keyword(element, "repeat")?));
            return Some(Repeat { min, max: max.unwrap_or(min.max(1)) });
        }
        let (min, max) = count(times);
        if max == Some(1) {
            if min == 0 {
                self.found.note(format!("Gruppe „{key}“ kann fehlen: bitte eine Bedingung (visible) schreiben."));
            }
            return None;
        }
        self.found.say(format!("group.{key}.item"), Some("{number}"));
        if max.is_none() {
            self.found.note(format!("Gruppe „{key}“ kann beliebig oft stehen; als Grenze steht 20 im Entwurf."));
        }
        let max = max.unwrap_or(20).clamp(1, 1_000);
        Some(Repeat { min: min.min(max), max })
    }

    fn fields(&mut self, group: &str, contents: &[(&Element, Option<&str>)]) -> Vec<Field> {
        let mut names = Names::default();
        let mut fields = Vec::new();
        for (element, times) in contents {
            fields.extend(self.field(group, element, *times, &mut names));
        }
        fields
    }

    fn field(&mut self, group: &str, element: &Element, times: Option<&str>, names: &mut Names) -> Option<Field> {
        let key = match keyword(element, "key") {
            Some(key) => names.take(key, "feld"),
            None => names.take(label(element), "feld"),
        };
        let place = format!("field.{group}.{key}");
        let kind = self.kind(element, times, &place)?;
        self.found.say(format!("{place}.label"), Some(label(element)).filter(|label| !label.is_empty()).or(Some(&key)));
        self.found.say(format!("{place}.help"), element.text_of("hilfetextEingabe"));
        let is_ours = keyword(element, "type").is_some();
        let required = match keyword(element, "required") {
            Some("never") => Requirement::Never,
            Some(_) => script(element, "required").map_or(Requirement::Always, Requirement::When),
            None if !is_ours && count(times).0 == 0 => Requirement::Never,
            None => Requirement::Always,
        };
        let sensitivity = match keyword(element, "sensitivity") {
            Some("plain") => Sensitivity::Plain,
            Some("special") => Sensitivity::Special,
            _ => Sensitivity::Personal,
        };
        let visible = if is_ours { script(element, "visible") } else { None };
        let rules = self.field_rules(element, group, &key);
        let prefill = keyword(element, "prefill").map(str::to_owned);
        Some(Field { key, kind, visible, required, rules, sensitivity, prefill })
    }

    fn field_rules(&mut self, element: &Element, group: &str, key: &str) -> Vec<Rule> {
        if keyword(element, "type").is_none() {
            self.foreign_rules(element, &format!("Feld „{}“", label(element)));
            return Vec::new();
        }
        let at = format!("{group}.{key}");
        element.all("regel").filter_map(|rule| self.rule(rule, at.clone())).collect()
    }

    fn form_rules(&mut self, schema: &Element) -> Vec<Rule> {
        let mut rules = Vec::new();
        for rule in schema.all("regel") {
            match keyword(rule, "at").map(str::to_owned) {
                Some(at) => rules.extend(self.rule(rule, at)),
                None => self.foreign_rule(rule, "Schema"),
            }
        }
        rules
    }

    /// A rule of our own.
    fn rule(&mut self, rule: &Element, at: String) -> Option<Rule> {
        if keyword(rule, "part") != Some("valid") {
            return None;
        }
        let key = self.rules.take(keyword(rule, "key")?, "regel");
        let valid = rule.text_of("skript")?.to_owned();
        self.found.say(format!("rule.{key}"), rule.text_of("freitextRegel"));
        Some(Rule { key, valid, at })
    }

    /// The condition of a step or group of our own; what others wrote becomes a notice.
    fn condition(&mut self, element: &Element, what: &str) -> Option<String> {
        keyword(element, "part")?;
        for rule in element.all("regel").filter(|rule| keyword(rule, "part").is_none()) {
            self.foreign_rule(rule, what);
        }
        script(element, "visible")
    }

    fn foreign_rules(&mut self, element: &Element, what: &str) {
        for rule in element.all("regel") {
            self.foreign_rule(rule, what);
        }
    }

    fn foreign_rule(&mut self, rule: &Element, what: &str) {
        let text = rule.text_of("freitextRegel").or_else(|| rule.text_of("name")).unwrap_or("ohne Text");
        let text: String = text.chars().take(500).collect();
        self.found.note(format!("{what}: Regel von Hand schreiben: {text}"));
    }

    /// Our own name of an element, or one made of its label.
    fn name(&mut self, element: &Element, names: fn(&mut Self) -> &mut Names, fallback: &str) -> String {
        let own = keyword(element, "key").map_or_else(|| label(element).to_owned(), str::to_owned);
        names(self).take(&own, fallback)
    }

    /// A list that several choices share, once.
    fn list(&mut self, key: &str, version: u32, options: &[String]) {
        if !self.found.form.lists.iter().any(|list| list.key == key) {
            self.found.form.lists.push(ChoiceList { key: key.to_owned(), version, options: options.to_vec() });
        }
    }
}

/// The expression of one of our rules.
fn script(element: &Element, part: &str) -> Option<String> {
    let rule = element.all("regel").find(|rule| keyword(rule, "part") == Some(part))?;
    rule.text_of("skript").map(str::to_owned)
}

/// What stands in an element, with how often.
fn contents(element: &Element) -> Vec<(&Element, Option<&str>)> {
    let inside = element.all("struktur");
    inside.filter_map(|structure| Some((content(structure)?, structure.text_of("anzahl")))).collect()
}

fn content(structure: &Element) -> Option<&Element> {
    let inner = structure.child("enthaelt")?;
    inner.children.iter().find(|child| matches!(child.name.as_str(), "datenfeld" | "datenfeldgruppe"))
}
