//! Asks a running city for its figures, and finds every metric the rules are made of.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::deploy::alerts;
use crate::failure::{Failure, Result, While as _};
use crate::interrupt;
use crate::process;
use crate::serving::{Installation, Output, sqlite_url};

/// Long enough for the worker's first count.
const PATIENCE: Duration = Duration::from_mins(1);

/// One search and one booking, so that both have been measured.
const QUESTIONS: [&str; 2] = [
    r#"{"query":"{ services(first: 1) { totalCount } }"}"#,
    r#"{"query":"mutation { releaseHold(code: \"0000-0000-0000-0000-0000-0000\") { problem { code } } }"}"#,
];

/// Serves the demo city with `program` and compares its figures with the rules.
///
/// # Errors
///
/// Names the metrics that are missing.
pub fn check(program: &Path) -> Result<()> {
    let data = super::package::scratch("figures")?;
    let (port, internal) = (process::free_port()?, process::free_port()?);
    let installation = Installation {
        program: program.to_owned(),
        port,
        database_url: sqlite_url(&data),
        data: data.clone(),
        log_format: "json",
        output: Output::File(data.join("log")),
        arguments: &[],
        settings: vec![
            ("SERVICEPOINT_SERVER__INTERNAL_LISTEN", format!("127.0.0.1:{internal}")),
            ("SERVICEPOINT_SERVER__ANNOUNCE_SECONDS", "0".to_owned()),
            ("SERVICEPOINT_MAIL__DIRECTORY", data.join("mail").display().to_string()),
            ("SERVICEPOINT_BACKUP__DIRECTORY", data.join("backups").display().to_string()),
        ],
    };
    installation.prepare()?;
    installation.load_demo_city()?;
    // The age of a backup is measured from the first one on.
    installation.back_up()?;
    let mut server = installation.serve()?;
    server.wait_until_ready(PATIENCE)?;
    for question in QUESTIONS {
        ask(
            server.address(),
            &format!(
                "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{question}",
                question.len()
            ),
        )?;
    }
    let wanted = alerts::wanted(&alerts::rules()?);
    let started = Instant::now();
    loop {
        interrupt::check()?;
        let internal = SocketAddr::from(([127, 0, 0, 1], internal));
        let text = ask(internal, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let missing = missing(&wanted, &text);
        if missing.is_empty() {
            println!("{} metrics of the rules, all there", wanted.len());
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return Err(Failure::new(format!("the program does not emit: {}", missing.join(", "))));
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// What is wanted and not emitted.
pub fn missing<'a>(wanted: impl IntoIterator<Item = &'a String>, emitted: &str) -> Vec<&'a str> {
    let is_there = |name: &str| {
        emitted.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])))
    };
    wanted.into_iter().map(String::as_str).filter(|name| !is_there(name)).collect()
}

fn ask(address: SocketAddr, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).during("asking the server")?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).during("reading the answer")?;
    Ok(answer)
}
