//! HTTP/1.1 as far as a measurement needs it: one kept connection, one request, one answer.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A server that answers slower than this counts as broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is sent.
#[derive(Debug, Clone)]
pub struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// `GET path`.
    pub fn get(path: &str) -> Self {
        Self { bytes: format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes() }
    }

    /// `POST path` with a JSON body, to be answered by server-sent events.
    pub fn listen(path: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        let head = format!("{head}Accept: text/event-stream\r\nContent-Length: {length}\r\n\r\n");
        Self { bytes: format!("{head}{body}").into_bytes() }
    }

    /// `POST path` with these bytes, said to be JSON; `headers` as in [`Request::post_json`].
    pub fn post_bytes(path: &str, headers: &[&str], body: &[u8]) -> Self {
        let mut request = Self::post_json(path, headers, "");
        // Ends with the length of nothing and the empty line.
        request.bytes.truncate(request.bytes.len() - "0\r\n\r\n".len());
        request.bytes.extend_from_slice(format!("{}\r\n\r\n", body.len()).as_bytes());
        request.bytes.extend_from_slice(body);
        request
    }

    /// `POST path` with a JSON body; `headers` are whole lines without line ends, for example `Authorization: Bearer x`.
    pub fn post_json(path: &str, headers: &[&str], body: &str) -> Self {
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        head.push_str("Accept: application/graphql-response+json\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        let _ = write!(head, "Content-Length: {}\r\n\r\n{body}", body.len());
        Self { bytes: head.into_bytes() }
    }

    /// As it goes over the line.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// For example 200.
    pub status: u16,
    /// The whole body, chunks put together.
    pub body: Vec<u8>,
}

/// One kept connection.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects without Nagle's delay.
    ///
    /// # Errors
    ///
    /// If nobody listens.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        Self::open_with_patience(address, PATIENCE)
    }

    /// As [`Connection::open`], for somebody who goes away when no part of an answer comes for so long.
    ///
    /// # Errors
    ///
    /// As [`Connection::open`].
    pub fn open_with_patience(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream) })
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    ///
    /// If the connection breaks or the answer is not HTTP.
    pub fn exchange(&mut self, request: &Request) -> io::Result<Response> {
        self.send(request)?;
        self.answer()
    }

    /// Sends a request and waits for nothing.
    ///
    /// # Errors
    ///
    /// If the connection breaks.
    pub fn send(&mut self, request: &Request) -> io::Result<()> {
        self.stream.get_mut().write_all(&request.bytes)
    }

    /// Waits for the whole answer to what was sent.
    ///
    /// # Errors
    ///
    /// As [`Connection::exchange`].
    pub fn answer(&mut self) -> io::Result<Response> {
        read_response(&mut self.stream)
    }

    /// Reads an answer that does not end (server-sent events) up to the first line with these words.
    ///
    /// # Errors
    ///
    /// If the connection ends before.
    pub fn wait_for(&mut self, words: &str) -> io::Result<()> {
        while !read_line(&mut self.stream)?.contains(words) {}
        Ok(())
    }
}

fn read_response(reader: &mut impl BufRead) -> io::Result<Response> {
    let first = read_line(reader)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| broken("no status"))?;
    let mut length = 0_usize;
    let mut chunked = false;
    loop {
        let line = read_line(reader)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(|_| broken("content-length is no number"))?;
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = value.trim().eq_ignore_ascii_case("chunked");
        }
    }
    let body = if chunked { read_chunks(reader)? } else { read_exactly(reader, length)? };
    Ok(Response { status, body })
}

fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(reader)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| broken("a chunk has no size"))?;
        if size == 0 {
            // Trailers end with an empty line.
            while !read_line(reader)?.is_empty() {}
            return Ok(body);
        }
        body.extend(read_exactly(reader, size)?);
        read_line(reader)?;
    }
}

fn read_exactly(reader: &mut impl BufRead, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    reader.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the answer is not HTTP: {what}"))
}

#[cfg(test)]
mod tests {
    use crate::bench::http::{Request, Response, read_response};

    fn check(text: &str, status: u16, body: &str) {
        let read = read_response(&mut text.as_bytes()).expect("an answer");
        assert_eq!(read, Response { status, body: body.as_bytes().to_vec() });
    }

    #[test]
    fn reads_bodies_with_a_length_in_chunks_and_none() {
        check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello");
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
            200,
            "hello!",
        );
        check("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
    }

    #[test]
    fn leaves_the_next_answer_in_the_stream() {
        let mut two =
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
                .as_bytes();
        assert_eq!(read_response(&mut two).expect("the first").status, 200);
        assert_eq!(read_response(&mut two).expect("the second").status, 404);
    }

    #[test]
    fn sends_bytes_as_they_are() {
        let text = Request::post_json("/a", &["X: y"], "{}").bytes;
        assert_eq!(Request::post_bytes("/a", &["X: y"], b"{}").bytes, text);
        assert!(Request::post_bytes("/a", &[], b"\xff").bytes.ends_with(b"Content-Length: 1\r\n\r\n\xff"));
    }

    #[test]
    fn refuses_half_answers_and_other_protocols() {
        assert!(read_response(&mut "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel".as_bytes()).is_err());
        assert!(read_response(&mut "SSH-2.0-x\r\n\r\n".as_bytes()).is_err());
        assert!(read_response(&mut "".as_bytes()).is_err());
    }
}
