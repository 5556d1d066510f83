//! The schema as the door sees it: something that answers requests.

use async_graphql::{Executor, Request, Response};
use futures_util::{future::BoxFuture, stream::BoxStream};

/// A GraphQL schema whose types are nobody's business here. Every `async_graphql::Schema` is one.
pub trait Execute: Send + Sync + 'static {
    /// Answers a query or mutation.
    fn execute(&self, request: Request) -> BoxFuture<'_, Response>;

    /// Answers a subscription as often as something happens; a query or mutation once.
    fn subscribe(&self, request: Request) -> BoxStream<'static, Response>;
}

impl<E: Executor> Execute for E {
    fn execute(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(Executor::execute(self, request))
    }

    fn subscribe(&self, request: Request) -> BoxStream<'static, Response> {
        self.execute_stream(request, None)
    }
}
