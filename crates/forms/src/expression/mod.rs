//! Expressions: written in the Common Expression Language, checked against the form, evaluated with explicit gaps.
//!
//! What an expression means is written down in docs/adr/0010: a comparison with something missing is false, sums and
//! functions of something missing are missing, and a condition that is missing does not hold.

mod call;
mod compile;
mod evaluate;
mod functions;
mod node;
mod schema;

use std::collections::BTreeSet;

pub(crate) use compile::{Context, compile};
pub(crate) use evaluate::{Scene, fails, holds, value_of};
pub(crate) use node::{Node, Read};
pub(crate) use schema::{FieldEntry, Kind, Schema, kind_of};

/// The longest expression in bytes.
pub(crate) const MAX_BYTES: usize = 2_000;

/// A checked expression.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    /// What it evaluates.
    pub(crate) root: Node,
    /// What it gives.
    pub(crate) kind: Kind,
    /// What it reads.
    pub(crate) reads: BTreeSet<Read>,
    /// Whether it asks itself what is missing.
    pub(crate) asks_missing: bool,
}
