//! One operation as a stream of server-sent events: the distinct connections mode of the GraphQL-over-SSE protocol.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{Request, parser::types::OperationType};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::{FutureExt, Stream, StreamExt};
use serde_json::json;

use crate::http::{Door, Problem, RequestId, answer::present, negotiate::Answer};

/// A comment in the stream this often keeps proxies from thinking it dead.
const HEARTBEAT: Duration = Duration::from_secs(12);

pub(super) fn answer(door: &Arc<Door>, request: Request, kind: OperationType, request_id: RequestId) -> Response {
    let stream = lines(Arc::clone(door), request, kind, request_id);
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Answer::EventStream.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn lines(
    door: Arc<Door>,
    request: Request,
    kind: OperationType,
    request_id: RequestId,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    async_stream::stream! {
        if kind == OperationType::Subscription {
            let mut heartbeat = tokio::time::interval(HEARTBEAT);
            let mut answers = door.schema.subscribe(request);
            loop {
                tokio::select! {
                    () = door.drain.closing() => {
                        // No `complete`: the operation has not ended, the client is to ask for it again elsewhere.
                        yield Ok(come_back(request_id));
                        return;
                    }
                    next = AssertUnwindSafe(answers.next()).catch_unwind() => match next {
                        Ok(Some(response)) => yield Ok(next_event(&present(response, request_id).to_json())),
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
            match door.run(request, request_id).await {
                Ok(presented) => yield Ok(next_event(&presented.to_json())),
                Err(problem) => yield Ok(failed(&problem, request_id)),
            }
        }
        yield Ok(Bytes::from_static(b"event: complete\ndata:\n\n"));
    }
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
