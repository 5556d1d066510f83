//! The part of the configuration the front door needs.

use std::time::Duration;

use crate::{
    configuration::{Configuration, ForwardedHeader, Mode, Network, Trust},
    guard::Limits,
    limits::Allowances,
};

/// A booking sends some five. Whoever needs more than this asks in a loop; no operator should have to know.
const MOST_STATEMENTS: u32 = 100;

/// How the front door behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme, host and port under which browsers know this server, without a slash at the end.
    pub public_origin: String,
    /// Development shows the explorer; production tells browsers to insist on HTTPS.
    pub mode: Mode,
    /// Time one query or mutation may take.
    pub deadline: Duration,
    /// A body that trickles in slower than this is given up.
    pub body_time: Duration,
    /// Time one file may take to arrive.
    pub upload_time: Duration,
    /// Length of a request body in bytes, and of a message on a websocket.
    pub body_bytes: usize,
    /// Length of an answer in bytes, before compression.
    pub answer_bytes: usize,
    /// Proxies whose word on the client's address is believed.
    pub trusted_proxies: Vec<Network>,
    /// The header they say it in.
    pub forwarded_header: ForwardedHeader,
    /// Other sites whose pages may read answers, in small letters and without a slash at the end.
    pub cors_origins: Vec<String>,
    /// Who may send nothing but trusted documents.
    pub trust: Trust,
    /// Budgets of callers; `None` counts nobody.
    pub rates: Option<Allowances>,
    /// Statements one query or mutation may send to the database.
    pub statements: u32,
    /// Requests running at the same time.
    pub concurrent_requests: usize,
    /// Requests waiting for their turn, of the public and of staff each.
    pub queued_requests: usize,
    /// Operations running at the same time on one websocket.
    pub operations_per_socket: usize,
    /// Websockets open at the same time.
    pub sockets: usize,
    /// Websockets open at the same time from one narrow network.
    pub sockets_per_network: usize,
    /// Websockets open at the same time by one account.
    pub sockets_per_account: usize,
    /// Times of connections that live long.
    pub live: LiveTimes,
    /// Limits for documents.
    pub limits: Limits,
}

/// Times of websockets and event streams.
#[derive(Debug, Clone, Copy)]
pub struct LiveTimes {
    /// How often a silent websocket is asked whether it is there; one that stays silent for as long again is closed.
    pub ping: Duration,
    /// A reader that takes nothing for this long is dropped.
    pub write: Duration,
    /// How often it is looked, in memory, whether a signed-in listener's right still stands; events look by themselves.
    pub look_again: Duration,
    /// How often the doorkeeper is asked anew, which may cost a query.
    pub ask_again: Duration,
}

impl Default for LiveTimes {
    fn default() -> Self {
        Self {
            ping: Duration::from_secs(30),
            write: Duration::from_secs(10),
            look_again: Duration::from_secs(2),
            ask_again: Duration::from_secs(5),
        }
    }
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
            body_time: Duration::from_secs(10),
            upload_time: configuration.uploads.time,
            body_bytes: limits.body_bytes,
            answer_bytes: limits.answer_bytes,
            trusted_proxies: server.trusted_proxies.clone(),
            forwarded_header: server.forwarded_header,
            cors_origins: server.cors_origins.clone(),
            trust: server.trusted_documents_for,
            rates: limits.rates,
            statements: MOST_STATEMENTS,
            concurrent_requests: limits.concurrent_requests,
            queued_requests: limits.queued_requests,
            operations_per_socket: limits.operations_per_socket,
            sockets: limits.sockets,
            sockets_per_network: limits.sockets_per_network,
            sockets_per_account: limits.sockets_per_account,
            live: LiveTimes::default(),
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
