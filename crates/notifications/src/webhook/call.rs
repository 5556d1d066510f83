//! One call: a POST that follows no redirect, reaches no private network and reads little of the answer.

use std::sync::Arc;

use domain::identifier::DeliveryId;
use domain::time::Timestamp;
use reqwest::{Client, Response, StatusCode, header, redirect};

use super::address_guard::PublicOnly;
use super::endpoint::Endpoint;
use super::sign::{message_id, signatures};

/// Why a call was not taken. Holds no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCalled {
    /// No connection, no answer in time, or a name that leads into a private network.
    #[error("a webhook cannot be reached")]
    Unreachable,
    /// An answer other than 2xx.
    #[error("a webhook answered with the status {0}")]
    Answered(u16),
}

impl NotCalled {
    /// Whether the next call has to expect the same.
    pub(crate) const fn concerns_every_call(self) -> bool {
        match self {
            Self::Unreachable => true,
            // Too many requests; and whatever breaks on their side.
            Self::Answered(status) => status == 429 || status >= 500,
        }
    }

    /// Whether trying again would end the same: the receiver says that it is gone for good.
    pub(crate) const fn is_hopeless(self) -> bool {
        matches!(self, Self::Answered(410))
    }

    /// The stable code that operators see.
    pub(crate) fn code(self) -> String {
        match self {
            Self::Unreachable => "WEBHOOK_UNREACHABLE".to_owned(),
            Self::Answered(status) => format!("HTTP_{status}"),
        }
    }
}

/// The machine cannot speak HTTPS: its root certificates or its TLS are missing.
#[derive(Debug, thiserror::Error)]
#[error("webhooks cannot be called from this machine: {0}")]
pub struct CallerUnusable(String);

/// Who makes the calls.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    public: Client,
    private: Client,
}

impl Caller {
    pub(crate) fn new() -> Result<Self, CallerUnusable> {
        let build = || {
            Client::builder()
                .use_preconfigured_tls(tls())
                .redirect(redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .pool_max_idle_per_host(1)
                .user_agent(concat!("servicepoint/", env!("CARGO_PKG_VERSION")))
        };
        let unusable = |error: reqwest::Error| CallerUnusable(error.to_string());
        Ok(Self {
            public: build().https_only(true).dns_resolver(Arc::new(PublicOnly)).build().map_err(unusable)?,
            private: build().build().map_err(unusable)?,
        })
    }

    /// Calls once. When this gives up or is dropped half-way, nobody knows whether the receiver has the message.
    pub(crate) async fn call(
        &self,
        endpoint: &Endpoint,
        id: DeliveryId,
        body: &str,
        now: Timestamp,
    ) -> Result<(), NotCalled> {
        let client = if endpoint.is_private { &self.private } else { &self.public };
        let id = message_id(id);
        let answer = client
            .post(endpoint.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-signature", signatures(&endpoint.secrets, &id, now, body))
            .header("webhook-timestamp", now.seconds().to_string())
            .header("webhook-id", id)
            .timeout(endpoint.timeout)
            .body(body.to_owned())
            .send();
        judged(answer.await)
    }
}

/// The status alone counts: the body of the answer is not read, so its length does not matter. The connection of a receiver
/// that says much is closed with the answer.
fn judged(answer: Result<Response, reqwest::Error>) -> Result<(), NotCalled> {
    let status = answer.map_err(|_| NotCalled::Unreachable)?.status();
    if status.is_success() { Ok(()) } else { Err(NotCalled::Answered(StatusCode::as_u16(&status))) }
}

/// TLS with the roots of this machine and the one library of ciphers that the house uses.
fn tls() -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the library has the usual versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
