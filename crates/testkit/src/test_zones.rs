//! The streets of the test city that lie in a zone.

use applications::StreetZones;

/// Beispielstraße 1 to 20 is zone N3.
///
/// # Panics
/// Never: the list is in order.
pub fn test_zones() -> StreetZones {
    StreetZones::read("postcode,street,from,to,zone\n30167,Beispielstraße,1,20,N3\n").expect("the list is in order")
}
