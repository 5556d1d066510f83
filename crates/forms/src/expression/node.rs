//! The checked form of an expression: names are numbers, kinds are known.

use crate::value::Value;

/// Something an expression reads, by its number in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Read {
    /// The answers to a field.
    Field(usize),
    /// Whether a group is shown, and its rows.
    Group(usize),
    /// What a table gives.
    Table(usize),
}

/// A step of an evaluation.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// A value written in the expression.
    Literal(Value),
    /// The answer to a field of a group that is there once.
    Field(usize),
    /// The answer to a field in a row; `depth` is the place of the row among those that are being looked at.
    RowField {
        depth: usize,
        field: usize,
    },
    /// An output of a table.
    Output {
        table: usize,
        output: usize,
    },
    /// The day it is.
    Today,
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Negative(Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    /// Whether a value is among others.
    In(Box<Node>, List),
    /// Whether there is nothing.
    Missing(Box<Node>),
    /// A part of an address.
    Part(AddressPart, Box<Node>),
    Call(Function, Vec<Node>),
    /// Whether rows fulfil a condition.
    Quantified(Quantifier, Rows, Box<Node>),
    /// How many rows.
    RowCount(Rows),
    /// A figure over a list.
    Aggregated(Aggregate, List),
}

/// Rows of a repeated group, those that fulfil all conditions.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) group: usize,
    pub(crate) depth: usize,
    pub(crate) filters: Vec<Node>,
}

/// Several values.
#[derive(Debug, Clone)]
pub(crate) enum List {
    /// Written in the expression.
    Written(Vec<Node>),
    /// The chosen options of a field.
    Choices(Box<Node>),
    /// One value for each row.
    Mapped(Rows, Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressPart {
    Street,
    Number,
    Postcode,
    Town,
    Country,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    All,
    Exists,
    ExistsOne,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Count,
    Sum,
    Least,
    Greatest,
}

/// Our own functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    YearsBetween,
    DaysBetween,
    AddDays,
    AddMonths,
    AddWorkingDays,
    DistanceMetres,
    Zone,
    HouseholdUsed,
    Length,
    FileCount,
    StartsWith,
    Contains,
}
