//! Which street lies in which zone: a list that the city keeps in a spreadsheet.

use std::collections::BTreeMap;

use forms::{Address, Zones};

/// Zones by street. Columns of the list: `postcode,street,from,to,zone`; `from` and `to` are house numbers, empty for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreetZones {
    streets: BTreeMap<(String, String), Vec<Stretch>>,
}

/// A part of a street.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    from: u32,
    to: u32,
    zone: String,
}

/// A line of the list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected `postcode,street,from,to,zone`, house numbers as digits, `from` not above `to`")]
pub struct NotAZone {
    /// The line, from 1.
    pub line: usize,
}

impl StreetZones {
    /// Reads the list. The first line names the columns; empty lines and those that begin with `#` are skipped.
    ///
    /// # Errors
    /// [`NotAZone`] for the first line that cannot be read.
    pub fn read(text: &str) -> Result<Self, NotAZone> {
        let mut streets: BTreeMap<(String, String), Vec<Stretch>> = BTreeMap::new();
        let lines = text.lines().enumerate().skip(1);
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
            let (place, stretch) = stretch(line).ok_or(NotAZone { line: index + 1 })?;
            streets.entry(place).or_default().push(stretch);
        }
        Ok(Self { streets })
    }
}

fn stretch(line: &str) -> Option<((String, String), Stretch)> {
    let columns: Vec<&str> = line.split(',').map(str::trim).collect();
    let [postcode, street, from, to, zone] = columns[..] else { return None };
    let bound = |text: &str, open: u32| if text.is_empty() { Some(open) } else { text.parse().ok() };
    let (from, to) = (bound(from, 0)?, bound(to, u32::MAX)?);
    let is_good = from <= to && !postcode.is_empty() && !street.is_empty() && !zone.is_empty();
    let stretch = Stretch { from, to, zone: zone.to_owned() };
    is_good.then(|| ((postcode.to_owned(), plain_street(street)), stretch))
}

/// A street as it is compared: people write `Str.`, `Straße` and `strasse`.
pub(crate) fn plain_street(street: &str) -> String {
    let lower = street.to_lowercase().replace("straße", "str").replace("strasse", "str");
    lower.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

impl Zones for StreetZones {
    fn zone(&self, address: &Address) -> Option<String> {
        let stretches = self.streets.get(&(address.postcode.trim().to_owned(), plain_street(&address.street)))?;
        let digits: String = address.number.trim().chars().take_while(char::is_ascii_digit).collect();
        let number: u32 = digits.parse().ok()?;
        let found = stretches.iter().find(|stretch| (stretch.from..=stretch.to).contains(&number));
        found.map(|stretch| stretch.zone.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone_of(street: &str, number: &str) -> Option<String> {
        let list =
            "postcode,street,from,to,zone\n# Nordstadt\n30167,Beispielstraße,1,20,N3\n30167,Beispielstraße,21,,N4\n";
        let (postcode, town) = ("30167".to_owned(), "Hannover".to_owned());
        let (street, number) = (street.to_owned(), number.to_owned());
        let address = Address { street, number, postcode, town, extra: None, country: None };
        StreetZones::read(list).unwrap().zone(&address)
    }

    #[test]
    fn a_street_is_found_however_it_is_written() {
        for street in ["Beispielstraße", "beispielstr.", "Beispiel-Strasse"] {
            assert_eq!(zone_of(street, "20 a").as_deref(), Some("N3"), "{street}");
        }
        assert_eq!(zone_of("Beispielstraße", "21").as_deref(), Some("N4"));
        assert_eq!(zone_of("Beispielstraße", "0"), None);
        assert_eq!(zone_of("Beispielweg", "1"), None);
        assert_eq!(zone_of("Beispielstraße", "ohne"), None);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for bad in ["30167,Weg,9,1,N3", "30167,Weg,1,2", "30167,Weg,eins,2,N3", ",Weg,1,2,N3"] {
            let list = format!("postcode,street,from,to,zone\n\n{bad}\n");
            assert_eq!(StreetZones::read(&list), Err(NotAZone { line: 3 }), "{bad}");
        }
    }
}
