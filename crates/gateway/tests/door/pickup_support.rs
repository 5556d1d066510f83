//! What stories of documents that lie ready have in common: a clerk who loads, a box that asks, and the letters.

use serde_json::{Value, json};
use testkit::{Answer, TestApp};

use crate::booking_support::{office_id, service_id};
use crate::town::{Town, line};

/// A box of the office `mitte`, enrolled as a device.
pub(super) async fn enrolled(app: &TestApp, office: &str) -> String {
    let operator = app.token("operator").await;
    let query =
        "mutation($i: CreateDeviceEnrolmentInput!) { createDeviceEnrolment(input: $i) { code problem { code } } }";
    let input = json!({ "office": office_id(office), "name": "Ausgabebox", "idempotencyKey": app.key() });
    let drawn = app.ask_as(Some(&operator), query, json!({ "i": input })).await;
    let query = "mutation($i: EnrolDeviceInput!) { enrolDevice(input: $i) { token problem { code } } }";
    let input = json!({ "code": drawn.data("createDeviceEnrolment.code"), "idempotencyKey": app.key() });
    let enrolled = app.ask(query, json!({ "i": input })).await;
    enrolled.data("enrolDevice.token").as_str().unwrap_or_else(|| panic!("{drawn:?} {enrolled:?}")).to_owned()
}

/// What a clerk loads, with `more` in the place of the usual.
pub(super) fn wanted(app: &TestApp, more: &Value) -> Value {
    let mut input = json!({
        "office": office_id("mitte"), "locker": "box", "service": service_id("residence"), "reference": "Schrank 3",
        "contact": { "name": "Otto Müller", "mail": "otto@example.org", "language": "GERMAN" },
        "idempotencyKey": app.key(),
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    input
}

pub(super) const ITEM: &str =
    "id reference compartment size low wrongPins pickup { number state expiresAt locker { key } }";

/// Sends what a clerk loads.
pub(super) async fn load_as(app: &TestApp, token: &str, input: &Value) -> Answer {
    let query = format!(
        "mutation($i: LoadLockerInput!) {{ loadLocker(input: $i) {{ item {{ {ITEM} }} problem {{ code field }} }} }}"
    );
    app.ask_as(Some(token), &query, json!({ "i": input })).await
}

/// A clerk loads; the item.
pub(super) async fn loaded(app: &TestApp, more: &Value) -> Value {
    let clerk = app.token("clerk.mitte").await;
    let answer = load_as(app, &clerk, &wanted(app, more)).await;
    assert_eq!(answer.data("loadLocker.problem"), &Value::Null, "{answer:?}");
    answer.data("loadLocker.item").clone()
}

/// A document in the box, and what its letter says: number, PIN and code.
pub(super) struct Lying {
    pub(super) id: Value,
    pub(super) number: String,
    pub(super) pin: String,
    pub(super) code: String,
    pub(super) compartment: i64,
}

/// Loads a document and reads its letter.
pub(super) async fn lying(town: &Town) -> Lying {
    let item = loaded(&town.app, &json!({})).await;
    let letters = town.post().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    let after = |mark: &str| line(letter, mark).strip_prefix(mark).expect("found by it").trim().to_owned();
    let code = letter.split("diesem Code:").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a code");
    let compartment = item["compartment"].as_i64().expect("a door");
    Lying { id: item["id"].clone(), number: after("Nummer:"), pin: after("PIN:"), code: code.to_owned(), compartment }
}

/// A PIN that is another one.
pub(super) fn other(pin: &str) -> String {
    let digit = if pin.starts_with('0') { '1' } else { '0' };
    format!("{digit}{}", &pin[1..])
}

/// Somebody types at the box.
pub(super) async fn typed(app: &TestApp, device: &str, number: &str, pin: &str, key: &str) -> Value {
    let query = "mutation($i: OpenLockerInput!) { openLocker(input: $i) {
        order { token compartment validUntil } problem { code triesLeft } } }";
    let input = json!({ "locker": "box", "number": number, "pin": pin, "idempotencyKey": key });
    let answer = app.ask_as(Some(device), query, json!({ "i": input })).await;
    let answered = answer.data("openLocker").clone();
    assert!(!answered.is_null(), "{answer:?}");
    answered
}

/// A report of a door.
pub(super) fn report(sequence: i64, compartment: i64, kind: &str, order: &Value) -> Value {
    json!({ "sequence": sequence, "compartment": compartment, "kind": kind, "order": order, "at": "2026-11-23T09:00:00Z" })
}

/// The box reports.
pub(super) async fn reported(app: &TestApp, device: &str, events: &[Value]) -> Value {
    let query = "mutation($i: ReportDoorEventsInput!) { reportDoorEvents(input: $i) {
        acknowledged problem { code expected } } }";
    let answer = app.ask_as(Some(device), query, json!({ "i": { "locker": "box", "events": events } })).await;
    let answered = answer.data("reportDoorEvents").clone();
    assert!(!answered.is_null(), "{answer:?}");
    answered
}

/// A step of a clerk; the state afterwards, or the code of the problem.
pub(super) async fn step(app: &TestApp, field: &str, id: &Value) -> String {
    let clerk = app.token("clerk.mitte").await;
    let query = format!(
        "mutation($i: PickupStepInput!) {{ {field}(input: $i) {{ item {{ pickup {{ state }} }} problem {{ code }} }} }}"
    );
    let input = json!({ "pickup": id, "idempotencyKey": app.key() });
    let answer = app.ask_as(Some(&clerk), &query, json!({ "i": input })).await;
    let answered = answer.data(field);
    let word = answered["item"]["pickup"]["state"].as_str().or(answered["problem"]["code"].as_str());
    word.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// Where the document is, as whoever has its code reads it.
pub(super) async fn state(app: &TestApp, code: &str) -> String {
    let query = "query($code: String!) { documentPickup(code: $code) { state } }";
    let answer = app.ask(query, json!({ "code": code })).await;
    answer.data("documentPickup.state").as_str().unwrap_or("NONE").to_owned()
}

/// The compartments of what a clerk sees in a list.
pub(super) async fn listed(app: &TestApp, which: &str) -> Vec<Value> {
    let clerk = app.token("clerk.mitte").await;
    let query = format!("query($o: ID!, $w: LockerItems!) {{ lockerItems(office: $o, which: $w) {{ {ITEM} }} }}");
    let answer = app.ask_as(Some(&clerk), &query, json!({ "o": office_id("mitte"), "w": which })).await;
    answer.data("lockerItems").as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}

/// How many rows a statement counts.
pub(super) async fn count(app: &TestApp, rest: &str) -> i64 {
    let rows = app.application.database.rows(&format!("SELECT count(*) FROM {rest}"), vec![]).await.expect("readable");
    rows[0].at(0).expect("a number")
}

/// Compartments that are taken are exactly those of the documents in a box.
pub(super) async fn assert_boxes_conserved(app: &TestApp) {
    let strays = "locker_compartment c WHERE NOT EXISTS (SELECT 1 FROM pickup p WHERE p.id = c.pickup AND p.compartment = c.number \
                  AND p.office = c.office AND p.box = c.box \
                  AND p.state IN ('loaded', 'opening', 'open', 'locked', 'expired', 'forced'))";
    let homeless = "pickup p WHERE p.state IN ('loaded', 'opening', 'open', 'locked', 'expired', 'forced') \
                    AND NOT EXISTS (SELECT 1 FROM locker_compartment c WHERE c.pickup = p.id)";
    assert_eq!((count(app, strays).await, count(app, homeless).await), (0, 0));
}
