//! A visit: which matters, for how many people, in one go. A family is one visit.

use domain::city::City;
use domain::identifier::Key;
use domain::opening::VisitChannel;
use serde::{Deserialize, Serialize};

/// Most matters in one visit.
pub const MOST_MATTERS: usize = 8;
/// Most people for one matter.
pub const MOST_PEOPLE: u16 = 12;

/// What somebody comes for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Visit {
    /// The matters, without repetition, in the order they were asked for.
    pub matters: Vec<Matter>,
}

/// One matter of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// The service.
    pub service: Key,
    /// For how many people, at least one.
    pub people: u16,
}

/// Why a visit cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VisitRefusal {
    /// No matter was named.
    #[error("a visit needs at least one service")]
    Empty,
    /// More than [`MOST_MATTERS`].
    #[error("a visit takes at most {MOST_MATTERS} services")]
    TooManyMatters,
    /// A service was named twice; ask for more people instead.
    #[error("the service {0} is named twice; give the number of people instead")]
    Repeated(Key),
    /// Nobody, or more than [`MOST_PEOPLE`].
    #[error("the number of people must be 1 to {MOST_PEOPLE}")]
    People,
    /// The city has no such service.
    #[error("there is no service {0}")]
    UnknownService(Key),
    /// The law or the city leaves no way by appointment on this channel.
    #[error("the service {0} cannot be booked for this kind of visit")]
    NotBookable(Key),
}

impl Visit {
    /// Checks the shape of a visit.
    ///
    /// # Errors
    /// [`VisitRefusal`] for the first thing that is wrong.
    pub fn new(matters: Vec<Matter>) -> Result<Self, VisitRefusal> {
        match matters.len() {
            0 => return Err(VisitRefusal::Empty),
            n if n > MOST_MATTERS => return Err(VisitRefusal::TooManyMatters),
            _ => {}
        }
        for (index, matter) in matters.iter().enumerate() {
            if matter.people == 0 || matter.people > MOST_PEOPLE {
                return Err(VisitRefusal::People);
            }
            if matters[..index].iter().any(|earlier| earlier.service == matter.service) {
                return Err(VisitRefusal::Repeated(matter.service.clone()));
            }
        }
        Ok(Self { matters })
    }

    /// Planned minutes of the whole visit: the sum over its matters.
    ///
    /// # Errors
    /// [`VisitRefusal::UnknownService`], or [`VisitRefusal::NotBookable`] when a matter has no way by `channel`.
    pub fn minutes(&self, city: &City, channel: VisitChannel) -> Result<u32, VisitRefusal> {
        let mut minutes = 0;
        for matter in &self.matters {
            let service = city
                .services
                .get(&matter.service)
                .ok_or_else(|| VisitRefusal::UnknownService(matter.service.clone()))?;
            let offered =
                service.planned_minutes > 0 && service.ways.iter().any(|offer| offer.way.channel() == Some(channel));
            if !offered {
                return Err(VisitRefusal::NotBookable(matter.service.clone()));
            }
            minutes += service.minutes_for(matter.people);
        }
        Ok(minutes)
    }

    /// How many people come: the largest number over the matters, since the same family comes for all of them.
    pub fn people(&self) -> u16 {
        self.matters.iter().map(|matter| matter.people).max().unwrap_or(1)
    }
}
