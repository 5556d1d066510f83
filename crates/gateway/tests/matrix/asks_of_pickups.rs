//! Questions about documents that lie ready.

use domain::identifier::Key;
use domain::locker::{CompartmentSize, Reach};
use domain::permission::Actor;
use domain::text::Language;
use gateway::graphql::{Relation, Row};
use scheduling::ContactInput;
use scheduling::pickup::{LoadLocker, Pickup, PickupOccasion, StaffStep, WorkOnPickup};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::asks_of_appointments::guessed;
use crate::town::{Caller, Town, gid, key, key_id, no_such, office};

impl Town {
    /// A document that lies in the box of an office.
    async fn loaded(&self, at: &str) -> Pickup {
        let (pickups, number) = (&self.app.application.scheduling, self.number());
        let command = LoadLocker {
            office: key(at),
            locker: Key::new("box").expect("a key"),
            service: key("residence"),
            reference: format!("Fach {number}"),
            contact: ContactInput {
                name: "Otto Muster".to_owned().into(),
                mail: Some(format!("waiting{number}@example.org").into()),
                phone: None,
                language: Language::German,
            },
            size: CompartmentSize::Small,
            reach: Reach::Any,
            idempotency_key: self.app.key(),
        };
        pickups.load_locker(&Actor::System, &command).await.expect("loaded")
    }

    async fn do_with(&self, pickup: &Pickup, step: StaffStep) {
        let command = WorkOnPickup { pickup: pickup.id, step, idempotency_key: self.app.key() };
        self.app.application.scheduling.work_on_pickup(&Actor::System, &command).await.expect("done");
    }

    /// Takes it off the list again: a box has six compartments.
    async fn cleared(&self) {
        let sql =
            "UPDATE pickup SET state = 'withdrawn', compartment = NULL, rev = rev + 1 WHERE compartment IS NOT NULL";
        self.write("DELETE FROM locker_compartment", vec![]).await;
        self.write(sql, vec![]).await;
    }

    async fn pin_of(&self, pickup: &Pickup) -> String {
        let pickups = &self.app.application.scheduling;
        let news = pickups.pickup_news(&Actor::System, pickup.id, PickupOccasion::Ready).await.expect("readable");
        news.expect("it lies ready").pin.expect("a PIN").into_exposed()
    }
}

pub(super) async fn of(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let at = office(relation);
    let ask = match row.field {
        "documentPickup" => {
            town.cleared().await;
            let pickup = town.loaded(at).await;
            let code = town.app.application.scheduling.pickup_code(&pickup);
            let given = if relation == Relation::Own { code.clone() } else { guessed(&code) };
            let query = "query($code: String!) { documentPickup(code: $code) { number } }";
            let absent = json!({ "code": "0000-0000-0000-0000-0000-0000" });
            Ask::new(caller, query, json!({ "code": given })).beside(absent)
        }
        "lockerItems" => {
            town.cleared().await;
            let pickup = town.loaded(at).await;
            let query = "query($office: ID!) { lockerItems(office: $office) { id } }";
            Ask::new(caller, query, json!({ "office": key_id("Office", at) })).finding(gid("Pickup", pickup.id.0))
        }
        "loadLocker" => {
            town.cleared().await;
            let query = "mutation($i: LoadLockerInput!) { loadLocker(input: $i) { item { id } problem { code } } }";
            let contact = json!({ "name": "Otto Muster", "mail": "otto.muster@example.org" });
            let input = json!({ "office": key_id("Office", at), "locker": "box", "reference": "Fach 7", "contact": contact,
                "service": key_id("Service", "residence"), "idempotencyKey": town.app.key() });
            Ask::new(caller, query, json!({ "i": input }))
        }
        "handOutDocument" | "renewLockerPin" | "returnToCounter" | "withdrawPickup" => {
            town.cleared().await;
            let pickup = town.loaded(at).await;
            if row.field == "handOutDocument" {
                town.do_with(&pickup, StaffStep::ReturnToCounter).await;
            }
            let query = format!(
                "mutation($i: PickupStepInput!) {{ {}(input: $i) {{ item {{ id }} problem {{ code }} }} }}",
                row.field
            );
            let input = |id: String| json!({ "i": { "pickup": id, "idempotencyKey": town.app.key() } });
            Ask::new(caller, &query, input(gid("Pickup", pickup.id.0))).beside(input(no_such("Pickup")))
        }
        "openLocker" => {
            town.cleared().await;
            let pickup = town.loaded(at).await;
            let pin = town.pin_of(&pickup).await;
            let query = "mutation($i: OpenLockerInput!) { openLocker(input: $i) { order { token } problem { code } } }";
            let input = |number: &str| -> Value {
                json!({ "i": { "locker": "box", "number": number, "pin": pin, "idempotencyKey": town.app.key() } })
            };
            Ask::new(caller, query, input(&pickup.number)).beside(input("00000000"))
        }
        "reportDoorEvents" => {
            let query = "mutation($i: ReportDoorEventsInput!) { reportDoorEvents(input: $i) {
                acknowledged problem { code } } }";
            Ask::new(caller, query, json!({ "i": { "locker": "box", "events": [] } }))
        }
        _ => return None,
    };
    Some(ask)
}
