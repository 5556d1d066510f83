//! What a service definition says, as plain values: the service, its form, its texts and its letters.

mod form;
mod limits;
mod period;
mod service;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::locale::Locale;
use crate::table::DecisionTable;

pub use form::{
    CharacterClass, ChoiceList, ComputedKind, Field, FieldType, Form, Group, Repeat, Requirement, Rule, Sensitivity,
    Step,
};
pub use limits::{HouseholdRule, SameRule, TourDistrict, TourRule};
pub use period::{NotAPeriod, Period};
pub use service::{
    Automation, AutomationDegree, Consent, Deadline, DecisionRule, Fiction, FitConnectSink, Join, Leika, LetterRule,
    Party, PaymentRule, PermitRule, Practice, ReportRule, Representation, Retention, Service, Sink, SinkMoment,
    TableRule, Term,
};

/// Texts by language and key.
pub(crate) type Texts = BTreeMap<Locale, BTreeMap<String, String>>;

/// Everything of a definition that decides what a citizen sees and gets. Its canonical JSON is what the hash addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Model {
    /// The shape of this JSON; raised when a field changes its meaning.
    pub(crate) format: u32,
    pub(crate) service: Service,
    pub(crate) form: Form,
    pub(crate) tables: BTreeMap<String, DecisionTable>,
    pub(crate) texts: Texts,
    pub(crate) letters: BTreeMap<String, String>,
}

/// The shape of canonical JSON that this program writes and reads.
pub(crate) const FORMAT: u32 = 1;
