//! Who is calling, as far as HTTP knows, and the hook that turns it into an actor of the town hall.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_graphql::Request;
use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, request::Parts},
};
use futures_util::future::BoxFuture;
use identity::Footing;
use uuid::Uuid;

use crate::{configuration::Network, http::Problem};

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

    /// Whether what a connection was admitted on still counts. Asks memory alone, so it may be asked for every event and every
    /// few seconds.
    fn still_stands(&self, _: &Admission) -> bool {
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

/// The client's address: the nearest one in `X-Forwarded-For` that is not a proxy of ours, or the peer itself.
pub(super) fn client_address(parts: &Parts, trusted: &[Network]) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let mut address = peer.ip().to_canonical();
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let forwarded = parts.headers.get_all("x-forwarded-for").into_iter();
    let hops: Vec<&str> =
        forwarded.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    for hop in hops.into_iter().rev() {
        if !is_proxy(address) {
            break;
        }
        // What a trusted proxy passed on unreadable was forged further out.
        let Ok(next) = hop.trim().parse::<IpAddr>() else { break };
        address = next.to_canonical();
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request as HttpRequest;

    fn address(peer: &str, forwarded: &[&str]) -> String {
        let mut request = HttpRequest::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().expect("an address"), 1)));
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        client_address(&parts, &trusted).expect("a peer").to_string()
    }

    #[test]
    fn only_trusted_proxies_may_say_who_the_client_is() {
        assert_eq!(address("203.0.113.5", &["1.2.3.4"]), "203.0.113.5");
        assert_eq!(address("10.0.0.1", &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.9.9.9"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &["6.6.6.6", "1.2.3.4"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &["1.2.3.4, nonsense"]), "10.0.0.1");
        assert_eq!(address("::ffff:10.0.0.1", &["::ffff:1.2.3.4"]), "1.2.3.4");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
    }
}
