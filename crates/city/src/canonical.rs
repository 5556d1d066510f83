//! One text and one fingerprint for equal cities, however their files were written.

use domain::city::City;
use sha2::{Digest, Sha256};

/// The city as JSON in its one stored form: fields in the order of the types, offices and services by key. Passwords
/// are not part of it.
///
/// Comments, blank lines and the order of sections in the files do not change it.
///
/// # Panics
/// Never: every map of a city has text keys and every number is finite, which `check` guarantees and the tests show.
pub fn canonical_json(city: &City) -> String {
    serde_json::to_string(city).expect("a checked city has text keys and finite numbers only")
}

/// SHA-256 of [`canonical_json`] in 64 lower-case hexadecimal digits.
pub fn fingerprint(city: &City) -> String {
    hex::encode(Sha256::digest(canonical_json(city).as_bytes()))
}
