//! A server that is killed while people hand in applications that the machine decides: each receipt that somebody has stands
//! for one case, decided and announced once, whatever died in between.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{DELAY, PATIENCE, Strength};
use crate::bench::calendar::{draw, fresh_name};
use crate::bench::city::City;
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, global_id, question};
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result, While as _};
use crate::interrupt;

const OFFICE: &str = "hall";
/// The files of the service.
const SERVICE: [(&str, &str); 4] = [
    ("service.toml", include_str!("permit/service.toml")),
    ("form.toml", include_str!("permit/form.toml")),
    ("texts/de.toml", include_str!("permit/texts/de.toml")),
    ("tables/permit.U.csv", include_str!("permit/tables/permit.U.csv")),
];
/// People who hand in at the same time.
const PEOPLE: u64 = 4;
/// Applications of each of them in a round, at most.
const EACH: u64 = 25;

/// What somebody handed in, or tried to.
#[derive(Debug, Clone)]
struct Entry {
    code: Value,
    summary: Value,
    key: String,
    /// The receipt that they have; nothing while nobody knows.
    receipt: Option<String>,
}

/// Kills servers under people who hand in.
///
/// # Errors
///
/// If a server does not come back, or nothing is handed in.
pub(super) fn run(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let stand = context.stand_of(engine, &City::new(4).office(OFFICE, 4))?;
    stand.publish_service(&written(&stand)?, OFFICE)?;
    let mut journal = Vec::new();
    let (mut changed, mut unknown) = (0_u64, 0_u64);
    let mut server = stand.serve()?;
    for round in 0..strength.rounds {
        interrupt::check()?;
        let name = fresh_name();
        let address = server.address();
        let entries = Mutex::new(Vec::new());
        let done = AtomicU64::new(0);
        let kill_after = 1 + draw(u64::from(round), 11, (PEOPLE * EACH / 2) as usize) as u64;
        let killed = thread::scope(|scope| {
            let people: Vec<_> = (0..PEOPLE)
                .map(|person| {
                    let (name, entries, done) = (&name, &entries, &done);
                    scope.spawn(move || hand_in_many(address, &format!("{name}-{person}"), entries, done))
                })
                .collect();
            let since = Instant::now();
            while done.load(Ordering::Relaxed) < kill_after && since.elapsed() < PATIENCE {
                thread::sleep(Duration::from_micros(200));
            }
            thread::sleep(Duration::from_micros(draw(u64::from(round), 12, DELAY) as u64));
            let killed = server.kill();
            for person in people {
                // Whoever was cut off has written down what they know.
                let _ = person.join();
            }
            killed
        });
        killed?;
        server = stand.serve()?;
        let mut entries = entries.into_inner().map_err(|_| Failure::new("somebody who handed in panicked"))?;
        let mut client = Client::open(server.address())?;
        // Twice: the first time resolves what was unknown, the second must not change it.
        for _ in 0..2 {
            for entry in &mut entries {
                let receipt = submitted(&mut client, entry)?;
                match &entry.receipt {
                    None => unknown += 1,
                    Some(known) => changed += u64::from(*known != receipt),
                }
                entry.receipt.get_or_insert(receipt);
            }
        }
        journal.extend(entries);
    }
    wait_until_all_is_announced(&stand)?;
    let mut figures = figures(engine, &stand, &journal, (changed, unknown))?;
    figures.extend(controls(engine, &stand, &journal)?);
    Ok(figures)
}

/// The files of the service in a directory of the stand's.
fn written(stand: &Stand) -> Result<std::path::PathBuf> {
    let directory = stand.directory().join("permit");
    for (path, text) in SERVICE {
        let file = directory.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).during("making the folder of the service")?;
        }
        fs::write(file, text).during("writing the service")?;
    }
    Ok(directory)
}

/// One person hands in, again and again, until the server is gone.
fn hand_in_many(address: SocketAddr, name: &str, entries: &Mutex<Vec<Entry>>, done: &AtomicU64) -> Result<()> {
    let mut client = Client::open(address)?;
    for number in 0..EACH {
        let key = format!("{name}-{number:04}-handed-in");
        let entry = begun(&mut client, &key)?;
        let place = {
            let mut entries = entries.lock().map_err(|_| Failure::new("somebody who handed in panicked"))?;
            entries.push(entry.clone());
            entries.len() - 1
        };
        let receipt = submitted(&mut client, &entry)?;
        let mut entries = entries.lock().map_err(|_| Failure::new("somebody who handed in panicked"))?;
        entries[place].receipt = Some(receipt);
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// An application that is ready to be handed in.
fn begun(client: &mut Client, key: &str) -> Result<Entry> {
    let document = "mutation($input: StartDraftInput!) { startDraft(input: $input) { code problem { code } } }";
    let input = json!({ "service": global_id("Service", "crash-permit"), "idempotencyKey": format!("{key}-begun") });
    let started = client.ask(&question(document, &json!({ "input": input })))?;
    let code = started["startDraft"]["code"].clone();
    let access = json!({ "code": code });
    let document =
        "mutation($input: SaveAnswersInput!) { saveAnswers(input: $input) { draft { complete } problem { code } } }";
    let change = json!({ "set": { "path": "applicant.weight", "value": 7 } });
    let input = json!({ "access": access, "rev": 1, "changes": [change] });
    let saved = client.ask(&question(document, &json!({ "input": input })))?;
    if saved["saveAnswers"]["draft"]["complete"] != true {
        return Err(Failure::new(format!("nobody can fill this in: {started} {saved}")));
    }
    let document = "query($access: ApplicationAccessInput!) { applicationSummary(access: $access) { sha256 } }";
    let read = client.ask(&question(document, &json!({ "access": access })))?;
    let summary = read["applicationSummary"]["sha256"].clone();
    Ok(Entry { code, summary, key: key.to_owned(), receipt: None })
}

fn submitted(client: &mut Client, entry: &Entry) -> Result<String> {
    let document = "mutation($input: SubmitApplicationInput!) {
        submitApplication(input: $input) { receipt { number } problem { code message } } }";
    let input = json!({
        "access": { "code": entry.code }, "summarySha256": entry.summary, "submissionKey": entry.key,
    });
    let answer = client.ask(&question(document, &json!({ "input": input })))?;
    let number = answer["submitApplication"]["receipt"]["number"].as_str();
    number.map(str::to_owned).ok_or_else(|| Failure::new(format!("this could not be handed in: {answer}")))
}

fn wait_until_all_is_announced(stand: &Stand) -> Result<()> {
    let since = Instant::now();
    loop {
        interrupt::check()?;
        let waiting = count(stand, "SELECT count(*) FROM case_file WHERE state <> 'delivered'")?;
        if waiting == 0 || since.elapsed() > PATIENCE {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(200));
    }
}

fn count(stand: &Stand, statement: &str) -> Result<u64> {
    stand.statement(statement)?.parse().during("counting")
}

/// Receipts that somebody has and that no case carries.
fn lost(stand: &Stand, journal: &[Entry]) -> Result<u64> {
    let rows = stand.statement("SELECT receipt FROM case_file WHERE receipt IS NOT NULL")?;
    let kept: BTreeSet<&str> = rows.lines().collect();
    let missing = journal.iter().filter_map(|entry| entry.receipt.as_deref()).filter(|number| !kept.contains(number));
    Ok(missing.count() as u64)
}

/// Steps that a case took twice, and announcements that left twice.
fn doubled(stand: &Stand) -> Result<u64> {
    let steps =
        "SELECT count(*) FROM (SELECT case_file FROM case_event GROUP BY case_file, kind HAVING count(*) > 1) twice";
    let told = "SELECT count(*) FROM (SELECT subject FROM outbox WHERE kind LIKE 'case.%' \
                GROUP BY subject, kind HAVING count(*) > 1) twice";
    Ok(count(stand, steps)? + count(stand, told)?)
}

fn figures(engine: Engine, stand: &Stand, journal: &[Entry], (changed, unknown): (u64, u64)) -> Result<Vec<Figure>> {
    let name = |what: &str| format!("crash.cases.{what}.{}", engine.name());
    let none = |what: &str, count: u64, unit| Figure::exactly(name(what), count as f64, unit, 0.0);
    let cases = count(stand, "SELECT count(*) FROM case_file")?;
    let twice = count(stand, "SELECT count(*) - count(DISTINCT application) FROM case_file")?;
    let waiting = count(stand, "SELECT count(*) FROM case_file WHERE state <> 'delivered'")?;
    Ok(vec![
        Figure::at_least(name("handed-in"), journal.len() as f64, "applications", 1.0),
        Figure::known(name("unknown-after-a-kill"), unknown as f64, "applications"),
        Figure::exactly(name("cases"), cases as f64, "cases", journal.len() as f64),
        none("lost", lost(stand, journal)?, "cases"),
        none("doubled", twice + doubled(stand)?, "cases"),
        none("receipts-that-changed", changed, "receipts"),
        none("not-announced", waiting, "cases"),
    ])
}

/// A case that vanished and one that was announced twice must be found.
fn controls(engine: Engine, stand: &Stand, journal: &[Entry]) -> Result<Vec<Figure>> {
    let name = |what: &str| format!("crash.cases.control.{what}.{}", engine.name());
    let one = "(SELECT id FROM case_file ORDER BY id LIMIT 1)";
    stand.statement(&format!(
        "INSERT INTO case_event SELECT case_file, number + 100, kind, actor, at, facts, hash FROM case_event \
         WHERE kind = 'deliver' AND case_file = {one}"
    ))?;
    let doubled = doubled(stand)?;
    stand.statement(&format!("UPDATE case_file SET receipt = NULL WHERE id = {one}"))?;
    Ok(vec![
        Figure::exactly(name("announced-twice"), doubled as f64, "cases", 1.0),
        Figure::exactly(name("vanished"), lost(stand, journal)? as f64, "cases", 1.0),
    ])
}
