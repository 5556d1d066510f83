//! What somebody who asks the chatbot waits for: the whole answer, and the first sign that they were understood.

use std::fs;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bench::calendar::fresh_name;
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, has_data, question};
use crate::bench::http::{Connection, Request};
use crate::bench::server::{Context, Stand};
use crate::failure::{Failure, Result, While as _};
use crate::house::sources;

const QUESTIONS: &str = "crates/chatbot/eval/dev.jsonl";
const WARM_UP: usize = 20;
const ASKED: usize = 400;

/// Milliseconds that 95 of 100 whole answers may take.
const ANSWER: f64 = 100.0;
/// Milliseconds until the first event, for as many.
const FIRST_EVENT: f64 = 50.0;

const BEGIN: &str = "mutation($input: StartConversationInput!) { startConversation(input: $input) { code } }";
const SAY: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { \
                   events { sequence kind text citation { source date } services } problem { code } } }";
const HEAR: &str = "subscription($access: ConversationAccessInput!) { chatEvents(access: $access) { sequence kind } }";

/// Asks a fresh server of the demo city.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let questions = questions()?;
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let (answers, first) = ask(&context.stand(engine)?, &questions)?;
        let name = engine.name();
        figures.push(Figure::at_most(format!("chat.answer.p95.{name}"), p95(answers), "ms", ANSWER));
        figures.push(Figure::at_most(format!("chat.first-event.p95.{name}"), p95(first), "ms", FIRST_EVENT));
    }
    Ok(figures)
}

/// Questions about one service, in the order of the file.
fn questions() -> Result<Vec<String>> {
    let text = fs::read_to_string(sources::repository().join(QUESTIONS)).during(QUESTIONS)?;
    let lines: std::result::Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
    let singles = lines.during(QUESTIONS)?.into_iter().filter(|line| line["kind"] == "single");
    Ok(singles.filter_map(|line| line["text"].as_str().map(str::to_owned)).collect())
}

/// The times of whole answers and of first events.
fn ask(stand: &Stand, questions: &[String]) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let server = stand.serve()?;
    let (name, mut client) = (fresh_name(), Client::open(server.address())?);
    let mut talker = Connection::open(server.address()).during("connecting")?;
    let (mut answers, mut first) = (Vec::new(), Vec::new());
    // Everybody asks two questions: one is waited for, one is listened for.
    let pairs = questions.iter().zip(questions.iter().skip(1)).cycle();
    for (number, (one, other)) in pairs.take(WARM_UP + ASKED).enumerate() {
        let conversation = Conversation::begin(&mut client, &format!("{name}-{number}"))?;
        let whole = answered(&mut talker, &conversation.says(one, &format!("{name}-{number}-one")))?;
        let asked = conversation.says(other, &format!("{name}-{number}-other"));
        let sign = heard(server.address(), &mut talker, &conversation, &asked)?;
        if number >= WARM_UP {
            answers.push(whole);
            first.push(sign);
        }
    }
    Ok((answers, first))
}

/// Somebody's conversation.
struct Conversation {
    code: String,
}

impl Conversation {
    fn begin(client: &mut Client, key: &str) -> Result<Self> {
        let begun = client.ask(&question(BEGIN, &json!({ "input": { "idempotencyKey": key } })))?;
        let code = begun["startConversation"]["code"].as_str().map(str::to_owned);
        Ok(Self { code: code.ok_or_else(|| Failure::new(format!("no conversation began: {begun}")))? })
    }

    fn says(&self, text: &str, key: &str) -> Request {
        let input = json!({ "access": { "code": self.code }, "text": text, "idempotencyKey": key });
        question(SAY, &json!({ "input": input }))
    }
}

fn answered(talker: &mut Connection, asked: &Request) -> Result<Duration> {
    let began = Instant::now();
    let response = talker.exchange(asked).during("asking")?;
    let time = began.elapsed();
    let body = String::from_utf8_lossy(&response.body);
    if has_data(&response) && body.contains("TURN_DONE") {
        Ok(time)
    } else {
        Err(Failure::new(format!("a question was answered {}: {body}", response.status)))
    }
}

/// Until a listener who has heard everything so far hears that this was understood.
fn heard(
    address: SocketAddr,
    talker: &mut Connection,
    conversation: &Conversation,
    asked: &Request,
) -> Result<Duration> {
    let body = json!({ "query": HEAR, "variables": { "access": { "code": conversation.code } } });
    let mut listener = Connection::open(address).during("connecting")?;
    listener.send(&Request::listen("/graphql", &body.to_string())).during("listening")?;
    listener.wait_for("TURN_DONE").during("listening to what was said before")?;
    let began = Instant::now();
    talker.send(asked).during("asking")?;
    listener.wait_for("UNDERSTOOD").during("listening")?;
    let time = began.elapsed();
    talker.answer().during("asking")?;
    Ok(time)
}

fn p95(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let place = (times.len() as f64 * 0.95).ceil() as usize;
    times.get(place.saturating_sub(1)).copied().unwrap_or_default().as_secs_f64() * 1e3
}
