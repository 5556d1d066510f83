//! Questions about tours, and what stands on them.

use applications::{
    Access, AnswerChange, HoldTour, Intake, OlderDrafts, PlanTours, Practice, PublishDefinition, StartDraft,
};
use applications::{Handling, SaveAnswers, Submit};
use domain::identifier::TourId;
use domain::permission::Actor;
use gateway::graphql::{Relation, Row};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::ask::Ask;
use crate::asks_of_applications::{access, no_access};
use crate::files::{Begun, Filed};
use crate::town::{Caller, MITTE, NORD, Town, gid, key, key_id, office};

const DAY: &str = "2026-12-08";
const OTHER_DAY: &str = "2026-12-15";

/// The service with tours of the office of a relation.
const fn waste(relation: Relation) -> &'static str {
    match relation {
        Relation::Own | Relation::Another => "sperrmuell",
        Relation::OtherOffice => "sperrmuellnord",
    }
}

/// The question that concerns a tour, if it is one.
pub(super) async fn of_tours(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let one_office = || key_id("Office", office(relation));
    let ask = match row.field {
        "planTours" => {
            let query = "mutation($i: PlanToursInput!) { planTours(input: $i) { done problem { code } } }";
            let service = key_id("Service", waste(relation));
            let input = json!({ "service": service, "district": "mitte", "days": [DAY], "capacityLitres": 1_000_000 });
            Ask::new(caller, query, json!({ "i": input }))
        }
        "officeTours" => {
            let query = "query($o: ID!) { officeTours(office: $o, from: \"2026-11-23\") { service } }";
            Ask::new(caller, query, json!({ "o": one_office() })).finding(waste(relation))
        }
        "tourList" => {
            let tour = town.tour(relation, DAY).await;
            let query = "query($id: ID!) { tourList(id: $id) { name } }";
            let id = |tour: TourId| json!({ "id": tour.0.simple().to_string() });
            Ask::new(caller, query, id(tour)).beside(id(TourId(Uuid::nil())))
        }
        "tourDays" => {
            let begun = town.waste(caller, relation).await;
            let query = "query($a: ApplicationAccessInput!) { tourDays(access: $a) { days { id } problem { code } } }";
            let variables = |access: Value| json!({ "a": access });
            Ask::new(caller, query, variables(access(row.way, &begun, relation))).beside(variables(no_access(row.way)))
        }
        "holdTour" => {
            let begun = town.waste(caller, relation).await;
            choosing(town, row, caller, relation, &begun, "draft { id }").await
        }
        "changeTour" => {
            let begun = town.waste_handed_in(caller, relation).await;
            choosing(town, row, caller, relation, &begun, "status { caseId }").await
        }
        "cancelTour" => {
            let begun = town.waste_handed_in(caller, relation).await;
            let query =
                "mutation($i: CancelTourInput!) { cancelTour(input: $i) { status { caseId } problem { code } } }";
            let input = |access: Value| json!({ "i": { "access": access, "idempotencyKey": town.app.key() } });
            Ask::new(caller, query, input(access(row.way, &begun, relation))).beside(input(no_access(row.way)))
        }
        _ => return None,
    };
    Some(ask)
}

async fn choosing(town: &Town, row: &Row, caller: &Caller, relation: Relation, begun: &Begun, gives: &str) -> Ask {
    let tour = town.tour(Relation::Own, OTHER_DAY).await.0.simple().to_string();
    let query =
        format!("mutation($i: ChooseTourInput!) {{ {}(input: $i) {{ {gives} problem {{ code }} }} }}", row.field);
    let input = |access: Value| json!({ "i": { "access": access, "tour": tour, "idempotencyKey": town.app.key() } });
    Ask::new(caller, &query, input(access(row.way, begun, relation))).beside(input(no_access(row.way)))
}

impl Town {
    /// Publishes bulky waste for each office, with tours on which everything fits.
    pub(super) async fn publish_tours(&self) {
        for (name, office) in [("sperrmuell", MITTE), ("sperrmuellnord", NORD)] {
            let mut files = applications::shipped_service("sperrmuell").expect("it is shipped");
            for text in files.values_mut() {
                *text = text.replace("key = \"sperrmuell\"", &format!("key = \"{name}\""));
            }
            let command = PublishDefinition { files, team: key(office), drafts: OlderDrafts::Keep };
            self.app.application.applications.publish_definition(&Actor::System, &command).await.expect("published");
            let command = PlanTours {
                service: key(name),
                district: "mitte".to_owned(),
                days: [DAY, OTHER_DAY].map(|day| day.parse().expect("a day")).to_vec(),
                capacity_litres: 1_000_000,
            };
            self.app.application.applications.plan_tours(&Actor::System, &command).await.expect("planned");
        }
    }

    /// The tour of the office of a relation on a day.
    pub(super) async fn tour(&self, relation: Relation, day: &str) -> TourId {
        let sql = "SELECT id FROM tour WHERE service = $1 AND day = $2";
        let rows = self.app.application.database.rows(sql, vec![waste(relation).into(), day.into()]).await;
        TourId(rows.expect("readable")[0].at(0).expect("an id"))
    }

    /// A draft of somebody who has bulky waste, with all answers. Each is a household of its own.
    pub(super) async fn waste(&self, caller: &Caller, relation: Relation) -> Begun {
        let applications = &self.app.application.applications;
        let (practice, intake) = (Practice::Real, Intake::Online);
        let language = domain::text::Language::German;
        let command =
            StartDraft { service: key("sperrmuell"), practice, intake, language, idempotency_key: self.app.key() };
        let actor = self.applicant(caller, relation);
        let started = applications.start_draft(actor, &command).await.expect("begun");
        let set = |path: &str, value: Value| AnswerChange::Set { path: path.to_owned(), value };
        let row = "01HZZZZZZZZZZZZZZZZZZZZZZZ".to_owned();
        let flat = format!("Wohnung {}", self.number());
        let address = json!({ "street": "Weg", "number": "1", "postcode": "30159", "town": "Hannover", "extra": flat });
        let declared = hex::encode(Sha256::digest("Alle Angaben stimmen."));
        let changes = vec![
            set("home.address", address),
            set("home.role", json!("tenant")),
            AnswerChange::AddRow { group: "items".to_owned(), row: row.clone() },
            set(&format!("items[{row}].kind"), json!("sofa")),
            set(&format!("items[{row}].count"), json!(1)),
            set(&format!("items[{row}].too_big"), json!(false)),
            set("amount.cubic_metres", json!("0.1")),
            set("day.speed", json!("tour")),
            set("day.place", json!("kerb")),
            set("person.name", json!("Eva Beispiel")),
            set("person.email", json!("eva@example.org")),
            set("declaration.confirmed", json!({ "text_sha256": declared })),
        ];
        let command = SaveAnswers { access: Access::Code(started.code.clone()), rev: 1, changes };
        let saved = applications.save_answers(&Actor::Anonymous, &command).await.expect("saved");
        assert!(saved.answered.complete, "{:?}", saved.answered.errors);
        Begun { id: gid("Application", started.draft.id.0), code: started.code }
    }

    /// The same, handed in for a day.
    pub(super) async fn waste_handed_in(&self, caller: &Caller, relation: Relation) -> Begun {
        let begun = self.waste(caller, relation).await;
        let applications = &self.app.application.applications;
        let access = Access::Code(begun.code.clone());
        let tour = self.tour(Relation::Own, DAY).await;
        let hold = HoldTour { access: access.clone(), tour, idempotency_key: self.app.key() };
        applications.hold_tour(&Actor::Anonymous, &hold).await.expect("held");
        let summary_sha256 = applications.summary(&Actor::Anonymous, &access).await.expect("a summary").sha256;
        let (handling, submission_key) = (Handling::PersonDecides, self.app.key());
        let command = Submit { access, summary_sha256, handling, submission_key };
        applications.submit(&Actor::Anonymous, &command).await.expect("handed in");
        begun
    }

    /// A promised place beside a case, as if its service had tours.
    pub(super) async fn plant_place(&self, filed: &Filed) {
        let sql = "INSERT INTO tour_place (id, tour, application, litres, state, changed_at) \
                   SELECT c.id, t.id, c.application, 0, 'promised', 0 FROM case_file c, tour t \
                   WHERE c.id = $1 AND t.service = 'sperrmuell' AND t.day = $2";
        self.write(sql, vec![self.case_of(filed).await.into(), DAY.into()]).await;
    }

    /// A way to another body that was given up.
    pub(super) async fn plant_forward(&self, filed: &Filed) {
        let sql = "INSERT INTO case_forward (case_file, sink, number, task, team, state, next_at, created_at, changed_at) \
                   SELECT id, 'office', 1, -1, team, 'dead', 0, 0, 0 FROM case_file WHERE id = $1";
        self.write(sql, vec![self.case_of(filed).await.into()]).await;
    }

    /// An arrival that joined a case, with what was said in it; gives its id. The case of a stranger joins nobody.
    pub(super) async fn plant_arrival(&self, filed: &Filed, caller: &Caller, relation: Relation) -> String {
        let (begun, _) = self.filled_in(caller, relation).await;
        let id = Uuid::from_u128(u128::from(self.number()) + (7 << 100));
        let access = Access::Code(begun.code);
        let draft = self.app.application.applications.read_draft(&Actor::Anonymous, &access).await.expect("a draft");
        self.write("UPDATE application SET state = 'submitted' WHERE id = $1", vec![draft.id.0.into()]).await;
        let sql = "INSERT INTO case_intake (id, application, case_file, way, reason, arrived_at) \
                   VALUES ($1, $2, $3, 'online', 'same_contact', 0)";
        self.write(sql, vec![id.into(), draft.id.0.into(), self.case_of(filed).await.into()]).await;
        id.simple().to_string()
    }

    async fn case_of(&self, filed: &Filed) -> Uuid {
        let access = Access::Code(filed.begun.code.clone());
        let status = self.app.application.applications.case_status(&Actor::Anonymous, &access).await;
        status.expect("a case").case.0
    }
}
