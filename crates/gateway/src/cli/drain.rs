//! `drain`: asks the server on this machine to stop in order, and waits for it if that is wanted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::http::{Request, StatusCode, header};
use clap::Args;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use domain::environment::Clock;

use crate::cli::backup::existing_key;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::drain_door::{DrainKey, PATH};
use crate::environment::SystemClock;

/// A server that does not answer within this time hangs.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often is looked whether it still runs.
const LOOK: Duration = Duration::from_millis(100);
/// What stopping may take beside announcing and finishing.
const LAST_ROUND: Duration = Duration::from_secs(15);

/// How to stop.
#[derive(Debug, Args)]
pub(crate) struct DrainCommand {
    /// Waits until the server has gone.
    #[arg(long)]
    wait: bool,
    /// How long at most; when nothing is said as long as stopping may take by the configuration.
    #[arg(long, value_name = "SECONDS", requires = "wait")]
    timeout: Option<u64>,
}

/// Asks, and waits if that is wanted.
///
/// # Errors
/// No server answers, it does not accept the key, or it still runs when the time is up.
pub(crate) async fn run(configuration: &Configuration, wanted: &DrainCommand) -> Result<(), CommandError> {
    let Some(listen) = configuration.server.internal_listen else {
        let message = "server.internal_listen is empty, so nothing can be asked there; send SIGTERM instead";
        return Err(CommandError::Usage(message.to_owned()));
    };
    let address = reachable(listen);
    let key = existing_key(configuration)?.ok_or_else(|| {
        let path = configuration.secrets.key_file.display();
        CommandError::Failed(format!("secrets.key_file: {path} is missing; the request is signed under it"))
    })?;
    let failed = |reason: String| CommandError::Failed(format!("the server at {address} was not asked: {reason}"));
    let status = timeout(PATIENCE, ask(address, &DrainKey::new(&key).sign(SystemClock.now()))).await;
    match status.map_err(|_| failed("no answer within 5 s".to_owned()))?.map_err(failed)? {
        StatusCode::ACCEPTED => say("the server stops"),
        StatusCode::FORBIDDEN => {
            return Err(CommandError::Refused(
                "the server does not accept the signature: it has another master key, or another clock".to_owned(),
            ));
        }
        other => return Err(failed(format!("it answers {other}"))),
    }
    if !wanted.wait {
        return Ok(());
    }
    let server = &configuration.server;
    let longest = wanted.timeout.map_or(server.announce + server.drain + LAST_ROUND, Duration::from_secs);
    match timeout(longest, gone(address)).await {
        Ok(()) => {
            say("the server has gone");
            Ok(())
        }
        Err(_) => Err(CommandError::TimeWasUp(format!("the server still runs after {} s", longest.as_secs()))),
    }
}

async fn ask(address: SocketAddr, signature: &str) -> Result<StatusCode, String> {
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let request = Request::post(PATH)
        .header(header::HOST, address.to_string())
        .header(header::AUTHORIZATION, signature)
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    // It carries the request and the answer, and ends by itself.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    Ok(answer.status())
}

/// The listener answers as long as the process lives, so a refused connection means that it has gone.
async fn gone(address: SocketAddr) {
    while TcpStream::connect(address).await.is_ok() {
        sleep(LOOK).await;
    }
}

/// Where a listener on all addresses can be reached from this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
