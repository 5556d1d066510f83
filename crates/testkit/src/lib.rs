//! What tests share: a clock that stands still, chance that repeats itself, and a fresh database on each engine.
//!
//! A test of a feature reads like this:
//!
//! ```no_run
//! # async fn story() {
//! testkit::on_both_engines(async |database: database::Database| {
//!     assert!(database.rows("SELECT 1 AS one", vec![]).await.is_ok());
//! })
//! .await;
//! # }
//! ```
//!
//! Only `[dev-dependencies]` name this crate.

mod app;
mod browser;
mod environment;
mod printed;
pub mod simulation;
mod test_city;
mod test_database;
mod test_service;
mod test_zones;

pub use app::{Answer, TestApp};
pub use browser::Browser;
pub use environment::{FixedClock, SeededEntropy};
pub use printed::{pages_of, qr_codes_of};
pub use test_city::{TestCity, password};
pub use test_database::{TestDatabase, engines, on_both_engines};
pub use test_service::TestService;
pub use test_zones::test_zones;
