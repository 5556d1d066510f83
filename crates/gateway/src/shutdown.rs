//! Serving and stopping: nothing accepted is dropped, and nobody slow holds the door open.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::ConnectInfo,
    http::{HeaderValue, Request, StatusCode, header},
    response::Response,
};
use futures_util::FutureExt;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tower::ServiceExt;

/// Headers together, in bytes; hyper answers 431 to longer ones.
const LONGEST_HEADERS: usize = 64 * 1024;
/// How long accepting rests when the process has run out of file handles.
const BREATH: Duration = Duration::from_millis(100);

use crate::configuration::Configuration;

/// Tells everyone how far stopping has come, and knows which long-lived connections still run.
#[derive(Debug, Clone, Default)]
pub struct Drain {
    asked: CancellationToken,
    started: CancellationToken,
    closing: CancellationToken,
    running: TaskTracker,
}

impl Drain {
    /// Asks the process to stop in order, as a signal does.
    pub fn ask(&self) {
        self.asked.cancel();
    }

    /// Waits until somebody asked the process to stop.
    pub async fn asked(&self) {
        self.asked.cancelled().await;
    }

    /// From now on `/readyz` fails and every answer says that its connection ends. Everything else goes on: whoever
    /// shares the work out needs a moment to notice.
    pub fn start(&self) {
        self.started.cancel();
        self.running.close();
    }

    /// From now on nothing is accepted; websockets and event streams are asked to connect again elsewhere.
    pub fn close_doors(&self) {
        self.start();
        self.closing.cancel();
    }

    /// Whether the process is about to stop.
    pub fn is_started(&self) -> bool {
        self.started.is_cancelled()
    }

    /// Waits until the process is about to stop.
    pub async fn started(&self) {
        self.started.cancelled().await;
    }

    /// Waits until the doors close.
    pub async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// While the token lives, stopping waits (as long as it waits for anything).
    pub fn token(&self) -> TaskTrackerToken {
        self.running.token()
    }
}

/// How long stopping takes at most, and how much is served at once.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Time between `/readyz` failing and the last accepted connection, so that load balancers notice.
    pub announce: Duration,
    /// Time for accepted requests to finish.
    pub finish: Duration,
    /// A client that needs longer for its headers or says nothing between two requests is hung up on.
    pub headers: Duration,
    /// A client that takes nothing of its answer for so long is hung up on.
    pub write: Duration,
    /// Connections open at the same time; others wait in the system's queue.
    pub connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            announce: Duration::from_secs(2),
            finish: Duration::from_secs(30),
            headers: Duration::from_secs(10),
            write: Duration::from_secs(10),
            connections: 8_192,
        }
    }
}

impl From<&Configuration> for Patience {
    fn from(configuration: &Configuration) -> Self {
        Self {
            announce: configuration.server.announce,
            finish: configuration.server.drain,
            connections: configuration.limits.connections,
            ..Self::default()
        }
    }
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every accepted request was answered.
    Finished,
    /// Some requests were still running when the time was up.
    TimeWasUp,
}

/// Serves all listeners until `stop` is done, then stops in order: readiness fails, the doors close, requests finish.
pub async fn serve(
    listeners: Vec<(TcpListener, Router)>,
    stop: impl Future<Output = ()>,
    drain: &Drain,
    patience: Patience,
) -> Ended {
    let accepting = TaskTracker::new();
    for (listener, router) in listeners {
        let (drain, conversations) = (drain.clone(), drain.running.clone());
        accepting.spawn(Entrance { listener, router, patience, drain, conversations }.accept());
    }
    accepting.close();
    stop.await;
    tracing::info!("stopping: not ready any more");
    drain.start();
    sleep(patience.announce).await;
    drain.close_doors();
    let all_done = async {
        accepting.wait().await;
        drain.running.wait().await;
    };
    match timeout(patience.finish, all_done).await {
        Ok(()) => Ended::Finished,
        Err(_) => Ended::TimeWasUp,
    }
}

/// Serves the operators' listener to the very end of the process, so that stopping can be watched. Nobody waits for it.
pub async fn serve_to_the_end(listener: TcpListener, router: Router, patience: Patience) {
    Entrance { listener, router, patience, drain: Drain::default(), conversations: TaskTracker::new() }.accept().await;
}

/// Waits for SIGTERM or SIGINT.
///
/// # Errors
///
/// The system does not let us listen for signals.
pub async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// One listener, from its first connection to the last it accepts.
struct Entrance {
    listener: TcpListener,
    router: Router,
    patience: Patience,
    drain: Drain,
    conversations: TaskTracker,
}

impl Entrance {
    async fn accept(self) {
        let places = Arc::new(Semaphore::new(self.patience.connections));
        // Not hyper-util's automatic builder: it waits for the first bytes without a time limit. HTTP/2 is the proxy's.
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.patience.headers).max_buf_size(LONGEST_HEADERS);
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await.expect("the semaphore is never closed");
                (place, self.listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = self.drain.closing() => break,
                next = next => next,
            };
            match accepted {
                Ok((stream, peer)) => self.converse(&builder, stream, peer, place),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(BREATH).await;
                }
            }
        }
        // Whom the system has let in already is served one answer; closing the listener would hang up on them.
        while let Some(place) = Arc::clone(&places).try_acquire_owned().ok()
            && let Some(Ok((stream, peer))) = self.listener.accept().now_or_never()
        {
            self.converse(&builder, stream, peer, place);
        }
    }

    fn converse(&self, builder: &http1::Builder, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        // Answers are written in one piece; waiting for more to send only delays them. Failing costs speed, not sense.
        let _ = stream.set_nodelay(true);
        // A peer that vanished is given up by the system, one that takes nothing of its answer by the stream itself.
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(self.patience.write));
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.patience.write));
        let drain = self.drain.clone();
        let was_asked = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&was_asked);
        let service = self
            .router
            .clone()
            .map_request(move |mut request: Request<Incoming>| {
                asked.store(true, Ordering::Relaxed);
                request.extensions_mut().insert(ConnectInfo(peer));
                request
            })
            .map_response(move |response| last_answer(&drain, response));
        let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
        let drain = self.drain.clone();
        self.conversations.spawn(async move {
            let _place = place;
            let mut connection = pin!(connection.with_upgrades());
            // A client that hangs up in the middle is its own business, and no news to us.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = drain.closing() => {}
            }
            // A connection that has not asked yet may be asking just now, and would be hung up on in the middle. Its first
            // answer is its last, and one that stays silent ends by the time limit for headers.
            if was_asked.load(Ordering::Relaxed) {
                connection.as_mut().graceful_shutdown();
            }
            let _ = connection.await;
        });
    }
}

/// While stopping is announced, each connection is told that this answer is its last: so hardly one is idle when the doors
/// close, and nobody sends into a connection that is just being hung up.
fn last_answer(drain: &Drain, mut response: Response) -> Response {
    if drain.is_started() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
