//! Messages that could not be delivered are tasks: seen and settled by those who may, with a trace.

use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::booking_support::{book, first_start};
use crate::town::Town;

const FAILED: &str = "query($first: Int, $after: String) { failedDeliveries(first: $first, after: $after) {
    nodes { id kind webhook reminderMinutes subject office { key } state attempts reason happenedAt changedAt }
    edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
const RETRY: &str = "mutation($id: ID!) { retryDelivery(id: $id) { delivery { id state attempts } problem } }";
const DISMISS: &str = "mutation($id: ID!) { dismissDelivery(id: $id) { delivery { id state } problem } }";

/// Books by mail link at an office, with an address that no mail server takes: the letter fails for good.
async fn fail_at(town: &Town, office: &str, name: &str) {
    let start = first_start(&town.app, "residence", Some(office)).await;
    let contact = json!({ "name": "Otto Muster", "mail": format!("{name}@example.org") });
    let booked = book(&town.app, None, "MAIL_LINK", &start, contact).await;
    assert_eq!(booked.data("bookAppointment.problem"), &Value::Null, "{booked:?}");
    town.letters.dispatch().await.expect("the database answers");
    let sql = "UPDATE delivery SET state = 'dead', reason = 'SMTP_550', attempts = 1 WHERE state = 'waiting'";
    town.app.application.database.write(sql, vec![]).await.expect("the database answers");
}

async fn failed(app: &TestApp, token: &str) -> Vec<Value> {
    let answer = app.ask_as(Some(token), FAILED, json!({})).await;
    answer.data("failedDeliveries.nodes").as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}

#[tokio::test]
async fn leads_see_and_settle_those_of_their_office_and_operators_all() {
    on_both_engines(async |database| {
        let town = Town::start(database.clone()).await;
        fail_at(&town, "mitte", "a").await;
        fail_at(&town, "nord", "b").await;
        let app = &town.app;
        let (lead, operator) = (app.token("lead.mitte").await, app.token("operator").await);
        let mut all = failed(app, &operator).await;
        all.sort_by_key(|delivery| delivery["office"]["key"].to_string());
        assert_eq!(all.len(), 2);
        assert_eq!(all[0]["reason"], "SMTP_550");
        assert_eq!(all[0]["kind"], "appointment.confirmation_requested");
        assert_eq!(all[0]["office"]["key"], "mitte");
        let text = Value::from(all.clone()).to_string();
        assert!(!text.contains("Otto") && !text.contains("example.org"), "{text}");
        let own = failed(app, &lead).await;
        assert_eq!((own.len(), &own[0]["id"]), (1, &all[0]["id"]));

        // Nobody else, and nobody for another office.
        for stranger in [None, Some(app.token("clerk.mitte").await), Some(app.token("eva@example.org").await)] {
            let refused = app.ask_as(stranger.as_deref(), FAILED, json!({})).await;
            assert_eq!(refused.code(), "FORBIDDEN", "{refused:?}");
            let refused = app.ask_as(stranger.as_deref(), RETRY, json!({ "id": all[0]["id"] })).await;
            assert_eq!(refused.code(), "FORBIDDEN", "{refused:?}");
        }
        for mutation in [RETRY, DISMISS] {
            let answer = app.ask_as(Some(&lead), mutation, json!({ "id": all[1]["id"] })).await;
            let field = if mutation == RETRY { "retryDelivery" } else { "dismissDelivery" };
            assert_eq!(answer.data(&format!("{field}.problem")), "NOT_FOUND", "{answer:?}");
        }

        // Repeating is harmless, and leaves one trace.
        for _ in 0..2 {
            let answer = app.ask_as(Some(&lead), RETRY, json!({ "id": all[0]["id"] })).await;
            assert_eq!(answer.data("retryDelivery.delivery.state"), "WAITING", "{answer:?}");
        }
        assert_eq!(town.round().await.sent, 1);
        for _ in 0..2 {
            let answer = app.ask_as(Some(&operator), DISMISS, json!({ "id": all[1]["id"] })).await;
            assert_eq!(answer.data("dismissDelivery.delivery.state"), "DISMISSED", "{answer:?}");
        }
        let late = app.ask_as(Some(&operator), RETRY, json!({ "id": all[1]["id"] })).await;
        assert_eq!(late.data("retryDelivery.problem"), "NOT_FAILED", "{late:?}");
        assert!(failed(app, &operator).await.is_empty());
        let sql = "SELECT action FROM audit WHERE action LIKE 'delivery.%' ORDER BY action";
        let rows = database.rows(sql, vec![]).await.unwrap();
        let actions: Vec<String> = rows.iter().map(|row| row.at(0).unwrap()).collect();
        assert_eq!(actions, ["delivery.dismiss", "delivery.retry"]);
    })
    .await;
}

#[tokio::test]
async fn the_list_comes_in_pages_and_strange_ids_get_words() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        for name in ["a", "b", "c"] {
            fail_at(&town, "mitte", name).await;
        }
        let operator = town.app.token("operator").await;
        let mut seen = Vec::new();
        let mut after = Value::Null;
        loop {
            let answer = town.app.ask_as(Some(&operator), FAILED, json!({ "first": 2, "after": after })).await;
            let nodes =
                answer.data("failedDeliveries.nodes").as_array().unwrap_or_else(|| panic!("{answer:?}")).clone();
            seen.extend(nodes.iter().map(|node| node["id"].to_string()));
            after = answer.data("failedDeliveries.pageInfo.endCursor").clone();
            if answer.data("failedDeliveries.pageInfo.hasNextPage") == false {
                break;
            }
        }
        assert_eq!(seen.len(), 3);
        seen.dedup();
        assert_eq!(seen.len(), 3);
        let strange = town.app.ask_as(Some(&operator), RETRY, json!({ "id": "bm90aGluZw" })).await;
        assert_eq!(strange.code(), "ID_INVALID", "{strange:?}");
        let unknown = crate::booking_support::office_id("mitte");
        let unknown = town.app.ask_as(Some(&operator), DISMISS, json!({ "id": unknown })).await;
        assert_eq!(unknown.code(), "ID_OF_ANOTHER_KIND", "{unknown:?}");
    })
    .await;
}
