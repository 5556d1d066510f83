//! Measures what the guard costs: the largest documents it reads, hostile and honest, and a trusted one beside the same in full.
//!
//! `cargo run --release -p gateway --example guard_cost`; the promise is 5 ms for 64 KiB.

use std::fmt::Write;
use std::time::{Duration, Instant};

use async_graphql::Variables;
use gateway::guard::{DocumentId, Guard, Limits, Manifest};

const SIZE: usize = 64 * 1024;
const ROUNDS: usize = 200;

fn pieces(piece: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < SIZE - 200 {
        text.push_str(&piece(number));
        number += 1;
    }
    text
}

fn corpus() -> Vec<(&'static str, String)> {
    let mut laughs = String::from("{...f0}");
    for level in 0..90 {
        write!(laughs, "fragment f{level} on Q{{...f{0} ...f{0}}}", level + 1).expect("writes to a string");
    }
    laughs.push_str("fragment f90 on Q{a}");
    let few_tokens = |word: usize| "n".repeat(word);
    vec![
        ("laughing fragments", laughs),
        ("nested braces", "{a".repeat(SIZE / 2)),
        ("aliases", format!("{{{}}}", pieces(|number| format!("a{number}:a ")))),
        ("one long comment", format!("{{a}} #{}", few_tokens(SIZE - 10))),
        ("one long string", format!("{{a(b:\"{}\")}}", few_tokens(SIZE - 20))),
        ("escapes", format!("{{a(b:\"{}\")}}", "\\u0041".repeat(SIZE / 6 - 10))),
        ("block strings", format!("{{a(b:\"\"\"{}\"\"\")}}", "\n  x".repeat(SIZE / 4 - 10))),
        ("as many words as pass, padded", format!("{{{}}} #{}", "a(b:1) ".repeat(660), few_tokens(SIZE - 6_000))),
        ("side by side in a fragment", {
            let fields: String = (0..90).fold(String::new(), |text, number| text + &format!("x{number} "));
            format!("{{{}}} fragment f on Q{{{fields}}}", "a{...f}".repeat(15))
        }),
    ]
}

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

fn row(name: &str, (median, high): (Duration, Duration), verdict: &str) {
    println!("| {name} | {:.3} | {:.3} | {verdict} |", median.as_secs_f64() * 1e3, high.as_secs_f64() * 1e3);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("| document | median ms | p99 ms | verdict |\n|---|---|---|---|");
    for (name, source) in corpus() {
        let verdict = Guard::new(Limits::default()).check(&source, None, &Variables::default());
        let verdict = verdict.map_or_else(|refused| refused.code(), |_| "passes");
        // A new guard each time: nothing is remembered.
        let times = longest(|| drop(Guard::new(Limits::default()).check(&source, None, &Variables::default())));
        row(name, times, verdict);
    }
    let field = "offices(first: 20) { nodes { id name address { line } openNow } } ";
    let source =
        format!("query Portal {{ {} }}", (0..12).fold(String::new(), |text, at| text + &format!("a{at}: {field}")));
    let id = DocumentId::of(&source);
    let manifest = format!(
        "{{\"{}\":{}}}",
        hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&source)),
        serde_json::json!(source)
    );
    let manifest = Manifest::read(&manifest, &Limits::default(), async |_| Vec::new(), |_| None).await;
    let guard = Guard::new(Limits::default()).with_manifest(manifest.expect("one fine document"));
    let in_full = longest(|| drop(Guard::new(Limits::default()).check(&source, None, &Variables::default())));
    row("a question of the portal, parsed", in_full, "passes");
    row("the same, trusted, by its id", longest(|| drop(guard.check_id(&id, None, &Variables::default()))), "passes");
}
