//! Where an office ends: what staff and operators do not learn or take from others, on both engines.

use crate::booking_support::{MOVE, book, first_start, office_id, starts};
use serde_json::{Value, json};
use testkit::{Answer, TestApp, TestCity, on_both_engines};

const NAMED: &str = "query($first: Int) { conflicts(first: $first) { id contact { name } } }";
const KEEP: &str = "mutation($input: SettleConflictInput!) {
    settleConflict(input: $input) { appointment { conflict contact { name } } problem { code } } }";

#[tokio::test]
async fn operators_settle_conflicts_without_names_and_a_lead_sees_the_own_ones_however_many_wait_elsewhere() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &TestCity::default()).await;
        let elsewhere = first_start(&app, "residence", Some("nord")).await;
        let day = elsewhere["startsAt"].as_str().expect("a start")[..10].to_owned();
        let here = starts(&app, "residence", Some("mitte"), 100).await;
        let is_that_day = |start: &&Value| start["startsAt"].as_str().is_some_and(|at| at.starts_with(&day));
        let here = here.iter().rfind(is_that_day).expect("a later start on that day");
        let booked = [(&elsewhere, "a@example.org"), (here, "b@example.org")];
        let mut ids = Vec::new();
        for (start, mail) in booked {
            let answer = book(&app, None, "MAIL_LINK", start, json!({ "name": "Eva Beispiel", "mail": mail })).await;
            ids.push(answer.data("bookAppointment.appointment.id").clone());
        }
        app.load(&TestCity::default().closed_on(&day)).await;

        let (lead, operator) = (app.token("lead.mitte").await, app.token("operator").await);
        // The other office's conflict comes first in time, and there is room for one.
        let own = app.ask_as(Some(&lead), NAMED, json!({ "first": 1 })).await;
        assert_eq!(own.data("conflicts"), &json!([{ "id": ids[1], "contact": { "name": "Eva Beispiel" } }]), "{own:?}");
        let all = app.ask_as(Some(&operator), NAMED, json!({ "first": 10 })).await;
        let nameless = json!([{ "id": ids[0], "contact": null }, { "id": ids[1], "contact": null }]);
        assert_eq!(all.data("conflicts"), &nameless, "{all:?}");

        let keep =
            |id: &Value| json!({ "input": { "appointment": id, "settlement": "KEEP", "idempotencyKey": app.key() } });
        let by_operator = app.ask_as(Some(&operator), KEEP, keep(&ids[0])).await;
        let settled = json!({ "conflict": "KEPT", "contact": null });
        assert_eq!(by_operator.data("settleConflict.appointment"), &settled, "{by_operator:?}");
        let by_lead = app.ask_as(Some(&lead), KEEP, keep(&ids[1])).await;
        assert_eq!(by_lead.data("settleConflict.appointment.contact.name"), "Eva Beispiel", "{by_lead:?}");
    })
    .await;
}

#[tokio::test]
async fn staff_move_into_another_office_from_its_public_places_alone() {
    on_both_engines(async |database| {
        let city = TestCity::default().desks(2).rule("quota = { internal = 1, release_minutes = 30 }");
        let app = TestApp::with_city(database, &city).await;
        let (mitte, nord) = (app.token("clerk.mitte").await, app.token("clerk.nord").await);
        let wanted = first_start(&app, "residence", Some("mitte")).await;
        let public = book(&app, None, "MAIL_LINK", &wanted, json!({ "name": "Jemand", "mail": "a@example.org" })).await;
        assert_eq!(public.data("bookAppointment.problem"), &Value::Null, "{public:?}");

        let from_nord = booked_and_moved(&app, &nord, "nord", &wanted).await;
        assert_eq!(from_nord.data("rescheduleAppointment.problem.code"), "SLOT_TAKEN", "{from_nord:?}");
        // The desk was free all the time: for those who work there.
        let at_home = booked_and_moved(&app, &mitte, "mitte", &wanted).await;
        assert_eq!(at_home.data("rescheduleAppointment.appointment.startsAt"), &wanted["startsAt"], "{at_home:?}");
        app.assert_conserved().await;
    })
    .await;
}

/// A clerk books for somebody at a later start of the own office and moves it to `wanted` in `mitte`.
async fn booked_and_moved(app: &TestApp, clerk: &str, office: &str, wanted: &Value) -> Answer {
    let later = starts(app, "residence", Some(office), 8).await.swap_remove(7);
    let booked = book(app, Some(clerk), "STAFF", &later, json!({ "name": "Ohne Mail" })).await;
    let access = json!({ "staff": booked.data("bookAppointment.appointment.id") });
    let input = json!({ "access": access, "office": office_id("mitte"), "startsAt": wanted["startsAt"], "idempotencyKey": app.key() });
    app.ask_as(Some(clerk), MOVE, json!({ "input": input })).await
}
