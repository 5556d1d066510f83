//! A city as one checked value: everything an office lead configures, in one version.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::account::AccountSeed;
use crate::calendar::{FederalState, Holiday, holidays};
use crate::catalogue::Service;
use crate::geography::District;
use crate::identifier::Key;
use crate::office::Office;
use crate::opening::Closure;
use crate::text::Localized;

/// A city: its catalogue, offices, rules and seeds of accounts. Immutable; a change is a new version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct City {
    /// Who and where it is.
    pub municipality: Municipality,
    /// Its districts, by number.
    pub districts: Vec<District>,
    /// Its offices, by key.
    pub offices: BTreeMap<Key, Office>,
    /// Its services, by key.
    pub services: BTreeMap<Key, Service>,
    /// Closures of the whole city.
    pub closures: Vec<Closure>,
    /// Accounts that exist when the city is loaded for the first time.
    pub accounts: Vec<AccountSeed>,
}

/// The municipality itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Municipality {
    /// Its stable name.
    pub key: Key,
    /// Its name for people.
    pub name: Localized,
    /// The official municipality key (AGS), 8 digits; `ags_certainty` says how sure it is.
    pub ags: String,
    /// How sure the key is.
    pub ags_certainty: String,
    /// The state whose holidays hold.
    pub state: FederalState,
    /// The time zone of its wall clock.
    pub time_zone: Tz,
    /// Telephone number for people.
    pub phone: Option<String>,
    /// Holidays that only this municipality has (Augsburg's Peace Festival, Corpus Christi in parts of Saxony).
    pub extra_holidays: Vec<ExtraHoliday>,
    /// How many local days ahead supply is computed, 1 to 400.
    pub horizon_days: u16,
}

/// A municipal or one-off holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraHoliday {
    /// Its name.
    pub name: String,
    /// On which days.
    pub days: ExtraDays,
    /// The source of the fact.
    pub source: String,
}

/// On which days an extra holiday falls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "on")]
pub enum ExtraDays {
    /// Every year on this day.
    Yearly {
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
    },
    /// So many days after Easter Sunday (60: Corpus Christi).
    AfterEaster {
        /// May be negative.
        days: i16,
    },
    /// On this one day.
    Once {
        /// The day.
        date: NaiveDate,
    },
}

impl City {
    /// The public holidays of `year` in this municipality: those of the state and its own, ascending by day.
    pub fn holidays(&self, year: i32) -> Vec<Holiday> {
        holidays(self.municipality.state, &self.municipality.extra_holidays, year)
    }
}
