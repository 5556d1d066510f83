//! Online services through GraphQL: filling in, handing in, deciding, announcing.

mod files;
mod form;
mod inputs;
mod letters;
mod mutations;
mod payloads;
mod payments;
mod problem;
mod queries;
mod reports;
mod staff;
mod staff_types;
mod steering;
mod subscriptions;
mod tours;
mod types;
mod words;

pub(crate) use files::{FileMutation, FileQuery, FileSubscription};
pub(crate) use form::FormQuery;
pub(crate) use letters::{LetterQuery, PermitMutation};
pub(crate) use mutations::ApplicationMutation;
pub(crate) use payments::{PaymentMutation, PaymentQuery};
pub(crate) use problem::{refused, words_of};
pub(crate) use queries::ApplicationQuery;
pub(crate) use reports::{ReportMutation, ReportQuery};
pub(crate) use staff::CaseMutation;
pub(crate) use steering::SteeringMutation;
pub(crate) use subscriptions::CaseSubscription;
pub(crate) use tours::{TourMutation, TourQuery};
