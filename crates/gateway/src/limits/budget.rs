//! What is counted, and how much of it is allowed.

use std::time::Duration;

use crate::limits::Kind;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Budget {
    /// Requests of any kind.
    Requests,
    /// Mutations that take a place: holds, bookings, moves.
    Bookings,
    /// Attempts to prove who one is, each field of each document.
    SignIns,
    /// Messages that a request sends to an address.
    Messages,
    /// Tokens and sessions that turned out to be none.
    Forgeries,
}

impl Budget {
    /// The name in metrics and configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Bookings => "bookings",
            Self::SignIns => "sign_ins",
            Self::Messages => "messages",
            Self::Forgeries => "forgeries",
        }
    }
}

/// So many in a period, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) count: u32,
    pub(super) period: Duration,
    pub(super) burst: u32,
}

impl Rate {
    const fn a_minute(count: u32, burst: u32) -> Self {
        Self { count, period: Duration::from_mins(1), burst }
    }

    /// The part of one of `gateways`, each of which sees a part of the requests.
    pub(super) fn shared(self, gateways: u32) -> Self {
        let part = |number: u32| number.div_ceil(gateways.max(1)).max(1);
        Self { count: part(self.count), period: self.period, burst: part(self.burst) }
    }
}

/// The sizes of all budgets. The reasons for each default stand in `docs/operations/limits.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowances {
    /// Requests a minute from one narrow network (an IPv4 address, an IPv6 /64).
    pub requests: u32,
    /// Holds, bookings and moves a minute from one narrow network.
    pub bookings: u32,
    /// Attempts to sign in a minute from one narrow network.
    pub sign_ins: u32,
    /// Messages an hour to one address.
    pub messages: u32,
    /// Gateways that share the load.
    pub share: u32,
    /// Callers remembered for each budget and each way of counting.
    pub keys: usize,
}

impl Default for Allowances {
    fn default() -> Self {
        Self { requests: 1_200, bookings: 60, sign_ins: 30, messages: 6, share: 1, keys: 50_000 }
    }
}

/// A wide network (an IPv4 /24, an IPv6 /48) holds many narrow ones; few of them are busy at once.
const WIDE: u32 = 5;

impl Allowances {
    /// Every ledger there is. What has no row is not counted.
    pub(super) fn rates(&self) -> Vec<(Budget, Kind, Rate)> {
        let Self { requests, bookings, sign_ins, messages, .. } = *self;
        let networks = |budget, count: u32, burst: u32| {
            let wide = Rate::a_minute(count.saturating_mul(WIDE), burst.saturating_mul(WIDE));
            [(budget, Kind::Narrow, Rate::a_minute(count, burst)), (budget, Kind::Wide, wide)]
        };
        let mut rates = Vec::new();
        rates.extend(networks(Budget::Requests, requests, requests / 4));
        rates.extend(networks(Budget::Bookings, bookings, bookings / 2));
        rates.extend(networks(Budget::SignIns, sign_ins, sign_ins));
        rates.extend(networks(Budget::Forgeries, 60, 60));
        // One person asks less than a network of people, and one clerk more than one citizen.
        rates.push((Budget::Requests, Kind::Citizen, Rate::a_minute(requests / 2, requests / 4)));
        rates.push((Budget::Requests, Kind::Staff, Rate::a_minute(requests, requests / 2)));
        // Whoever holds a token and tries passwords or second factors is not let off for it.
        rates.push((Budget::SignIns, Kind::Citizen, Rate::a_minute(sign_ins, sign_ins)));
        rates.push((Budget::SignIns, Kind::Staff, Rate::a_minute(sign_ins, sign_ins)));
        rates.push((Budget::Bookings, Kind::Citizen, Rate::a_minute(bookings / 3, bookings / 3)));
        rates.push((Budget::Bookings, Kind::Staff, Rate::a_minute(bookings * 2, bookings)));
        // Bookings of one contact: who moves an appointment about stays below, who tries addresses does not.
        let hourly = |count| Rate { count, period: Duration::from_hours(1), burst: count };
        rates.push((Budget::Bookings, Kind::Contact, hourly(20)));
        // One name may be tried from many networks: a guess a minute is no danger to a password of fifteen signs.
        rates.push((Budget::SignIns, Kind::Contact, Rate::a_minute(1, 20)));
        rates.push((Budget::Messages, Kind::Contact, hourly(messages)));
        rates
    }
}
