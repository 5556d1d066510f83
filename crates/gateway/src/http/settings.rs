//! The part of the configuration the front door needs.

use std::time::Duration;

use crate::{
    configuration::{Configuration, Mode, Network},
    guard::Limits,
};

/// How the front door behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme, host and port under which browsers know this server, without a slash at the end.
    pub public_origin: String,
    /// Development shows the explorer; production tells browsers to insist on HTTPS.
    pub mode: Mode,
    /// Time one query or mutation may take.
    pub deadline: Duration,
    /// Length of a request body in bytes, and of a message on a websocket.
    pub body_bytes: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Operations running at the same time on one websocket.
    pub operations_per_socket: usize,
    /// Websockets open at the same time.
    pub sockets: usize,
    /// Limits for documents.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self::from(&Configuration::default())
    }
}

impl From<&Configuration> for Settings {
    fn from(configuration: &Configuration) -> Self {
        let Configuration { server, limits, .. } = configuration;
        Self {
            public_origin: server.public_url.trim_end_matches('/').to_owned(),
            mode: server.mode,
            deadline: server.deadline,
            body_bytes: limits.body_bytes,
            trusted_proxies: server.trusted_proxies.clone(),
            operations_per_socket: limits.operations_per_socket,
            sockets: limits.sockets,
            limits: Limits {
                bytes: limits.body_bytes,
                depth: limits.depth,
                cost: limits.cost,
                page: limits.page,
                ..Limits::default()
            },
        }
    }
}

impl Settings {
    pub(super) fn explorer_is_on(&self) -> bool {
        self.mode == Mode::Development
    }

    pub(super) fn is_public(&self) -> bool {
        self.mode == Mode::Production
    }
}
