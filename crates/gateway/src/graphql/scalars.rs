//! Scalars: instants and local days.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, NaiveDate, SecondsFormat};
use domain::time::Timestamp;

/// An instant in UTC as RFC 3339 text, for example `2026-12-01T08:15:00Z`. Input may carry any offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant(pub(crate) Timestamp);

/// An instant in UTC as RFC 3339 text, for example `2026-12-01T08:15:00Z`. Input may carry any offset; years 1970 to 9999.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for Instant {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let parsed = (text.len() <= 40).then(|| DateTime::parse_from_rfc3339(text).ok()).flatten();
        let instant = parsed.filter(|instant| (0..=253_402_300_799).contains(&instant.timestamp()));
        instant.map(|instant| Self(instant.to_utc().into())).ok_or_else(|| {
            InputValueError::custom("expected an instant such as 2026-12-01T08:15:00Z, years 1970 to 9999")
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// A day of the city's calendar, for example `2026-12-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalDate(pub(crate) NaiveDate);

/// A day of the city's calendar in ISO 8601, for example `2026-12-01`; years 1970 to 9999.
#[Scalar(name = "Date", specified_by_url = "https://www.iso.org/iso-8601-date-and-time-format.html")]
impl ScalarType for LocalDate {
    fn parse(value: Value) -> InputValueResult<Self> {
        use chrono::Datelike;
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let parsed = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        let day = parsed.filter(|day| (1970..=9999).contains(&day.year()));
        day.map(Self).ok_or_else(|| InputValueError::custom("expected a day such as 2026-12-01, years 1970 to 9999"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}
