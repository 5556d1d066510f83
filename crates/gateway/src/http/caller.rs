//! Who is calling, as far as HTTP knows, and the hook that turns it into an actor of the town hall.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_graphql::Request;
use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, header},
};
use futures_util::future::BoxFuture;
use identity::Footing;
use uuid::Uuid;

use crate::{
    configuration::{ForwardedHeader, Network},
    http::Problem,
    limits::{Payer, Standing},
};

/// Identifies one request in the answer (`x-request-id`, `extensions.requestId`) and in the logs. Ours alone: none is taken from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

/// What HTTP knows about the one who calls. It is put into every GraphQL request's data.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The id of this request; on a websocket, of this operation.
    pub request_id: RequestId,
    /// The headers of the request; on a websocket, of the request that opened it.
    pub headers: Arc<HeaderMap>,
    /// The address of the client, read through trusted proxies only. `None` where no socket stands behind the request.
    pub address: Option<IpAddr>,
    /// What a websocket client sent in `connection_init`; browsers cannot set headers there.
    pub connection_init: Option<Arc<serde_json::Value>>,
}

/// Decides who the caller is and puts that into the request's data, where resolvers find it.
///
/// It is asked before every operation, on a websocket once more at `connection_init` with an empty request. It may put
/// cookies into [`ResponseHeaders`], which already stands in the request's data.
pub trait Authenticate: Send + Sync + 'static {
    /// # Errors
    ///
    /// A [`Problem`] for a token or session that is broken, ended or barred. No token at all is no error: anonymous
    /// callers are welcome and the use cases decide what they may do.
    fn authenticate<'a>(
        &'a self,
        caller: &'a Caller,
        request: &'a mut Request,
    ) -> BoxFuture<'a, Result<Admission, Problem>>;

    /// Whether what a listener was admitted on still counts. It is asked before every event and every few seconds, so it
    /// answers from memory.
    fn still_stands(&self, admission: &Admission) -> bool {
        let _ = admission;
        true
    }
}

/// The caller may go on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Admission {
    /// A websocket is closed after this time, because the token or session has ended by then.
    pub expires_in: Option<Duration>,
    /// What the caller was let in on; `None` for nobody. [`Authenticate::still_stands`] says whether it still counts.
    pub footing: Option<Footing>,
    /// What the caller is to the town hall.
    pub standing: Standing,
    /// The caller's account.
    pub account: Option<Uuid>,
}

impl Admission {
    /// Whether both stand for the same right: what a listener was admitted with still holds.
    pub(super) fn same_right(&self, other: &Self) -> bool {
        self.standing == other.standing && self.account == other.account
    }
}

impl Caller {
    /// Whether the caller presents anything that could be a token or a session.
    pub(super) fn has_credentials(&self) -> bool {
        let greeting = self.connection_init.as_deref().and_then(serde_json::Value::as_object);
        has_credentials(&self.headers) || greeting.is_some_and(|greeting| !greeting.is_empty())
    }

    /// By what the caller is counted.
    pub(super) fn payer(&self, admission: &Admission) -> Payer {
        Payer { address: self.address, standing: admission.standing, account: admission.account, contact: None }
    }
}

/// Whether a request presents anything that could be a token or a session.
pub(super) fn has_credentials(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key(header::COOKIE)
}

/// Lets everybody in as nobody: for tests and for schemas without accounts.
#[derive(Debug, Clone, Copy)]
pub struct Anonymous;

impl Authenticate for Anonymous {
    fn authenticate<'a>(&'a self, _: &'a Caller, _: &'a mut Request) -> BoxFuture<'a, Result<Admission, Problem>> {
        Box::pin(std::future::ready(Ok(Admission::default())))
    }
}

/// Headers that resolvers and [`Authenticate`] add to the answer, `Set-Cookie` above all. On websockets they go nowhere.
#[derive(Debug, Clone, Default)]
pub struct ResponseHeaders(Arc<Mutex<HeaderMap>>);

impl ResponseHeaders {
    /// Adds one header beside those already there.
    pub fn append(&self, name: HeaderName, value: HeaderValue) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).append(name, value);
    }

    pub(super) fn take(&self) -> HeaderMap {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The client's address: the nearest one that trusted proxies name and that is not one of theirs, or the peer itself.
pub(super) fn client_address(
    headers: &HeaderMap,
    extensions: &Extensions,
    trusted: &[Network],
    said_in: ForwardedHeader,
) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let mut address = peer.ip().to_canonical();
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let name = match said_in {
        ForwardedHeader::XForwardedFor => "x-forwarded-for",
        ForwardedHeader::Forwarded => "forwarded",
    };
    let lines = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    for hop in hops.into_iter().rev() {
        if !is_proxy(address) {
            break;
        }
        let said = match said_in {
            ForwardedHeader::XForwardedFor => Some(hop),
            ForwardedHeader::Forwarded => said_for(hop),
        };
        // What a trusted proxy passed on unreadable was forged further out.
        let Some(next) = said.and_then(address_in) else { break };
        address = next.to_canonical();
    }
    Some(address)
}

/// The `for` of one element of `Forwarded` (RFC 7239).
fn said_for(element: &str) -> Option<&str> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, node)| node)
}

/// An address with or without brackets, quotes and port.
fn address_in(node: &str) -> Option<IpAddr> {
    let plain = node.trim().trim_matches('"');
    let bare = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(plain);
    bare.parse().ok().or_else(|| plain.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request as HttpRequest;

    fn heard(peer: &str, said_in: ForwardedHeader, lines: &[(&str, &str)]) -> String {
        let mut request = HttpRequest::builder();
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().expect("an address"), 1)));
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        client_address(&parts.headers, &parts.extensions, &trusted, said_in).expect("a peer").to_string()
    }

    fn address(peer: &str, forwarded: &[&str]) -> String {
        let lines: Vec<_> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
        heard(peer, ForwardedHeader::XForwardedFor, &lines)
    }

    #[test]
    fn only_trusted_proxies_may_say_who_the_client_is() {
        assert_eq!(address("203.0.113.5", &["1.2.3.4"]), "203.0.113.5");
        assert_eq!(address("10.0.0.1", &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.9.9.9"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &["6.6.6.6", "1.2.3.4"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &["1.2.3.4, nonsense"]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["6.6.6.6, 1.2.3.4:4711"]), "1.2.3.4");
        assert_eq!(address("::ffff:10.0.0.1", &["::ffff:1.2.3.4"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn only_the_header_that_the_proxies_write_is_read() {
        let both = [("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "1.2.3.4")];
        assert_eq!(heard("10.0.0.1", ForwardedHeader::XForwardedFor, &both), "1.2.3.4");
        assert_eq!(heard("10.0.0.1", ForwardedHeader::Forwarded, &both), "6.6.6.6");
        let forwarded = |line| heard("10.0.0.1", ForwardedHeader::Forwarded, &[("forwarded", line)]);
        assert_eq!(forwarded("for=6.6.6.6, proto=https;For=\"[2001:db8::7]:4711\""), "2001:db8::7");
        assert_eq!(forwarded("for=1.2.3.4;by=10.0.0.2, for=10.9.9.9"), "1.2.3.4");
        assert_eq!(forwarded("for=1.2.3.4, for=unknown"), "10.0.0.1");
        assert_eq!(forwarded("for=1.2.3.4, by=10.0.0.2"), "10.0.0.1");
    }
}
