//! What a box may and what it reports: one order opens one door once, and no report is lost or counted twice.

use serde_json::{Value, json};
use testkit::on_both_engines;

use crate::pickup_support::{
    assert_boxes_conserved, count, enrolled, listed, loaded, lying, report, reported, state, step, typed,
};
use crate::town::Town;

#[tokio::test]
async fn an_answer_that_was_lost_comes_again_and_an_order_is_good_once() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        let key = app.key();
        let first = typed(app, &device, &lying.number, &lying.pin, &key).await;
        let again = typed(app, &device, &lying.number, &lying.pin, &key).await;
        assert_eq!(first, again);
        let token = &first["order"]["token"];
        let opened = report(1, lying.compartment, "OPENED", token);
        assert_eq!(reported(app, &device, std::slice::from_ref(&opened)).await["acknowledged"], 1);
        let used = typed(app, &device, &lying.number, &lying.pin, &key).await;
        assert_eq!(used["problem"]["code"], "ORDER_VOID");
        assert_eq!(
            reported(app, &device, &[report(2, lying.compartment, "CLOSED", &Value::Null)]).await["acknowledged"],
            2
        );
        // The next document gets the same door. The old order does not open it: that is a break-in.
        let next = loaded(app, &json!({})).await;
        assert_eq!(next["compartment"], lying.compartment);
        assert_eq!(reported(app, &device, &[report(3, lying.compartment, "OPENED", token)]).await["acknowledged"], 3);
        let shown = listed(app, "TO_TAKE_OUT").await;
        assert_eq!((shown.len(), &shown[0]["pickup"]["state"]), (1, &json!("FORCED")));
        assert_eq!(count(app, "audit WHERE action = 'pickup.forced'").await, 1);
        assert_boxes_conserved(app).await;
    })
    .await;
}

#[tokio::test]
async fn reports_are_numbered_kept_and_counted_once() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        assert_eq!(reported(app, &device, &[]).await["acknowledged"], 0);
        let opened = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        let one = report(1, lying.compartment, "OPENED", &opened["order"]["token"]);
        let two = report(2, lying.compartment, "CLOSED", &Value::Null);
        let gap = reported(app, &device, std::slice::from_ref(&two)).await;
        assert_eq!((&gap["problem"]["code"], &gap["problem"]["expected"]), (&json!("SEQUENCE_GAP"), &json!(1)));
        for _ in 0..3 {
            assert_eq!(reported(app, &device, &[one.clone(), two.clone()]).await["acknowledged"], 2);
        }
        assert_eq!(state(app, &lying.code).await, "COLLECTED");
        let reused = reported(app, &device, &[report(2, lying.compartment, "FORCED", &Value::Null)]).await;
        assert_eq!(reused["problem"]["code"], "SEQUENCE_REUSED");
        // Each left one entry, and what it led to one of its own.
        for (action, times) in
            [("locker.door_opened", 1), ("locker.door_closed", 1), ("pickup.opened", 1), ("pickup.collected", 1)]
        {
            assert_eq!(count(app, &format!("audit WHERE action = '{action}'")).await, times, "{action}");
        }
        // Of an empty compartment, too.
        let empty = [report(3, 99, "FORCED", &Value::Null), report(4, 3, "SERVICED", &Value::Null)];
        assert_eq!(reported(app, &device, &empty).await["acknowledged"], 4);
        assert_eq!(count(app, "locker_event").await, 4);
        assert_eq!(count(app, "audit WHERE action LIKE 'locker.door_%'").await, 4);
        // Another box counts for itself, and a stranger's box is not ours.
        let other = enrolled(app, "nord").await;
        assert_eq!(reported(app, &other, &[report(1, 3, "SERVICED", &Value::Null)]).await["acknowledged"], 1);
        let elsewhere = typed(app, &other, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(elsewhere["problem"]["code"], "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_door_that_does_not_open_costs_nothing_and_one_that_is_broken_open_is_seen() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        let opened = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        let failed = report(1, lying.compartment, "FAILED", &opened["order"]["token"]);
        reported(app, &device, &[failed]).await;
        assert_eq!(state(app, &lying.code).await, "LOADED");
        let again = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(again["problem"], Value::Null);
        // Nobody opens in time: the order is void, and the PIN still good.
        app.clock.pass_seconds(61);
        assert_eq!(state(app, &lying.code).await, "LOADED");
        reported(app, &device, &[report(2, lying.compartment, "FORCED", &Value::Null)]).await;
        assert_eq!(state(app, &lying.code).await, "FORCED");
        let refused = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(refused["problem"]["code"], "EXPIRED");
        assert_eq!(step(app, "returnToCounter", &lying.id).await, "AT_COUNTER");
        assert_boxes_conserved(app).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_but_a_box_asks_for_doors() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let lying = lying(&town).await;
        let query = "mutation($i: OpenLockerInput!) { openLocker(input: $i) { order { token } } }";
        let input = json!({ "locker": "box", "number": lying.number, "pin": lying.pin, "idempotencyKey": app.key() });
        for token in [None, Some(app.token("clerk.mitte").await), Some(app.token("operator").await)] {
            let refused = app.ask_as(token.as_deref(), query, json!({ "i": input })).await;
            assert_eq!(refused.code(), "FORBIDDEN", "{refused:?}");
        }
        assert_eq!(state(app, &lying.code).await, "LOADED");
    })
    .await;
}
