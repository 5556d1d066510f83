//! Applications and cases of each relation, as far as a cell needs them.

use applications::{
    Access, AnswerChange, ApproveDecision, ClaimCase, CloseCase, CreateUpload, DeliverDecision, DraftDecision,
    Handling, Intake, InviteParty, Practice, PublishDefinition, ReceiveUpload, RequestItems, SaveAnswers, StartDraft,
    Submit, Verdict,
};
use bytes::Bytes;
use domain::application::{DeliveryChannel, Outcome};
use domain::identifier::CaseId;
use domain::permission::Actor;
use gateway::graphql::Relation;
use serde_json::json;
use testkit::TestService;

use crate::town::{Caller, MITTE, NORD, Town, gid, key, office};

/// An application that somebody has begun, with what opens it.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) id: String,
    pub(super) code: String,
}

/// A case, with the application it came from.
#[derive(Debug, Clone)]
pub(super) struct Filed {
    pub(super) begun: Begun,
    pub(super) id: String,
}

/// How far a case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Open,
    Claimed,
    Asked,
    Drafted,
    Decided,
    Delivered,
    Closed,
}

/// A service of the office of a relation for one person.
pub(super) const fn parking(relation: Relation) -> &'static str {
    match relation {
        Relation::Own | Relation::Another => "parking",
        Relation::OtherOffice => "parkingnord",
    }
}

/// One for two people.
const fn pair(relation: Relation) -> &'static str {
    match relation {
        Relation::Own | Relation::Another => "pair",
        Relation::OtherOffice => "pairnord",
    }
}

impl Town {
    /// Publishes a service for one person and one for two in each office. People decide.
    pub(super) async fn publish_services(&self) {
        let (alone, both) = (TestService::default().degree("assist"), TestService::default().with_partner());
        for (name, office, service) in [
            ("parking", MITTE, &alone),
            ("parkingnord", NORD, &alone),
            ("pair", MITTE, &both),
            ("pairnord", NORD, &both),
        ] {
            let mut files = service.files();
            for text in files.values_mut() {
                *text = text.replace("key = \"parking\"", &format!("key = \"{name}\""));
            }
            let command = PublishDefinition { files, team: key(office) };
            let published = self.app.application.applications.publish_definition(&Actor::System, &command).await;
            assert_eq!(published.expect("published").service, key(name));
        }
    }

    /// Who began the application of a relation.
    fn applicant<'a>(&'a self, caller: &'a Caller, relation: Relation) -> &'a Actor {
        match relation {
            Relation::Own => &caller.actor,
            Relation::Another | Relation::OtherOffice => &self.stranger.actor,
        }
    }

    /// An application, nothing filled in.
    pub(super) async fn begun(&self, caller: &Caller, relation: Relation) -> Begun {
        self.begin(caller, relation, parking(relation), Practice::Real).await
    }

    /// An application that two people fill in.
    pub(super) async fn begun_for_two(&self, caller: &Caller, relation: Relation) -> Begun {
        self.begin(caller, relation, pair(relation), Practice::Real).await
    }

    /// A rehearsal with all answers.
    pub(super) async fn rehearsed(&self, caller: &Caller, relation: Relation) -> Begun {
        let begun = self.begin(caller, relation, parking(relation), Practice::Rehearsal).await;
        self.fill_in(&begun).await;
        begun
    }

    async fn begin(&self, caller: &Caller, relation: Relation, service: &str, practice: Practice) -> Begun {
        let (service, idempotency_key) = (key(service), self.app.key());
        let command = StartDraft { service, practice, intake: Intake::Online, idempotency_key };
        let actor = self.applicant(caller, relation);
        let started = self.app.application.applications.start_draft(actor, &command).await.expect("begun");
        Begun { id: gid("Application", started.draft.id.0), code: started.code }
    }

    /// An application with all answers, and the hash of its summary.
    pub(super) async fn filled_in(&self, caller: &Caller, relation: Relation) -> (Begun, String) {
        let begun = self.begun(caller, relation).await;
        self.fill_in(&begun).await;
        let access = Access::Code(begun.code.clone());
        let summary = self.app.application.applications.summary(&Actor::Anonymous, &access).await;
        (begun, summary.expect("a summary").sha256)
    }

    async fn fill_in(&self, begun: &Begun) {
        let set = |path: &str, value| AnswerChange::Set { path: path.to_owned(), value };
        let changes = vec![
            set("applicant.name", json!("Eva Beispiel")),
            set("vehicle.weight", json!(1_800)),
            set("vehicle.own_garage", json!(false)),
        ];
        let command = SaveAnswers { access: Access::Code(begun.code.clone()), rev: 1, changes };
        let saved = self.app.application.applications.save_answers(&Actor::Anonymous, &command).await;
        assert!(saved.expect("saved").answered.complete);
    }

    /// The code of an invitation.
    pub(super) async fn invited(&self, caller: &Caller, relation: Relation) -> String {
        // Nobody is two parties of one application: somebody else began it.
        let of_another = match relation {
            Relation::Own => Relation::Another,
            other @ (Relation::Another | Relation::OtherOffice) => other,
        };
        let begun = self.begun_for_two(caller, of_another).await;
        let command = InviteParty { access: Access::Code(begun.code), role: "partner".to_owned() };
        self.app.application.applications.invite_party(&Actor::Anonymous, &command).await.expect("invited").code
    }

    /// An application with a file in which nothing was found, and the file.
    pub(super) async fn begun_with_file(&self, caller: &Caller, relation: Relation) -> (Begun, String) {
        let begun = self.begun(caller, relation).await;
        let applications = &self.app.application.applications;
        let content = Bytes::from_static(b"%PDF-1.7 nothing");
        let command = CreateUpload {
            access: Access::Code(begun.code.clone()),
            path: Some("vehicle.papers".to_owned()),
            name: "Schein.pdf".to_owned(),
            bytes: 16,
            media_type: "application/pdf".to_owned(),
            idempotency_key: self.app.key(),
        };
        let announced = applications.create_upload(&Actor::Anonymous, &command).await.expect("announced");
        let command = ReceiveUpload { id: announced.upload.id, token: announced.token, length: None };
        let body = futures_util::stream::iter([Ok::<_, ()>(content)]);
        applications.receive_upload(&command, body).await.expect("arrived");
        applications.look_at_files(&Actor::System).await.expect("looked at");
        (begun, announced.upload.id.0.simple().to_string())
    }

    /// A case with a file in which nothing was found, and the file.
    pub(super) async fn filed_with_file(&self, caller: &Caller, relation: Relation) -> (Filed, String) {
        let (begun, file) = self.begun_with_file(caller, relation).await;
        self.fill_in(&begun).await;
        let access = Access::Code(begun.code.clone());
        let set = AnswerChange::Set { path: "vehicle.papers".to_owned(), value: json!([{ "id": file }]) };
        let command = SaveAnswers { access: access.clone(), rev: 2, changes: vec![set] };
        let applications = &self.app.application.applications;
        applications.save_answers(&Actor::Anonymous, &command).await.expect("saved");
        let summary_sha256 = applications.summary(&Actor::Anonymous, &access).await.expect("a summary").sha256;
        let (handling, submission_key) = (Handling::MachineMayDecide, self.app.key());
        let command = Submit { access, summary_sha256, handling, submission_key };
        let receipt = applications.submit(&Actor::Anonymous, &command).await.expect("handed in");
        (Filed { begun, id: gid("Case", receipt.case.0) }, file)
    }

    /// A case that went so far.
    pub(super) async fn filed(&self, caller: &Caller, relation: Relation, stage: Stage) -> Filed {
        let (begun, summary_sha256) = self.filled_in(caller, relation).await;
        let access = Access::Code(begun.code.clone());
        let (handling, submission_key) = (Handling::MachineMayDecide, self.app.key());
        let command = Submit { access, summary_sha256, handling, submission_key };
        let receipt = self.app.application.applications.submit(&Actor::Anonymous, &command).await.expect("handed in");
        self.work_on(receipt.case, office(relation), stage).await;
        Filed { begun, id: gid("Case", receipt.case.0) }
    }

    async fn work_on(&self, case: CaseId, office: &str, stage: Stage) {
        let applications = &self.app.application.applications;
        let clerk = if office == MITTE { &self.colleague.actor } else { &self.nord_clerk.actor };
        if stage >= Stage::Claimed {
            let command = ClaimCase { case, idempotency_key: self.app.key() };
            applications.claim_case(clerk, &command).await.expect("claimed");
        }
        if stage == Stage::Asked {
            let items = vec!["Fahrzeugschein".to_owned()];
            let command = RequestItems { case, items, idempotency_key: self.app.key() };
            applications.request_items(clerk, &command).await.expect("asked");
            return;
        }
        if stage >= Stage::Drafted {
            let (outcome, reasons) = (Outcome::Granted, vec![("Sie wohnen in der Parkzone.".to_owned(), None)]);
            let command = DraftDecision { case, outcome, reasons, idempotency_key: self.app.key() };
            applications.draft_decision(clerk, &command).await.expect("drafted");
        }
        if stage >= Stage::Decided {
            let command = ApproveDecision { case, verdict: Verdict::Approve, idempotency_key: self.app.key() };
            applications.approve_decision(clerk, &command).await.expect("decided");
        }
        if stage >= Stage::Delivered {
            let command = DeliverDecision { case, channel: DeliveryChannel::Post, idempotency_key: self.app.key() };
            applications.deliver_decision(clerk, &command).await.expect("announced");
        }
        if stage >= Stage::Closed {
            let command = CloseCase { case, idempotency_key: self.app.key() };
            applications.close_case(clerk, &command).await.expect("closed");
        }
    }

    /// Nothing is open in any office, so that what is planted next is the first of its list.
    pub(super) async fn nothing_is_open(&self) {
        self.write("UPDATE case_task SET done_at = created_at WHERE done_at IS NULL", vec![]).await;
    }
}
