//! Replaying a decision: the tables of its version, asked once more with the same inputs, must say the same.

use forms::DecisionTrace;
use serde_json::Value;

use crate::case::Decision;
use crate::definition::Pinned;

/// What a replay shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// No table was asked: people decided.
    NoTables,
    /// Every table says again what it said.
    Agrees,
    /// A table says something else, or its trace cannot be read: the record was changed.
    Differs,
}

impl Pinned {
    /// Replays every trace of a decision.
    pub(crate) fn replay(&self, decision: &Decision) -> Replay {
        let traces = match &decision.traces {
            Value::Object(traces) if !traces.is_empty() => traces,
            _ => return Replay::NoTables,
        };
        let agrees = |trace: &Value| {
            serde_json::from_value::<DecisionTrace>(trace.clone())
                .is_ok_and(|trace| forms::replay(&self.form, &trace).is_ok())
        };
        if traces.values().all(agrees) { Replay::Agrees } else { Replay::Differs }
    }
}
