//! Reading what is sensitive leaves exactly one entry: generated from the rows that say so.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::permission::Role;
use gateway::graphql::{Asker, Decision, Relation, Row, When, rows};
use serde_json::{Value, json};
use testkit::on_both_engines;

use crate::ask::Ask;
use crate::cells::name;
use crate::files::Stage;
use crate::schema;
use crate::town::{Caller, Town};

/// How many entries of an action there are.
async fn entries(town: &Town, action: &str) -> i64 {
    let sql = "SELECT count(*) FROM audit WHERE action = $1";
    let rows = town.app.application.database.rows(sql, vec![action.into()]).await.expect("readable");
    rows[0].at(0).expect("a number")
}

/// The cases that were filed to be read, by who asks and whose they are. Reading changes nothing, so one does for all fields.
#[derive(Default)]
struct Cases(BTreeMap<(String, Relation), String>);

impl Cases {
    async fn of(&mut self, town: &Town, caller: &Caller, relation: Relation) -> &str {
        match self.0.entry((caller.login.clone(), relation)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(town.filed(caller, relation, Stage::Open).await.id),
        }
    }
}

/// The question that reads, once and twice in one request. What is about a citizen's account is asked of the citizen.
async fn questions(town: &Town, cases: &mut Cases, row: &Row, caller: &Caller, relation: Relation) -> Option<[Ask; 2]> {
    if row.field == "caseLetter" {
        let filed = town.filed(caller, relation, Stage::Open).await;
        let letter = town.letter(&filed).await;
        let part = "caseLetter(case: $id, letterId: $l) { mediaType }";
        let variables = json!({ "id": filed.id, "l": letter });
        let ask = |query: String| Ask::new(caller, &query, variables.clone());
        let head = "query($id: ID!, $l: ID!)";
        return Some([ask(format!("{head} {{ one: {part} }}")), ask(format!("{head} {{ one: {part} two: {part} }}"))]);
    }
    if row.field == "tourList" {
        // A list without a place names nobody; this one has the place of a case.
        let filed = town.filed(caller, relation, Stage::Delivered).await;
        town.plant_place(&filed).await;
        let tour = town.tour(relation, "2026-12-08").await.0.simple().to_string();
        let part = "tourList(id: $id) { name }";
        let ask = |parts: String| Ask::new(caller, &format!("query($id: ID!) {{ {parts} }}"), json!({ "id": tour }));
        return Some([ask(format!("one: {part}")), ask(format!("one: {part} two: {part}"))]);
    }
    if row.kind == "CaseDetails" || row.field == "case" {
        return Some(questions_of_cases(row, caller, cases.of(town, caller, relation).await));
    }
    if row.field == "staffConversation" {
        let id = town.conversation_that_waits(caller, relation).await;
        let part = "staffConversation(id: $id) { phone }";
        let ask = |parts: String| Ask::new(caller, &format!("query($id: ID!) {{ {parts} }}"), json!({ "id": id }));
        return Some([ask(format!("one: {part}")), ask(format!("one: {part} two: {part}"))]);
    }
    if row.field == "chatClusters" {
        town.unanswered().await;
        let part = "chatClusters { size }";
        let ask = |parts: String| Ask::new(caller, &format!("{{ {parts} }}"), json!({}));
        return Some([ask(format!("one: {part}")), ask(format!("one: {part} two: {part}"))]);
    }
    if row.field == "caseFileDownload" {
        let (filed, file) = town.filed_with_file(caller, relation).await;
        let part = "caseFileDownload(case: $c, fileId: $f) { until }";
        let variables = json!({ "c": filed.id, "f": file });
        let head = "query($c: ID!, $f: String!)";
        let ask = |parts: String| Ask::new(caller, &format!("{head} {{ {parts} }}"), variables.clone());
        return Some([ask(format!("one: {part}")), ask(format!("one: {part} two: {part}"))]);
    }
    let planted = town.planted(caller, relation).await;
    let field = match row.kind {
        "Contact" => format!("contact {{ {} }}", row.field),
        "Appointment" => format!("{} {{ __typename }}", row.field),
        _ => row.field.to_owned(),
    };
    let (part, variables) = match (row.kind, row.field) {
        ("Appointment" | "Contact", _) if caller.asker == Asker::Visitor => {
            (format!("appointment(access: {{ code: $id }}) {{ {field} }}"), json!({ "id": planted.code }))
        }
        ("Appointment" | "Contact", _) => {
            (format!("node(id: $id) {{ ... on Appointment {{ {field} }} }}"), json!({ "id": planted.id }))
        }
        ("Account", _) if relation == Relation::Own => (format!("viewer {{ {field} }}"), json!({})),
        ("Account", _) if caller.asker == Asker::Account(Role::Operator) => {
            (format!("accounts(role: CITIZEN) {{ nodes {{ {field} }} }}"), json!({}))
        }
        // A colleague's name, of a booking.
        ("Account", _) => (
            format!("node(id: $id) {{ ... on Appointment {{ bookedBy {{ {field} }} }} }}"),
            json!({ "id": planted.id }),
        ),
        ("Query", "accounts") => ("accounts(role: CITIZEN) { nodes { name } }".to_owned(), json!({})),
        ("Query", "appointmentsOfContact") => {
            ("appointmentsOfContact(contact: { mail: $id }) { number }".to_owned(), json!({ "id": planted.mail }))
        }
        ("Query", "exportMyData") => ("exportMyData".to_owned(), json!({})),
        _ => return None,
    };
    let head = match (variables["id"].is_null(), row.kind, caller.asker, row.field) {
        (true, ..) => "query",
        (_, "Appointment" | "Contact", Asker::Visitor, _) | (_, _, _, "appointmentsOfContact") => "query($id: String!)",
        _ => "query($id: ID!)",
    };
    let ask = |query: String| Ask::new(caller, &query, variables.clone());
    Some([ask(format!("{head} {{ one: {part} }}")), ask(format!("{head} {{ one: {part} two: {part} }}"))])
}

/// The same of cases.
fn questions_of_cases(row: &Row, caller: &Caller, case: &str) -> [Ask; 2] {
    let is_object = |given: &&String| schema::FIELDS.keys().any(|(kind, _)| kind == *given);
    let given = schema::FIELDS.get(&(row.kind.to_owned(), row.field.to_owned()));
    let field = match given.filter(is_object) {
        _ if row.kind == "Query" => "__typename".to_owned(),
        Some(_) => format!("{} {{ __typename }}", row.field),
        None => row.field.to_owned(),
    };
    let part = format!("case(id: $id) {{ {field} }}");
    let ask = |query: String| Ask::new(caller, &query, json!({ "id": case }));
    [ask(format!("query($id: ID!) {{ one: {part} }}")), ask(format!("query($id: ID!) {{ one: {part} two: {part} }}"))]
}

/// How many entries a request leaves that reads so often.
fn expected(row: &Row, when: When, asker: Asker, relation: Relation, times: i64) -> i64 {
    let Asker::Account(role) = asker else { return 0 };
    let of_another = relation != Relation::Own;
    match (when, row.kind, row.field) {
        (When::EachTime, ..) => times,
        // Colleagues know each other's names: only operators read those of citizens, and the list holds them for all.
        (When::OncePerRequest, "Account", _) => i64::from(role == Role::Operator && of_another),
        (When::OncePerRequest, "Query", "accounts") => 1,
        // Whoever opens a file leaves a trace, whosever it is.
        (When::OncePerRequest, "CaseDetails", _)
        | (
            When::OncePerRequest,
            "Query",
            "case" | "caseFileDownload" | "caseLetter" | "chatClusters" | "staffConversation" | "tourList",
        ) => i64::from(role.is_staff()),
        (When::OncePerRequest, ..) => i64::from(role.is_staff() && of_another),
    }
}

#[tokio::test]
async fn each_sensitive_read_leaves_exactly_one_entry() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let (mut asked, mut written, mut wrong) = (0, 0, Vec::new());
        let mut cases = Cases::default();
        for row in rows() {
            let Some(trace) = row.trace else { continue };
            for (asker, relation, decision) in row.grid.cells() {
                if decision == Decision::NotApplicable {
                    continue;
                }
                let caller = town.caller(asker);
                let questions = questions(&town, &mut cases, row, caller, relation).await;
                let questions = questions.unwrap_or_else(|| panic!("no question for {}", name(row)));
                for (ask, times) in questions.iter().zip([1, 2]) {
                    let before = entries(&town, trace.action).await;
                    let answer = ask.send(&town.app, &ask.variables).await;
                    let left = entries(&town, trace.action).await - before;
                    let allowed = decision == Decision::Allowed;
                    let due = if allowed { expected(row, trace.when, asker, relation, times) } else { 0 };
                    let is_answered = answer.body["data"]["one"] != Value::Null;
                    if left != due || (allowed && !is_answered) {
                        wrong.push(format!("{} {asker:?} {relation:?}: {left} of {due}, {answer:?}", name(row)));
                    }
                    (asked, written) = (asked + 1, written + left);
                }
            }
        }
        println!("{asked} sensitive questions left {written} entries");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(written > 20, "{written}");
    })
    .await;
}
