//! The settings of the edge: who may send which documents, how much, and when somebody has to work first.

use crate::{
    configuration::read::Values,
    limits::Allowances,
    proof_of_work::{Demand, ProofSettings},
};

/// In which header trusted proxies say where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ForwardedHeader {
    XForwardedFor,
    Forwarded,
}

impl ForwardedHeader {
    pub(super) fn of(values: &Values) -> Self {
        if values.text("server.forwarded_header") == "forwarded" { Self::Forwarded } else { Self::XForwardedFor }
    }
}

/// Who may send nothing but trusted documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Nobody: every document that the guard lets through is run.
    Off,
    /// Callers who have not signed in.
    Anonymous,
    /// Everyone.
    Everyone,
}

impl Trust {
    pub(super) fn of(values: &Values) -> Self {
        match values.text("server.trusted_documents_for").as_str() {
            "anonymous" => Self::Anonymous,
            "everyone" => Self::Everyone,
            "auto" if is_production(values) && values.optional_path("server.trusted_documents").is_some() => {
                Self::Anonymous
            }
            _ => Self::Off,
        }
    }
}

/// `[limits]`
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the reference explains each setting")]
pub struct HttpLimits {
    pub body_bytes: usize,
    pub depth: u32,
    pub cost: u64,
    pub page: u64,
    pub connections: usize,
    pub sockets: usize,
    pub operations_per_socket: usize,
    pub sockets_per_network: usize,
    pub sockets_per_account: usize,
    pub answer_bytes: usize,
    pub concurrent_requests: usize,
    pub queued_requests: usize,
    /// `None`: callers are not counted.
    pub rates: Option<Allowances>,
    pub proof_of_work: ProofSettings,
}

impl HttpLimits {
    pub(super) fn of(values: &Values) -> Self {
        let number = |name: &str| values.number(&format!("limits.{name}"));
        let count = |name: &str| number(name) as u32;
        let size = |name: &str| number(name) as usize;
        let rates = Allowances {
            requests: count("requests_per_minute"),
            bookings: count("bookings_per_minute"),
            sign_ins: count("sign_ins_per_minute"),
            messages: count("messages_per_hour"),
            share: count("share"),
            keys: size("remembered_callers"),
        };
        let counts = match values.text("limits.rates").as_str() {
            "on" => true,
            "off" => false,
            _ => is_production(values),
        };
        Self {
            body_bytes: size("body_bytes"),
            depth: count("depth"),
            cost: number("cost"),
            page: number("page"),
            connections: size("connections"),
            sockets: size("sockets"),
            operations_per_socket: size("operations_per_socket"),
            sockets_per_network: size("sockets_per_network"),
            sockets_per_account: size("sockets_per_account"),
            answer_bytes: size("answer_bytes"),
            concurrent_requests: size("concurrent_requests"),
            queued_requests: size("queued_requests"),
            rates: counts.then_some(rates),
            proof_of_work: ProofSettings {
                demand: demand(values),
                hashes: count("proof_of_work_hashes"),
                pressure: count("proof_of_work_pressure"),
            },
        }
    }
}

fn demand(values: &Values) -> Demand {
    match values.text("limits.proof_of_work").as_str() {
        "always" => Demand::Always,
        "under_pressure" => Demand::UnderPressure,
        "auto" if is_production(values) => Demand::UnderPressure,
        _ => Demand::Off,
    }
}

fn is_production(values: &Values) -> bool {
    values.text("server.mode") == "production"
}
