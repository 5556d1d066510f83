//! A TCP proxy that makes a bad network: late, cut, silent, forgetful.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::failure::{Result, While as _};

/// How often a connection looks whether the weather has changed.
const LOOK: Duration = Duration::from_millis(20);

/// What the network is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    /// Nothing is wrong.
    Clear,
    /// Everything arrives this much later, each way.
    Late(Duration),
    /// Every connection is reset, also new ones.
    Reset,
    /// Nothing arrives; what was sent arrives when the weather clears, as TCP would send it again.
    Silent,
    /// As `Silent`, but the connections of that time stay dead for ever, as after a change of the server or of a firewall.
    Forgetful,
}

/// A running proxy. It ends with the process.
#[derive(Debug, Clone)]
pub(super) struct Proxy {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    weather: Weather,
    /// Grows when connections must end.
    epoch: u64,
    /// Connections that began in an earlier one are dead, but nobody tells them.
    forgotten: u64,
}

impl Proxy {
    /// Starts a proxy in front of `target` in clear weather.
    pub(super) fn start(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").during("opening the proxy")?;
        let shared = Shared { weather: Weather::Clear, epoch: 0, forgotten: 0 };
        let proxy = Self { address: listener.local_addr()?, shared: Arc::new(Mutex::new(shared)) };
        let accepting = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let proxy = accepting.clone();
                thread::spawn(move || proxy.carry(client, target));
            }
        });
        Ok(proxy)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the weather.
    pub(super) fn set(&self, weather: Weather) {
        let mut shared = self.open();
        shared.epoch += 1;
        if weather == Weather::Reset {
            shared.forgotten = 0;
        }
        if shared.weather == Weather::Forgetful {
            shared.forgotten = shared.epoch;
        }
        shared.weather = weather;
    }

    fn open(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(&self, client: TcpStream, target: SocketAddr) {
        let Ok(server) = TcpStream::connect(target) else {
            return;
        };
        let born = self.open().epoch;
        for stream in [&client, &server] {
            let _ = stream.set_nodelay(true);
            let _ = stream.set_read_timeout(Some(LOOK));
            // Closed without a word: the other side sees a reset.
            let _ = rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO));
        }
        let (Ok(client_too), Ok(server_too)) = (client.try_clone(), server.try_clone()) else {
            return;
        };
        let back = self.clone();
        thread::spawn(move || back.pump(server_too, client_too, born));
        self.pump(client, server, born);
    }

    /// Whether no byte of a connection born at this time goes on at the moment.
    fn holds_back(&self, born: u64) -> bool {
        let shared = self.open();
        matches!(shared.weather, Weather::Silent | Weather::Forgetful) || born < shared.forgotten
    }

    fn pump(&self, mut from: TcpStream, mut to: TcpStream, born: u64) {
        let mut buffer = vec![0_u8; 16 * 1024];
        loop {
            let (weather, is_forgotten) = {
                let shared = self.open();
                (shared.weather, born < shared.forgotten)
            };
            match weather {
                Weather::Reset => {
                    let _ = from.shutdown(Shutdown::Both);
                    let _ = to.shutdown(Shutdown::Both);
                    return;
                }
                Weather::Silent | Weather::Forgetful => {
                    thread::sleep(LOOK);
                    continue;
                }
                // Neither a byte nor an end reaches the other side.
                _ if is_forgotten => {
                    thread::sleep(LOOK);
                    continue;
                }
                Weather::Clear | Weather::Late(_) => {}
            }
            match from.read(&mut buffer) {
                Ok(0) => {
                    let _ = to.shutdown(Shutdown::Write);
                    return;
                }
                Ok(length) => {
                    if let Weather::Late(by) = weather {
                        thread::sleep(by);
                    }
                    // The weather may have changed while we were reading.
                    while self.holds_back(born) {
                        thread::sleep(LOOK);
                    }
                    if self.open().weather == Weather::Reset {
                        continue;
                    }
                    if to.write_all(&buffer[..length]).is_err() {
                        return;
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::thread;
    use std::time::Duration;

    use crate::torture::faults::proxy::{Proxy, Weather};

    #[test]
    fn carries_bytes_holds_them_back_and_resets() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let target = listener.local_addr().expect("its address");
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut byte = [0_u8; 1];
                    while stream.read_exact(&mut byte).is_ok() && stream.write_all(&byte).is_ok() {}
                });
            }
        });
        let proxy = Proxy::start(target).expect("a proxy");
        let mut stream = TcpStream::connect(proxy.address()).expect("a connection");
        let mut byte = [0_u8; 1];
        let mut echo = |stream: &mut TcpStream| stream.write_all(b"a").and_then(|()| stream.read_exact(&mut byte));
        echo(&mut stream).expect("an echo");
        stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a limit");
        proxy.set(Weather::Silent);
        assert!(echo(&mut stream).is_err(), "silence");
        proxy.set(Weather::Clear);
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a limit");
        echo(&mut stream).expect("the held back one and this one");
        proxy.set(Weather::Forgetful);
        proxy.set(Weather::Clear);
        stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a limit");
        let mut rest = [0_u8; 1];
        while stream.read_exact(&mut rest).is_ok() {}
        assert!(echo(&mut stream).is_err(), "forgotten");
        let mut fresh = TcpStream::connect(proxy.address()).expect("a connection");
        fresh.set_read_timeout(Some(Duration::from_secs(5))).expect("a limit");
        echo(&mut fresh).expect("an echo");
        proxy.set(Weather::Reset);
        assert!(echo(&mut fresh).is_err(), "reset");
    }
}
