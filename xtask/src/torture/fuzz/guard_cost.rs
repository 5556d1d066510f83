//! What it costs to judge a document of 64 KiB: CPU time of the server over many of the same kind.

use serde_json::json;

use crate::bench::figure::Figure;
use crate::bench::http::{Connection, Request};
use crate::bench::server::{Engine, Stand};
use crate::failure::{Failure, Result};
use crate::serving::Server;

/// Milliseconds of CPU, reading and answering included.
const TARGET: f64 = 5.0;

/// The kernel counts hundredths of a second; so many requests make them a twentieth of a millisecond each.
const TIMES: u32 = 200;
/// A program built for development is not held to the promise; this many say whether it grew out of all proportion.
const TIMES_UNOPTIMISED: u32 = 2;

/// Just below the limit of 64 KiB.
const LENGTH: usize = 65_000;

/// Measures each kind and gives the dearest. Only an optimised program is held to the promise.
pub(super) fn measure(stand: &Stand, server: &Server, engine: Engine) -> Result<Vec<Figure>> {
    let is_optimised = stand.program().components().any(|part| part.as_os_str() == "release");
    let times = if is_optimised { TIMES } else { TIMES_UNOPTIMISED };
    let mut dearest = ("", 0.0);
    for (kind, document) in corpus() {
        let body = json!({ "query": document }).to_string();
        if body.len() > 65_536 {
            return Err(Failure::new(format!("the document `{kind}` is too long to be judged")));
        }
        let request = Request::post_json("/graphql", &[], &body);
        let mut stream = Connection::open(server.address())?;
        let before = stand.cpu_time(server)?;
        for _ in 0..times {
            let response = stream.exchange(&request)?;
            if response.status >= 500 {
                return Err(Failure::new(format!("`{kind}` was answered with {}", response.status)));
            }
        }
        let spent = stand.cpu_time(server)?.saturating_sub(before);
        let each = spent.as_secs_f64() * 1e3 / f64::from(times);
        if each > dearest.1 {
            dearest = (kind, each);
        }
    }
    let name = format!("fuzz.guard.64-KiB.dearest-is-{}.{}", dearest.0, engine.name());
    let figure = if is_optimised {
        Figure::at_most(name, dearest.1, "CPU-ms", TARGET)
    } else {
        Figure::known(name, dearest.1, "CPU-ms")
    };
    Ok(vec![figure])
}

/// A quotation mark takes two signs there, and so does a backslash.
fn length_in_json(text: &str) -> usize {
    json!(text).to_string().len() - 2
}

/// Kinds of documents that are as long as may be.
fn corpus() -> Vec<(&'static str, String)> {
    let filled = |head: &str, part: &dyn Fn(usize) -> String, tail: &str| {
        let mut text = head.to_owned();
        let mut length = length_in_json(head) + length_in_json(tail);
        for number in 0.. {
            let next = part(number);
            length += length_in_json(&next);
            if length > LENGTH {
                break;
            }
            text.push_str(&next);
        }
        text + tail
    };
    let deep = LENGTH / 3;
    vec![
        ("aliases", filled("{", &|number| format!("a{number}:__typename "), "}")),
        ("same-field", filled("{", &|_| "__typename ".to_owned(), "}")),
        ("depth", format!("{}{}", "{a".repeat(deep), "}".repeat(deep))),
        ("lists", format!("{{city(x:{}{}){{name}}}}", "[".repeat(deep), "]".repeat(deep))),
        (
            "laughs",
            filled("{...f0}", &|number| format!("fragment f{number} on Query{{...f{0} ...f{0}}}", number + 1), ""),
        ),
        (
            "circles",
            filled("{...f0}", &|number| format!("fragment f{number} on Query{{...f{} ...f0}}", number + 1), ""),
        ),
        ("variables", filled("query(", &|number| format!("$v{number}:Int "), "){__typename}")),
        ("directives", filled("{__typename", &|_| "@include(if:true)".to_owned(), "}")),
        ("operations", filled("", &|number| format!("query q{number}{{__typename}}"), "")),
        ("strings", filled("{a(b:\"", &|_| "\\u00e4".to_owned(), "\")}")),
        ("comments", filled("{__typename", &|_| "#\n".to_owned(), "}")),
    ]
}
