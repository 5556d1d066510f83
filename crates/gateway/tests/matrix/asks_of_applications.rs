//! Questions about applications, cases and services.

use gateway::graphql::{Relation, Row};
use serde_json::{Value, json};
use testkit::TestService;

use crate::ask::Ask;
use crate::asks_of_appointments::{guessed, node};
use crate::asks_of_papers::of_papers;
use crate::asks_of_tours::of_tours;
use crate::files::{Begun, Stage, parking};
use crate::town::{Caller, MITTE, Town, key_id, no_such, office};

/// The code of a part that does not exist.
fn no_code() -> String {
    "0000-0000-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AA".to_owned()
}

pub(super) fn access(way: &str, begun: &Begun, relation: Relation) -> Value {
    match way {
        "own" => json!({ "own": begun.id }),
        _ if relation == Relation::Own => json!({ "code": begun.code }),
        _ => json!({ "code": guessed(&begun.code) }),
    }
}

pub(super) fn no_access(way: &str) -> Value {
    match way {
        "own" => json!({ "own": no_such("Application") }),
        _ => json!({ "code": no_code() }),
    }
}

/// A question by a right that leads to `begun`, and beside it by one that leads nowhere.
fn by_right(row: &Row, caller: &Caller, relation: Relation, begun: &Begun, query: &str, more: &Value) -> Ask {
    let input = |access: Value| {
        let mut input = more.clone();
        input["access"] = access;
        json!({ "i": input })
    };
    Ask::new(caller, query, input(access(row.way, begun, relation))).beside(input(no_access(row.way)))
}

pub(super) async fn of(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    match (row.kind, row.field) {
        ("Query" | "Subscription", _) => match of_reading(town, row, caller, relation).await {
            Some(ask) => Some(ask),
            None => match of_tours(town, row, caller, relation).await {
                Some(ask) => Some(ask),
                None => of_papers(town, row, caller, relation).await,
            },
        },
        (_, "publishDefinition" | "setServiceQuota" | "switchAutomation") => Some(of_services(row, caller, relation)),
        _ => match of_drafts(town, row, caller, relation).await {
            Some(ask) => Some(ask),
            None => match of_tours(town, row, caller, relation).await {
                Some(ask) => Some(ask),
                None => of_casework(town, row, caller, relation).await,
            },
        },
    }
}

async fn of_reading(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let by_access = |begun: &Begun, operation: &str, selection: &str| {
        let query = format!("{operation}($a: ApplicationAccessInput!) {{ {}(access: $a) {selection} }}", row.field);
        let variables = |access: Value| json!({ "a": access });
        Ask::new(caller, &query, variables(access(row.way, begun, relation))).beside(variables(no_access(row.way)))
    };
    let ask = match (row.field, row.way) {
        ("applicationSummary", _) => by_access(&town.begun(caller, relation).await, "query", "{ draft { id } sha256 }"),
        ("case", _) => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let query = "query($id: ID!) { case(id: $id) { case { id } answers { path value } } }";
            Ask::new(caller, query, json!({ "id": filed.id }))
                .finding(filed.id)
                .beside(json!({ "id": no_such("Case") }))
        }
        ("caseStatus", _) => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            by_access(&filed.begun, "query", "{ caseId }").finding(filed.id)
        }
        ("caseStatusChanged", _) => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            by_access(&filed.begun, "subscription", "{ caseId }")
        }
        ("draft", _) => {
            let begun = town.begun(caller, relation).await;
            by_access(&begun, "query", "{ id }").finding(begun.id)
        }
        ("exportApplication", _) => by_access(&town.begun(caller, relation).await, "query", ""),
        ("inbox", _) => {
            town.nothing_is_open().await;
            let filed = town.filed(caller, relation, Stage::Open).await;
            let query = "query($o: ID!) { inbox(office: $o) { nodes { case { id } } } }";
            Ask::new(caller, query, json!({ "o": key_id("Office", office(relation)) })).finding(filed.id)
        }
        ("inboxChanged", _) => {
            let query = "subscription($o: ID!) { inboxChanged(office: $o) { caseId } }";
            Ask::new(caller, query, json!({ "o": key_id("Office", office(relation)) }))
        }
        ("myApplications", _) => {
            let begun = town.begun(caller, relation).await;
            Ask::new(caller, "{ myApplications(first: 100) { id } }", json!({})).finding(begun.id)
        }
        ("node" | "nodes", "application") => {
            let begun = town.begun(caller, relation).await;
            node(row, caller, &begun.id).beside(json!({ "id": no_such("Application") }))
        }
        ("node" | "nodes", "case") => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            node(row, caller, &filed.id).beside(json!({ "id": no_such("Case") }))
        }
        ("serviceForm", _) => {
            Ask::new(caller, "{ serviceForm(service: \"parking\") { service } }", json!({})).finding("parking")
        }
        ("onlineServices", _) => Ask::new(caller, "{ onlineServices { key } }", json!({})).finding("parking"),
        _ => return None,
    };
    Some(ask)
}

async fn of_drafts(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let key = town.app.key();
    let ask = match row.field {
        "abandonDraft" => {
            let begun = town.begun(caller, relation).await;
            let query = "mutation($a: ApplicationAccessInput!) { abandonDraft(access: $a) { done problem { code } } }";
            let variables = |access: Value| json!({ "a": access });
            Ask::new(caller, query, variables(access(row.way, &begun, relation))).beside(variables(no_access(row.way)))
        }
        "answerRequest" => {
            let filed = town.filed(caller, relation, Stage::Asked).await;
            let query =
                "mutation($i: AnswerRequestInput!) { answerRequest(input: $i) { status { caseId } problem { code } } }";
            let more = json!({ "answer": "Anbei.", "idempotencyKey": key });
            by_right(row, caller, relation, &filed.begun, query, &more)
        }
        "consentToApplication" => {
            let (begun, sha256) = town.filled_in(caller, relation).await;
            let query =
                "mutation($i: ConsentInput!) { consentToApplication(input: $i) { draft { id } problem { code } } }";
            by_right(row, caller, relation, &begun, query, &json!({ "summarySha256": sha256 }))
        }
        "createUpload" => {
            let begun = town.begun(caller, relation).await;
            let query = "mutation($i: CreateUploadInput!) {
                createUpload(input: $i) { upload { fileId } problem { code } } }";
            let more = json!({
                "path": "vehicle.papers", "name": "Schein.pdf", "bytes": 2_000, "mediaType": "application/pdf",
                "idempotencyKey": key,
            });
            by_right(row, caller, relation, &begun, query, &more)
        }
        "finishRehearsal" => {
            let begun = town.rehearsed(caller, relation).await;
            let code = if relation == Relation::Own { begun.code } else { guessed(&begun.code) };
            let query =
                "mutation($c: String!) { finishRehearsal(code: $c) { rehearsal { outcome } problem { code } } }";
            Ask::new(caller, query, json!({ "c": code })).beside(json!({ "c": no_code() }))
        }
        "inviteParty" => {
            let begun = town.begun_for_two(caller, relation).await;
            let query = "mutation($i: InvitePartyInput!) { inviteParty(input: $i) { code problem { code } } }";
            by_right(row, caller, relation, &begun, query, &json!({ "role": "partner" }))
        }
        "joinParty" => {
            let code = town.invited(caller, relation).await;
            let code = if relation == Relation::Own { code } else { guessed(&code) };
            let query = "mutation($c: String!) { joinParty(code: $c) { draft { id } problem { code } } }";
            Ask::new(caller, query, json!({ "c": code })).beside(json!({ "c": no_code() }))
        }
        "objectToDecision" => {
            let filed = town.filed(caller, relation, Stage::Delivered).await;
            let query = "mutation($i: ObjectToDecisionInput!) {
                objectToDecision(input: $i) { status { caseId } problem { code } } }";
            let more = json!({ "text": "Nein.", "idempotencyKey": key });
            by_right(row, caller, relation, &filed.begun, query, &more)
        }
        "saveAnswers" => {
            let begun = town.begun(caller, relation).await;
            let query = "mutation($i: SaveAnswersInput!) { saveAnswers(input: $i) { draft { id } problem { code } } }";
            let change = json!({ "set": { "path": "vehicle.weight", "value": 1_900 } });
            by_right(row, caller, relation, &begun, query, &json!({ "rev": 1, "changes": [change] }))
        }
        "startDraft" => {
            let intake = if row.way.is_empty() { "ONLINE" } else { "COUNTER" };
            let query = "mutation($i: StartDraftInput!) { startDraft(input: $i) { draft { id } problem { code } } }";
            let service = key_id("Service", parking(relation));
            let input = json!({ "service": service, "intake": intake, "idempotencyKey": key });
            Ask::new(caller, query, json!({ "i": input }))
        }
        "supportReport" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let number = town.plant_report(&filed).await;
            let query =
                "mutation($i: SupportReportInput!) { supportReport(input: $i) { report { number } problem { code } } }";
            Ask::new(caller, query, json!({ "i": { "number": number, "token": key } })).finding(number)
        }
        "startPayment" => {
            let (begun, _) = town.filled_in(caller, relation).await;
            let query =
                "mutation($i: StartPaymentInput!) { startPayment(input: $i) { payment { id } problem { code } } }";
            by_right(row, caller, relation, &begun, query, &json!({ "provider": "INVOICE", "idempotencyKey": key }))
        }
        "submitApplication" => {
            let (begun, sha256) = town.filled_in(caller, relation).await;
            let query = "mutation($i: SubmitApplicationInput!) {
                submitApplication(input: $i) { receipt { caseId } problem { code } } }";
            by_right(row, caller, relation, &begun, query, &json!({ "summarySha256": sha256, "submissionKey": key }))
        }
        "withdrawApplication" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let query = "mutation($i: WithdrawApplicationInput!) {
                withdrawApplication(input: $i) { status { caseId } problem { code } } }";
            by_right(row, caller, relation, &filed.begun, query, &json!({ "idempotencyKey": key }))
        }
        _ => return None,
    };
    Some(ask)
}

/// The steps of staff: the input, how far the case is, and what the step needs beside case and key.
async fn of_casework(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let (input, stage, more) = match row.field {
        "approveDecision" => ("ApproveDecisionInput", Stage::Drafted, json!({ "verdict": "APPROVE" })),
        "claimCase" => ("CaseStepInput", Stage::Open, json!({})),
        "closeCase" => ("CaseStepInput", Stage::Delivered, json!({})),
        "correctData" => {
            let change = json!({ "set": { "path": "vehicle.weight", "value": 1_900 } });
            ("CorrectDataInput", Stage::Claimed, json!({ "changes": [change], "reason": "Fahrzeugschein" }))
        }
        "deliverDecision" => ("DeliverDecisionInput", Stage::Decided, json!({ "channel": "POST" })),
        "draftDecision" => {
            let reasons = json!([{ "text": "Sie wohnen in der Parkzone." }]);
            ("DraftDecisionInput", Stage::Claimed, json!({ "outcome": "GRANTED", "reasons": reasons }))
        }
        "eraseCase" => {
            let filed = town.filed(caller, relation, Stage::Closed).await;
            let query = "mutation($c: ID!) { eraseCase(case: $c) { case { id } problem { code } } }";
            return Some(Ask::new(caller, query, json!({ "c": filed.id })).beside(json!({ "c": no_such("Case") })));
        }
        "mergeReports" => ("MergeReportsInput", Stage::Open, json!({})),
        "publishReport" => ("PublishReportInput", Stage::Open, json!({ "publicText": "Ein Loch im Radweg." })),
        "withholdReport" => ("WithholdReportInput", Stage::Open, json!({})),
        "reopenCase" => ("ReopenCaseInput", Stage::Closed, json!({ "reason": "NEW_FACTS" })),
        "recordPayment" => ("RecordPaymentInput", Stage::Open, json!({ "happened": "PAID" })),
        "refundPayment" => ("RefundPaymentInput", Stage::Open, json!({ "refundedCents": 100 })),
        "recordCollection" => ("RecordCollectionInput", Stage::Delivered, json!({})),
        "separateIntake" => ("SeparateIntakeInput", Stage::Open, json!({})),
        "settleForward" => ("SettleForwardInput", Stage::Open, json!({ "sink": "office", "by": "POST" })),
        "retryForward" => ("RetryForwardInput", Stage::Open, json!({ "sink": "office" })),
        "revokePermit" => ("RevokePermitInput", Stage::Delivered, json!({ "reason": "RETURNED" })),
        "requestItems" => ("RequestItemsInput", Stage::Claimed, json!({ "items": ["Fahrzeugschein"] })),
        _ => return None,
    };
    let filed = town.filed(caller, relation, stage).await;
    if row.field == "revokePermit" {
        town.plant_permit(&filed).await;
    }
    match row.field {
        "recordCollection" => town.plant_place(&filed).await,
        "settleForward" => town.plant_forward(&filed).await,
        _ => {}
    }
    if row.field.contains("Report") {
        town.plant_report(&filed).await;
    }
    let more = if row.field == "mergeReports" {
        let other = town.filed(caller, relation, Stage::Open).await;
        town.plant_report(&other).await;
        json!({ "into": other.id })
    } else if row.field == "separateIntake" {
        json!({ "arrival": town.plant_arrival(&filed, caller, relation).await })
    } else if matches!(row.field, "recordPayment" | "refundPayment") {
        let mut more = more;
        more["payment"] = json!(town.invoice(&filed.begun).await);
        if row.field == "refundPayment" {
            town.write("UPDATE payment_attempt SET state = 'paid'", vec![]).await;
        }
        more
    } else {
        more
    };
    let query = format!("mutation($i: {input}!) {{ {}(input: $i) {{ case {{ id }} problem {{ code }} }} }}", row.field);
    let input = |case: String| {
        let mut input = more.clone();
        input["case"] = json!(case);
        input["idempotencyKey"] = json!(town.app.key());
        json!({ "i": input })
    };
    Some(Ask::new(caller, &query, input(filed.id)).beside(input(no_such("Case"))))
}

fn of_services(row: &Row, caller: &Caller, relation: Relation) -> Ask {
    let service = key_id("Service", parking(relation));
    match row.field {
        "publishDefinition" => {
            let files = TestService::default().degree("assist").fee("with_decision").files();
            let files: Vec<Value> =
                files.into_iter().map(|(path, text)| json!({ "path": path, "text": text })).collect();
            let query = "mutation($i: PublishDefinitionInput!) {
                publishDefinition(input: $i) { service problem { code } } }";
            Ask::new(caller, query, json!({ "i": { "files": files, "office": key_id("Office", MITTE) } }))
        }
        "setServiceQuota" => {
            let query = "mutation($i: SetServiceQuotaInput!) { setServiceQuota(input: $i) { done problem { code } } }";
            let (from, until) = ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
            let input = json!({ "service": service, "from": from, "until": until, "most": 1_000 });
            Ask::new(caller, query, json!({ "i": input }))
        }
        _ => {
            let query = "mutation($s: ID!) { switchAutomation(service: $s, state: RUNNING) { done problem { code } } }";
            Ask::new(caller, query, json!({ "s": service }))
        }
    }
}

/// The id of the object of this relation, and the questions that could bring it.
pub(super) async fn doors(
    town: &Town,
    caller: &Caller,
    relation: Relation,
    kind: &str,
    fields: &str,
) -> Option<(String, Vec<Ask>)> {
    let ask = |query: &str, variables: &Value| Ask::new(caller, &query.replace("FIELDS", fields), variables.clone());
    let rights = |begun: &Begun| {
        let of = |way| json!({ "a": access(way, begun, relation) });
        [of("by code"), of("own")]
    };
    let found = match kind {
        "ApplicationDraft" => {
            let begun = town.begun(caller, relation).await;
            let mut doors = Vec::new();
            for right in rights(&begun) {
                doors.push(ask("query($a: ApplicationAccessInput!) { draft(access: $a) { FIELDS } }", &right));
                let summary =
                    "query($a: ApplicationAccessInput!) { applicationSummary(access: $a) { draft { FIELDS } } }";
                doors.push(ask(summary, &right));
            }
            (begun.id, doors)
        }
        "Case" => {
            let filed = town.filed(caller, relation, Stage::Decided).await;
            let variables = json!({ "id": filed.id, "o": key_id("Office", office(relation)) });
            let doors = vec![
                ask("query($id: ID!) { case(id: $id) { case { FIELDS } } }", &variables),
                ask("query($o: ID!) { inbox(office: $o, first: 100) { nodes { case { FIELDS } } } }", &variables),
                ask(
                    "query($o: ID!) { inbox(office: $o, scope: MINE) { edges { node { case { FIELDS } } } } }",
                    &variables,
                ),
            ];
            (filed.id, doors)
        }
        "CaseDetails" => {
            let filed = town.filed(caller, relation, Stage::Decided).await;
            let variables = json!({ "id": filed.id });
            (filed.id, vec![ask("query($id: ID!) { case(id: $id) { FIELDS } }", &variables)])
        }
        "CaseStatus" => {
            let filed = town.filed(caller, relation, Stage::Delivered).await;
            let query = "query($a: ApplicationAccessInput!) { caseStatus(access: $a) { FIELDS } }";
            (filed.id, rights(&filed.begun).iter().map(|right| ask(query, right)).collect())
        }
        "MyApplication" => {
            let begun = town.begun(caller, relation).await;
            (begun.id, vec![ask("{ myApplications(first: 100) { FIELDS } }", &json!({}))])
        }
        _ => return None,
    };
    Some(found)
}
