//! Reads docs/schema.graphql as far as one must know it to ask questions: types, fields, arguments, values.

use std::collections::BTreeMap;

use crate::failure::{Failure, Result};

/// All types by name.
#[derive(Debug, Default)]
pub(super) struct Schema(BTreeMap<String, Type>);

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    Scalar,
    Enum(Vec<String>),
    Input {
        inputs: Vec<Input>,
        one_of: bool,
    },
    /// An object or an interface.
    Object(Vec<Field>),
    Union(Vec<String>),
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) arguments: Vec<Input>,
    pub(super) of: Reference,
}

/// An argument, or a field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) of: Reference,
    /// Neither nullable nor with a default.
    pub(super) is_needed: bool,
}

/// A type with its wrappings, as it is written: `[Matter!]!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) written: String,
}

impl Reference {
    pub(super) fn is_list(&self) -> bool {
        self.written.starts_with('[')
    }

    pub(super) fn is_required(&self) -> bool {
        self.written.ends_with('!')
    }
}

impl Schema {
    /// Reads the text.
    ///
    /// # Errors
    ///
    /// If it is not what the server writes.
    pub(super) fn read(text: &str) -> Result<Self> {
        let tokens = tokens(text);
        let mut reader = Reader { tokens: &tokens, next: 0 };
        let mut schema = Self::default();
        while let Some(keyword) = reader.take() {
            reader.definition(&keyword, &mut schema)?;
        }
        Ok(schema)
    }

    pub(super) fn find(&self, name: &str) -> Option<&Type> {
        self.0.get(name)
    }

    /// The fields of an object; none if it is no object.
    pub(super) fn fields(&self, name: &str) -> &[Field] {
        match self.find(name) {
            Some(Type::Object(fields)) => fields,
            Some(Type::Scalar | Type::Enum(_) | Type::Input { .. } | Type::Union(_)) | None => &[],
        }
    }

    /// Whether a field of this type needs a selection.
    pub(super) fn is_composite(&self, name: &str) -> bool {
        matches!(self.find(name), Some(Type::Object(_) | Type::Union(_)))
    }
}

/// Names, numbers and signs; descriptions, comments and commas are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(block) = rest.strip_prefix("\"\"\"") {
            block.find("\"\"\"").map_or(rest.len(), |end| end + 6)
        } else if first == '"' {
            rest[1..].find('"').map_or(rest.len(), |end| end + 2)
        } else if first == '#' {
            rest.find('\n').unwrap_or(rest.len())
        } else if is_word(first) {
            let length = rest.find(|sign| !is_word(sign)).unwrap_or(rest.len());
            found.push(rest[..length].to_owned());
            length
        } else {
            if !first.is_whitespace() && first != ',' && first != '\u{feff}' {
                found.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.')
}

struct Reader<'a> {
    tokens: &'a [String],
    next: usize,
}

impl Reader<'_> {
    fn peek(&self) -> &str {
        self.tokens.get(self.next).map_or("", String::as_str)
    }

    fn take(&mut self) -> Option<String> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn word(&mut self) -> Result<String> {
        let place = self.next;
        self.take().ok_or_else(|| Failure::new(format!("the schema ends at token {place}")))
    }

    fn skips(&mut self, sign: &str) -> bool {
        let is_there = self.peek() == sign;
        self.next += usize::from(is_there);
        is_there
    }

    fn definition(&mut self, keyword: &str, schema: &mut Schema) -> Result<()> {
        match keyword {
            "schema" => self.value(),
            "directive" => self.directive_definition(),
            "scalar" => {
                let name = self.word()?;
                self.directives();
                schema.0.insert(name, Type::Scalar);
                Ok(())
            }
            "union" => {
                let name = self.word()?;
                self.skips("=");
                let mut members = Vec::new();
                while self.skips("|") || members.is_empty() {
                    members.push(self.word()?);
                }
                schema.0.insert(name, Type::Union(members));
                Ok(())
            }
            "enum" | "input" | "type" | "interface" => {
                let name = self.word()?;
                while self.peek() != "{" && self.peek() != "@" {
                    self.word()?;
                }
                let one_of = self.directives();
                let read = self.body(keyword, one_of)?;
                schema.0.insert(name, read);
                Ok(())
            }
            other => Err(Failure::new(format!("the schema defines a `{other}`"))),
        }
    }

    fn body(&mut self, keyword: &str, one_of: bool) -> Result<Type> {
        self.skips("{");
        let (mut words, mut inputs, mut fields) = (Vec::new(), Vec::new(), Vec::new());
        while !self.skips("}") {
            match keyword {
                "enum" => {
                    words.push(self.word()?);
                    self.directives();
                }
                "input" => inputs.push(self.input()?),
                _ => fields.push(self.field()?),
            }
        }
        Ok(match keyword {
            "enum" => Type::Enum(words),
            "input" => Type::Input { inputs, one_of },
            _ => Type::Object(fields),
        })
    }

    fn field(&mut self) -> Result<Field> {
        let name = self.word()?;
        let mut arguments = Vec::new();
        if self.skips("(") {
            while !self.skips(")") {
                arguments.push(self.input()?);
            }
        }
        self.skips(":");
        let of = self.reference()?;
        self.directives();
        Ok(Field { name, arguments, of })
    }

    fn input(&mut self) -> Result<Input> {
        let name = self.word()?;
        self.skips(":");
        let of = self.reference()?;
        let has_default = self.skips("=");
        if has_default {
            self.value()?;
        }
        self.directives();
        Ok(Input { name, is_needed: of.is_required() && !has_default, of })
    }

    fn reference(&mut self) -> Result<Reference> {
        let (mut written, mut depth) = (String::new(), 0);
        while self.skips("[") {
            written.push('[');
            depth += 1;
        }
        let name = self.word()?;
        written.push_str(&name);
        if self.skips("!") {
            written.push('!');
        }
        for _ in 0..depth {
            self.skips("]");
            written.push(']');
            if self.skips("!") {
                written.push('!');
            }
        }
        Ok(Reference { name, written })
    }

    /// Skips directives; gives whether one of them is `oneOf`.
    fn directives(&mut self) -> bool {
        let mut one_of = false;
        while self.skips("@") {
            one_of |= self.take().as_deref() == Some("oneOf");
            if self.peek() == "(" {
                // Arguments of directives are texts and booleans.
                while self.take().is_some_and(|token| token != ")") {}
            }
        }
        one_of
    }

    fn directive_definition(&mut self) -> Result<()> {
        self.skips("@");
        self.word()?;
        if self.skips("(") {
            while !self.skips(")") {
                self.input()?;
            }
        }
        while self.word()? != "on" {}
        self.skips("|");
        self.word()?;
        while self.skips("|") {
            self.word()?;
        }
        Ok(())
    }

    fn value(&mut self) -> Result<()> {
        let mut depth = 0;
        loop {
            match self.word()?.as_str() {
                "{" | "[" => depth += 1,
                "}" | "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::house::sources;
    use crate::torture::fuzz::schema::{Schema, Type};

    #[test]
    fn reads_every_type_of_our_schema() {
        let text = fs::read_to_string(sources::repository().join("docs/schema.graphql")).expect("the schema");
        let schema = Schema::read(&text).expect("it reads");
        let search = schema.fields("Query").iter().find(|field| field.name == "freeStarts").expect("the search");
        assert_eq!(search.of.written, "FreeStartConnection!");
        let input = search.arguments.iter().find(|argument| argument.name == "search").expect("its argument");
        assert!(input.is_needed && input.of.name == "SearchInput");
        assert!(matches!(schema.find("BookingPlaceInput"), Some(Type::Input { one_of: true, .. })));
        assert!(matches!(schema.find("Language"), Some(Type::Enum(words)) if words.contains(&"GERMAN".to_owned())));
        assert_eq!(schema.find("Date"), Some(&Type::Scalar));
        let all = schema.0.values().filter_map(|it| if let Type::Object(fields) = it { Some(fields) } else { None });
        for field in all.flatten() {
            let known = ["ID", "Int", "Float", "String", "Boolean"].contains(&field.of.name.as_str());
            assert!(known || schema.find(&field.of.name).is_some(), "{field:?}");
        }
    }
}
