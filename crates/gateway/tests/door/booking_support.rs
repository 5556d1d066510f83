//! What stories of appointments have in common.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use domain::identifier::AppointmentId;
use domain::time::Timestamp;
use serde_json::{Value, json};
use testkit::{Answer, TestApp};

pub(super) const STARTS: &str = "query($search: SearchInput!, $first: Int) {
    freeStarts(search: $search, first: $first) { nodes { office { id } team startsAt endsAt free } pageInfo { hasNextPage endCursor } } }";
pub(super) const HOLD: &str = "mutation($input: HoldSlotInput!) {
    holdSlot(input: $input) { manageCode appointment { id status expiresAt } problem { code message } } }";
pub(super) const BOOK: &str = "mutation($input: BookAppointmentInput!) {
    bookAppointment(input: $input) { manageCode appointment { id number status startsAt endsAt }
        problem { code message field appointment alternatives { startsAt } } } }";
pub(super) const MOVE: &str = "mutation($input: RescheduleAppointmentInput!) {
    rescheduleAppointment(input: $input) { manageCode appointment { id number startsAt } problem { code message } } }";
pub(super) const CANCEL: &str = "mutation($input: CancelAppointmentInput!) {
    cancelAppointment(input: $input) { appointment { status } problem { code message } } }";

/// The global id of a service.
pub(super) fn service_id(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("Service:{key}"))
}

/// The global id of an office.
pub(super) fn office_id(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("Office:{key}"))
}

/// The appointment behind a global id.
pub(super) fn id_of(id: &Value) -> AppointmentId {
    let text = URL_SAFE_NO_PAD.decode(id.as_str().expect("an id")).expect("base64url");
    let text = String::from_utf8(text).expect("UTF-8");
    AppointmentId(text.strip_prefix("Appointment:").and_then(|hex| hex.parse().ok()).expect("an appointment"))
}

/// The first free starts.
pub(super) async fn starts(app: &TestApp, service: &str, office: Option<&str>, first: i32) -> Vec<Value> {
    let offices: Vec<String> = office.into_iter().map(office_id).collect();
    let search = json!({ "visit": [{ "service": service_id(service) }], "offices": offices });
    let answer = app.ask(STARTS, json!({ "search": search, "first": first })).await;
    answer.data("freeStarts.nodes").as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}

/// The first free start.
pub(super) async fn first_start(app: &TestApp, service: &str, office: Option<&str>) -> Value {
    starts(app, service, office, 1).await.swap_remove(0)
}

/// A place input for a start.
pub(super) fn place(start: &Value, service: &str) -> Value {
    json!({ "office": start["office"]["id"], "startsAt": start["startsAt"], "visit": [{ "service": service_id(service) }] })
}

/// Books a start for the service `residence`.
pub(super) async fn book(app: &TestApp, token: Option<&str>, route: &str, start: &Value, contact: Value) -> Answer {
    let place = json!({ "start": place(start, "residence") });
    let input = json!({ "place": place, "contact": contact, "route": route, "idempotencyKey": app.key() });
    app.ask_as(token, BOOK, json!({ "input": input })).await
}

/// When a booking starts.
pub(super) fn booked_start(booked: &Answer) -> Timestamp {
    let text = booked.data("bookAppointment.appointment.startsAt").as_str().expect("a start");
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc().into()
}
