//! What is asked, from an address or a form: each name once, but for attributes; nothing that is wrong is left out in silence.

use applications::{MAX_RADIUS_METRES, ReportCategory};
use chrono::{DateTime, Duration, Utc};
use domain::geography::Position;
use domain::identifier::Key;
use domain::time::Timestamp;
use url::form_urlencoded;

use crate::open311::fault::Fault;

/// More names than anybody needs.
const MOST: usize = 100;

/// Names with their values, as they were sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `a=1&b=2`.
    ///
    /// # Errors
    /// Too many of them.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Fault> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text)
            .take(MOST + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.len() > MOST {
            Err(Fault::bad(format!("there are more than {MOST} parameters")))
        } else {
            Ok(Self(pairs))
        }
    }

    /// The value of a name; empty is absent.
    ///
    /// # Errors
    /// It was sent twice.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Fault> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Fault::bad(format!("{name} was sent more than once"))),
            (value, None) => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// The values of a list with commas.
    pub(super) fn many(&self, name: &str) -> Result<Vec<&str>, Fault> {
        let list = self.one(name)?.unwrap_or_default();
        Ok(list.split(',').map(str::trim).filter(|part| !part.is_empty()).take(MOST).collect())
    }

    /// Every `attribute[path]` and `attribute[path][]`, in the order in which they came.
    pub(super) fn attributes(&self) -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in &self.0 {
            let inner = name.strip_suffix("[]").unwrap_or(name);
            let path = inner.strip_prefix("attribute[").and_then(|rest| rest.strip_suffix(']'));
            let Some(path) = path.filter(|_| !value.trim().is_empty()) else { continue };
            match found.iter_mut().find(|(known, _)| known == path) {
                Some((_, values)) => values.push(value.clone()),
                None => found.push((path.to_owned(), vec![value.clone()])),
            }
        }
        found
    }

    /// A place, if one was sent.
    pub(super) fn position(&self) -> Result<Option<Position>, Fault> {
        let degrees = |name: &str| -> Result<Option<f64>, Fault> {
            let read = |text: &str| text.parse().map_err(|_| Fault::bad(format!("{name} is no number of degrees")));
            self.one(name)?.map(read).transpose()
        };
        match (degrees("lat")?, degrees("long")?) {
            (None, None) => Ok(None),
            (Some(latitude), Some(longitude)) => {
                let position = Position::new(latitude, longitude);
                Ok(Some(position.ok_or_else(|| Fault::bad("lat and long are no place on the earth"))?))
            }
            (Some(_), None) | (None, Some(_)) => Err(Fault::bad("lat and long come together")),
        }
    }

    /// How far around the place, in metres.
    pub(super) fn radius(&self, usual: u16) -> Result<u16, Fault> {
        let refused = || Fault::bad(format!("radius has 1 to {MAX_RADIUS_METRES} metres"));
        let Some(text) = self.one("radius")? else { return Ok(usual) };
        let metres: u16 = text.parse().map_err(|_| refused())?;
        if (1..=MAX_RADIUS_METRES).contains(&metres) { Ok(metres) } else { Err(refused()) }
    }

    /// From when to when: of the last days, of the days after or before what was sent, never more.
    pub(super) fn between(&self, now: Timestamp, days: i64) -> Result<(Timestamp, Timestamp), Fault> {
        let (span, now) = (Duration::days(days), now.to_utc());
        let (start, end) = (self.instant("start_date")?, self.instant("end_date")?);
        let refused = || Fault::bad("start_date and end_date are too far away");
        let (from, until) = match (start, end) {
            (None, None) => (now.checked_sub_signed(span), Some(now)),
            (Some(from), None) => (Some(from), from.checked_add_signed(span)),
            (None, Some(until)) => (until.checked_sub_signed(span), Some(until)),
            (Some(from), Some(until)) if from > until => return Err(Fault::bad("start_date is after end_date")),
            (Some(from), Some(until)) if until - from > span => {
                return Err(Fault::bad(format!("from start_date to end_date are more than {days} days")));
            }
            (Some(from), Some(until)) => (Some(from), Some(until)),
        };
        Ok((from.ok_or_else(refused)?.into(), until.ok_or_else(refused)?.into()))
    }

    fn instant(&self, name: &str) -> Result<Option<DateTime<Utc>>, Fault> {
        let read = |text: &str| {
            // A `+` that was not escaped has become a space.
            let at = DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
            at.map(|at| at.to_utc()).map_err(|_| Fault::bad(format!("{name} is no time such as 2026-12-01T08:00:00Z")))
        };
        self.one(name)?.map(read).transpose()
    }
}

/// The code of what can be reported: `service.category`.
pub(super) fn code_of(category: &ReportCategory) -> String {
    format!("{}.{}", category.service, category.category)
}

/// What a code means; nothing that can be reported needs to be behind it.
pub(super) fn category_of(code: &str) -> Option<ReportCategory> {
    let (service, category) = code.split_once('.')?;
    let service = Key::new(service).ok()?;
    Some(ReportCategory { service, category: category.to_owned() })
}
