//! One call after a patch: what is shown, what counts, what is wrong, what it costs, which documents are needed.

mod deadline;
mod effective;
mod errors;
mod outcome;
mod raw;
mod run;
mod view;

use std::collections::BTreeMap;

use crate::answers::Answers;
use crate::circumstances::Circumstances;
use crate::definition::Definition;
use crate::error::FieldError;
use crate::table::DecisionTrace;

pub use effective::Effective;
pub use outcome::{DecidedBy, Decision, Fee, Outcome, RequiredDocument, WhyAPerson};
pub use view::{VisibleField, VisibleGroup, VisibleRow, VisibleStep};

/// Everything that answers lead to.
#[derive(Debug)]
pub struct Evaluation {
    /// What is shown, in order.
    pub steps: Vec<VisibleStep>,
    /// The typed answers that count: hidden ones are pruned.
    pub effective: Effective,
    /// What is wrong, in the order of the form.
    pub errors: Vec<FieldError>,
    /// What it costs; `None` without a fee or while an answer is missing that the fee depends on.
    pub fee: Option<Fee>,
    /// What has to be handed in.
    pub documents: Vec<RequiredDocument>,
    /// What each table was asked and said, by the plain key of the table.
    pub traces: BTreeMap<String, DecisionTrace>,
    /// The roles of the parties that take part.
    pub parties: Vec<String>,
    /// The sinks that are used, by key.
    pub sinks: Vec<String>,
    /// Whether a tour must be chosen.
    pub tour: bool,
}

impl Evaluation {
    /// Whether nothing is wrong, so that it can be submitted.
    pub fn complete(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors of one step.
    pub fn errors_of_step<'a>(
        &'a self,
        definition: &'a Definition,
        step: &'a str,
    ) -> impl Iterator<Item = &'a FieldError> {
        let groups =
            definition.form().steps.iter().filter(move |candidate| candidate.key == step).flat_map(|step| &step.groups);
        let groups: Vec<&str> = groups.map(|group| group.key.as_str()).collect();
        let group_of = |error: &FieldError| error.path.split(['.', '[']).next().unwrap_or_default().to_owned();
        self.errors.iter().filter(move |error| groups.contains(&group_of(error).as_str()))
    }
}

/// Evaluates `answers` under `circumstances`. The same input always gives the same result.
pub fn evaluate(definition: &Definition, answers: &Answers, circumstances: &Circumstances<'_>) -> Evaluation {
    let run = run::run(definition, answers, circumstances);
    let required = run.required(definition);
    let errors = errors::errors(definition, &run, &required);
    let steps = view::steps(definition, &run, &required);
    let fee = outcome::fee(definition, &run.traces);
    let documents = outcome::documents(definition, &run.traces);
    let takes_part = |expressions: &[Option<crate::expression::Expression>], at: usize| {
        expressions
            .get(at)
            .and_then(Option::as_ref)
            .is_none_or(|when| crate::expression::holds(&when.root, &run.scene, &[]))
    };
    let compiled = &definition.compiled;
    let parties = definition.service().parties.iter().enumerate();
    let parties =
        parties.filter(|(at, _)| takes_part(&compiled.parties, *at)).map(|(_, party)| party.role.clone()).collect();
    let sinks = definition.service().sinks.iter().enumerate();
    let sinks = sinks.filter(|(at, _)| takes_part(&compiled.sinks, *at)).map(|(_, sink)| sink.key.clone()).collect();
    let tour = definition.service().tour.is_some()
        && compiled.tour.as_ref().is_none_or(|when| crate::expression::holds(&when.root, &run.scene, &[]));
    let effective = Effective::of(definition, run.scene.cells, &run.rows);
    Evaluation { steps, effective, errors, fee, documents, traces: run.traces, parties, sinks, tour }
}
