//! What the tables of a service mean: the fee, the documents, the decision.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::definition::Definition;
use crate::evaluate::Evaluation;
use crate::model::AutomationDegree;
use crate::table::{Cell, DecisionTrace, Reason, TraceResult};

/// What it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Euro cents.
    pub cents: u32,
    /// Why, row by row.
    pub reasons: Vec<Reason>,
}

/// A document to hand in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredDocument {
    /// Its key; its name is the text `document.<key>`.
    pub key: String,
    /// Why it is needed.
    pub reason: Reason,
}

/// What the deciding table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is granted.
    Grant,
    /// It is refused.
    Refuse,
    /// A person has to look.
    Human,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// The machine may decide as the table says.
    Machine,
    /// A person decides; what the table says is a proposal.
    Person(WhyAPerson),
}

/// Why a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyAPerson {
    /// The service is not decided by a machine.
    NotAutomated,
    /// Something is missing or wrong.
    Incomplete,
    /// A value lies outside what the table knows.
    OutsideTheTable,
    /// The table says so.
    TheTableSaysSo,
    /// A refusal, and the service leaves refusals to people.
    Refusal,
}

/// What the deciding table says and who decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What the table says; `Human` where it says nothing.
    pub outcome: Outcome,
    /// Who decides.
    pub decided_by: DecidedBy,
    /// Why, row by row.
    pub reasons: Vec<Reason>,
    /// Everything else the table says.
    pub outputs: BTreeMap<String, Cell>,
}

pub(super) fn fee(definition: &Definition, traces: &BTreeMap<String, DecisionTrace>) -> Option<Fee> {
    let trace = traces.get(&definition.service().fee.as_ref()?.table)?;
    if trace.result != TraceResult::Decided {
        return None;
    }
    let Some(Cell::Number(amount)) = trace.outputs.first()?.get("amount") else { return None };
    let cents = amount.checked_mul(Decimal::ONE_HUNDRED)?.round().to_u32()?;
    Some(Fee { cents, reasons: trace.reasons.clone() })
}

pub(super) fn documents(definition: &Definition, traces: &BTreeMap<String, DecisionTrace>) -> Vec<RequiredDocument> {
    let trace = definition.service().documents.as_ref().and_then(|rule| traces.get(&rule.table));
    let mut documents: Vec<RequiredDocument> = Vec::new();
    for (outputs, reason) in trace.into_iter().flat_map(|trace| trace.outputs.iter().zip(&trace.reasons)) {
        let Some(Cell::Text(key)) = outputs.get("document") else { continue };
        if !documents.iter().any(|document| document.key == *key) {
            documents.push(RequiredDocument { key: key.clone(), reason: reason.clone() });
        }
    }
    documents
}

impl Evaluation {
    /// What the deciding table says and who decides; `None` for a service without one.
    pub fn decision(&self, definition: &Definition) -> Option<Decision> {
        let rule = definition.service().decision.as_ref()?;
        let trace = self.traces.get(&rule.table);
        let outputs = trace.and_then(|trace| trace.outputs.first()).cloned().unwrap_or_default();
        let said = match outputs.get("outcome") {
            Some(Cell::Text(word)) if word == "grant" => Outcome::Grant,
            Some(Cell::Text(word)) if word == "refuse" => Outcome::Refuse,
            _ => Outcome::Human,
        };
        let automation = &definition.service().automation;
        let result = trace.map_or(TraceResult::Incomplete, |trace| trace.result);
        let decided_by = match (automation.degree, result, said) {
            (AutomationDegree::None | AutomationDegree::Assist | AutomationDegree::FourEyes, _, _) => {
                DecidedBy::Person(WhyAPerson::NotAutomated)
            }
            _ if !self.complete() => DecidedBy::Person(WhyAPerson::Incomplete),
            (AutomationDegree::Full, TraceResult::Incomplete, _) => DecidedBy::Person(WhyAPerson::Incomplete),
            (AutomationDegree::Full, TraceResult::OutsideDomain | TraceResult::NoRow, _) => {
                DecidedBy::Person(WhyAPerson::OutsideTheTable)
            }
            (AutomationDegree::Full, TraceResult::Decided, Outcome::Human) => {
                DecidedBy::Person(WhyAPerson::TheTableSaysSo)
            }
            (AutomationDegree::Full, TraceResult::Decided, Outcome::Refuse) if !automation.auto_refuse => {
                DecidedBy::Person(WhyAPerson::Refusal)
            }
            (AutomationDegree::Full, TraceResult::Decided, Outcome::Grant | Outcome::Refuse) => DecidedBy::Machine,
        };
        let reasons = trace.map(|trace| trace.reasons.clone()).unwrap_or_default();
        Some(Decision { outcome: said, decided_by, reasons, outputs })
    }
}
