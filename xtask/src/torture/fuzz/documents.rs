//! Writes GraphQL documents that the schema allows: any field, any argument, fragments, variables, directives.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::torture::dice::Dice;
use crate::torture::fuzz::schema::{Field, Input, Reference, Schema, Type};

/// Fields inside fields: the server allows 15.
const DEPTH: usize = 6;
/// Fields of one document: beyond this only what must be is written.
const FIELDS: usize = 40;

/// A document and its variables.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    pub(super) text: String,
    pub(super) variables: Map<String, Value>,
}

/// Somebody who writes one document.
pub(super) struct Author<'a> {
    schema: &'a Schema,
    /// Ids that exist, so that not everything is answered with nothing.
    ids: &'a [String],
    dice: Dice,
    fields: usize,
    fragments: Vec<String>,
    declared: Vec<String>,
    variables: Map<String, Value>,
}

impl<'a> Author<'a> {
    pub(super) fn new(schema: &'a Schema, ids: &'a [String], dice: Dice) -> Self {
        let (fragments, declared) = (Vec::new(), Vec::new());
        Self { schema, ids, dice, fields: 0, fragments, declared, variables: Map::new() }
    }

    /// Writes a query, or less often a mutation, which has one root field as the server asks.
    pub(super) fn write(mut self) -> Document {
        let is_mutation = self.dice.percent(15);
        let (kind, root) = if is_mutation { ("mutation", "Mutation") } else { ("query", "Query") };
        let count = if is_mutation { 1 } else { 1 + self.dice.below(3) };
        let mut body = String::new();
        for number in 0..count {
            let field = self.dice.pick(self.schema.fields(root)).clone();
            // Two equal root fields with other arguments would not merge.
            let _ = write!(body, " f{number}: ");
            self.field(&mut body, &field, 1);
        }
        let declared = if self.declared.is_empty() { String::new() } else { format!("({})", self.declared.join(", ")) };
        let text = format!("{kind} Generated{declared} {{{body} }}{}", self.fragments.concat());
        Document { text, variables: self.variables }
    }

    fn field(&mut self, out: &mut String, field: &Field, depth: usize) {
        self.fields += 1;
        out.push_str(&field.name);
        let wanted: Vec<&Input> =
            field.arguments.iter().filter(|input| input.is_needed || self.dice.percent(40)).collect();
        if !wanted.is_empty() {
            let arguments: Vec<String> =
                wanted.iter().map(|input| format!("{}: {}", input.name, self.argument(&input.of))).collect();
            let _ = write!(out, "({})", arguments.join(", "));
        }
        if self.dice.percent(5) {
            let _ = write!(out, " @{}(if: {})", self.dice.pick::<&str>(&["include", "skip"]), self.dice.percent(50));
        }
        if self.schema.is_composite(&field.of.name) {
            self.selection(out, &field.of.name, depth);
        }
    }

    fn selection(&mut self, out: &mut String, name: &str, depth: usize) {
        if self.dice.percent(10) {
            let number = self.fragments.len();
            self.fragments.push(String::new());
            let mut body = String::new();
            self.plain_selection(&mut body, name, depth);
            self.fragments[number] = format!(" fragment F{number} on {name}{body}");
            let _ = write!(out, " {{ ...F{number} }}");
        } else {
            self.plain_selection(out, name, depth);
        }
    }

    fn plain_selection(&mut self, out: &mut String, name: &str, depth: usize) {
        out.push_str(" { __typename");
        match self.schema.find(name) {
            Some(Type::Union(members)) => {
                for member in members {
                    let _ = write!(out, " ... on {member}");
                    self.plain_selection(out, member, depth + 1);
                }
            }
            Some(Type::Object(fields)) => {
                let count = 1 + self.dice.below(5);
                for number in 0..count {
                    let field = self.dice.pick(fields).clone();
                    let is_too_much = depth >= DEPTH || self.fields >= FIELDS;
                    if is_too_much && self.schema.is_composite(&field.of.name) {
                        continue;
                    }
                    let _ = write!(out, " a{depth}_{number}_{}: ", self.fields);
                    self.field(out, &field, depth + 1);
                }
            }
            Some(Type::Scalar | Type::Enum(_) | Type::Input { .. }) | None => {}
        }
        out.push_str(" }");
    }

    /// A value in the document, or a variable that has it.
    fn argument(&mut self, of: &Reference) -> String {
        let (literal, value) = self.value(of, 0);
        if self.dice.percent(25) {
            let name = format!("v{}", self.declared.len());
            self.declared.push(format!("${name}: {}", of.written));
            self.variables.insert(name.clone(), value);
            format!("${name}")
        } else {
            literal
        }
    }

    /// The same value as GraphQL and as JSON.
    fn value(&mut self, of: &Reference, depth: usize) -> (String, Value) {
        if !of.is_required() && self.dice.percent(10) {
            return ("null".to_owned(), Value::Null);
        }
        if of.is_list() {
            let inner = Reference { name: of.name.clone(), written: format!("{}!", of.name) };
            let count = self.dice.below(4);
            let (texts, values): (Vec<String>, Vec<Value>) = (0..count).map(|_| self.value(&inner, depth + 1)).unzip();
            return (format!("[{}]", texts.join(", ")), Value::Array(values));
        }
        match self.schema.find(&of.name) {
            Some(Type::Enum(words)) => {
                let word = self.dice.pick(words);
                (word.clone(), json!(word))
            }
            Some(Type::Input { inputs, one_of }) => self.input(inputs, *one_of, depth),
            Some(Type::Scalar | Type::Object(_) | Type::Union(_)) | None => self.scalar(&of.name),
        }
    }

    fn input(&mut self, inputs: &[Input], one_of: bool, depth: usize) -> (String, Value) {
        let wanted: Vec<Input> = if one_of {
            let mut one = self.dice.pick(inputs).clone();
            one.of.written.push('!');
            vec![one]
        } else {
            let share = if depth > 4 { 0 } else { 50 };
            inputs.iter().filter(|input| input.is_needed || self.dice.percent(share)).cloned().collect()
        };
        let (mut texts, mut values) = (Vec::new(), Map::new());
        for input in wanted {
            let (text, value) = self.value(&input.of, depth + 1);
            texts.push(format!("{}: {text}", input.name));
            values.insert(input.name, value);
        }
        (format!("{{{}}}", texts.join(", ")), Value::Object(values))
    }

    fn scalar(&mut self, name: &str) -> (String, Value) {
        let value = match name {
            "Int" => json!(self.dice.below(120)),
            "Float" => json!(self.dice.below(9_000) as f64 / 100.0),
            "Boolean" => json!(self.dice.percent(50)),
            "ID" if self.dice.percent(80) => json!(self.dice.pick(self.ids)),
            "Date" => json!(format!(
                "20{:02}-{:02}-{:02}",
                25 + self.dice.below(4),
                1 + self.dice.below(12),
                1 + self.dice.below(28)
            )),
            "DateTime" => json!(format!(
                "2026-12-{:02}T{:02}:{:02}:00Z",
                1 + self.dice.below(28),
                self.dice.below(24),
                10 * self.dice.below(6)
            )),
            _ => json!(self.dice.pick::<&str>(&TEXTS)),
        };
        (value.to_string(), value)
    }
}

/// Texts that may stand anywhere.
const TEXTS: [&str; 8] = [
    "Erika Musterfrau",
    "erika@example.org",
    "",
    "de",
    "a-key-of-thirty-two-printable-signs",
    "lead.hall",
    "0511 115",
    "ABCD-EFGH",
];

#[cfg(test)]
mod tests {
    use crate::torture::dice::Dice;
    use crate::torture::fuzz::documents::Author;
    use crate::torture::fuzz::schema::Schema;

    #[test]
    fn writes_the_same_document_for_the_same_dice() {
        let schema = Schema::read(
            "enum Colour { RED } input In @oneOf { a: Int b: [Colour!] } type Mutation { m(in: In!): String }
             type Query { q(of: [ID!]!, n: Int = 3): T! } type T { x: Int t: T }",
        )
        .expect("a schema");
        let ids = ["i".to_owned()];
        let write = |number| Author::new(&schema, &ids, Dice::new(1, number)).write();
        assert_eq!(write(7), write(7));
        let all: Vec<String> = (0..200).map(|number| write(number).text).collect();
        for part in ["q(of:", "m(in: {", "fragment F0 on T", "$v0", "@skip", "t {"] {
            assert!(all.iter().any(|text| text.contains(part)), "{part}");
        }
    }
}
