//! Slow people, each with a connection, and when the server hung up on them: read from the kernel's table of connections.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::net::{AddressFamily, SocketType, connect, socket};

use crate::bench::city;
use crate::bench::graphql::Search;
use crate::failure::{Failure, Result, While as _};
use crate::interrupt;

const LOOK: Duration = Duration::from_millis(100);

/// In what way somebody is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Connects and says nothing.
    SaysNothing,
    /// A sign of the headers a second.
    SlowHeaders,
    /// All headers, then a sign of the body a second.
    SlowBody,
    /// Asks for many pages at once and never reads one.
    TakesNothing,
}

impl Manner {
    pub(super) const ALL: [Self; 4] = [Self::TakesNothing, Self::SaysNothing, Self::SlowHeaders, Self::SlowBody];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SaysNothing => "says-nothing",
            Self::SlowHeaders => "slow-headers",
            Self::SlowBody => "slow-body",
            Self::TakesNothing => "takes-nothing",
        }
    }

    /// How many of so many are slow in this way. Few take nothing: their answers cost work, and being slow is what is tried.
    pub(super) fn share_of(self, laggards: usize) -> usize {
        let few = laggards.div_ceil(40);
        match self {
            Self::TakesNothing => few,
            Self::SaysNothing | Self::SlowHeaders | Self::SlowBody => (laggards - few) / 3,
        }
    }

    fn connect(self, address: SocketAddr) -> std::io::Result<TcpStream> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        if self == Self::TakesNothing {
            // Before connecting: the server learns at once that there is hardly any room.
            set_socket_recv_buffer_size(&socket, 4096)?;
        }
        connect(&socket, &address)?;
        Ok(TcpStream::from(socket))
    }

    /// What is said at once.
    fn first_words(self) -> Vec<u8> {
        match self {
            Self::SaysNothing => Vec::new(),
            Self::SlowHeaders => b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".to_vec(),
            Self::SlowBody => b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 1000\r\n\r\n"
                .to_vec(),
            Self::TakesNothing => {
                Search { service: city::SHORT, offices: &[], days: None }.starts(100).bytes().repeat(QUESTIONS)
            }
        }
    }
}

/// People who are slow in the same way.
#[derive(Debug)]
pub(super) struct Crowd {
    manner: Manner,
    people: Vec<TcpStream>,
    /// Where they call from.
    ports: HashSet<u16>,
    gathered: Instant,
}

impl Crowd {
    /// Connects them.
    ///
    /// # Errors
    ///
    /// If the system has no more connections.
    pub(super) fn gather(address: SocketAddr, manner: Manner, count: usize) -> Result<Self> {
        let words = manner.first_words();
        let join = |_| -> Result<TcpStream> {
            let mut stream = manner.connect(address).during("connecting somebody slow")?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            // The server may stop reading before everything is written; then there is enough to answer.
            let _ = stream.write(&words);
            Ok(stream)
        };
        let people: Vec<TcpStream> = (0..count).map(join).collect::<Result<_>>()?;
        let ports = people.iter().filter_map(|stream| stream.local_addr().ok()).map(|address| address.port()).collect();
        Ok(Self { manner, people, ports, gathered: Instant::now() })
    }

    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.people.len()
    }

    /// Says the next sign.
    fn go_on(&self) {
        match self.manner {
            Manner::SaysNothing | Manner::TakesNothing => {}
            Manner::SlowHeaders | Manner::SlowBody => {
                for mut stream in &self.people {
                    // Somebody who was hung up on cannot say anything.
                    let _ = stream.write(b"x");
                }
            }
        }
    }
}

/// More answers than the system keeps for somebody who takes none.
const QUESTIONS: usize = 16;

/// For each crowd the seconds until the server had hung up on all of them; `patience` if it did not.
///
/// # Errors
///
/// If the kernel's table cannot be read.
pub(super) fn watch(server: SocketAddr, crowds: &[Crowd], patience: Duration) -> Result<Vec<f64>> {
    let began = Instant::now();
    let mut seconds: Vec<Option<f64>> = vec![None; crowds.len()];
    // Somebody who takes nothing is slow from the moment on when the server has nothing more to do for them.
    let mut since: Vec<Instant> = crowds.iter().map(|crowd| crowd.gathered).collect();
    let mut before: HashMap<u16, u64> = HashMap::new();
    let mut spoke = Instant::now();
    while began.elapsed() < patience && seconds.contains(&None) {
        interrupt::check()?;
        if spoke.elapsed() >= Duration::from_secs(1) {
            spoke = Instant::now();
            crowds.iter().for_each(Crowd::go_on);
        }
        let held = held_by(server.port())?;
        for ((crowd, seconds), since) in crowds.iter().zip(&mut seconds).zip(&mut since) {
            let ports = &crowd.ports;
            let gets_more = |port: &u16| held.get(port).copied().unwrap_or(0) > before.get(port).copied().unwrap_or(0);
            if ports.iter().any(gets_more) {
                *since = Instant::now();
            }
            if seconds.is_none() && !ports.iter().any(|port| held.contains_key(port)) {
                *seconds = Some(since.elapsed().as_secs_f64());
            }
        }
        before = held;
        thread::sleep(LOOK);
    }
    Ok(seconds.into_iter().map(|seconds| seconds.unwrap_or(patience.as_secs_f64())).collect())
}

/// The ports of those whose connection the server still holds (established, or closed by the other side alone), with the
/// bytes that wait for them.
fn held_by(port: u16) -> Result<HashMap<u16, u64>> {
    let table = fs::read_to_string("/proc/net/tcp").during("reading the table of connections")?;
    Ok(held_in(&table, port))
}

/// proc(5): number, local address, remote address, state, queues to send and received; all but the first hexadecimal.
fn held_in(table: &str, port: u16) -> HashMap<u16, u64> {
    let port_of = |address: &str| u16::from_str_radix(address.rsplit(':').next().unwrap_or_default(), 16).ok();
    let held = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().take(5).collect();
        let [_, local, remote, state, queues] = fields[..] else {
            return None;
        };
        let waiting = u64::from_str_radix(queues.split(':').next()?, 16).ok()?;
        let is_held = matches!(state, "01" | "08") && port_of(local) == Some(port);
        port_of(remote).filter(|_| is_held).map(|remote| (remote, waiting))
    };
    table.lines().skip(1).filter_map(held).collect()
}

/// A server that accepts and waits for ever.
pub(super) fn patient_server() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").during("opening a stub")?;
    let address = listener.local_addr()?;
    let mut kept = Vec::new();
    thread::spawn(move || {
        loop {
            match listener.accept() {
                Ok((stream, _)) => kept.push(stream),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    });
    // The listener is bound: whoever connects now is in its queue.
    if address.port() == 0 { Err(Failure::new("the stub has no port")) } else { Ok(address) }
}

#[cfg(test)]
mod tests {
    use crate::torture::slow::laggards::held_in;

    #[test]
    fn reads_who_is_still_held() {
        let table = "  sl  local_address rem_address   st tx_queue\n\
             0: 0100007F:1F90 00000000:0000 0A 00000000\n\
             1: 0100007F:1F90 0100007F:C001 01 0000002A:00000000\n\
             2: 0100007F:1F90 0100007F:C002 08 00000000\n\
             3: 0100007F:1F90 0100007F:C003 04 00000000\n\
             4: 0100007F:C001 0100007F:1F90 01 00000000\n\
             5: 0100007F:1F91 0100007F:C004 01 00000000\n";
        assert_eq!(held_in(table, 8080), [(0xc001, 0x2a), (0xc002, 0)].into());
    }
}
