//! Proof of work before anonymous holds and bookings: a booking program pays with computing time, a person hardly notices.
//!
//! The protocol is that of ALTCHA, version 2, with SHA-256: checking an answer costs the server some dozen hashes, and
//! nothing is kept until a proof is used. A challenge is signed, ends after some minutes, is good for one request about
//! one place, and counts once: the database decides that for all gateways together. `docs/adr/` says why.

mod challenge;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use database::{Database, DatabaseError, Spending, SpentProof};
use domain::environment::{Clock, Entropy};
use domain::keyed;
use domain::permission::Actor;
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::limits::{Pressure, Ticks};
pub use crate::proof_of_work::challenge::{Challenge, Flaw, Solution};

/// When anonymous callers have to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// Never.
    Off,
    /// While many ask.
    UnderPressure,
    /// For every hold and every booking by mail.
    Always,
}

/// How proof of work is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofSettings {
    /// When.
    pub demand: Demand,
    /// Hashes that an answer costs on average while nothing is the matter.
    pub hashes: u32,
    /// Anonymous holds and bookings a minute from which on it is called pressure, for this gateway.
    pub pressure: u32,
}

impl Default for ProofSettings {
    /// Off: the configuration decides.
    fn default() -> Self {
        Self { demand: Demand::Off, hashes: 50_000, pressure: 120 }
    }
}

/// A challenge can be answered for this long.
const VALID_SECONDS: i64 = 10 * 60;
/// However many ask, an answer costs at most so many times the ordinary.
const STEEPEST: u64 = 16;

/// What a proof is good for: one thing, about one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Holding a place in a session.
    Hold {
        /// The session that the client drew.
        session: String,
        /// The office, as its key.
        office: String,
        /// The start.
        starts_at: Timestamp,
    },
    /// Booking a start directly.
    Booking {
        /// The office, as its key.
        office: String,
        /// The start.
        starts_at: Timestamp,
    },
    /// Booking what is held under this code.
    BookingOfHold {
        /// The code.
        code: String,
    },
}

/// Somebody has to work first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// Why the request was not run.
    pub reason: Reason,
    /// What to solve.
    pub challenge: Challenge,
}

/// Why a proof is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// There was none.
    #[error("this needs a proof of work; solve the challenge and send the answer along")]
    Missing,
    /// It is none for this.
    #[error("the proof of work cannot be used: {0}; solve this challenge")]
    Flawed(Flaw),
    /// It was used before.
    #[error("the proof of work was used before; solve this challenge")]
    UsedBefore,
}

/// Asks for proofs and checks them.
pub struct ProofOfWork {
    key: [u8; 32],
    settings: ProofSettings,
    pressure: Pressure,
    database: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for ProofOfWork {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProofOfWork").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl ProofOfWork {
    /// A gate whose key all gateways with the same master secret share.
    pub fn new(
        master: &[u8; 32],
        settings: ProofSettings,
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let key = keyed::digest(master, &[b"proof of work"]);
        Self { key, settings, pressure: Pressure::new(Ticks::of_this_machine()), database, clock, entropy }
    }

    /// The same gate under other rules.
    #[must_use]
    pub fn with_settings(&self, settings: ProofSettings) -> Self {
        let Self { key, database, clock, entropy, .. } = self;
        Self {
            key: *key,
            settings,
            pressure: Pressure::new(Ticks::of_this_machine()),
            database: database.clone(),
            clock: Arc::clone(clock),
            entropy: Arc::clone(entropy),
        }
    }

    /// A challenge for `subject`, as hard as this moment asks for.
    pub fn challenge(&self, subject: &Subject) -> Challenge {
        self.issued(subject, self.pressure.a_minute())
    }

    /// Lets a request pass, or says what to solve first. Whoever has signed in passes. `request` is its idempotency key:
    /// the same request may come again with the same proof.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn require(
        &self,
        actor: &Actor,
        subject: &Subject,
        proof: Option<&str>,
        request: &str,
    ) -> Result<Option<Required>, DatabaseError> {
        if *actor != Actor::Anonymous || self.settings.demand == Demand::Off {
            return Ok(None);
        }
        let pressure = self.pressure.note();
        if self.settings.demand == Demand::UnderPressure && pressure < u64::from(self.settings.pressure) {
            return Ok(None);
        }
        let reason = match self.checked(subject, proof, request).await? {
            Ok(()) => {
                metrics::counter!("proof_of_work_total", "outcome" => "accepted").increment(1);
                return Ok(None);
            }
            Err(reason) => reason,
        };
        metrics::counter!("proof_of_work_total", "outcome" => reason.name()).increment(1);
        Ok(Some(Required { reason, challenge: self.issued(subject, pressure) }))
    }

    async fn checked(
        &self,
        subject: &Subject,
        proof: Option<&str>,
        request: &str,
    ) -> Result<Result<(), Reason>, DatabaseError> {
        let Some(proof) = proof else { return Ok(Err(Reason::Missing)) };
        let solution = match Solution::read(proof, &self.key, &self.bound(subject), self.clock.now()) {
            Ok(solution) => solution,
            Err(flaw) => return Ok(Err(Reason::Flawed(flaw))),
        };
        let spent_for = Sha256::digest(request).into();
        let proof = SpentProof { challenge: solution.challenge, spent_for, expires_at: solution.expires_at };
        Ok(match self.database.spend(&proof).await? {
            Spending::Counts => Ok(()),
            Spending::UsedBefore => Err(Reason::UsedBefore),
        })
    }

    fn issued(&self, subject: &Subject, pressure: u64) -> Challenge {
        let mut chance = [0; 32];
        self.entropy.fill(&mut chance);
        let expires_at = self.clock.now().plus_seconds(VALID_SECONDS);
        Challenge::new(&self.key, self.bound(subject), hashes(self.settings, pressure), expires_at, &chance)
    }

    /// What ties a challenge to its subject without telling it.
    fn bound(&self, subject: &Subject) -> String {
        let mac = match subject {
            Subject::Hold { session, office, starts_at } => keyed::digest(
                &self.key,
                &[b"hold", session.as_bytes(), office.as_bytes(), &starts_at.millis().to_be_bytes()],
            ),
            Subject::Booking { office, starts_at } => {
                keyed::digest(&self.key, &[b"booking", office.as_bytes(), &starts_at.millis().to_be_bytes()])
            }
            Subject::BookingOfHold { code } => keyed::digest(&self.key, &[b"booking of hold", code.as_bytes()]),
        };
        hex::encode(&mac[..16])
    }
}

impl Reason {
    const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Flawed(_) => "flawed",
            Self::UsedBefore => "used_before",
        }
    }
}

/// Hashes an answer should cost: the ordinary, and under pressure as many times that as there is more of it.
fn hashes(settings: ProofSettings, pressure: u64) -> u32 {
    let threshold = u64::from(settings.pressure.max(1));
    let steepness = (pressure / threshold).clamp(1, STEEPEST);
    settings.hashes.saturating_mul(steepness as u32)
}
