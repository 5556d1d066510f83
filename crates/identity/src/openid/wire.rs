//! Asking a provider: over TLS, without redirects, with an end to patience and to length.

use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use url::{Host, Url};

use crate::openid::settings::PlainHttp;

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one question may take as a whole.
const ANSWER: Duration = Duration::from_secs(5);
/// Longest answer, in bytes. A long list of keys has about 10,000.
const LONGEST: usize = 256 * 1024;

/// Why a question was not answered. Holds no address with a query and nothing the provider said.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// The address is not one we ask.
    #[error("an address is not https")]
    Address,
    /// Nobody answered.
    #[error("{0}")]
    Silent(&'static str),
    /// It answered that it is in trouble.
    #[error("it answered with status {0}")]
    Trouble(u16),
    /// It answered without end.
    #[error("its answer is too long")]
    TooLong,
}

/// The way to a provider. The connections are opened when the first question is asked.
#[derive(Debug)]
pub(super) struct Wire {
    plain: PlainHttp,
    client: OnceLock<Option<reqwest::Client>>,
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Wire {
    pub(super) const fn new(plain: PlainHttp) -> Self {
        Self { plain, client: OnceLock::new() }
    }

    /// Whether an address of the provider is one that we, or a browser on our word, may go to.
    pub(super) fn may_ask(&self, url: &Url) -> bool {
        may_ask(url, self.plain)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| WireError::Address)?;
        if !self.may_ask(&url) {
            return Err(WireError::Address);
        }
        let client = self.client.get_or_init(|| client(self.plain)).as_ref();
        let client = client.ok_or(WireError::Silent("TLS cannot be set up on this machine"))?;
        let request = reqwest::Request::try_from(request).map_err(|_| WireError::Address)?;
        let mut response = client.execute(request).await.map_err(|error| silent(&error))?;
        let status = response.status();
        // What is over in a minute must not look like a verdict on the person.
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(WireError::Trouble(status.as_u16()));
        }
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| silent(&error))? {
            if body.len() + part.len() > LONGEST {
                return Err(WireError::TooLong);
            }
            body.extend_from_slice(&part);
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

fn may_ask(url: &Url, plain: PlainHttp) -> bool {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let carries_credentials = !url.username().is_empty() || url.password().is_some();
    let scheme = match plain {
        PlainHttp::Never => url.scheme() == "https",
        PlainHttp::OnThisMachine => url.scheme() == "https" || (url.scheme() == "http" && is_here),
    };
    scheme && url.has_host() && !carries_credentials
}

fn client(plain: PlainHttp) -> Option<reqwest::Client> {
    let builder = reqwest::Client::builder()
        // A redirect would carry the code or the secret to somebody who was not configured.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .https_only(plain == PlainHttp::Never)
        .user_agent("servicepoint");
    let builder = match plain {
        PlainHttp::Never => builder,
        // The city's proxy does not lead to this machine.
        PlainHttp::OnThisMachine => builder.no_proxy(),
    };
    builder.build().ok()
}

fn silent(error: &reqwest::Error) -> WireError {
    WireError::Silent(if error.is_timeout() {
        "it took too long to answer"
    } else if error.is_connect() {
        "no connection could be opened"
    } else {
        "the connection broke"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_is_asked_and_this_machine_while_developing() {
        let may = |url: &str, plain| may_ask(&Url::parse(url).unwrap(), plain);
        for (url, production, development) in [
            ("https://id.example/x", true, true),
            ("https://id.example:8443", true, true),
            ("http://127.0.0.1:3000", false, true),
            ("http://localhost:3000", false, true),
            ("http://[::1]:3000", false, true),
            ("http://id.example", false, false),
            ("http://localhost.evil.example", false, false),
            ("http://127.0.0.1.evil.example", false, false),
            ("https://eva:geheim@id.example", false, false),
            ("file:///etc/passwd", false, false),
            ("data:text/plain,x", false, false),
        ] {
            assert_eq!(may(url, PlainHttp::Never), production, "{url}");
            assert_eq!(may(url, PlainHttp::OnThisMachine), development, "{url}");
        }
    }
}
