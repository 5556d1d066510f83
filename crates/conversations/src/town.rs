//! What conversations need of the city: the port that the gateway fills.

use std::fmt::Debug;
use std::sync::Arc;

use domain::city::City;
use domain::time::Timestamp;

/// The city that serves.
#[derive(Debug, Clone)]
pub struct Serving {
    /// The number of its version.
    pub version: i64,
    /// The city.
    pub city: Arc<City>,
}

/// Where the city comes from.
pub trait Town: Debug + Send + Sync {
    /// The city that serves; nothing before the first one was loaded.
    fn serving(&self) -> Option<Serving>;

    /// Whether any office is open at this instant.
    fn is_any_office_open(&self, at: Timestamp) -> bool;
}
