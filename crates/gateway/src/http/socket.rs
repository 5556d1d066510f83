//! GraphQL over a websocket: the `graphql-transport-ws` protocol, a few operations per socket.

use std::{collections::HashMap, ops::ControlFlow, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::parser::types::OperationType;
use axum::{
    extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    http::StatusCode,
    response::Response,
};
use futures_util::{
    FutureExt, StreamExt,
    stream::{AbortHandle, Abortable, BoxStream, SelectAll},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout};

use crate::{
    http::{
        Admission, Caller, Door, Problem, RequestId, ResponseHeaders,
        answer::present,
        graphql::Prepared,
        negotiate::Answer,
        question::Question,
        right::{Ended, Right},
    },
    limits::{Full, Seat, Standing},
};

const PROTOCOL: &str = "graphql-transport-ws";
const INIT_TIME: Duration = Duration::from_secs(10);
const LONGEST_OPERATION_ID: usize = 100;
/// What may wait to be written, in bytes, beside the message that is being written.
const WRITE_BUFFER: usize = 128 * 1024;

pub(super) fn upgrade(door: Arc<Door>, upgrade: WebSocketUpgrade, caller: Caller) -> Response {
    let refuse = |status, code, message: &'static str| {
        Problem::new(status, code, message).answer(caller.request_id, Answer::Json)
    };
    let upgrade = upgrade.protocols([PROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return refuse(StatusCode::BAD_REQUEST, "UNKNOWN_SUBPROTOCOL", "the websocket must speak graphql-transport-ws");
    }
    let Ok(place) = Arc::clone(&door.sockets).try_acquire_owned() else {
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "TOO_MANY_SOCKETS",
            "too many live connections are open; try again later",
        );
    };
    let network = caller.payer(&Admission::default());
    let Ok(seat) = door.census.network(&network, door.settings.sockets_per_network) else {
        return refuse(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_SOCKETS",
            "too many live connections are open from your network; close some first",
        );
    };
    let largest = door.settings.body_bytes;
    let upgrade = upgrade.max_message_size(largest).max_frame_size(largest);
    let upgrade = upgrade.write_buffer_size(0).max_write_buffer_size(WRITE_BUFFER + door.settings.answer_bytes);
    upgrade.on_upgrade(move |socket| async move {
        // Held until the socket is gone: shutting down waits for it.
        let _running = door.drain.token();
        let _place = place;
        Session::new(door, socket, caller, seat).live().await;
    })
}

/// A message of the client; which fields it needs depends on its kind.
#[derive(Deserialize)]
struct FromClient {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    payload: Option<Value>,
}

enum FromOperation {
    Next(Vec<u8>),
    /// The operation could not be run; nothing follows.
    Refused(Value),
    Complete,
}

/// Why a socket is closed, with the codes of the protocol.
type Closed = (u16, &'static str);

const fn closing(ended: Ended) -> Closed {
    match ended {
        Ended::InTime => (4401, "Unauthorized: the session has ended"),
        Ended::TakenBack => (4403, "Forbidden"),
    }
}

async fn time_is_up(right: Option<&mut Right>, greeting_ends: Instant) -> Closed {
    if let Some(right) = right {
        return closing(right.ended().await);
    }
    sleep_until(greeting_ends).await;
    (4408, "Connection initialisation timeout")
}

struct Session {
    door: Arc<Door>,
    socket: WebSocket,
    caller: Caller,
    greeting_ends: Instant,
    /// Set by the greeting.
    right: Option<Right>,
    admission: Admission,
    network_seat: Option<Seat>,
    account_seat: Option<Seat>,
    operations: SelectAll<BoxStream<'static, (String, FromOperation)>>,
    running: HashMap<String, AbortHandle>,
}

impl Session {
    fn new(door: Arc<Door>, socket: WebSocket, caller: Caller, network_seat: Option<Seat>) -> Self {
        Self {
            door,
            socket,
            caller,
            greeting_ends: Instant::now() + INIT_TIME,
            right: None,
            admission: Admission::default(),
            network_seat,
            account_seat: None,
            operations: SelectAll::new(),
            running: HashMap::new(),
        }
    }

    async fn live(mut self) {
        let door = Arc::clone(&self.door);
        let every = door.settings.live.ping;
        let mut ping = tokio::time::interval_at(Instant::now() + every, every);
        let mut heard = true;
        let closed = loop {
            let time_is_up = time_is_up(self.right.as_mut(), self.greeting_ends);
            let step = tokio::select! {
                () = door.drain.closing() => ControlFlow::Break(Some((1012, "the service restarts, please connect again"))),
                closed = time_is_up => ControlFlow::Break(Some(closed)),
                message = self.socket.recv() => {
                    heard = true;
                    match message {
                        Some(Ok(message)) => self.hear(message).await,
                        Some(Err(_)) | None => ControlFlow::Break(None),
                    }
                }
                Some((id, event)) = self.operations.next(), if !self.operations.is_empty() => self.tell(id, event).await,
                _ = ping.tick() => {
                    if std::mem::take(&mut heard) { self.send(Message::Ping(Vec::new().into())).await } else { ControlFlow::Break(None) }
                }
            };
            if let ControlFlow::Break(closed) = step {
                break closed;
            }
        };
        if let Some((code, reason)) = closed {
            let frame = CloseFrame { code, reason: reason.into() };
            // The client may be gone already, which is what closing wants.
            let _ = timeout(door.settings.live.write, self.socket.send(Message::Close(Some(frame)))).await;
        }
    }

    async fn hear(&mut self, message: Message) -> ControlFlow<Option<Closed>> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return ControlFlow::Break(Some((4400, "messages are JSON text"))),
            Message::Ping(_) | Message::Pong(_) => return ControlFlow::Continue(()),
            Message::Close(_) => return ControlFlow::Break(None),
        };
        let stranger = ControlFlow::Break(Some((4400, "this message does not belong to graphql-transport-ws")));
        let Ok(FromClient { kind, id, payload }) = serde_json::from_str(&text) else { return stranger };
        match (kind.as_str(), id, payload) {
            ("connection_init", None, payload) => self.greet(payload).await,
            ("subscribe", Some(id), Some(payload)) => self.start(id, payload),
            ("complete", Some(id), _) => {
                self.running.remove(&id).iter().for_each(AbortHandle::abort);
                ControlFlow::Continue(())
            }
            ("ping", None, _) => self.send_json(&json!({ "type": "pong" })).await,
            ("pong", None, _) => ControlFlow::Continue(()),
            _ => stranger,
        }
    }

    async fn greet(&mut self, payload: Option<Value>) -> ControlFlow<Option<Closed>> {
        if self.right.is_some() {
            return ControlFlow::Break(Some((4429, "Too many initialisation requests")));
        }
        self.caller.connection_init = payload.map(Arc::new);
        let Ok(admission) = self.door.let_listen(&self.caller).await else {
            return ControlFlow::Break(Some((4403, "Forbidden")));
        };
        if self.sit(&admission).is_err() {
            return ControlFlow::Break(Some((4429, "Too many connections of this account")));
        }
        self.admission = admission;
        self.right = Some(Right::new(Arc::clone(&self.door), self.caller.clone(), admission));
        self.send_json(&json!({ "type": "connection_ack" })).await
    }

    /// Takes a seat of the account; staff give their network's seat back, because many share it.
    fn sit(&mut self, admission: &Admission) -> Result<(), Full> {
        let payer = self.caller.payer(admission);
        self.account_seat = self.door.census.account(&payer, self.door.settings.sockets_per_account)?;
        if admission.standing == Standing::Staff {
            self.network_seat = None;
        }
        Ok(())
    }

    fn start(&mut self, id: String, payload: Value) -> ControlFlow<Option<Closed>> {
        if self.right.is_none() {
            return ControlFlow::Break(Some((4401, "Unauthorized")));
        }
        if id.is_empty() || id.len() > LONGEST_OPERATION_ID {
            return ControlFlow::Break(Some((4400, "an operation's id has 1 to 100 bytes")));
        }
        if self.running.contains_key(&id) {
            return ControlFlow::Break(Some((4409, "Subscriber already exists")));
        }
        let request_id = self.door.new_request_id();
        let events = if self.running.len() >= self.door.settings.operations_per_socket {
            let problem = Problem::document(
                "TOO_MANY_OPERATIONS",
                "this connection runs as many operations as it may; end one first",
            );
            refused(&problem, request_id)
        } else {
            let caller = Caller { request_id, ..self.caller.clone() };
            match self.prepared(payload, &caller) {
                Ok(prepared) => operation(Arc::clone(&self.door), caller, prepared),
                Err(problem) => refused(&problem, request_id),
            }
        };
        let (handle, registration) = AbortHandle::new_pair();
        self.running.insert(id.clone(), handle);
        let events = events.map(move |event| (id.clone(), event));
        self.operations.push(Abortable::new(events, registration).boxed());
        ControlFlow::Continue(())
    }

    /// Those without token or session pay here; others once it was looked at again.
    fn prepared(&self, payload: Value, caller: &Caller) -> Result<Prepared, Problem> {
        if !caller.has_credentials() {
            self.door.charge_request(&caller.payer(&self.admission))?;
        }
        self.door.prepared(Question::from_value(payload)?, caller)
    }

    async fn tell(&mut self, id: String, event: FromOperation) -> ControlFlow<Option<Closed>> {
        match event {
            FromOperation::Next(answer) => {
                if let Some(ended) = self.right.as_ref().and_then(Right::has_ended) {
                    return ControlFlow::Break(Some(closing(ended)));
                }
                let id = json!(id).to_string();
                let text = [b"{\"type\":\"next\",\"id\":", id.as_bytes(), b",\"payload\":", &answer, b"}"].concat();
                match String::from_utf8(text) {
                    Ok(text) => self.send(Message::Text(text.into())).await,
                    Err(_) => ControlFlow::Break(Some((1011, "the answer is not text"))),
                }
            }
            FromOperation::Refused(errors) => {
                self.running.remove(&id).iter().for_each(AbortHandle::abort);
                self.send_json(&json!({ "type": "error", "id": id, "payload": errors })).await
            }
            FromOperation::Complete => {
                self.running.remove(&id);
                self.send_json(&json!({ "type": "complete", "id": id })).await
            }
        }
    }

    async fn send_json(&mut self, message: &Value) -> ControlFlow<Option<Closed>> {
        self.send(Message::Text(message.to_string().into())).await
    }

    /// A reader that takes nothing for some seconds is dropped. Meanwhile nothing more is asked of its operations, so that
    /// nothing piles up for it.
    async fn send(&mut self, message: Message) -> ControlFlow<Option<Closed>> {
        match timeout(self.door.settings.live.write, self.socket.send(message)).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
        }
    }
}

fn refused(problem: &Problem, request_id: RequestId) -> BoxStream<'static, FromOperation> {
    let errors = json!([problem.error(request_id)]);
    futures_util::stream::once(std::future::ready(FromOperation::Refused(errors))).boxed()
}

/// Authenticates anew, so that an account barred since the greeting starts nothing more, and then runs.
fn operation(door: Arc<Door>, caller: Caller, mut prepared: Prepared) -> BoxStream<'static, FromOperation> {
    let request_id = caller.request_id;
    let most = door.settings.answer_bytes;
    let refusal = move |problem: &Problem| FromOperation::Refused(json!([problem.error(request_id)]));
    async_stream::stream! {
        let admission = match door.let_in(&caller, &mut prepared, ResponseHeaders::default()).await {
            Ok(admission) => admission,
            Err(problem) => {
                yield refusal(&problem);
                return;
            }
        };
        if prepared.kind != OperationType::Subscription {
            match door.run(prepared.request, request_id, admission.standing).await {
                Ok(presented) if presented.was_not_run() => yield FromOperation::Refused(json!(presented.errors)),
                Ok(presented) => match presented.to_json(most) {
                    Ok(json) => {
                        yield FromOperation::Next(json);
                        yield FromOperation::Complete;
                    }
                    Err(problem) => yield refusal(&problem),
                },
                Err(problem) => yield refusal(&problem),
            }
            return;
        }
        let mut answers = door.schema.subscribe(prepared.request);
        loop {
            match AssertUnwindSafe(answers.next()).catch_unwind().await {
                Ok(Some(response)) => {
                    let presented = present(response, request_id);
                    if presented.was_not_run() {
                        yield FromOperation::Refused(json!(presented.errors));
                        return;
                    }
                    match presented.to_json(most) {
                        Ok(json) => yield FromOperation::Next(json),
                        Err(problem) => {
                            yield refusal(&problem);
                            return;
                        }
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    tracing::error!(request.id = %request_id.0, "a subscription panicked");
                    yield refusal(&Problem::internal());
                    return;
                }
            }
        }
        yield FromOperation::Complete;
    }
    .boxed()
}
