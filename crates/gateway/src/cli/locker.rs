//! `locker simulate`: a double of a locker that speaks with a running server, for demonstrations.

use std::io::{BufRead, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use clap::{Args, Subcommand};
use domain::environment::{Clock, Entropy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::{CommandError, say};
use crate::environment::{SystemClock, SystemEntropy};
use crate::locker_simulator::{Answering, Line, LineDown, Shown, Simulator};

const ENROL: &str = "mutation($input: EnrolDeviceInput!) { enrolDevice(input: $input) { token refreshToken } }";
const REFRESH: &str = "mutation($token: String!) { refreshAccessToken(refreshToken: $token) { token refreshToken } }";

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(10);

const WORDS: &str = "\
Commands, one a line on standard input:
  open NUMBER PIN   somebody types
  close DOOR        somebody closes a door
  force DOOR        somebody breaks a door open
  service DOOR      staff open a door with the key of the box
  jam DOOR          the door does not open from now on
  repair DOOR       it does again
  offline, online   the line goes down, and comes back
  send              sends reports that wait
docs/locker-protocol.md says what is sent.";

/// What to do with lockers.
#[derive(Debug, Subcommand)]
pub(crate) enum LockerCommand {
    /// Stands in for a locker that there is none of yet: types, opens, closes and breaks doors as you say, and reports them.
    /// Opens no real door.
    #[command(after_help = WORDS)]
    Simulate(Simulate),
}

/// How to stand in.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Where the server answers.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The key of the box in its office's file.
    #[arg(long)]
    locker: String,
    /// Where the box keeps what it has to remember, its token included; made where it is missing.
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// The code of `createDeviceEnrolment`, the first time.
    #[arg(long, value_name = "CODE")]
    enrol: Option<String>,
}

/// What is written down between two runs.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    refresh: String,
    simulator: Simulator,
}

/// Whether the line is up. Tried from the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineState {
    Up,
    Down,
}

/// The line over HTTP.
#[derive(Debug)]
struct HttpLine {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
    state: Mutex<LineState>,
}

impl HttpLine {
    fn new(url: &str) -> Result<Self, CommandError> {
        let client = reqwest::Client::builder().timeout(PATIENCE).build();
        let client = client.map_err(|error| CommandError::Failed(error.to_string()))?;
        let url = format!("{}/graphql", url.trim_end_matches('/'));
        Ok(Self { client, url, token: None, state: Mutex::new(LineState::Up) })
    }

    fn put(&self, wanted: LineState) {
        if let Ok(mut state) = self.state.lock() {
            *state = wanted;
        }
    }
}

impl Line for HttpLine {
    fn ask<'a>(&'a self, query: &'static str, variables: Value) -> Answering<'a> {
        Box::pin(async move {
            if self.state.lock().is_ok_and(|state| *state == LineState::Down) {
                return Err(LineDown);
            }
            let mut request = self.client.post(&self.url).json(&json!({ "query": query, "variables": variables }));
            if let Some(token) = &self.token {
                request = request.bearer_auth(token);
            }
            let answer = request.send().await.map_err(|_| LineDown)?;
            let mut answer: Value = answer.json().await.map_err(|_| LineDown)?;
            if answer["data"].is_null() { Err(LineDown) } else { Ok(answer["data"].take()) }
        })
    }
}

/// `locker simulate`
///
/// # Errors
/// The state cannot be read or written, or the server gives no token.
pub(crate) async fn simulate(wanted: &Simulate) -> Result<(), CommandError> {
    let mut line = HttpLine::new(&wanted.url)?;
    let mut kept = entered(&mut line, wanted).await?;
    say("this is a simulator: no real door opens");
    for command in std::io::stdin().lock().lines() {
        let command = command.map_err(|error| CommandError::Failed(error.to_string()))?;
        obey(&mut kept, &mut line, &command).await;
        write(&wanted.state, &kept)?;
        if kept.simulator.send(&line).await.is_err() {
            // The token may have ended: the next one is drawn, and what waits is sent with it.
            renew(&mut line, &mut kept).await;
            let _sent_or_kept = kept.simulator.send(&line).await;
        }
        write(&wanted.state, &kept)?;
        say(format_args!("{} reports wait", kept.simulator.waiting()));
    }
    Ok(())
}

/// Enrols the box, or takes up where it stopped.
async fn entered(line: &mut HttpLine, wanted: &Simulate) -> Result<Kept, CommandError> {
    let refused = || CommandError::Refused("the server gives no token; enrol the box with a new code".to_owned());
    if let Some(code) = &wanted.enrol {
        let input = json!({ "code": code, "idempotencyKey": fresh_key() });
        let answer = line.ask(ENROL, json!({ "input": input })).await.map_err(|_| refused())?;
        let answer = &answer["enrolDevice"];
        line.token = answer["token"].as_str().map(str::to_owned);
        let refresh = answer["refreshToken"].as_str().ok_or_else(refused)?.to_owned();
        let kept = Kept { refresh, simulator: Simulator::new(&wanted.locker) };
        write(&wanted.state, &kept)?;
        return Ok(kept);
    }
    let wrong = |reason: String| CommandError::Usage(format!("{}: {reason}", wanted.state.display()));
    let text = std::fs::read_to_string(&wanted.state).map_err(|error| wrong(error.kind().to_string()))?;
    let mut kept: Kept =
        serde_json::from_str(&text).map_err(|_| wrong("this is no state of a simulator".to_owned()))?;
    renew(line, &mut kept).await;
    write(&wanted.state, &kept)?;
    if line.token.is_some() { Ok(kept) } else { Err(refused()) }
}

/// Draws the next tokens.
async fn renew(line: &mut HttpLine, kept: &mut Kept) {
    let token = line.token.take();
    if let Ok(answer) = line.ask(REFRESH, json!({ "token": kept.refresh })).await {
        let answer = &answer["refreshAccessToken"];
        line.token = answer["token"].as_str().map(str::to_owned);
        if let Some(refresh) = answer["refreshToken"].as_str() {
            refresh.clone_into(&mut kept.refresh);
        }
    } else {
        line.token = token;
    }
}

async fn obey(kept: &mut Kept, line: &mut HttpLine, command: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["open", number, pin] => say(told(&type_in(kept, line, (number, pin)).await)),
        ["offline"] => line.put(LineState::Down),
        ["online"] => line.put(LineState::Up),
        ["send"] => {}
        [what, door] => match door.parse() {
            Ok(door) => move_door(&mut kept.simulator, what, door),
            Err(_) => say(WORDS),
        },
        _ => say(WORDS),
    }
}

/// Somebody types. Where no answer comes the token may have ended: the next one is drawn, and the same request sent again.
async fn type_in(kept: &mut Kept, line: &mut HttpLine, typed: (&str, &str)) -> Shown {
    let key = fresh_key();
    let shown = kept.simulator.type_in(line, typed, &key, SystemClock.now()).await;
    if shown != Shown::NoLine {
        return shown;
    }
    renew(line, kept).await;
    kept.simulator.type_in(line, typed, &key, SystemClock.now()).await
}

fn move_door(simulator: &mut Simulator, what: &str, door: u16) {
    let now = SystemClock.now();
    match what {
        "close" => simulator.close(door, now),
        "force" => simulator.force(door, now),
        "service" => simulator.service(door, now),
        "jam" => simulator.jam(door),
        "repair" => simulator.repair(door),
        _ => say(WORDS),
    }
}

fn told(shown: &Shown) -> String {
    match shown {
        Shown::Opened(door) => format!("door {door} opens"),
        Shown::Stuck(door) => format!("door {door} does not open"),
        Shown::Refused(code, Some(left)) => format!("refused: {code}, {left} tries left"),
        Shown::Refused(code, None) => format!("refused: {code}"),
        Shown::NoLine => "no line".to_owned(),
    }
}

/// The key of something somebody typed.
fn fresh_key() -> String {
    let mut drawn = [0; 16];
    SystemEntropy.fill(&mut drawn);
    hex::encode(drawn)
}

/// Writes the state whole or not at all: beside the old one, then into its place.
fn write(path: &Path, kept: &Kept) -> Result<(), CommandError> {
    let wrong = |error: std::io::Error| CommandError::Failed(format!("{}: {}", path.display(), error.kind()));
    let beside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside);
    let mut file = file.map_err(wrong)?;
    let text = serde_json::to_vec(kept).unwrap_or_default();
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(wrong)?;
    std::fs::rename(&beside, path).map_err(wrong)
}
