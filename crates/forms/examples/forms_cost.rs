//! Measures what forms cost: checking one submission of 3,000 nested values, and one patch on ten steps with a hundred rules.
//!
//! `cargo run --release -p forms --example forms_cost` prints one JSON line for each figure; the promises are a p99 of 5 ms
//! and of 1 ms. The answers are valid, because a valid form runs every rule to its end. With a directory as its argument it
//! writes the form of ten steps there instead, so that the same form can be measured through the whole program.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use domain::calendar::FederalState;
use domain::time::Timestamp;
use forms::{AnswerSource, Answers, Change, Circumstances, Definition, NoZones, Patch, RowId, evaluate, load};
use serde_json::{Value as Json, json};

type Files = BTreeMap<String, String>;

const ROUNDS: usize = 300;
const ROWS: u128 = 300;

const SERVICE: &str = "key = \"cost\"\nlegal_basis = [\"§ 1 Testsatzung\"]\nresponsible_unit = \"Test\"\nchannels = [\"online\", \"counter\"]\n\
    [retention]\ndraft = \"P30D\"\nclosed = \"P1Y\"\nattachments = \"P1Y\"\n[[party]]\nrole = \"applicant\"\ntrust = \"none\"\n";

/// A group of rows with ten fields of different types, each with a rule.
fn nested() -> Definition {
    let types = ["person_name", "date", "int", "money", "text", "bool", "iban", "email", "phone", "date"];
    let mut form = String::from("[[steps]]\nkey = \"s\"\n[[steps.groups]]\nkey = \"g\"\nrepeat = { max = 1000 }\n");
    for (at, kind) in types.into_iter().enumerate() {
        let visible = if at > 0 { "visible = \"has(row.f0)\"\n" } else { "" };
        let _ = write!(
            form,
            "[[steps.groups.fields]]\nkey = \"f{at}\"\ntype = \"{kind}\"\n{visible}rules = [{{ key = \"r{at}\", valid = \"has(row.f{at}) && has(row.f0)\" }}]\n"
        );
    }
    definition(&form, &["s".to_owned()], &["g".to_owned()], 10)
}

/// Ten steps with ten fields each, a rule and a condition for each.
fn wide() -> Files {
    let mut form = String::new();
    for step in 0..10 {
        let _ = write!(form, "[[steps]]\nkey = \"s{step}\"\n[[steps.groups]]\nkey = \"g{step}\"\n");
        for field in 0..10 {
            let visible = if step > 0 {
                format!("visible = \"g{}.f{field} >= 0 || missing(g0.f0)\"\n", step - 1)
            } else {
                String::new()
            };
            let _ = write!(
                form,
                "[[steps.groups.fields]]\nkey = \"f{field}\"\ntype = \"int\"\n{visible}rules = [{{ key = \"r{step}x{field}\", valid = \"g{step}.f{field} * 2 + 1 <= g0.f0 + 1000000 && today() > date(\\\"2020-01-01\\\")\" }}]\n"
            );
        }
    }
    let names = |letter: &str| (0..10).map(|at| format!("{letter}{at}")).collect::<Vec<_>>();
    files(&form, &names("s"), &names("g"), 10)
}

fn definition(form: &str, steps: &[String], groups: &[String], fields: usize) -> Definition {
    loaded(&files(form, steps, groups, fields))
}

fn loaded(files: &Files) -> Definition {
    load(files).unwrap_or_else(|problems| panic!("{problems:#?}")).definition
}

fn files(form: &str, steps: &[String], groups: &[String], fields: usize) -> Files {
    let sections: Vec<String> = steps.iter().map(|step| format!("\"{step}\"")).collect();
    let mut texts =
        String::from("[service]\ntitle = \"x\"\nsummary = \"x\"\npurpose = \"x\"\n[party]\napplicant = \"x\"\n");
    for step in steps {
        let _ = writeln!(texts, "[step.{step}]\ntitle = \"x\"");
    }
    for group in groups {
        let _ = writeln!(texts, "[group.{group}]\ntitle = \"x\"\nitem = \"{{number}}\"");
        for field in 0..fields {
            let _ = writeln!(texts, "[field.{group}.f{field}]\nlabel = \"x\"");
        }
    }
    texts.push_str("[rule]\n");
    for line in form.split("key = \"r").skip(1) {
        let _ = writeln!(texts, "r{} = \"x\"", line.split('"').next().unwrap_or_default());
    }
    let service = format!("{SERVICE}sections = [{}]\n", sections.join(", "));
    let files = [("service.toml", service), ("form.toml", form.to_owned()), ("texts/de.toml", texts)];
    files.map(|(path, text)| (path.to_owned(), text)).into()
}

fn patch(changes: Vec<Change>) -> Patch {
    Patch { changes, source: AnswerSource::Applicant { party: "applicant".into() }, at: Timestamp::from_seconds(0) }
}

fn set(path: String, value: Json) -> Change {
    Change::Set { path, value }
}

#[expect(clippy::disallowed_methods, reason = "a program to measure with reads the clock")]
fn longest(mut work: impl FnMut()) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[ROUNDS / 2], times[ROUNDS * 99 / 100])
}

fn row(name: &str, (median, high): (Duration, Duration), promised: f64) {
    let (median, high) = (median.as_secs_f64() * 1e3, high.as_secs_f64() * 1e3);
    println!(
        "{}",
        json!({ "what": name, "median_ms": median, "p99_ms": high, "promised_p99_ms": promised, "kept": high <= promised })
    );
}

fn asked_to_write() -> Option<PathBuf> {
    std::env::args_os().nth(1).map(PathBuf::from)
}

fn main() {
    if let Some(directory) = asked_to_write() {
        for (path, text) in wide() {
            let target = directory.join(path);
            std::fs::create_dir_all(target.parent().expect("a folder")).expect("the folder can be made");
            std::fs::write(target, text).expect("the file can be written");
        }
        return;
    }
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
    let circumstances = Circumstances {
        today,
        state: FederalState::Ni,
        extra_holidays: &[],
        zones: &NoZones,
        dates: BTreeMap::new(),
        household_used: None,
    };

    let nested = nested();
    let values = [
        json!("Eva Müller"),
        json!("1990-02-28"),
        json!(42),
        json!("30.70"),
        json!("Lister Meile 5"),
        json!(true),
        json!("DE89370400440532013000"),
        json!("eva@example.org"),
        json!("0511 16832000"),
        json!("2026-01-01"),
    ];
    let mut changes = Vec::new();
    for number in 1..=ROWS {
        let row = RowId::new(number);
        changes.push(Change::AddRow { group: "g".into(), row });
        changes.extend(values.iter().enumerate().map(|(at, value)| set(format!("g[{row}].f{at}"), value.clone())));
    }
    let answers = Answers::empty().patched(&nested, &patch(changes)).expect("good answers");
    assert_eq!(evaluate(&nested, &answers, &circumstances).errors, []);
    assert_eq!(evaluate(&nested, &answers, &circumstances).effective.iter().count(), 3_000);
    row("validate 3,000 nested values", longest(|| drop(evaluate(&nested, &answers, &circumstances))), 5.0);

    let wide = loaded(&wide());
    let changes = (0..100).map(|at| set(format!("g{}.f{}", at / 10, at % 10), json!(at))).collect();
    let answers = Answers::empty().patched(&wide, &patch(changes)).expect("good answers");
    assert_eq!(evaluate(&wide, &answers, &circumstances).errors, []);
    let mut round = 0;
    let times = longest(|| {
        round += 1;
        let patched = answers.patched(&wide, &patch(vec![set("g0.f0".into(), json!(round))])).expect("a good answer");
        drop(evaluate(&wide, &patched, &circumstances));
    });
    row("one patch on 10 steps and 100 rules", times, 1.0);
}
