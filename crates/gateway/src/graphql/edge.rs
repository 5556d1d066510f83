//! What the edge has to know of the schema: which fields take from which budget, which answers anybody may keep, and
//! whether a document fits.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Response, Schema, Value};

use crate::graphql::{Mutation, Query, Subscription};
use crate::http::FieldCharge;
use crate::limits::Budget;

/// The address that a booking is for; without one the telephone number.
const CONTACT: &[&[&str]] = &[&["input", "contact", "mail"], &["input", "contact", "phone"]];
const LOGIN: &[&[&str]] = &[&["credentials", "login"]];

/// The mutations that take from budgets of their own, beside that of requests.
pub const FIELD_CHARGES: &[FieldCharge] = &[
    booking("holdSlot", &[Budget::Bookings], &[]),
    booking("bookAppointment", &[Budget::Bookings, Budget::Messages], CONTACT),
    booking("rescheduleAppointment", &[Budget::Bookings], &[]),
    booking("startDraft", &[Budget::Bookings], &[]),
    booking("submitApplication", &[Budget::Bookings], &[]),
    FieldCharge { field: "signIn", only_with: None, budgets: &[Budget::SignIns], contacts: LOGIN },
    FieldCharge {
        field: "issueAccessToken",
        only_with: Some("credentials"),
        budgets: &[Budget::SignIns],
        contacts: LOGIN,
    },
    FieldCharge {
        field: "issueAccessToken",
        only_with: Some("secondFactor"),
        budgets: &[Budget::SignIns],
        contacts: &[],
    },
    proving("answerSecondFactor"),
    proving("beginSecondFactor"),
    proving("changePassword"),
    proving("confirmSecondFactor"),
    proving("enrolDevice"),
    proving("removeSecondFactor"),
    proving("renewRecoveryCodes"),
    FieldCharge {
        field: "requestPasswordReset",
        only_with: None,
        budgets: &[Budget::SignIns, Budget::Messages],
        contacts: &[&["login"]],
    },
    proving("resetPassword"),
];

/// A mutation that tries a password or a code.
const fn proving(field: &'static str) -> FieldCharge {
    FieldCharge { field, only_with: None, budgets: &[Budget::SignIns], contacts: &[] }
}

const fn booking(
    field: &'static str,
    budgets: &'static [Budget],
    contacts: &'static [&'static [&'static str]],
) -> FieldCharge {
    FieldCharge { field, only_with: None, budgets, contacts }
}

/// The fields of `Query` whose answer to somebody who has not signed in is everybody's, and for how many seconds it may
/// be kept. What can be booked changes with each booking; the rest with a new version of the city.
const PUBLIC_FIELDS: &[(&str, u32)] = &[
    ("city", 60),
    ("districts", 60),
    ("earliestStarts", 2),
    ("freeDays", 2),
    ("freeStarts", 2),
    ("holidays", 60),
    ("lawGate", 60),
    ("maxBookable", 60),
    ("office", 60),
    ("offices", 60),
    ("service", 60),
    ("services", 60),
];

/// For how many seconds anybody may keep the answer of this field of `Query`; `None` for not at all.
pub fn public_seconds(field: &str) -> Option<u32> {
    PUBLIC_FIELDS.iter().find(|(name, _)| *name == field).map(|(_, seconds)| *seconds)
}

/// What is wrong with a document under this schema; nothing of it is run.
pub async fn misfits(source: &str) -> Vec<String> {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription::default());
    let schema = schema.extension(ValidateOnly).finish();
    let response = schema.execute(source).await;
    response.errors.into_iter().map(|error| error.message).collect()
}

/// Stops every operation after it was found valid.
struct ValidateOnly;

impl ExtensionFactory for ValidateOnly {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for ValidateOnly {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::new(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::ROOT_FIELDS;

    #[test]
    fn every_row_names_a_field_that_is_there() {
        let stands = |root: &str, field: &str| ROOT_FIELDS.iter().any(|row| row.root == root && row.field == field);
        for charge in FIELD_CHARGES {
            assert!(stands("Mutation", charge.field), "{}", charge.field);
        }
        for (field, _) in PUBLIC_FIELDS {
            assert!(stands("Query", field), "{field}");
        }
        assert_eq!(public_seconds("viewer"), None);
        assert_eq!(public_seconds("myAppointments"), None);
    }

    #[tokio::test]
    async fn a_document_that_does_not_fit_is_named_and_one_that_fits_is_not_run() {
        assert_eq!(misfits("query Q($n: Int) { offices(first: $n) { nodes { id } } }").await, Vec::<String>::new());
        assert_eq!(
            misfits("mutation M($c: CredentialsInput!) { signIn(credentials: $c) { problem } }").await,
            Vec::<String>::new()
        );
        assert!(misfits("{ nothing }").await[0].contains("nothing"));
        assert!(!misfits("subscription { capacityChanged { nothing } }").await.is_empty());
    }
}
