//! Looking for harm: clamd reads the open content while it is read from the store, over a socket or the network.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use clamav_client::tokio::{Socket, Tcp, scan_stream};
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use super::FileStoreError;

/// How long one look may take.
const LONGEST_LOOK: Duration = Duration::from_mins(2);

/// Where clamd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerAddress {
    /// On a socket of this machine.
    Socket(PathBuf),
    /// On the network. What is sent there is not encrypted: the same machine, or a network of one's own.
    Network(SocketAddr),
}

/// What came of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Nothing was found.
    Clean,
    /// This was found.
    Infected(String),
    /// Nobody can tell; a later look may.
    Unknown(String),
}

/// Lets clamd look at a content.
pub(crate) async fn scan(
    address: &ScannerAddress,
    content: impl Stream<Item = Result<Bytes, FileStoreError>>,
) -> Finding {
    let content = content.map(|chunk| chunk.map_err(std::io::Error::other));
    let look = async {
        match address {
            ScannerAddress::Socket(path) => scan_stream(content, Socket { socket_path: path }, None).await,
            ScannerAddress::Network(address) => scan_stream(content, Tcp { host_address: *address }, None).await,
        }
    };
    match timeout(LONGEST_LOOK, look).await {
        Ok(Ok(answer)) => finding(&String::from_utf8_lossy(&answer)),
        Ok(Err(error)) => Finding::Unknown(error.to_string()),
        Err(_) => Finding::Unknown("it took too long".to_owned()),
    }
}

/// Reads `stream: OK` and `stream: NAME FOUND`. Whatever else is said, nobody can tell: neither clean nor infected.
fn finding(answer: &str) -> Finding {
    let answer = answer.trim_end_matches(['\0', '\n', ' ']);
    match answer.strip_prefix("stream: ") {
        Some("OK") => Finding::Clean,
        Some(found) if found.ends_with(" FOUND") => Finding::Infected(found.trim_end_matches(" FOUND").to_owned()),
        Some(_) | None => Finding::Unknown(answer.chars().take(200).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clear_answers_count() {
        assert_eq!(finding("stream: OK\0"), Finding::Clean);
        assert_eq!(finding("stream: Test.Signature FOUND\0"), Finding::Infected("Test.Signature".to_owned()));
        for unclear in ["", "stream: ", "stream: INSTREAM size limit exceeded. ERROR\0", "OK", "stream: OK FOUND ERROR"]
        {
            assert!(matches!(finding(unclear), Finding::Unknown(_)), "{unclear}");
        }
    }
}
