//! Every cell of the rows of objects: each field, by every way that leads to such an object.

use std::collections::BTreeMap;

use domain::permission::Role;
use gateway::graphql::{Asker, Decision, Relation, Row, rows};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::asks_of_accounts::{account, listed_role, session};
use crate::asks_of_applications;
use crate::cells::{Seen, name};
use crate::schema;
use crate::town::{Caller, MITTE, NORD, Planted, Town, key_id, office};
use crate::verdict::marked;

/// The kinds of objects with rows of their own; a contact is part of an appointment.
const KINDS: [&str; 10] = [
    "Appointment",
    "Account",
    "ApplicationDraft",
    "Case",
    "CaseDetails",
    "CaseStatus",
    "Delivery",
    "Device",
    "MyApplication",
    "Session",
];

/// What was seen of all objects.
pub(super) async fn see(town: &Town) -> Vec<Seen> {
    let fixtures = Fixtures::new(town).await;
    let mut seen = Vec::new();
    for asker in Asker::ALL {
        let caller = town.caller(asker);
        for relation in Relation::ALL {
            let planted = town.planted(caller, relation).await;
            for kind in KINDS {
                let (target, doors) = doors(town, &fixtures, caller, relation, kind, &planted).await;
                let mut answers = Vec::new();
                for door in doors {
                    answers.push(door.send(&town.app, &door.variables).await.body);
                }
                for row in rows().filter(|row| row.kind == kind || (kind == "Appointment" && row.kind == "Contact")) {
                    let decision = decision(row, &answers, &target);
                    seen.push(Seen { name: name(row), cell: (asker, relation), decision, is_compared: false });
                }
            }
        }
    }
    seen
}

/// Things that are there for all cells.
struct Fixtures {
    devices: BTreeMap<&'static str, Caller>,
    deliveries: BTreeMap<&'static str, String>,
}

impl Fixtures {
    async fn new(town: &Town) -> Self {
        let (mut devices, mut deliveries) = (BTreeMap::new(), BTreeMap::new());
        for office in [MITTE, NORD] {
            devices.insert(office, town.fresh(Asker::Account(Role::Device), office).await);
            deliveries.insert(office, town.failed_delivery(Some(office)).await);
        }
        Self { devices, deliveries }
    }
}

/// The id of the object of this relation, and the questions that could bring it.
async fn doors(
    town: &Town,
    fixtures: &Fixtures,
    caller: &Caller,
    relation: Relation,
    kind: &str,
    planted: &Planted,
) -> (String, Vec<Ask>) {
    let fields = selection(kind);
    if let Some(found) = asks_of_applications::doors(town, caller, relation, kind, &fields).await {
        return found;
    }
    let one_office = key_id("Office", office(relation));
    let ask = |query: &str, variables: Value| Ask::new(caller, &query.replace("FIELDS", &fields), variables);
    match kind {
        "Appointment" => {
            let variables = json!({ "id": planted.id, "mail": planted.mail, "office": one_office, "day": planted.day });
            let mut doors = vec![
                ask("query($id: ID!) { node(id: $id) { ... on Appointment { FIELDS } } }", variables.clone()),
                ask("query($id: ID!) { appointment(access: { own: $id }) { FIELDS } }", variables.clone()),
                ask("query($id: ID!) { appointment(access: { staff: $id }) { FIELDS } }", variables.clone()),
                ask("{ myAppointments(first: 100) { nodes { FIELDS } } }", json!({})),
                ask(
                    "query($office: ID!, $day: Date!) { officeAppointments(office: $office, day: $day, first: 100) { edges { node { FIELDS } } } }",
                    variables.clone(),
                ),
                ask(
                    "query($mail: String!) { appointmentsOfContact(contact: { mail: $mail }) { FIELDS } }",
                    variables.clone(),
                ),
                ask("{ conflicts(first: 100) { FIELDS } }", json!({})),
                ask("query($office: ID!) { conflicts(office: $office, first: 100) { FIELDS } }", variables),
            ];
            if relation == Relation::Own && caller.asker == Asker::Visitor {
                let code = json!({ "code": planted.code });
                doors.push(ask("query($code: String!) { appointment(access: { code: $code }) { FIELDS } }", code));
            }
            (planted.id.clone(), doors)
        }
        "Account" => {
            let target = account(town, caller, relation).gid();
            let variables = json!({ "id": target, "role": listed_role(caller, relation), "booked": planted.id, "office": one_office });
            let doors = vec![
                ask("query($id: ID!) { node(id: $id) { ... on Account { FIELDS } } }", variables.clone()),
                ask("{ viewer { FIELDS } }", json!({})),
                ask("query($role: Role) { accounts(role: $role, first: 100) { nodes { FIELDS } } }", variables.clone()),
                ask(
                    "query($booked: ID!) { node(id: $booked) { ... on Appointment { bookedBy { FIELDS } } } }",
                    variables.clone(),
                ),
                ask(
                    "query($office: ID!) { conflicts(office: $office, first: 100) { bookedBy { FIELDS } } }",
                    variables.clone(),
                ),
                ask("query($office: ID!) { devices(office: $office) { account { FIELDS } } }", variables),
            ];
            (target, doors)
        }
        "Delivery" => {
            let target = fixtures.deliveries[office(relation)].clone();
            (target, vec![ask("{ failedDeliveries(first: 100) { nodes { FIELDS } } }", json!({}))])
        }
        "Device" => {
            let device = if relation == Relation::Own { caller } else { &fixtures.devices[office(relation)] };
            let query = "query($office: ID!) { devices(office: $office) { FIELDS } }";
            (device.gid(), vec![ask(query, json!({ "office": one_office }))])
        }
        _ => (session(town, caller, relation).await, vec![ask("{ mySessions { FIELDS } }", json!({}))]),
    }
}

/// Every field of a kind under its own name, with a mark that tells the object.
fn selection(kind: &str) -> String {
    let mark = match kind {
        "CaseDetails" => "mark: case { id }",
        "CaseStatus" => "mark: caseId",
        "Device" => "mark: account { id }",
        _ => "mark: id",
    };
    let fields = &*schema::FIELDS;
    let is_object = |given: &str| fields.keys().any(|(kind, _)| kind == given);
    let of = |kind: &str, prefix: &str| {
        let fields = fields.iter().filter(|((of, _), _)| of == kind);
        let one = |((_, field), given): (&(String, String), &String)| {
            let inner = match given.as_str() {
                "Contact" => " { __typename CONTACT }",
                given if is_object(given) => " { __typename }",
                _ => "",
            };
            format!("{prefix}{field}: {field}{inner}")
        };
        fields.map(one).collect::<Vec<_>>().join(" ")
    };
    let contact = of("Contact", "f_");
    format!("{mark} {}", of(kind, "f_")).replace("CONTACT", &contact)
}

/// The best that any way gives.
fn decision(row: &Row, answers: &[Value], target: &str) -> Result<Decision, String> {
    // Null is an answer like any other, unless the table withholds the field from somebody.
    let may_be_null = !row.grid.cells().any(|(.., decision)| decision == Decision::Withheld);
    let field = format!("f_{}", row.field);
    let mut best: Option<Decision> = None;
    let mut strange = None;
    for answer in answers {
        let code = &answer["errors"][0]["extensions"]["code"];
        let decision = match (code.as_str(), marked(answer, target)) {
            (None, Some(found)) => {
                let holder = if row.kind == "Contact" { &found["f_contact"] } else { found };
                if !holder.is_null() && (may_be_null || !holder[&field].is_null()) {
                    Decision::Allowed
                } else {
                    Decision::Withheld
                }
            }
            (None, None) if answer["errors"].is_null() => Decision::NotFound,
            (Some("FORBIDDEN"), _) => Decision::Forbidden,
            (Some("UNAUTHENTICATED"), _) => Decision::NotSignedIn,
            _ => {
                strange = Some(answer.to_string());
                continue;
            }
        };
        best = best.into_iter().chain([decision]).min_by_key(|decision| rank(*decision));
    }
    match (strange, best) {
        (Some(strange), _) => Err(strange),
        (None, best) => best.ok_or_else(|| "nobody asked".to_owned()),
    }
}

const fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::Allowed => 0,
        Decision::Withheld => 1,
        Decision::NotFound => 2,
        Decision::Forbidden => 3,
        Decision::NotSignedIn => 4,
        Decision::OwnAccount => 5,
        Decision::NotApplicable => 6,
    }
}
