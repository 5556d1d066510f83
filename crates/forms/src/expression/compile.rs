//! From the written expression to the checked one: every name is looked up, every kind is checked.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr};
use reading::{suggestion, visible};

use crate::expression::call;
use crate::expression::node::{AddressPart, List, Node, Read, Rows};
use crate::expression::schema::{Kind, Schema};
use crate::expression::{Expression, MAX_BYTES};
use crate::value::{Value, parse_number};

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) schema: &'a Schema,
    /// The repeated group whose `row` the expression can name.
    pub(crate) row_of: Option<usize>,
}

/// Reads and checks `source`.
///
/// # Errors
/// What is wrong with it, for the one who wrote it.
pub(crate) fn compile(source: &str, context: Context<'_>) -> Result<Expression, String> {
    if source.len() > MAX_BYTES {
        return Err(format!("the expression has {} bytes; at most {MAX_BYTES} are allowed", source.len()));
    }
    if !is_shallow(source) {
        return Err("the expression is nested too deeply".to_owned());
    }
    // An empty environment expands no macros: `exists` and its like arrive as plain calls.
    let parsed = cel::Env::default().parser().max_recursion_depth(24).parse(source);
    let parsed = parsed.map_err(|errors| {
        let first = errors.errors.first().map_or_else(String::new, |error| error.msg.clone());
        format!("not an expression of CEL: {}", visible(&first, 200))
    })?;
    let row = context.row_of.map(|group| ("row".to_owned(), group));
    let mut compiler = Compiler {
        schema: context.schema,
        variables: row.into_iter().collect(),
        reads: BTreeSet::new(),
        asks_missing: false,
    };
    let (root, kind) = compiler.scalar(&parsed)?;
    Ok(Expression { root, kind, reads: compiler.reads, asks_missing: compiler.asks_missing })
}

/// The most brackets inside each other. In a build for tests the parser needs up to a quarter of a mebibyte for each, and
/// a thread has two mebibytes.
const MAX_BRACKETS: usize = 6;

/// The parser goes down its own stack for each bracket, and for each operator of a chain like `a.b.c` or `1 + 2 + 3`.
/// `&&`, `||` and commas begin a new chain.
fn is_shallow(source: &str) -> bool {
    let (mut depth, mut chain) = (0_usize, 0_usize);
    for sign in source.bytes() {
        match sign {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'&' | b'|' | b',' => chain = 0,
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'!' | b'?' | b':' | b'<' | b'>' | b'=' => chain += 1,
            _ => {}
        }
        if depth > MAX_BRACKETS || chain > 48 {
            return false;
        }
    }
    true
}

/// The state of one compilation.
pub(super) struct Compiler<'a> {
    schema: &'a Schema,
    /// Names of rows that are being looked at, outermost first, with their groups.
    variables: Vec<(String, usize)>,
    reads: BTreeSet<Read>,
    pub(super) asks_missing: bool,
}

/// What a name or part of an expression stands for.
pub(super) enum Meaning {
    Scalar(Node, Kind),
    Rows(Rows),
    List(List, Kind),
}

impl Compiler<'_> {
    /// An expression that gives one value.
    pub(super) fn scalar(&mut self, expression: &IdedExpr) -> Result<(Node, Kind), String> {
        match self.meaning(expression)? {
            Meaning::Scalar(node, kind) => Ok((node, kind)),
            Meaning::Rows(_) => Err("rows of a group are no value; use size(…), exists(…) or all(…)".to_owned()),
            Meaning::List(..) => Err("a list is no value; use sum(…), size(…) or `in`".to_owned()),
        }
    }

    /// An expression that must give a value of `wanted`.
    pub(super) fn of_kind(&mut self, expression: &IdedExpr, wanted: &Kind) -> Result<Node, String> {
        let (node, kind) = self.scalar(expression)?;
        if kind.is_like(wanted) { Ok(node) } else { Err(format!("{} is expected, not {}", wanted.name(), kind.name())) }
    }

    pub(super) fn meaning(&mut self, expression: &IdedExpr) -> Result<Meaning, String> {
        match &expression.expr {
            Expr::Literal(literal) => written(literal).map(|(node, kind)| Meaning::Scalar(node, kind)),
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => self.selected(select),
            Expr::Call(call) => self.called(call),
            Expr::List(list) => {
                let mut nodes = Vec::new();
                let mut kind: Option<Kind> = None;
                for element in &list.elements {
                    let (node, found) = self.scalar(element)?;
                    if kind.as_ref().is_some_and(|kind| !kind.is_like(&found)) {
                        return Err("the elements of a list must be of one kind".to_owned());
                    }
                    kind.get_or_insert(found);
                    nodes.push(node);
                }
                Ok(Meaning::List(List::Written(nodes), kind.unwrap_or(Kind::Opaque)))
            }
            Expr::Unspecified | Expr::Comprehension(_) | Expr::Map(_) | Expr::Struct(_) => {
                Err("this part of CEL is not used in forms".to_owned())
            }
        }
    }

    fn name(&mut self, name: &str) -> Result<Meaning, String> {
        if self.variables.iter().any(|(variable, _)| variable == name) {
            return Err(format!("\"{name}\" is a row; name one of its fields: {name}.field"));
        }
        let Some(group) = self.schema.group(name) else {
            let near = suggestion(name, self.schema.groups.iter().map(|group| group.key.as_str()));
            let row = if name == "row" { "; `row` is known inside a repeated group only" } else { "" };
            return Err(format!("there is no group \"{}\"{near}{row}", visible(name, 60)));
        };
        if !self.schema.groups[group].repeated {
            return Err(format!("\"{name}\" is a group; name one of its fields: {name}.field"));
        }
        self.reads.insert(Read::Group(group));
        Ok(Meaning::Rows(Rows { group, depth: self.variables.len(), filters: Vec::new() }))
    }

    fn selected(&mut self, select: &SelectExpr) -> Result<Meaning, String> {
        let field = select.field.as_str();
        if let Expr::Ident(name) = &select.operand.expr {
            if let Some(depth) = self.variables.iter().rposition(|(variable, _)| variable == name) {
                let group = self.variables[depth].1;
                let number = self.field_of(group, field)?;
                return Ok(Meaning::Scalar(
                    Node::RowField { depth, field: number },
                    self.schema.fields[number].kind.clone(),
                ));
            }
            if let Some(group) = self.schema.group(name).filter(|group| !self.schema.groups[*group].repeated) {
                let number = self.field_of(group, field)?;
                return Ok(Meaning::Scalar(Node::Field(number), self.schema.fields[number].kind.clone()));
            }
            let Meaning::Rows(rows) = self.name(name)? else {
                return Err("this part of CEL is not used in forms".to_owned());
            };
            let number = self.field_of(rows.group, field)?;
            let node = Node::RowField { depth: rows.depth, field: number };
            return Ok(Meaning::List(List::Mapped(rows, Box::new(node)), self.schema.fields[number].kind.clone()));
        }
        if let Some(output) = self.table_output(select)? {
            return Ok(output);
        }
        let node = self.of_kind(&select.operand, &Kind::Address)?;
        let part = match field {
            "street" => AddressPart::Street,
            "number" => AddressPart::Number,
            "postcode" => AddressPart::Postcode,
            "town" => AddressPart::Town,
            "country" => AddressPart::Country,
            _ => {
                return Err(format!(
                    "an address has no \"{}\"; it has street, number, postcode, town and country",
                    visible(field, 60)
                ));
            }
        };
        Ok(Meaning::Scalar(Node::Part(part, Box::new(node)), Kind::Text(None)))
    }

    fn field_of(&mut self, group: usize, field: &str) -> Result<usize, String> {
        let key = &self.schema.groups[group].key;
        let number = self.schema.field(key, field).ok_or_else(|| {
            let fields = self.schema.groups[group].fields.clone();
            let near = suggestion(field, fields.map(|number| self.schema.fields[number].key.as_str()));
            format!("there is no field \"{key}.{}\"{near}", visible(field, 60))
        })?;
        self.reads.insert(Read::Field(number));
        Ok(number)
    }

    /// `tables.<table>.<output>`.
    fn table_output(&mut self, select: &SelectExpr) -> Result<Option<Meaning>, String> {
        let Expr::Select(inner) = &select.operand.expr else { return Ok(None) };
        if !matches!(&inner.operand.expr, Expr::Ident(name) if name == "tables") {
            return Ok(None);
        }
        let key = inner.field.as_str();
        let Some(table) = self.schema.table(key) else {
            let near = suggestion(key, self.schema.tables.iter().map(|table| table.key.as_str()));
            return Err(format!("there is no table \"{}\"{near}", visible(key, 60)));
        };
        let entry = &self.schema.tables[table];
        if !entry.gives_one {
            return Err(format!(
                "the table \"{key}\" gives several rows; an expression reads only tables that give one"
            ));
        }
        let Some(output) = entry.outputs.iter().position(|(name, _)| *name == select.field) else {
            let near = suggestion(&select.field, entry.outputs.iter().map(|(name, _)| name.as_str()));
            return Err(format!("the table \"{key}\" has no output \"{}\"{near}", visible(&select.field, 60)));
        };
        self.reads.insert(Read::Table(table));
        Ok(Some(Meaning::Scalar(Node::Output { table, output }, entry.outputs[output].1.clone())))
    }

    fn called(&mut self, call: &CallExpr) -> Result<Meaning, String> {
        call::compile(self, call)
    }

    /// Compiles `body` with `variable` naming a row of `rows`.
    pub(super) fn with_row<T>(
        &mut self,
        variable: &IdedExpr,
        group: usize,
        body: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        let Expr::Ident(name) = &variable.expr else {
            return Err("the first argument names the row: children.exists(child, child.age < 3)".to_owned());
        };
        if self.schema.group(name).is_some() || self.variables.iter().any(|(variable, _)| variable == name) {
            return Err(format!("\"{}\" is already the name of something else", visible(name, 60)));
        }
        if self.variables.len() >= 4 {
            return Err("rows are looked at in rows too often".to_owned());
        }
        self.variables.push((name.clone(), group));
        let result = body(self);
        self.variables.pop();
        result
    }
}

fn written(literal: &LiteralValue) -> Result<(Node, Kind), String> {
    let (value, kind) = match literal {
        LiteralValue::Boolean(value) => (Value::Bool(*value.inner()), Kind::Bool),
        LiteralValue::Int(number) => (Value::Number((*number.inner()).into()), Kind::Number),
        LiteralValue::UInt(number) => (Value::Number((*number.inner()).into()), Kind::Number),
        LiteralValue::Double(number) => {
            let number = parse_number(&number.inner().to_string()).ok_or("the number has too many digits")?;
            (Value::Number(number), Kind::Number)
        }
        LiteralValue::String(text) => (Value::Text(text.inner().to_owned()), Kind::Text(None)),
        LiteralValue::Null => return Err("there is no null; ask missing(…)".to_owned()),
        LiteralValue::Bytes(_) => return Err("this part of CEL is not used in forms".to_owned()),
    };
    Ok((Node::Literal(value), kind))
}
