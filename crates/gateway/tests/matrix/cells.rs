//! Every cell of the rows of queries, mutations and the subscription.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use futures_util::StreamExt;
use gateway::graphql::{Asker, Decision, Relation, Row, rows};
use serde_json::Value;
use testkit::on_both_engines;

use crate::ask::{self, Ask};
use crate::files::Stage;
use crate::objects;
use crate::town::{Caller, MITTE, Town};
use crate::verdict;

/// What was seen in a cell.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) cell: (Asker, Relation),
    pub(super) decision: Result<Decision, String>,
    /// Whether a thing that does not exist was asked for beside it.
    pub(super) is_compared: bool,
}

/// What takes something from the caller: the next cell needs another one.
const TAKES_THE_CALLER: &[&str] = &[
    "beginSecondFactor",
    "changePassword",
    "confirmSecondFactor",
    "endAllSessions",
    "endSession",
    "eraseMyData",
    "removeSecondFactor",
    "renewRecoveryCodes",
];

/// After how many changes that a listener has not heard of it is told that it hears nothing.
const MOST_CHANGES: u32 = 20;

/// The name of a row.
pub(super) fn name(row: &Row) -> String {
    format!("{}.{} {}", row.kind, row.field, row.way).trim_end().to_owned()
}

/// What was seen, found by row and cell.
type Index<'a> = BTreeMap<(&'a str, Asker, Relation), &'a Seen>;

fn index(seen: &[Seen]) -> Index<'_> {
    seen.iter().map(|one| ((one.name.as_str(), one.cell.0, one.cell.1), one)).collect()
}

/// Where what was seen of a row is not what the table says, and what nobody has seen.
fn differences(row: &Row, seen: &Index<'_>) -> Vec<String> {
    let name = name(row);
    let mut differences = Vec::new();
    for (asker, relation, expected) in row.grid.cells() {
        if expected == Decision::NotApplicable {
            continue;
        }
        let found = match seen.get(&(name.as_str(), asker, relation)).map(|found| &found.decision) {
            Some(Ok(decision)) if *decision == expected => continue,
            Some(Ok(decision)) => format!("{decision:?}"),
            Some(Err(strange)) => strange.clone(),
            None => "nobody asked".to_owned(),
        };
        differences.push(format!("{name} {asker:?} {relation:?}: the table says {expected:?}, the door {found}"));
    }
    differences
}

async fn see(town: &Town, row: &Row, asker: Asker, relation: Relation) -> Seen {
    let caller =
        if TAKES_THE_CALLER.contains(&row.field) { &town.fresh(asker, MITTE).await } else { town.caller(asker) };
    let (decision, is_compared) = decide(town, row, caller, relation).await;
    Seen { name: name(row), cell: (asker, relation), decision, is_compared }
}

async fn decide(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> (Result<Decision, String>, bool) {
    if row.kind == "Subscription" {
        return follow(town, row, caller, relation).await;
    }
    let ask = ask::of(town, row, caller, relation).await;
    let answer = ask.send(&town.app, &ask.variables).await;
    let decision = verdict::of(&answer, row.field, ask.target.as_deref());
    let Some(absent) = ask.absent.as_ref().filter(|_| decision == Ok(Decision::NotFound)) else {
        return (decision, false);
    };
    let nothing = ask.send(&town.app, absent).await;
    if (nothing.status, &nothing.body) == (answer.status, &answer.body) {
        (decision, true)
    } else {
        (Err(format!("{answer:?}, and for what does not exist {nothing:?}")), true)
    }
}

/// What the first message of a subscription decides.
async fn follow(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> (Result<Decision, String>, bool) {
    let ask = ask::of(town, row, caller, relation).await;
    let first = hear(town, row, &ask, &ask.variables, relation).await;
    let Ok(answer) = serde_json::from_str::<Value>(&first) else { return (Err(first), false) };
    let decision = match answer["errors"][0]["extensions"]["code"].as_str() {
        None if !answer["data"][row.field].is_null() => Ok(Decision::Allowed),
        Some("FORBIDDEN") => Ok(Decision::Forbidden),
        Some("NOT_FOUND") => Ok(Decision::NotFound),
        _ => Err(first.clone()),
    };
    let Some(absent) = ask.absent.as_ref().filter(|_| decision == Ok(Decision::NotFound)) else {
        return (decision, false);
    };
    let nothing = hear(town, row, &ask, absent, relation).await;
    if told(&nothing) == told(&first) {
        (decision, true)
    } else {
        (Err(format!("{first}, and for what does not exist {nothing}")), true)
    }
}

/// What a refusal tells, but for the number that each request has of its own.
fn told(message: &str) -> Value {
    let mut told = serde_json::from_str(message).unwrap_or_else(|_| Value::from(message));
    if let Some(extensions) = told.pointer_mut("/errors/0/extensions").and_then(Value::as_object_mut) {
        extensions.remove("requestId");
    }
    told
}

/// The first message of a subscription, as events of HTTP. What tells of changes hears some meanwhile.
async fn hear(town: &Town, row: &Row, ask: &Ask, variables: &Value, relation: Relation) -> String {
    let response = ask.follow(&town.app, variables).await;
    if response.status() != StatusCode::OK {
        return response.status().to_string();
    }
    let waits_for_changes = row.field == "inboxChanged";
    let mut frames = response.into_body().into_data_stream();
    let (mut text, mut stirred) = (String::new(), 0);
    while stirred < MOST_CHANGES {
        tokio::select! {
            biased;
            frame = frames.next() => match frame {
                Some(Ok(frame)) => text.push_str(&String::from_utf8_lossy(&frame)),
                Some(Err(_)) | None => return text,
            },
            _ = town.filed(&town.stranger, relation, Stage::Open), if waits_for_changes => stirred += 1,
        }
        let message = text.lines().find_map(|line| line.strip_prefix("data:")).map(str::trim);
        if let Some(message) = message.filter(|message| message.ends_with('}')) {
            return message.to_owned();
        }
    }
    text
}

#[tokio::test]
async fn every_cell_of_the_table_is_decided_as_it_says() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let mut seen = objects::see(&town).await;
        for row in rows().filter(|row| ["Query", "Mutation", "Subscription"].contains(&row.kind)) {
            for (asker, relation, expected) in row.grid.cells() {
                if expected != Decision::NotApplicable {
                    seen.push(see(&town, row, asker, relation).await);
                }
            }
        }
        let compared = seen.iter().filter(|seen| seen.is_compared).count();
        let decided = rows().flat_map(|row| row.grid.cells()).filter(|cell| cell.2 != Decision::NotApplicable).count();
        println!("{decided} cells decided, {compared} compared with a thing that does not exist");
        let index = index(&seen);
        let differences: Vec<String> = rows().flat_map(|row| differences(row, &index)).collect();
        assert!(differences.is_empty(), "{} of {decided}:\n{}", differences.len(), differences.join("\n"));
        assert!(compared > 100, "only {compared} were compared");
        negative_control(&index);
        town.app.assert_conserved().await;
    })
    .await;
}

/// Whatever cell is changed to any other decision, the comparison fails.
fn negative_control(seen: &Index<'_>) {
    let opposite = |decision: Decision| match decision {
        Decision::Allowed => Decision::Forbidden,
        Decision::Withheld
        | Decision::NotFound
        | Decision::Forbidden
        | Decision::NotSignedIn
        | Decision::OwnAccount
        | Decision::NotApplicable => Decision::Allowed,
    };
    let mut changed = 0;
    for row in rows() {
        for (asker, relation, expected) in row.grid.cells().filter(|cell| cell.2 != Decision::NotApplicable) {
            let wrong = Row { grid: row.grid.with(asker, relation, opposite(expected)), ..*row };
            assert_eq!(differences(&wrong, seen).len(), 1, "{} {asker:?} {relation:?}", name(row));
            changed += 1;
        }
    }
    assert!(changed > 1_000, "{changed}");
}
