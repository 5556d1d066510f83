//! Online services through the whole program: a patch on a large form, a crowd at the last one of a quota, a decision.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bench::city::City;
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, global_id, question, signed_question};
use crate::bench::http::Response;
use crate::bench::load::{Load, Turn, Until};
use crate::bench::server::{Context, Stand};
use crate::cargo::cargo;
use crate::failure::{Failure, Result};
use crate::house::sources::repository;
use crate::process;

/// The small parking permit that is measured with.
const PARKING: &str = "xtask/src/bench/parking";
const OFFICE: &str = "office-00";
/// How many hand in at once.
const CROWD: u64 = 1_000;
/// How many are left.
const LEFT: u32 = 1;
const PATCHES: usize = 300;
const DECISIONS: usize = 100;

const START: &str = "mutation($input: StartDraftInput!) { startDraft(input: $input) { code problem { code } } }";
const SAVE: &str = "mutation($input: SaveAnswersInput!) { saveAnswers(input: $input) {
    draft { rev complete steps { key } errors { path code } } problem { code } } }";
const SUMMARY: &str = "query($access: ApplicationAccessInput!) { applicationSummary(access: $access) { sha256 } }";
const SUBMIT: &str = "mutation($input: SubmitApplicationInput!) { submitApplication(input: $input) {
    receipt { number } problem { code } } }";
const STATUS: &str = "query($access: ApplicationAccessInput!) { caseStatus(access: $access) {
    status notice { outcome automatic reasons { legalReference } } } }";
const QUOTA: &str =
    "mutation($input: SetServiceQuotaInput!) { setServiceQuota(input: $input) { done problem { code } } }";

/// Measures on each engine.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let city = City::new(30).offices(1, 5).with_leads();
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand_of(engine, &city)?;
        let wide = stand.directory().join("wide");
        write_wide(&wide)?;
        stand.publish_service(&wide, OFFICE)?;
        stand.publish_service(&repository().join(PARKING), OFFICE)?;
        figures.extend(measured(&stand, engine.name())?);
    }
    Ok(figures)
}

/// The form of ten steps and a hundred rules, as the measurement inside the engine has it.
fn write_wide(directory: &Path) -> Result<()> {
    let mut example = cargo();
    example.args(["run", "--quiet", "--release", "--package=forms", "--example=forms_cost", "--"]).arg(directory);
    process::run(&mut example)
}

fn measured(stand: &Stand, engine: &str) -> Result<Vec<Figure>> {
    let server = stand.serve()?;
    let mut client = Client::open(server.address())?;
    let patch = patches(&mut client)?;
    let (decided, right) = decisions(&mut client)?;
    let token = client.token(OFFICE)?;
    let input = json!({ "service": global_id("Service", "parking"), "from": "2020-01-01T00:00:00Z",
        "until": "2100-01-01T00:00:00Z", "most": LEFT });
    let done = client.ask(&signed_question(&token, QUOTA, &json!({ "input": input })))?;
    if done["setServiceQuota"]["done"] != true {
        return Err(Failure::new(format!("the quota was not set: {done}")));
    }
    let mut requests = Vec::new();
    for number in 0..CROWD {
        requests.push(filled_in(&mut client, &format!("crowd-{number:010}"))?.1);
    }
    let receipts = Mutex::new(BTreeSet::new());
    let accepts = |response: &Response| {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let answer = &body["data"]["submitApplication"];
        if let Some(number) = answer["receipt"]["number"].as_str() {
            receipts.lock().is_ok_and(|mut receipts| receipts.insert(number.to_owned()))
        } else {
            answer["problem"]["code"] == "QUOTA_EXHAUSTED"
        }
    };
    let load = Load {
        address: server.address(),
        connections: 64,
        until: Until::Sent(CROWD),
        request: &|Turn { number, .. }| requests[number as usize].clone(),
        accepts: &accepts,
    };
    load.run()?.expect_all_accepted()?;
    let winners = receipts.lock().map_or(0, |receipts| receipts.len());
    Ok(vec![
        Figure::at_most(format!("forms.patch-through-graphql.p99.{engine}"), millis(patch), "ms", 15.0),
        Figure::at_most(format!("parking-permit.decided.p99.{engine}"), decided.as_secs_f64(), "s", 2.0),
        Figure::exactly(
            format!("parking-permit.with-its-paragraph.{engine}"),
            right as f64,
            "permits",
            DECISIONS as f64,
        ),
        Figure::exactly(
            format!("last-of-a-quota.{CROWD}-at-once.{engine}"),
            winners as f64,
            "receipts",
            f64::from(LEFT),
        ),
    ])
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn high(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

fn started(client: &mut Client, service: &str, key: &str) -> Result<Value> {
    let input = json!({ "service": global_id("Service", service), "kind": "REAL", "idempotencyKey": format!("start-of-{key}") });
    let data = client.ask(&question(START, &json!({ "input": input })))?;
    let code = data["startDraft"]["code"].clone();
    if code.is_null() { Err(Failure::new(format!("no draft: {data}"))) } else { Ok(json!({ "code": code })) }
}

fn saved(client: &mut Client, access: &Value, rev: i64, answers: &[(String, Value)]) -> Result<Value> {
    let set = |(path, value): &(String, Value)| json!({ "set": { "path": path, "value": value } });
    let changes: Vec<Value> = answers.iter().map(set).collect();
    let input = json!({ "access": access, "rev": rev, "changes": changes });
    let data = client.ask(&question(SAVE, &json!({ "input": input })))?;
    if data["saveAnswers"]["draft"].is_null() { Err(Failure::new(format!("not saved: {data}"))) } else { Ok(data) }
}

/// The time of one patch on the large form, with its effects in the answer.
fn patches(client: &mut Client) -> Result<Duration> {
    let access = started(client, "cost", "the-wide-form")?;
    let all: Vec<(String, Value)> = (0..100).map(|at| (format!("g{}.f{}", at / 10, at % 10), json!(at))).collect();
    let filled = saved(client, &access, 1, &all)?;
    if filled["saveAnswers"]["draft"]["complete"] != true {
        return Err(Failure::new(format!("the form is not filled in: {filled}")));
    }
    let mut times = Vec::new();
    for round in 0..PATCHES {
        let asked = Instant::now();
        saved(client, &access, 2 + round as i64, &[("g0.f0".to_owned(), json!(round))])?;
        times.push(asked.elapsed());
    }
    Ok(high(times))
}

/// A parking permit, filled in: by what right one comes back, and the request that hands it in.
fn filled_in(client: &mut Client, key: &str) -> Result<(Value, crate::bench::http::Request)> {
    let access = started(client, "parking", key)?;
    let answers = [("applicant.name".to_owned(), json!("Eva Beispiel")), ("vehicle.weight".to_owned(), json!(1_800))];
    saved(client, &access, 1, &answers)?;
    let summary = client.ask(&question(SUMMARY, &json!({ "access": access })))?;
    let sha256 = &summary["applicationSummary"]["sha256"];
    let input = json!({ "access": access, "summarySha256": sha256, "submissionKey": format!("submit-of-{key}") });
    Ok((access, question(SUBMIT, &json!({ "input": input }))))
}

/// From handing in until the decision can be read; and how many were granted by the machine with their paragraph.
fn decisions(client: &mut Client) -> Result<(Duration, usize)> {
    let (mut times, mut right) = (Vec::new(), 0);
    for number in 0..DECISIONS {
        let (access, submit) = filled_in(client, &format!("permit-{number:010}"))?;
        let asked = Instant::now();
        client.ask(&submit)?;
        let notice = loop {
            let status = client.ask(&question(STATUS, &json!({ "access": access })))?;
            let notice = status["caseStatus"]["notice"].clone();
            if !notice.is_null() {
                break notice;
            }
            if asked.elapsed() > Duration::from_secs(30) {
                return Err(Failure::new(format!("no decision within 30 s: {status}")));
            }
        };
        times.push(asked.elapsed());
        let paragraph = notice["reasons"][0]["legalReference"] == "§ 46 (5) StVO";
        right += usize::from(notice["automatic"] == true && notice["outcome"] == "GRANTED" && paragraph);
    }
    Ok((high(times), right))
}
