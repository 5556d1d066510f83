//! The one door to SQLite and PostgreSQL: connecting, reading, the unit of work, outbox, audit and the names of rules.
//!
//! Nothing here knows what is stored. Features put their statements into a private `store` module and hand them to a
//! [`Database`] (reads, or one statement that is a transaction of its own) or to a [`Unit`] (several statements that
//! hold together). Every statement uses `$1`-style parameters, which both engines read alike.

mod audit;
mod backup;
mod budget;
mod connect;
mod engine;
mod error;
mod idempotency;
mod outbox;
mod row;
mod rules;
mod silence;
mod snapshot;
mod spent_proof;
mod unit;
mod vault;

pub use audit::{
    Anchor, AuditEntry, AuditKey, AuditPublicKey, AuditRow, Finding, Flaw, NotAnAnchor, Pruned, Report, Seal,
    SealedNow, Verifier,
};
pub use backup::{Checksum, Inhabitants, NoChecksum, Table, TableSum, TakenOver, take_over_file};
pub use budget::{until_step, within_statements};
pub use connect::{ConnectOptions, Database};
pub use engine::Engine;
pub use error::DatabaseError;
pub use idempotency::{IdempotencyKey, Remembered, retried};
pub use outbox::Event;
pub use row::Row;
pub use rules::Rule;
pub use snapshot::Snapshot;
pub use spent_proof::{Spending, SpentProof};
pub use unit::Unit;
pub use vault::{
    Chunks, IndexToken, KEY_TABLES, Order, Place, Rewrapped, RootOrigin, Rotation, Sealed, SubjectKey, Vault,
    VaultError,
};

/// The values that statements take. Re-exported so that stores need no other import for plain parameters.
pub use sea_orm::Value;
