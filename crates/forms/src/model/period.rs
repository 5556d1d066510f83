//! Lengths of time as statutes write them: three months, ten years, thirty days.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A calendar period, written as in ISO 8601: `P30D`, `P6M`, `P10Y`, `P1Y6M`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    /// Years.
    pub years: u16,
    /// Months.
    pub months: u16,
    /// Days.
    pub days: u16,
}

/// Why a text is not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is written P30D, P6M, P10Y or P1Y6M, with 1 to 999 of each")]
pub struct NotAPeriod;

impl Period {
    /// The day this period after `day`. A month ends with its last day: one month after 31 January is 28 or 29 February,
    /// § 188 (3) BGB. `None` beyond the calendar.
    pub fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        let months = u32::from(self.years) * 12 + u32::from(self.months);
        day.checked_add_months(Months::new(months))?.checked_add_days(Days::new(u64::from(self.days)))
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let mut rest = text.strip_prefix('P').ok_or(NotAPeriod)?;
        let mut period = Self { years: 0, months: 0, days: 0 };
        for (unit, part) in [('Y', &mut period.years), ('M', &mut period.months), ('D', &mut period.days)] {
            let Some((number, tail)) = rest.split_once(unit) else { continue };
            let plain = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            *part = number.parse().ok().filter(|number| plain && *number > 0).ok_or(NotAPeriod)?;
            rest = tail;
        }
        let empty = (period.years, period.months, period.days) == (0, 0, 0);
        if empty || !rest.is_empty() { Err(NotAPeriod) } else { Ok(period) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        for (number, unit) in [(self.years, 'Y'), (self.months, 'M'), (self.days, 'D')] {
            if number > 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Period {
    type Error = NotAPeriod;

    fn try_from(text: String) -> Result<Self, NotAPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_written_alike() {
        for text in ["P30D", "P6M", "P10Y", "P1Y6M", "P1Y2M3D"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "P", "30D", "P0D", "PD", "P1000D", "P1D2M", "P-1D", "P1W", "P1H", "P1D "] {
            assert_eq!(text.parse::<Period>(), Err(NotAPeriod), "{text}");
        }
    }

    #[test]
    fn a_month_after_the_last_of_january_is_the_last_of_february() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 31).unwrap();
        assert_eq!("P1M".parse::<Period>().unwrap().after(day), NaiveDate::from_ymd_opt(2027, 2, 28));
        assert_eq!("P999Y".parse::<Period>().unwrap().after(NaiveDate::MAX), None);
    }
}
