//! Opening hours as people ask for them: when an office is open, for whom, and whether an appointment is needed.

use chrono::NaiveDate;

use domain::identifier::Key;
use domain::opening::{Access, VisitChannel};
use domain::time::Timestamp;

use crate::supply::Supply;
use crate::supply::clock::Interval;

/// A stretch of time in which a team works, half open, after closures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// First instant.
    pub from: Timestamp,
    /// First instant after the end.
    pub to: Timestamp,
    /// Whether an appointment is needed.
    pub access: Access,
    /// How visits take place.
    pub channel: VisitChannel,
    /// The team.
    pub team: Key,
    /// The rule.
    pub rule: Key,
}

/// The same, as the supply keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    pub(crate) open: Interval,
    pub(crate) rule: u32,
    pub(crate) team: u16,
    pub(crate) day: u16,
}

impl Supply {
    /// When the office is open on the local day `day`, in order of time; walk-in hours included. Empty when it is closed,
    /// unknown, or the day was not compiled.
    pub fn opening_hours(&self, office: &Key, day: NaiveDate) -> Vec<OpeningHours> {
        let (Some(index), Some(day)) = (self.office_index(office), self.day_index(day)) else {
            return Vec::new();
        };
        let office = &self.offices[index];
        let from = office.hours.partition_point(|hours| hours.day < day);
        let of_day = office.hours[from..].iter().take_while(|hours| hours.day == day);
        of_day
            .map(|hours| {
                let rule = &self.rules[hours.rule as usize];
                OpeningHours {
                    from: Timestamp::from_seconds(hours.open.from),
                    to: Timestamp::from_seconds(hours.open.to),
                    access: rule.access,
                    channel: rule.channel,
                    team: office.teams[usize::from(hours.team)].key.clone(),
                    rule: rule.key.clone(),
                }
            })
            .collect()
    }
}
