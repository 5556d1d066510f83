//! Figures for those who lead an office.

use async_graphql::SimpleObject;

/// Lead times between booking and start. Figures over fewer than five bookings are withheld.
#[derive(SimpleObject)]
#[graphql(name = "LeadTimes")]
pub(crate) struct LeadTimesObject {
    /// How many bookings were counted.
    bookings: i64,
    /// Hours that half of them stayed below or at; null below five bookings.
    median_hours: Option<i64>,
    /// Hours that nine of ten stayed below or at; null below five bookings.
    ninetieth_hours: Option<i64>,
}

impl From<scheduling::LeadTimes> for LeadTimesObject {
    fn from(times: scheduling::LeadTimes) -> Self {
        Self { bookings: times.bookings, median_hours: times.median_hours, ninetieth_hours: times.ninetieth_hours }
    }
}
