//! A query in a loop fails in a test, not on the busiest day.

use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Error, Object, Schema};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use database::Database;
use gateway::{
    http::{Door, Settings, router},
    shutdown::Drain,
};
use testkit::on_both_engines;
use tower::ServiceExt;

struct Query;

struct Item;

#[Object]
impl Query {
    async fn items(&self, first: usize) -> Vec<Item> {
        (0..first).map(|_| Item).collect()
    }
}

#[Object]
impl Item {
    /// What nobody should write: one statement for each entry of a list.
    async fn name(&self, ctx: &Context<'_>) -> Result<String, Error> {
        let rows = ctx.data_unchecked::<Database>().rows("SELECT 'a' AS name", vec![]).await;
        Ok(rows.map_err(|error| Error::new(error.to_string()))?[0].get("name")?)
    }
}

fn door(database: &Database, statements: u32) -> Router {
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).data(database.clone()).finish();
    let settings = Settings { statements, ..Settings::default() };
    router(Arc::new(Door::new(schema, settings, Drain::default())))
}

async fn ask(router: &Router, first: usize) -> serde_json::Value {
    let body = serde_json::json!({ "query": format!("{{ items(first: {first}) {{ name }} }}") }).to_string();
    let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").body(Body::from(body));
    let response = router.clone().oneshot(request.expect("a request")).await.expect("an answer");
    let text = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    serde_json::from_slice(&text).expect("JSON")
}

#[tokio::test]
async fn a_list_that_asks_for_each_entry_fails() {
    on_both_engines(async |database| {
        let counted = door(&database, 10);
        for _ in 0..3 {
            assert!(ask(&counted, 10).await.get("errors").is_none(), "each request has its own budget");
            let refused = ask(&counted, 11).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], "INTERNAL", "{refused}");
            assert!(!refused.to_string().contains("statements"), "that is ours to read");
        }
        // Negative control.
        assert!(ask(&door(&database, 1_000), 100).await.get("errors").is_none());
    })
    .await;
}
