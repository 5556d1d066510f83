//! Places on the map: positions, districts and how long the way takes.

use serde::{Deserialize, Serialize};

use crate::text::Localized;

/// A position in degrees of the World Geodetic System 1984.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

impl Position {
    /// A position, if both numbers are finite and in range.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let valid = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        valid.then_some(Self { latitude, longitude })
    }

    /// Great-circle distance in metres (haversine formula, mean earth radius 6,371,008.8 m).
    pub fn distance_metres(self, other: Self) -> f64 {
        let (lat1, lat2) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_lat = (lat2 - lat1) / 2.0;
        let half_lon = (other.longitude - self.longitude).to_radians() / 2.0;
        let a = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
        2.0 * 6_371_008.8 * a.sqrt().min(1.0).asin()
    }
}

/// How somebody travels to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TravelMode {
    /// On foot.
    Walk,
    /// By bicycle.
    Bicycle,
    /// By bus and train, with the walk to the stop and the wait.
    Transit,
}

impl TravelMode {
    /// Estimated minutes for a way of `metres` as the crow flies, rounded up.
    ///
    /// An assumption, not a timetable: streets make the way 1.3 times longer; 4.5 km/h on foot, 14 km/h by bicycle,
    /// 18 km/h by transit plus ten minutes for stop and wait.
    pub fn minutes(self, metres: f64) -> u32 {
        let way = metres.max(0.0) * 1.3;
        let (metres_per_minute, fixed) = match self {
            Self::Walk => (75.0, 0.0),
            Self::Bicycle => (233.0, 0.0),
            Self::Transit => (300.0, 10.0),
        };
        (way / metres_per_minute + fixed).ceil().min(10_000.0) as u32
    }
}

/// A district of the city (in Hannover: Stadtbezirk).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct District {
    /// The city's own number of the district.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Inhabitants, as of `inhabitants_as_of`.
    pub inhabitants: u32,
    /// The day the count was taken, as the source writes it.
    pub inhabitants_as_of: String,
    /// A point in its middle.
    pub position: Option<Position>,
    /// Its quarters (Stadtteile).
    pub quarters: Vec<String>,
    /// Where the figures come from and how sure they are.
    pub provenance: Provenance,
}

/// Where a fact comes from and how sure it is. Assumed facts must stay marked wherever they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The source in words.
    pub source: String,
    /// How sure the fact is, in words ("sourced", "from memory", ...).
    pub certainty: String,
    /// Whether the value is an assumption made for a demonstration.
    pub assumption: bool,
}

/// A postal address, as text lines a person can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street, number, postal code and town in one line.
    pub line: String,
    /// A hint for finding the way ("entrance E", "first floor").
    pub hint: Option<Localized>,
}
