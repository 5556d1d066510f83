//! Boxes with compartments, from which documents are fetched at any hour.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::identifier::Key;
use crate::text::Localized;

/// The most compartments of a box. The largest that German cities have put up hold about 600.
pub const MOST_COMPARTMENTS: u16 = 1_000;

/// The heights of a door that somebody in a wheelchair reaches, in centimetres above the floor. DIN 18040-1 puts what is
/// operated by hand at 85 cm and lets it go up to 105 where there are several above each other; below 40 nobody reaches
/// from a chair (ISO 21542).
pub const REACHABLE_CM: RangeInclusive<u16> = 40..=105;

/// How much goes into a compartment, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompartmentSize {
    /// An identity card or a passport.
    Small,
    /// A letter of the size A4.
    Medium,
    /// A parcel.
    Large,
}

impl CompartmentSize {
    /// All sizes, smallest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// The size of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.as_str() == word)
    }
}

/// Which compartments somebody can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Every one.
    Any,
    /// Those at the height of [`REACHABLE_CM`].
    Low,
}

impl Reach {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Low => "low",
        }
    }

    /// The reach of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Any, Self::Low].into_iter().find(|reach| reach.as_str() == word)
    }
}

/// Compartments beside each other: same size, same height, numbered without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompartmentRow {
    /// The number on the first door, from 1.
    pub first: u16,
    /// The number on the last door.
    pub last: u16,
    /// How much goes in.
    pub size: CompartmentSize,
    /// How high the door is opened, in centimetres above the floor.
    pub height_cm: u16,
}

impl CompartmentRow {
    /// Whether somebody in a wheelchair reaches it.
    pub fn is_low(&self) -> bool {
        REACHABLE_CM.contains(&self.height_cm)
    }
}

/// A box of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locker {
    /// Its name within the office.
    pub key: Key,
    /// Its name for people.
    pub name: Localized,
    /// Where it stands and when one gets there, in words.
    pub place: Localized,
    /// For how many days a document lies in it, 1 to 60.
    pub keep_days: u16,
    /// Its compartments. No two rows share a number.
    pub rows: Vec<CompartmentRow>,
}

impl Locker {
    /// How many compartments it has.
    pub fn compartments(&self) -> usize {
        self.rows.iter().map(|row| usize::from(row.last - row.first) + 1).sum()
    }

    /// How many of them somebody in a wheelchair reaches.
    pub fn low_compartments(&self) -> usize {
        let low = self.rows.iter().filter(|row| row.is_low());
        low.map(|row| usize::from(row.last - row.first) + 1).sum()
    }

    /// The numbers of the compartments into which something of this size may be put for somebody of this reach, in the order
    /// in which they should be taken: the smallest that fit, and low ones last for whoever does not need them.
    pub fn candidates(&self, size: CompartmentSize, reach: Reach) -> Vec<u16> {
        let fits = |row: &&CompartmentRow| row.size >= size && (reach == Reach::Any || row.is_low());
        let mut rows: Vec<&CompartmentRow> = self.rows.iter().filter(fits).collect();
        rows.sort_by_key(|row| (row.is_low(), row.size, row.first));
        if reach == Reach::Low {
            rows.sort_by_key(|row| (row.size, row.first));
        }
        rows.into_iter().flat_map(|row| row.first..=row.last).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locker() -> Locker {
        let row = |first, last, size, height_cm| CompartmentRow { first, last, size, height_cm };
        let text = || Localized::german("Box");
        Locker {
            key: Key::new("box").unwrap(),
            name: text(),
            place: text(),
            keep_days: 7,
            rows: vec![
                row(1, 2, CompartmentSize::Small, 90),
                row(3, 4, CompartmentSize::Small, 150),
                row(5, 5, CompartmentSize::Large, 60),
                row(6, 6, CompartmentSize::Medium, 20),
            ],
        }
    }

    #[test]
    fn low_compartments_are_kept_for_those_who_need_them() {
        let locker = locker();
        assert_eq!((locker.compartments(), locker.low_compartments()), (6, 3));
        assert_eq!(locker.candidates(CompartmentSize::Small, Reach::Any), [3, 4, 6, 1, 2, 5]);
        assert_eq!(locker.candidates(CompartmentSize::Small, Reach::Low), [1, 2, 5]);
        assert_eq!(locker.candidates(CompartmentSize::Medium, Reach::Any), [6, 5]);
        assert_eq!(locker.candidates(CompartmentSize::Large, Reach::Low), [5]);
    }
}
