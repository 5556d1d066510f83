//! Weighs a parsed document: every fragment once, every sum saturating, so that no document is expensive to judge.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};

use crate::guard::{Limits, Refused};

/// Whether a verdict holds for every request with this document, or only for these variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    ForAllVariables,
    ForTheseVariables,
}

/// Judges the whole document, fragments nobody uses included, because the validator visits those too.
pub(super) fn measure(
    document: &ExecutableDocument,
    variables: &Variables,
    limits: &Limits,
) -> Result<Verdict, Refused> {
    if document.fragments.len() > limits.fragments {
        return Err(Refused::TooManyFragments { limit: limits.fragments });
    }
    if document.operations.iter().len() > limits.operations {
        return Err(Refused::TooManyOperations { limit: limits.operations });
    }
    let mut scale = Scale {
        document,
        variables,
        limits,
        defaults: defaults(document),
        fragments: HashMap::with_capacity(document.fragments.len()),
        comparisons: 0,
        directives: 0,
        verdict: Verdict::ForAllVariables,
    };
    for (_, operation) in document.operations.iter() {
        scale.operation(&operation.node)?;
    }
    for name in document.fragments.keys() {
        scale.fragment(name, 0)?;
    }
    Ok(scale.verdict)
}

/// What one selection set weighs with all its fragments expanded.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    cost: u64,
    selections: u64,
    aliases: u64,
    depth: u32,
    levels: u32,
    /// Fields that stand side by side in this set.
    side_by_side: u64,
    /// The same plus fragments and inline fragments: what the overlap check walks through. It compares every argument
    /// of a field with every argument of its twin, so arguments weigh their square.
    walked: u64,
}

impl Weight {
    fn add(&mut self, below: Self) {
        self.cost = self.cost.saturating_add(below.cost);
        self.selections = self.selections.saturating_add(below.selections);
        self.aliases = self.aliases.saturating_add(below.aliases);
        self.depth = self.depth.max(below.depth);
        self.levels = self.levels.max(below.levels);
        self.side_by_side = self.side_by_side.saturating_add(below.side_by_side);
        self.walked = self.walked.saturating_add(below.walked);
    }
}

#[derive(Debug, Clone, Copy)]
enum Progress {
    Open,
    Done(Weight),
}

struct Scale<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    limits: &'a Limits,
    defaults: HashMap<&'a str, &'a Value>,
    fragments: HashMap<&'a str, Progress>,
    comparisons: u64,
    directives: usize,
    verdict: Verdict,
}

impl<'a> Scale<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<(), Refused> {
        if operation.variable_definitions.len() > self.limits.variables {
            return Err(Refused::TooManyVariables { limit: self.limits.variables });
        }
        for variable in &operation.variable_definitions {
            self.directives(&variable.node.directives)?;
        }
        self.directives(&operation.directives)?;
        let weight = self.selection_set(&operation.selection_set, 0)?;
        match operation.ty {
            OperationType::Query if weight.side_by_side > self.limits.root_fields => {
                Err(Refused::TooManyRootFields { limit: self.limits.root_fields })
            }
            OperationType::Mutation | OperationType::Subscription if weight.side_by_side != 1 => {
                Err(Refused::NotOneRootField)
            }
            OperationType::Query | OperationType::Mutation | OperationType::Subscription => Ok(()),
        }
    }

    fn fragment(&mut self, name: &'a str, level: u32) -> Result<Weight, Refused> {
        match self.fragments.get(name) {
            Some(Progress::Done(weight)) => return Ok(*weight),
            Some(Progress::Open) => return Err(Refused::FragmentCycle),
            None => {}
        }
        let fragment = &self.document.fragments.get(name).ok_or(Refused::UnknownFragment)?.node;
        self.fragments.insert(name, Progress::Open);
        self.directives(&fragment.directives)?;
        let weight = self.selection_set(&fragment.selection_set, level)?;
        self.fragments.insert(name, Progress::Done(weight));
        Ok(weight)
    }

    fn selection_set(&mut self, set: &'a Positioned<SelectionSet>, level: u32) -> Result<Weight, Refused> {
        // The bound on our own recursion: a chain of fragments is as deep as nested braces.
        if level > self.limits.levels {
            return Err(Refused::TooDeep { limit: self.limits.depth });
        }
        let mut weight = Weight::default();
        for selection in &set.node.items {
            let below = match &selection.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives)?;
                    enclosed(self.selection_set(&inline.node.selection_set, level + 1)?)
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives)?;
                    enclosed(self.fragment(&spread.node.fragment_name.node, level + 1)?)
                }
            };
            weight.add(below);
            self.check(weight)?;
        }
        self.comparisons = self.comparisons.saturating_add(weight.walked);
        if self.comparisons > self.limits.comparisons {
            return Err(Refused::TooCostly { limit: self.limits.cost });
        }
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, level: u32) -> Result<Weight, Refused> {
        self.directives(&field.directives)?;
        self.arguments(field.arguments.len())?;
        let page = self.page(field)?;
        let mut weight = Weight::default();
        if !field.selection_set.node.items.is_empty() {
            weight = self.selection_set(&field.selection_set, level + 1)?;
            weight.levels += 1;
        }
        Ok(Weight {
            cost: weight.cost.saturating_mul(page).saturating_add(1),
            selections: weight.selections.saturating_add(1),
            aliases: weight.aliases.saturating_add(u64::from(field.alias.is_some())),
            depth: weight.depth + 1,
            levels: weight.levels,
            side_by_side: 1,
            walked: 1 + (field.arguments.len() * field.arguments.len() / 4) as u64,
        })
    }

    fn check(&self, weight: Weight) -> Result<(), Refused> {
        let limits = self.limits;
        if weight.depth > limits.depth || weight.levels > limits.levels {
            return Err(Refused::TooDeep { limit: limits.depth });
        }
        if weight.selections > limits.selections {
            return Err(Refused::TooManyFields { limit: limits.selections });
        }
        if weight.cost > limits.cost {
            return Err(Refused::TooCostly { limit: limits.cost });
        }
        if weight.aliases > limits.aliases {
            return Err(Refused::TooManyAliases { limit: limits.aliases });
        }
        Ok(())
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) -> Result<(), Refused> {
        self.directives += directives.len();
        if directives.len() > self.limits.directives_per_place || self.directives > self.limits.directives {
            let (limit, per_place) = (self.limits.directives, self.limits.directives_per_place);
            return Err(Refused::TooManyDirectives { limit, per_place });
        }
        directives.iter().try_for_each(|directive| self.arguments(directive.node.arguments.len()))
    }

    fn arguments(&self, count: usize) -> Result<(), Refused> {
        if count > self.limits.arguments {
            return Err(Refused::TooManyArguments { limit: self.limits.arguments });
        }
        Ok(())
    }

    /// How often the selection below this field may be answered: the length of the page or of the list of ids asked for.
    fn page(&mut self, field: &'a Field) -> Result<u64, Refused> {
        let mut page = None;
        for (name, value) in &field.arguments {
            let is_page = name.node == "first" || name.node == "last";
            if is_page || name.node == "ids" {
                let given = value.node.clone().into_const_with(|name| Ok::<_, Refused>(self.variable(&name)))?;
                let length = if is_page { self.page_length(&given)? } else { self.list_length(&given)? };
                page = page.max(Some(length));
            }
        }
        Ok(page.unwrap_or_else(|| if is_connection(field) { self.limits.assumed_page } else { 1 }))
    }

    fn list_length(&self, list: &Value) -> Result<u64, Refused> {
        match list {
            Value::List(entries) if entries.len() as u64 > self.limits.page => {
                Err(Refused::PageTooLong { limit: self.limits.page })
            }
            Value::List(entries) => Ok(entries.len() as u64),
            _ => Ok(1),
        }
    }

    fn variable(&mut self, name: &Name) -> Value {
        self.verdict = Verdict::ForTheseVariables;
        let given = self.variables.get(name);
        given.or_else(|| self.defaults.get(name.as_str()).copied()).cloned().unwrap_or_default()
    }

    fn page_length(&self, length: &Value) -> Result<u64, Refused> {
        match length {
            Value::Null => Ok(self.limits.assumed_page),
            Value::Number(number) => match number.as_u64() {
                Some(length) if length <= self.limits.page => Ok(length),
                _ => Err(Refused::PageTooLong { limit: self.limits.page }),
            },
            // The wrong kind of value: the validator will say so; until then it counts as much as a page may.
            _ => Ok(self.limits.page),
        }
    }
}

/// Whether a field without a page length is a page all the same.
fn is_connection(field: &Field) -> bool {
    let is_list = |name: &str| name == "edges" || name == "nodes";
    field.selection_set.node.items.iter().any(|selection| match &selection.node {
        Selection::Field(below) => is_list(&below.node.name.node),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    })
}

/// The defaults of all variables. A fragment does not know which operation uses it, so the largest default counts.
fn defaults(document: &ExecutableDocument) -> HashMap<&str, &Value> {
    let mut defaults: HashMap<&str, &Value> = HashMap::new();
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            let Some(default) = &variable.node.default_value else { continue };
            let known = defaults.entry(variable.node.name.node.as_str()).or_insert(&default.node);
            if length(&default.node) > length(known) {
                *known = &default.node;
            }
        }
    }
    defaults
}

fn length(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

fn enclosed(mut weight: Weight) -> Weight {
    weight.levels += 1;
    weight.selections = weight.selections.saturating_add(1);
    weight.walked = weight.walked.saturating_add(1);
    weight
}
