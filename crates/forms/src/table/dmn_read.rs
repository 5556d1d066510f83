//! A decision table from DMN XML. Entities from outside are never resolved, and what is not a table is not read.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::path::is_name;
use crate::table::dmn_write::names;
use crate::table::{Cell, CellType, DecisionTable, HitPolicy, Input, MAX_COLUMNS, MAX_ROWS, Output, Row, UnaryTests};

/// The longest document in bytes.
const MAX_BYTES: usize = 4 << 20;
/// The deepest nesting.
const MAX_DEPTH: usize = 32;

/// Why a document is no decision table of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DmnFault(pub String);

fn fault(message: impl Into<String>) -> DmnFault {
    DmnFault(message.into())
}

/// Reads the first decision table of a DMN document. Its name is the name of the decision: `fee` or `fee@2027-01-01`.
///
/// # Errors
/// [`DmnFault`] with the first thing that is wrong.
pub fn from_dmn(xml: &str) -> Result<DecisionTable, DmnFault> {
    if xml.len() > MAX_BYTES {
        return Err(fault(format!("the document has more than {MAX_BYTES} bytes")));
    }
    let mut reader = Reader::from_str(xml);
    let mut draft = Draft::default();
    let mut way: Vec<String> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| fault(format!("not readable as XML: {error}")))? {
            Event::Start(tag) => {
                if way.len() >= MAX_DEPTH {
                    return Err(fault("the document is nested too deeply"));
                }
                let name = local(&tag);
                draft.open(&name, &tag)?;
                way.push(name);
            }
            Event::Empty(tag) => {
                let name = local(&tag);
                draft.open(&name, &tag)?;
                draft.close(&name)?;
            }
            Event::End(_) => {
                if let Some(name) = way.pop() {
                    draft.close(&name)?;
                }
            }
            Event::Text(text) => draft.text.push_str(&text.decode().map_err(|_| fault("not UTF-8"))?),
            Event::CData(text) => draft.text.push_str(&text.decode().map_err(|_| fault("not UTF-8"))?),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|_| fault("a broken character reference"))?;
                let name = reference.decode().map_err(|_| fault("not UTF-8"))?;
                match (character, quick_xml::escape::resolve_xml_entity(&name)) {
                    (Some(character), _) => draft.text.push(character),
                    (None, Some(text)) => draft.text.push_str(text),
                    (None, None) => return Err(fault("entities of one's own are not read")),
                }
            }
            Event::DocType(_) => return Err(fault("a document type is not read")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
        if draft.done {
            break;
        }
    }
    draft.table()
}

fn local(tag: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(tag.local_name().as_ref()).into_owned()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, DmnFault> {
    let found = tag.try_get_attribute(name).map_err(|_| fault("a broken attribute"))?;
    let value = found.map(|attribute| attribute.unescape_value().map(std::borrow::Cow::into_owned)).transpose();
    value.map_err(|_| fault("a broken attribute"))
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Draft {
    name: String,
    policy: Option<HitPolicy>,
    /// Expression, type, allowed values.
    inputs: Vec<(String, String, String)>,
    /// Name, type, allowed values.
    outputs: Vec<(String, String, String)>,
    annotations: Vec<String>,
    /// Cells of each rule: inputs, outputs, annotations.
    rules: Vec<[Vec<String>; 3]>,
    text: String,
    inside: bool,
    done: bool,
}

impl Draft {
    fn open(&mut self, element: &str, tag: &BytesStart<'_>) -> Result<(), DmnFault> {
        match element {
            "decision" if !self.inside => self.name = attribute(tag, "name")?.unwrap_or_default(),
            "decisionTable" => {
                self.inside = true;
                let policy = attribute(tag, "hitPolicy")?.unwrap_or_else(|| "UNIQUE".to_owned());
                let aggregation = attribute(tag, "aggregation")?;
                let known = HitPolicy::ALL
                    .into_iter()
                    .find(|(_, known)| names(*known) == (policy.as_str(), aggregation.as_deref()));
                self.policy = Some(known.ok_or_else(|| fault("the hit policy is not known"))?.1);
            }
            "input" if self.inside => self.inputs.push((String::new(), String::new(), String::new())),
            "inputExpression" if self.inside => {
                if let Some(input) = self.inputs.last_mut() {
                    input.1 = attribute(tag, "typeRef")?.unwrap_or_default();
                }
            }
            "output" if self.inside => {
                let name = attribute(tag, "name")?.unwrap_or_default();
                self.outputs.push((name, attribute(tag, "typeRef")?.unwrap_or_default(), String::new()));
            }
            "annotation" if self.inside => self.annotations.push(attribute(tag, "name")?.unwrap_or_default()),
            "rule" if self.inside => self.rules.push([Vec::new(), Vec::new(), Vec::new()]),
            _ => {}
        }
        self.text.clear();
        if self.inputs.len() + self.outputs.len() + self.annotations.len() > MAX_COLUMNS || self.rules.len() > MAX_ROWS
        {
            return Err(fault("the table is too large"));
        }
        Ok(())
    }

    fn close(&mut self, element: &str) -> Result<(), DmnFault> {
        if element == "text" {
            return Ok(());
        }
        let text = std::mem::take(&mut self.text).trim().to_owned();
        let cell = match element {
            "inputEntry" => Some(0),
            "outputEntry" => Some(1),
            "annotationEntry" => Some(2),
            _ => None,
        };
        if let (Some(at), Some(rule)) = (cell, self.rules.last_mut()) {
            if rule[at].len() >= MAX_COLUMNS {
                return Err(fault("a rule has more cells than the table has columns"));
            }
            rule[at].push(text);
            return Ok(());
        }
        match (element, self.inputs.last_mut(), self.outputs.last_mut()) {
            ("inputExpression", Some(input), _) => input.0 = text,
            ("inputValues", Some(input), _) => input.2 = text,
            ("outputValues", _, Some(output)) => output.2 = text,
            ("decisionTable", _, _) => self.done = true,
            _ => {}
        }
        Ok(())
    }

    fn table(self) -> Result<DecisionTable, DmnFault> {
        let (key, day) = match self.name.split_once('@') {
            Some((key, day)) => {
                (key, Some(day.parse().map_err(|_| fault("the day in the decision's name is no day"))?))
            }
            None => (self.name.as_str(), None),
        };
        if !is_name(key) {
            return Err(fault("the decision's name is no name of a table: lower-case letters, digits, underscores"));
        }
        let mut table = DecisionTable {
            key: key.to_owned(),
            hit_policy: self.policy.ok_or_else(|| fault("the document has no decision table"))?,
            effective_from: day,
            inputs: Vec::new(),
            outputs: Vec::new(),
            rows: Vec::new(),
        };
        for (expression, kind_name, allowed) in self.inputs {
            let kind = kind(&kind_name)?;
            let allowed = tests(&allowed, kind)?;
            table.inputs.push(Input { expression, kind, whole: kind_name == "integer", allowed });
        }
        for (name, kind_name, allowed) in self.outputs {
            let kind = kind(&kind_name)?;
            let parts = allowed.split(',').map(str::trim).filter(|part| !part.is_empty());
            let allowed = parts.map(|part| value(part, kind)).collect::<Result<Vec<_>, _>>()?;
            table.outputs.push(Output { name, kind, allowed });
        }
        let note = |notes: &[String], name: &str| {
            let at = self.annotations.iter().position(|known| known == name)?;
            notes.get(at).filter(|text| !text.is_empty()).cloned()
        };
        for [inputs, outputs, notes] in &self.rules {
            if inputs.len() != table.inputs.len() || outputs.len() != table.outputs.len() {
                return Err(fault("a rule has more or fewer cells than the table has columns"));
            }
            let cells = table.inputs.iter().zip(inputs).map(|(input, text)| tests(text, input.kind));
            let values = table.outputs.iter().zip(outputs);
            let values = values
                .map(|(output, text)| if text.is_empty() { Ok(None) } else { value(text, output.kind).map(Some) });
            let row = Row {
                tests: cells.collect::<Result<_, _>>()?,
                outputs: values.collect::<Result<_, _>>()?,
                reason_key: note(notes, "reason_key"),
                legal_ref: note(notes, "legal_ref"),
            };
            table.rows.push(row);
        }
        Ok(table)
    }
}

fn tests(text: &str, kind: CellType) -> Result<UnaryTests, DmnFault> {
    UnaryTests::parse(text, kind).map_err(|refusal| fault(refusal.0))
}

fn value(text: &str, kind: CellType) -> Result<Cell, DmnFault> {
    Cell::parse(text, kind)
        .ok_or_else(|| fault(format!("\"{}\" is no value of type {}", reading::visible(text, 60), kind.as_str())))
}

fn kind(name: &str) -> Result<CellType, DmnFault> {
    match name.rsplit(':').next().unwrap_or_default() {
        "boolean" => Ok(CellType::Bool),
        "number" | "integer" | "long" | "double" => Ok(CellType::Number),
        "string" => Ok(CellType::Text),
        "date" => Ok(CellType::Date),
        other => Err(fault(format!(
            "the type \"{}\" is not known; known are boolean, number, integer, string, date",
            reading::visible(other, 40)
        ))),
    }
}
