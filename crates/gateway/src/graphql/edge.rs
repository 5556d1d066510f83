//! What the edge has to know of the schema: whether a document fits.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Response, Schema, Value};

use crate::graphql::{Mutation, Query, Subscription};

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
