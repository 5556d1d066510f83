//! `probe`: asks the server or the worker of this configuration whether it is ready, for whoever has no other way to ask.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::cli::{CommandError, say};
use crate::configuration::Configuration;

/// Longer than `/readyz` takes to say that the database does not answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whom to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// `serve`.
    FrontDoor,
    /// `work`, on its own.
    Worker,
}

impl Whom {
    pub(crate) const fn of(worker: bool) -> Self {
        if worker { Self::Worker } else { Self::FrontDoor }
    }
}

/// Asks.
///
/// # Errors
/// It is not ready, or nobody answers.
pub(crate) fn run(configuration: &Configuration, whom: Whom) -> Result<(), CommandError> {
    let address = match whom {
        Whom::FrontDoor => configuration.server.listen,
        Whom::Worker => configuration.worker.internal_listen.ok_or_else(|| {
            CommandError::Usage("worker.internal_listen is empty, so the worker cannot be asked".to_owned())
        })?,
    };
    let address = from_here(address);
    let failed = |reason: String| CommandError::Failed(format!("{address} is not ready: {reason}"));
    match ask(address) {
        Ok(status) if status == "200" => {
            say("ready");
            Ok(())
        }
        Ok(status) => Err(failed(format!("/readyz answers {status}"))),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Who listens on every address can be asked on this machine's own.
fn from_here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The status of `/readyz`, as three digits.
fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; 12];
    stream.read_exact(&mut start)?;
    Ok(String::from_utf8_lossy(&start[9..]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_everywhere_is_asked_on_this_machine() {
        let asked = |address: &str| from_here(address.parse().expect("an address")).to_string();
        assert_eq!(asked("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(asked("[::]:8080"), "[::1]:8080");
        assert_eq!(asked("192.0.2.7:80"), "192.0.2.7:80");
    }
}
