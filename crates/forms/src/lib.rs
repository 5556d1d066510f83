//! Online services as text files: a directory in, a checked and hashed definition out; answers in, everything that
//! follows from them out. No I/O, no clock, no chance.
//!
//! [`load`] checks a directory, [`Answers::patched`] takes what people type, [`evaluate`] says what is shown, what is wrong,
//! what it costs and what is decided. The layout of a directory stands in `tests/services/bewohnerparken`.

mod answers;
mod carry_over;
mod circumstances;
mod compat;
mod compiled;
mod definition;
mod error;
mod evaluate;
mod expression;
mod keys;
mod law;
mod lint;
mod load;
mod locale;
mod messages;
mod model;
mod path;
mod read;
mod references;
mod row;
mod scenario;
mod table;
mod value;

pub use answers::{Answer, AnswerSource, Answers, Change, MAX_CHANGES, Patch};
pub use carry_over::{CarriedOver, Dropped};
pub use circumstances::{Circumstances, NoZones, Zones};
pub use compat::{CompatChange, CompatClass, CompatReport, compat};
pub use definition::Definition;
pub use error::{ErrorCode, FieldError, RowLabel};
pub use evaluate::{
    DecidedBy, Decision, Effective, Evaluation, Fee, Outcome, RequiredDocument, VisibleField, VisibleGroup, VisibleRow,
    VisibleStep, WhyAPerson, evaluate,
};
pub use load::{Loaded, MAX_FILE_BYTES, MAX_FILES, load};
pub use locale::Locale;
pub use model::{
    Automation, AutomationDegree, CharacterClass, ChoiceList, ComputedKind, Consent, Deadline, DecisionRule, Fiction,
    Field, FieldType, FitConnectSink, Form, Group, HouseholdRule, Join, Leika, LetterRule, NotAPeriod, Party,
    PaymentRule, Period, PermitRule, Practice, Repeat, ReportRule, Representation, Requirement, Retention, Rule,
    SameRule, Sensitivity, Service, Sink, SinkMoment, Step, TableRule, Term, TourDistrict, TourRule,
};
pub use reading::{Code, Notice, Problem};
pub use row::{NotARow, RowId};
pub use scenario::{Expectation, Scenario, ScenarioResult, run_scenarios};
pub use table::{
    Cell, CellType, DecisionTable, DecisionTrace, DmnFault, HitPolicy, Input, Interval, MAX_COLUMNS, MAX_ROWS,
    NotATest, Output, Overlap, Proof, Reason, ReplayFault, Row, TraceResult, UnaryTests, from_dmn, read_csv, replay,
};
pub use value::{Address, FileReference, MAX_TEXT_CHARACTERS, PartialDate, Signature, Slot, Value};
