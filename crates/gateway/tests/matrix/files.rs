//! Applications and cases of each relation, as far as a cell needs them.

use applications::{
    Access, AnswerChange, ApproveDecision, ClaimCase, CloseCase, CreateUpload, DeliverDecision, DraftDecision,
    Handling, Intake, InviteParty, PaymentProvider, Practice, PublishDefinition, ReceiveUpload, RequestItems,
    SaveAnswers, StartDraft, StartPayment, Submit, Verdict,
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
        let alone = TestService::default().degree("assist").fee("with_decision");
        let both = TestService::default().with_partner();
        for (name, office, service) in [
            ("parking", MITTE, &alone),
            ("parkingnord", NORD, &alone),
            ("residence", MITTE, &alone),
            ("pair", MITTE, &both),
            ("pairnord", NORD, &both),
        ] {
            let mut files = service.files();
            for text in files.values_mut() {
                *text = text.replace("key = \"parking\"", &format!("key = \"{name}\""));
            }
            let command = PublishDefinition { files, team: key(office), drafts: applications::OlderDrafts::Keep };
            let published = self.app.application.applications.publish_definition(&Actor::System, &command).await;
            assert_eq!(published.expect("published").service, key(name));
        }
        let files = applications::shipped_service("mangel-melden").expect("it is shipped");
        let command = PublishDefinition { files, team: key(MITTE), drafts: applications::OlderDrafts::Keep };
        self.app.application.applications.publish_definition(&Actor::System, &command).await.expect("published");
    }

    /// Who began the application of a relation.
    pub(super) fn applicant<'a>(&'a self, caller: &'a Caller, relation: Relation) -> &'a Actor {
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
        let (intake, language) = (Intake::Online, domain::text::Language::German);
        let command = StartDraft { service, practice, intake, language, idempotency_key };
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

    /// The id of the first letter about a case.
    pub(super) async fn letter(&self, filed: &Filed) -> String {
        let access = Access::Code(filed.begun.code.clone());
        let letters = self.app.application.applications.my_letters(&Actor::Anonymous, &access).await;
        letters.expect("letters").first().expect("the receipt").id.0.simple().to_string()
    }

    /// The code on the first letter about a case.
    pub(super) async fn verification_code(&self, filed: &Filed) -> String {
        let access = Access::Code(filed.begun.code.clone());
        let applications = &self.app.application.applications;
        let letters = applications.my_letters(&Actor::Anonymous, &access).await.expect("letters");
        let language = domain::text::Language::German;
        let file = applications.my_letter(&Actor::Anonymous, &access, letters[0].id, language).await.expect("a PDF");
        let links = testkit::qr_codes_of(&file.pdf);
        links[0].rsplit('/').next().expect("a code").to_owned()
    }

    /// A permit that the decision of a case granted.
    pub(super) async fn plant_permit(&self, filed: &Filed) {
        let access = Access::Code(filed.begun.code.clone());
        let letters = self.app.application.applications.my_letters(&Actor::Anonymous, &access).await;
        let letter = letters.expect("letters").last().expect("the decision").id;
        let sql = "INSERT INTO permit (id, case_file, letter, service, valid_from, valid_until, remind_on, issued_at) \
                   SELECT id, case_file, id, service, '2026-11-01', '2027-10-31', '2027-10-01', issued_at \
                   FROM case_letter WHERE id = $1";
        self.write(sql, vec![letter.0.into()]).await;
    }

    /// A published report beside a case, as if its service asked for places. Gives its number.
    pub(super) async fn plant_report(&self, filed: &Filed) -> String {
        let access = Access::Code(filed.begun.code.clone());
        let status = self.app.application.applications.case_status(&Actor::Anonymous, &access).await.expect("a case");
        let sql = "INSERT INTO report (case_file, service, category, latitude, longitude, submitted_at, public_text, \
                   published_at, votes, changed_at) SELECT id, 'mangel-melden', 'road', 523700000, 97432000, submitted_at, \
                   'Ein Loch im Radweg.', submitted_at, 0, submitted_at FROM case_file WHERE id = $1";
        self.write(sql, vec![status.case.0.into()]).await;
        status.receipt.expect("a number").to_string()
    }

    /// An invoice for an application, as its id.
    pub(super) async fn invoice(&self, begun: &Begun) -> String {
        let access = Access::Code(begun.code.clone());
        let (provider, idempotency_key) = (PaymentProvider::Invoice, self.app.key());
        let command = StartPayment { access, provider, idempotency_key };
        let payment = self.app.application.applications.start_payment(&Actor::Anonymous, &command).await;
        payment.expect("an invoice").id.0.simple().to_string()
    }

    /// No report lies anywhere, so that what is planted next is the nearest.
    pub(super) async fn no_reports(&self) {
        self.write("DELETE FROM report_vote", vec![]).await;
        self.write("DELETE FROM report", vec![]).await;
    }

    /// Nothing is open in any office, so that what is planted next is the first of its list.
    pub(super) async fn nothing_is_open(&self) {
        self.write("UPDATE case_task SET done_at = created_at WHERE done_at IS NULL", vec![]).await;
    }
}
