//! What bounds a service beside the law: how much a household gets, how much fits on a tour, and what arrives twice.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// How much of a service one household gets in a calendar year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdRule {
    /// The field of type address that says which household.
    pub address: String,
    /// How often in a calendar year at most, at least once. What the first ones and the further ones cost stands in a table,
    /// which reads `household_used()`.
    pub most: u16,
}

/// Tours with a capacity, on which what is granted is collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TourRule {
    /// The field of type address where is collected.
    pub address: String,
    /// The field with a number: how much, in cubic metres.
    pub volume: String,
    /// When a tour must be chosen; always if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// How many working days before the day of the tour a place on it can be chosen, changed or given back for the last time.
    pub cut_off_working_days: u16,
    /// Until when, on the city's clock, everything must stand outside.
    pub put_out_by: NaiveTime,
    /// For how many minutes a place is held while somebody fills in the form.
    pub hold_minutes: u16,
    /// The fields that the crew reads, in the order of the columns.
    pub list: Vec<String>,
    /// The districts that have tours of their own. Never empty.
    pub districts: Vec<TourDistrict>,
}

/// A part of the city that has tours of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TourDistrict {
    /// Its key.
    pub key: String,
    /// The postal codes that belong to it. Each belongs to one district.
    pub postcodes: Vec<String>,
}

impl TourRule {
    /// The district of a postal code; `None` where no tour goes.
    pub fn district(&self, postcode: &str) -> Option<&TourDistrict> {
        let wanted = postcode.trim();
        self.districts.iter().find(|district| district.postcodes.iter().any(|known| known == wanted))
    }
}

/// When two applications are one that arrived twice: same service, same person, the same essential answers, within some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameRule {
    /// The answers that matter: fields `group.field`; of a repeated group those of every row, in whatever order.
    pub answers: Vec<String>,
    /// Fields of type mail address or telephone by which a person without an account is known again.
    pub contact: Vec<String>,
    /// Within how many days.
    pub days: u16,
}
