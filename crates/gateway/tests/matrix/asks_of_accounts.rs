//! Questions about accounts, devices and sessions.

use domain::permission::Role;
use gateway::graphql::{Asker, Relation, Row};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::asks_of_appointments::node;
use crate::asks_of_secrets::with_second_factor;
use crate::town::{Caller, Town, gid, key_id, no_such, office};

/// The account of a relation: the caller's, a colleague's or one of another office.
pub(super) fn account<'a>(town: &'a Town, caller: &'a Caller, relation: Relation) -> &'a Caller {
    match relation {
        Relation::Own => caller,
        Relation::Another => &town.colleague,
        Relation::OtherOffice => &town.nord_clerk,
    }
}

/// The role to list for finding the account of a relation.
pub(super) fn listed_role(caller: &Caller, relation: Relation) -> Value {
    match (relation, caller.asker) {
        (Relation::Own, Asker::Account(role)) => json!(format!("{role:?}").to_uppercase()),
        (Relation::Own, Asker::Visitor) | (Relation::Another | Relation::OtherOffice, _) => json!("CLERK"),
    }
}

pub(super) async fn of(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let app = &town.app;
    let ask = match (row.field, row.way) {
        ("accounts", _) => {
            let query = "query($r: Role) { accounts(first: 100, role: $r) { nodes { id } } }";
            let variables = json!({ "r": listed_role(caller, relation) });
            Ask::new(caller, query, variables).finding(account(town, caller, relation).gid())
        }
        ("changeRole", _) => {
            let id = clerk(town, caller, relation).await.gid();
            let input = |id: String| json!({ "i": { "account": id, "role": "LEAD", "office": key_id("Office", office(relation)) } });
            let query = "mutation($i: ChangeRoleInput!) { changeRole(input: $i) { account { id } problem { code } } }";
            Ask::new(caller, query, input(id)).beside(input(no_such("Account")))
        }
        ("createAccount", _) => {
            let input = json!({ "login": format!("made.{}", town.number()), "name": "Neu", "role": "OPERATOR",
                "idempotencyKey": app.key() });
            let query =
                "mutation($i: CreateAccountInput!) { createAccount(input: $i) { account { id } problem { code } } }";
            Ask::new(caller, query, json!({ "i": input }))
        }
        ("createDeviceEnrolment", _) => {
            let input = json!({ "office": key_id("Office", office(relation)), "name": format!("Aufruf {}", town.number()),
                "idempotencyKey": app.key() });
            let query = "mutation($i: CreateDeviceEnrolmentInput!) { createDeviceEnrolment(input: $i) { code problem { code } } }";
            Ask::new(caller, query, json!({ "i": input }))
        }
        ("devices", _) => {
            let device = town.fresh(Asker::Account(Role::Device), office(relation)).await;
            let query = "query($o: ID!) { devices(office: $o) { account { id } } }";
            Ask::new(caller, query, json!({ "o": key_id("Office", office(relation)) })).finding(device.gid())
        }
        ("disableAccount", _) => {
            let id = clerk(town, caller, relation).await.gid();
            let query = "mutation($id: ID!) { disableAccount(id: $id) { account { id } problem { code } } }";
            Ask::new(caller, query, json!({ "id": id })).beside(json!({ "id": no_such("Account") }))
        }
        ("endAllSessions", _) => Ask::new(caller, "mutation { endAllSessions { ended problem { code } } }", json!({})),
        ("endSession", _) => {
            let id = session(town, caller, relation).await;
            let query = "mutation($id: ID!) { endSession(id: $id) { ended problem { code } } }";
            Ask::new(caller, query, json!({ "id": id })).beside(json!({ "id": no_such("Session") }))
        }
        ("mySecondFactor", _) => Ask::new(caller, "{ mySecondFactor { enabled } }", json!({})),
        ("mySessions", _) => {
            Ask::new(caller, "{ mySessions { id } }", json!({})).finding(session(town, caller, relation).await)
        }
        ("node" | "nodes", "account") => {
            node(row, caller, &account(town, caller, relation).gid()).beside(json!({ "id": no_such("Account") }))
        }
        ("node" | "nodes", "session") => {
            node(row, caller, &session(town, caller, relation).await).beside(json!({ "id": no_such("Session") }))
        }
        ("resetSecondFactor", _) => {
            let target = clerk(town, caller, relation).await;
            if relation != Relation::Own && caller.asker == Asker::Account(Role::Operator) {
                with_second_factor(town, &target).await;
            }
            let query = "mutation($id: ID!) { resetSecondFactor(id: $id) { account { id } problem { code } } }";
            Ask::new(caller, query, json!({ "id": target.gid() }))
        }
        ("revokeDevice", _) => {
            let device = match relation {
                Relation::Own => caller.clone(),
                Relation::Another | Relation::OtherOffice => {
                    town.fresh(Asker::Account(Role::Device), office(relation)).await
                }
            };
            let query = "mutation($id: ID!) { revokeDevice(id: $id) { revoked problem { code } } }";
            Ask::new(caller, query, json!({ "id": device.gid() })).beside(json!({ "id": no_such("Account") }))
        }
        ("rotateKeys", _) => Ask::new(caller, "mutation { rotateKeys { keyId } }", json!({})),
        ("unlinkSignInProviders", _) => {
            let id = clerk(town, caller, relation).await.gid();
            let query = "mutation($id: ID!) { unlinkSignInProviders(id: $id) { account { id } problem { code } } }";
            Ask::new(caller, query, json!({ "id": id })).beside(json!({ "id": no_such("Account") }))
        }
        ("signOut", _) => Ask::new(caller, "mutation { signOut { signedOut } }", json!({})),
        _ => return None,
    };
    Some(ask)
}

/// The caller, or a clerk; a new one for operators, who may change one.
async fn clerk(town: &Town, caller: &Caller, relation: Relation) -> Caller {
    match relation {
        Relation::Another | Relation::OtherOffice if caller.asker == Asker::Account(Role::Operator) => {
            town.fresh(Asker::Account(Role::Clerk), office(relation)).await
        }
        Relation::Own | Relation::Another | Relation::OtherOffice => account(town, caller, relation).clone(),
    }
}

/// The caller's session, or a colleague's.
pub(super) async fn session(town: &Town, caller: &Caller, relation: Relation) -> String {
    let session = town.session_of(account(town, caller, relation)).await;
    if session == gid("Session", uuid::Uuid::nil()) { no_such("Session") } else { session }
}
