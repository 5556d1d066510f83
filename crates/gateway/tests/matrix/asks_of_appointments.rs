//! Questions about appointments, holds, deliveries and figures.

use gateway::graphql::{Relation, Row};
use scheduling::Route;
use serde_json::{Value, json};
use testkit::TestApp;

use crate::ask::Ask;
use crate::town::{Caller, Planted, Town, key_id, no_such, office};

const READ: &str = "query($a: AccessInput!) { appointment(access: $a) { id } }";
const CANCEL: &str =
    "mutation($i: CancelAppointmentInput!) { cancelAppointment(input: $i) { appointment { id } problem { code } } }";
const MOVE: &str = "mutation($i: RescheduleAppointmentInput!) {
    rescheduleAppointment(input: $i) { appointment { id } problem { code } } }";
const SETTLE: &str =
    "mutation($i: SettleConflictInput!) { settleConflict(input: $i) { appointment { id } problem { code } } }";
const CONFIRM: &str = "mutation($c: String!) { confirmAppointment(code: $c) { appointment { id } problem { code } } }";
const BOOK: &str =
    "mutation($i: BookAppointmentInput!) { bookAppointment(input: $i) { appointment { id } problem { code } } }";

/// The code of an appointment with the proof of another: what somebody has who knows the number alone.
pub(super) fn guessed(code: &str) -> String {
    let proof: String = code
        .chars()
        .skip(9)
        .map(|sign| {
            if sign == 'A' {
                'B'
            } else if sign == '-' {
                '-'
            } else {
                'A'
            }
        })
        .collect();
    format!("{}{proof}", code.chars().take(9).collect::<String>())
}

/// The code of an appointment that does not exist.
fn no_code() -> String {
    "0000-0000-AAAA-AAAA-AAAA-AAAA".to_owned()
}

pub(super) async fn of(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let app = &town.app;
    let way = row.way;
    let ask = match row.field {
        "appointment" => {
            let planted = town.planted(caller, relation).await;
            Ask::new(caller, READ, json!({ "a": access(way, &planted, relation) }))
                .beside(json!({ "a": no_access(way) }))
        }
        "appointmentsOfContact" => {
            let planted = town.planted(caller, relation).await;
            let query = "query($m: String!) { appointmentsOfContact(contact: { mail: $m }) { id } }";
            Ask::new(caller, query, json!({ "m": planted.mail }))
                .finding(planted.id)
                .beside(json!({ "m": "nobody@example.org" }))
        }
        "bookAppointment" => Ask::new(caller, BOOK, json!({ "i": booking(town, way, relation).await })),
        "cancelAppointment" => {
            let planted = town.planted(caller, relation).await;
            let input = |access: Value| json!({ "i": { "access": access, "idempotencyKey": app.key() } });
            Ask::new(caller, CANCEL, input(access(way, &planted, relation))).beside(input(no_access(way)))
        }
        "confirmAppointment" => {
            let (booked, ..) = town.booked(office(relation), Route::MailLink).await;
            let code = app.confirmation_code(&booked.appointment.id).await;
            let code = if relation == Relation::Own { code } else { guessed(&code) };
            Ask::new(caller, CONFIRM, json!({ "c": code })).beside(json!({ "c": no_code() }))
        }
        "conflicts" => {
            let planted = town.planted(caller, relation).await;
            let wanted = if way == "one office" { json!(key_id("Office", office(relation))) } else { Value::Null };
            let query = "query($o: ID) { conflicts(office: $o, first: 100) { id } }";
            Ask::new(caller, query, json!({ "o": wanted })).finding(planted.id)
        }
        "dismissDelivery" | "failedDeliveries" | "retryDelivery" => {
            return Some(of_deliveries(town, row, caller, relation).await);
        }
        "eraseMyAppointments" => Ask::new(caller, "mutation { eraseMyAppointments { appointments } }", json!({})),
        "eraseMyData" => Ask::new(caller, "mutation { eraseMyData { account } }", json!({})),
        "exportMyArchive" => Ask::new(caller, "{ exportMyArchive { address } }", json!({})),
        "exportMyData" => Ask::new(caller, "{ exportMyData }", json!({})),
        "extendHold" | "releaseHold" => {
            let code = town.held(office(relation)).await;
            let code = if relation == Relation::Own { code } else { guessed(&code) };
            let query = format!(
                "mutation($i: HoldInput!) {{ {}(input: $i) {{ appointment {{ id }} problem {{ code }} }} }}",
                row.field
            );
            let input = |code: String| json!({ "i": { "code": code, "idempotencyKey": app.key() } });
            Ask::new(caller, &query, input(code)).beside(input(no_code()))
        }
        "holdSlot" => {
            let session = format!("session {}", town.number());
            let input = json!({ "place": place(town, relation), "session": session, "idempotencyKey": app.key() });
            let query = "mutation($i: HoldSlotInput!) { holdSlot(input: $i) { appointment { id } problem { code } } }";
            Ask::new(caller, query, json!({ "i": input }))
        }
        "leadTimes" => {
            let wanted = if way == "one office" { json!(key_id("Office", office(relation))) } else { Value::Null };
            let query = "query($o: ID) { leadTimes(office: $o, from: \"2026-11-01T00:00:00Z\", to: \"2026-12-01T00:00:00Z\") { bookings } }";
            Ask::new(caller, query, json!({ "o": wanted }))
        }
        "myAppointments" => {
            let planted = town.planted(caller, relation).await;
            Ask::new(caller, "{ myAppointments(first: 100) { nodes { id } } }", json!({})).finding(planted.id)
        }
        "node" | "nodes" if way == "appointment" => {
            let planted = town.planted(caller, relation).await;
            node(row, caller, &planted.id).beside(json!({ "id": no_such("Appointment") }))
        }
        "node" | "nodes" if way == "delivery" => {
            let id = town.failed_delivery(Some(office(relation))).await;
            node(row, caller, &id).beside(json!({ "id": no_such("Delivery") }))
        }
        "officeAppointments" => {
            let planted = town.planted(caller, relation).await;
            let query =
                "query($o: ID!, $d: Date!) { officeAppointments(office: $o, day: $d, first: 100) { nodes { id } } }";
            let office = key_id("Office", office(relation));
            Ask::new(caller, query, json!({ "o": office, "d": planted.day })).finding(planted.id)
        }
        "rescheduleAppointment" => {
            let planted = town.planted(caller, relation).await;
            let start = instant(town, relation);
            let input = |access: Value, app: &TestApp| json!({ "i": { "access": access, "startsAt": start, "idempotencyKey": app.key() } });
            Ask::new(caller, MOVE, input(access(way, &planted, relation), app)).beside(input(no_access(way), app))
        }
        "settleConflict" => {
            let planted = town.planted(caller, relation).await;
            let input =
                |id: &str| json!({ "i": { "appointment": id, "settlement": "KEEP", "idempotencyKey": app.key() } });
            Ask::new(caller, SETTLE, input(&planted.id)).beside(input(&no_such("Appointment")))
        }
        _ => return None,
    };
    Some(ask)
}

/// `node` or `nodes` for this id.
pub(super) fn node(row: &Row, caller: &Caller, id: &str) -> Ask {
    let query = match row.field {
        "node" => "query($id: ID!) { node(id: $id) { id } }",
        _ => "query($id: ID!) { nodes(ids: [$id]) { id } }",
    };
    Ask::new(caller, query, json!({ "id": id })).finding(id)
}

async fn of_deliveries(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Ask {
    let wanted = if row.way.is_empty() { Some(office(relation)) } else { None };
    let id = town.failed_delivery(wanted).await;
    if row.field == "failedDeliveries" {
        return Ask::new(caller, "{ failedDeliveries(first: 100) { nodes { id } } }", json!({})).finding(id);
    }
    let query = format!("mutation($id: ID!) {{ {}(id: $id) {{ delivery {{ id }} problem }} }}", row.field);
    Ask::new(caller, &query, json!({ "id": id })).beside(json!({ "id": no_such("Delivery") }))
}

fn access(way: &str, planted: &Planted, relation: Relation) -> Value {
    match way {
        "by code" if relation == Relation::Own => json!({ "code": planted.code }),
        "by code" => json!({ "code": guessed(&planted.code) }),
        "own" => json!({ "own": planted.id }),
        _ => json!({ "staff": planted.id }),
    }
}

fn no_access(way: &str) -> Value {
    match way {
        "by code" => json!({ "code": no_code() }),
        "own" => json!({ "own": no_such("Appointment") }),
        _ => json!({ "staff": no_such("Appointment") }),
    }
}

fn instant(town: &Town, relation: Relation) -> String {
    town.free_start(office(relation)).to_utc().to_rfc3339()
}

fn place(town: &Town, relation: Relation) -> Value {
    json!({ "office": key_id("Office", office(relation)), "startsAt": instant(town, relation),
        "visit": [{ "service": key_id("Service", "residence") }] })
}

async fn booking(town: &Town, way: &str, relation: Relation) -> Value {
    let place = match way {
        "staff, a hold" => json!({ "holdCode": town.held(office(relation)).await }),
        _ => json!({ "start": place(town, relation) }),
    };
    let route = match way {
        "account" => "ACCOUNT",
        "mail link" => "MAIL_LINK",
        _ => "STAFF",
    };
    let contact = json!({ "name": "Eva Beispiel", "mail": format!("booking{}@example.org", town.number()) });
    let mut input = json!({ "place": place, "contact": contact, "route": route, "idempotencyKey": town.app.key() });
    match way {
        "staff, urgent" => input["quota"] = json!("URGENT"),
        "staff, over capacity" => input["overbook"] = json!(true),
        _ => {}
    }
    input
}
