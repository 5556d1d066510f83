//! Instants and the city's wall clock.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z. Starts of appointments are whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch; saturates at the ends of time.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by whole minutes; saturates.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60_000)))
    }

    /// This instant moved by whole seconds; saturates.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// As a date and time of the calendar in UTC. Instants outside the years 1 to 9999 become the nearest end, so that no
    /// shift into a time zone can leave the calendar.
    pub fn to_utc(self) -> DateTime<Utc> {
        const FIRST: i64 = -62_135_510_400_000;
        const LAST: i64 = 253_402_214_400_000;
        DateTime::from_timestamp_millis(self.0.clamp(FIRST, LAST)).unwrap_or_default()
    }

    /// What the wall clock of `zone` shows at this instant.
    pub fn local(self, zone: Tz) -> NaiveDateTime {
        self.to_utc().with_timezone(&zone).naive_local()
    }

    /// The local day of this instant.
    pub fn local_date(self, zone: Tz) -> NaiveDate {
        self.local(zone).date()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.timestamp_millis())
    }
}

/// What a wall-clock time means on a day on which clocks may jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallClock {
    /// The time occurs once.
    Once(Timestamp),
    /// The clock jumps over this time in spring; it never occurs.
    Gap,
    /// The clock shows this time twice in autumn.
    Fold {
        /// The first pass (summer time).
        first: Timestamp,
        /// The second pass (standard time).
        second: Timestamp,
    },
}

/// Looks up what the wall-clock time `local` means in `zone`.
pub fn resolve(local: NaiveDateTime, zone: Tz) -> WallClock {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(once) => WallClock::Once(once.with_timezone(&Utc).into()),
        LocalResult::Ambiguous(first, second) => {
            WallClock::Fold { first: first.with_timezone(&Utc).into(), second: second.with_timezone(&Utc).into() }
        }
        LocalResult::None => WallClock::Gap,
    }
}

/// The first instant at or after the wall-clock time `local`: a fold gives its first pass, a gap its end.
pub fn first_instant_at(local: NaiveDateTime, zone: Tz) -> Timestamp {
    match resolve(local, zone) {
        WallClock::Once(at) | WallClock::Fold { first: at, .. } => at,
        // Gaps are 15 minutes to 24 hours; walk on by quarters until the clock exists again.
        WallClock::Gap => {
            first_instant_at(local + TimeDelta::minutes(15) - TimeDelta::minutes(quarter_rest(local)), zone)
        }
    }
}

fn quarter_rest(local: NaiveDateTime) -> i64 {
    use chrono::Timelike;
    i64::from(local.minute() % 15)
}
