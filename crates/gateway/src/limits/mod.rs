//! How much one caller may ask for: budgets by network, account and contact, in the bounded memory of this process.
//!
//! Each gateway counts for itself; `limits.share` divides every budget by the number of gateways. Nothing here is kept
//! longer than the process, and no address, account or contact stands in a log or a metric.

mod budget;
mod census;
mod ledger;
mod payer;
mod pressure;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use crate::limits::{budget::Rate, ledger::Ledger, payer::Key};
pub use crate::limits::{
    budget::{Allowances, Budget},
    census::{Census, Full, Seat},
    payer::{Contact, Payer, Standing},
    pressure::Pressure,
};

/// Time since some fixed moment of this process; never goes back.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// The clock of this machine that never goes back.
    pub fn of_this_machine() -> Self {
        let start = std::time::Instant::now();
        Self::new(move || start.elapsed())
    }

    /// A clock that a test sets.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for Ticks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Ticks")
    }
}

/// A budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// Which.
    pub budget: Budget,
    /// When asking again makes sense, in whole seconds, at least one.
    pub retry_after_seconds: u64,
}

/// All budgets with what was taken from them.
#[derive(Debug)]
pub struct Limits {
    ledgers: Vec<(Budget, Kind, Ledger)>,
}

/// By whom is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Narrow,
    Wide,
    Citizen,
    Staff,
    Contact,
}

impl Limits {
    /// Budgets of these sizes, all unused.
    pub fn new(allowances: &Allowances, ticks: &Ticks) -> Self {
        let ledger = |(budget, kind, rate): (Budget, Kind, Rate)| {
            let shared = rate.shared(allowances.share);
            (budget, kind, Ledger::new(shared, allowances.keys, ticks.clone()))
        };
        Self { ledgers: allowances.rates().into_iter().map(ledger).collect() }
    }

    /// Takes `amount` from everything that `payer` is counted by: its network narrow before wide, so that somebody who
    /// is refused does not use up what their neighbours share; or its account; and whom it writes to.
    ///
    /// Staff are counted by their account alone: a whole town hall comes from one address.
    ///
    /// # Errors
    /// [`Exceeded`] when any of them is used up.
    pub fn charge(&self, budget: Budget, amount: u32, payer: &Payer) -> Result<(), Exceeded> {
        for kind in [Kind::Narrow, Kind::Wide, Kind::Citizen, Kind::Staff, Kind::Contact] {
            let Some((key, ledger)) = self.account_of(budget, kind, payer) else { continue };
            ledger.take(key, amount).map_err(|wait| {
                metrics::counter!("rate_limited_total", "budget" => budget.name(), "counted_by" => kind.name())
                    .increment(1);
                Exceeded { budget, retry_after_seconds: wait.as_secs() + 1 }
            })?;
        }
        Ok(())
    }

    /// Whether the next [`Limits::charge`] of one would be refused. Takes nothing.
    pub fn is_spent(&self, budget: Budget, payer: &Payer) -> bool {
        [Kind::Narrow, Kind::Wide, Kind::Citizen, Kind::Staff, Kind::Contact]
            .into_iter()
            .filter_map(|kind| self.account_of(budget, kind, payer))
            .any(|(key, ledger)| ledger.is_spent(key))
    }

    /// How many callers are remembered, over all budgets.
    pub fn remembered(&self) -> usize {
        self.ledgers.iter().map(|(_, _, ledger)| ledger.len()).sum()
    }

    fn account_of(&self, budget: Budget, kind: Kind, payer: &Payer) -> Option<(Key, &Ledger)> {
        let key = match kind {
            Kind::Narrow => payer.narrow(),
            Kind::Wide => payer.wide(),
            Kind::Citizen => payer.account(Standing::Citizen),
            Kind::Staff => payer.account(Standing::Staff),
            // Clerks book and write for others all day; whose password they try is counted like anybody's.
            Kind::Contact if payer.standing == Standing::Staff && budget != Budget::SignIns => None,
            Kind::Contact => payer.contact(),
        }?;
        let found = self.ledgers.iter().find(|(own, by, _)| *own == budget && *by == kind)?;
        Some((key, &found.2))
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Narrow => "narrow_network",
            Self::Wide => "wide_network",
            Self::Citizen => "citizen",
            Self::Staff => "staff",
            Self::Contact => "contact",
        }
    }
}
