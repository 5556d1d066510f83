//! One operation as a stream of server-sent events: the distinct connections mode of the GraphQL-over-SSE protocol.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::parser::types::OperationType;
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::{FutureExt, Stream, StreamExt};
use serde_json::json;
use tokio::time::interval;

use crate::http::{
    Admission, Caller, Door, Problem, RequestId,
    answer::{Presented, present},
    graphql::Prepared,
    negotiate::Answer,
    right::Right,
};

/// A comment in the stream this often keeps proxies from thinking it dead.
const HEARTBEAT: Duration = Duration::from_secs(12);

pub(super) fn answer(door: &Arc<Door>, prepared: Prepared, caller: Caller, admission: Admission) -> Response {
    let stream = lines(Arc::clone(door), prepared, caller, admission);
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Answer::EventStream.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn lines(
    door: Arc<Door>,
    prepared: Prepared,
    caller: Caller,
    admission: Admission,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let request_id = caller.request_id;
    let most = door.settings.answer_bytes;
    let next = move |presented: &Presented| match presented.to_json(most) {
        Ok(json) => next_event(&json),
        Err(problem) => failed(&problem, request_id),
    };
    async_stream::stream! {
        if prepared.kind == OperationType::Subscription {
            let mut heartbeat = interval(HEARTBEAT);
            let mut right = Right::new(Arc::clone(&door), caller, admission);
            let mut answers = door.schema.subscribe(prepared.request);
            loop {
                tokio::select! {
                    () = door.drain.closing() => {
                        // No `complete`: the operation has not ended, the client is to ask for it again elsewhere.
                        yield Ok(come_back(request_id));
                        return;
                    }
                    _ = right.ended() => {
                        yield Ok(failed(&right_ended(), request_id));
                        break;
                    }
                    next_answer = AssertUnwindSafe(answers.next()).catch_unwind() => match next_answer {
                        Ok(Some(_)) if right.has_ended().is_some() => {
                            yield Ok(failed(&right_ended(), request_id));
                            break;
                        }
                        Ok(Some(response)) => yield Ok(next(&present(response, request_id))),
                        Ok(None) => break,
                        Err(_) => {
                            tracing::error!(request.id = %request_id.0, "a subscription panicked");
                            yield Ok(failed(&Problem::internal(), request_id));
                            break;
                        }
                    },
                    _ = heartbeat.tick() => yield Ok(Bytes::from_static(b":\n\n")),
                }
            }
        } else {
            match door.run(prepared.request, request_id, admission.standing).await {
                Ok(presented) => yield Ok(next(&presented)),
                Err(problem) => yield Ok(failed(&problem, request_id)),
            }
        }
        yield Ok(Bytes::from_static(b"event: complete\ndata:\n\n"));
    }
}

fn right_ended() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "the session has ended; sign in again")
}

/// Asks the client to wait for 1 to 5 seconds before it connects again: thousands at the same instant would be a storm.
fn come_back(request_id: RequestId) -> Bytes {
    let milliseconds = 1_000 + request_id.0.as_u128() % 4_000;
    format!("retry: {milliseconds}\n: the service restarts, please connect again\n\n").into()
}

fn next_event(json: &[u8]) -> Bytes {
    [b"event: next\ndata: ".as_slice(), json, b"\n\n"].concat().into()
}

fn failed(problem: &Problem, request_id: RequestId) -> Bytes {
    next_event(json!({ "errors": [problem.error(request_id)] }).to_string().as_bytes())
}
