//! Serving and stopping: nothing accepted is dropped, and nobody slow holds the door open.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
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

/// Tells everyone that the process is about to stop, and knows which long-lived connections still run.
#[derive(Debug, Clone, Default)]
pub struct Drain {
    started: CancellationToken,
    running: TaskTracker,
}

impl Drain {
    /// From now on `/readyz` fails, websockets and event streams are asked to come back later.
    pub fn start(&self) {
        self.started.cancel();
        self.running.close();
    }

    /// Whether the process is about to stop.
    pub fn is_started(&self) -> bool {
        self.started.is_cancelled()
    }

    /// Waits until the process is about to stop.
    pub async fn started(&self) {
        self.started.cancelled().await;
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
    let doors_close = CancellationToken::new();
    let accepting = TaskTracker::new();
    for (listener, router) in listeners {
        let (doors_close, conversations) = (doors_close.clone(), drain.running.clone());
        accepting.spawn(Entrance { listener, router, patience, doors_close, conversations }.accept());
    }
    accepting.close();
    stop.await;
    tracing::info!("stopping: not ready any more");
    drain.start();
    sleep(patience.announce).await;
    doors_close.cancel();
    let all_done = async {
        accepting.wait().await;
        drain.running.wait().await;
    };
    match timeout(patience.finish, all_done).await {
        Ok(()) => Ended::Finished,
        Err(_) => Ended::TimeWasUp,
    }
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
    doors_close: CancellationToken,
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
                () = self.doors_close.cancelled() => return,
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
    }

    fn converse(&self, builder: &http1::Builder, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        // Answers are written in one piece; waiting for more to send only delays them. Failing costs speed, not sense.
        let _ = stream.set_nodelay(true);
        // A peer that vanished is given up by the system, one that takes nothing of its answer by the stream itself.
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(self.patience.write));
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.patience.write));
        let service = self.router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
        let doors_close = self.doors_close.clone();
        self.conversations.spawn(async move {
            let _place = place;
            let mut connection = pin!(connection.with_upgrades());
            // A client that hangs up in the middle is its own business, and no news to us.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = doors_close.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }
}
