//! Number, code, PIN and order of a pick-up.
//!
//! None of them is stored but the number. A PIN has six digits, a million in all: a hash of it, however slow, would be guessed
//! from a stolen copy of the database within hours. Computed from the secret of the installation it is not in the copy at
//! all; at the door three tries are counted by the database.

use domain::code::{grouped, normalized, signs};
use domain::identifier::PickupId;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::secret::{LinkSecret, parse_code};

/// Signs of a number, 40 bits; as those of appointments.
const NUMBER_LENGTH: usize = 8;
/// Signs of the proof behind it, 80 bits.
const PROOF_LENGTH: usize = 16;
/// Signs of the proof of an order, 130 bits.
const ORDER_LENGTH: usize = 26;
/// Hexadecimal digits of an id.
const ID_LENGTH: usize = 32;
/// How many PINs there are.
const PINS: u64 = 1_000_000;

/// The code with which the state of a pick-up is read.
pub(crate) fn code(secret: &LinkSecret, number: &str, id: PickupId) -> String {
    grouped(&format!("{number}{}", proof(secret, id)))
}

/// Whether `proof` opens it; takes the same time for every wrong proof.
pub(crate) fn opens(secret: &LinkSecret, id: PickupId, given: &str) -> bool {
    proof(secret, id).as_bytes().ct_eq(given.as_bytes()).into()
}

fn proof(secret: &LinkSecret, id: PickupId) -> String {
    signs(&secret.derive(&[b"pickup", b"code", id.0.as_bytes()]), PROOF_LENGTH)
}

/// Number and proof of a typed code.
pub(crate) fn read_code(typed: &str) -> Option<(String, String)> {
    parse_code(typed)
}

/// The number that somebody types at a box.
pub(crate) fn read_number(typed: &str) -> Option<String> {
    normalized(typed, NUMBER_LENGTH)
}

/// The PIN: six digits. `pins` counts how often staff gave a new one.
pub(crate) fn pin(secret: &LinkSecret, id: PickupId, pins: i64) -> String {
    let digest = secret.derive(&[b"pickup", b"pin", id.0.as_bytes(), &pins.to_be_bytes()]);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    format!("{:06}", u64::from_be_bytes(first) % PINS)
}

/// Whether `typed` is the PIN; blanks do not matter.
pub(crate) fn is_pin(secret: &LinkSecret, id: PickupId, pins: i64, typed: &str) -> bool {
    let typed: String = typed.chars().filter(|sign| !sign.is_whitespace()).take(7).collect();
    pin(secret, id, pins).as_bytes().ct_eq(typed.as_bytes()).into()
}

/// The order to open one door once: names the opening and proves that we gave it.
pub(crate) fn order(secret: &LinkSecret, opening: Uuid, compartment: u16) -> String {
    format!("{}{}", opening.simple(), order_proof(secret, opening, compartment))
}

/// The opening that an order names, if we gave it for this compartment.
pub(crate) fn read_order(secret: &LinkSecret, given: &str, compartment: u16) -> Option<Uuid> {
    let (id, proof) = given.split_at_checked(ID_LENGTH)?;
    let opening = Uuid::try_parse(id).ok()?;
    let is_ours: bool = order_proof(secret, opening, compartment).as_bytes().ct_eq(proof.as_bytes()).into();
    is_ours.then_some(opening)
}

fn order_proof(secret: &LinkSecret, opening: Uuid, compartment: u16) -> String {
    let digest = secret.derive(&[b"pickup", b"order", opening.as_bytes(), &compartment.to_be_bytes()]);
    signs(&digest, ORDER_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_opens_its_own_thing_alone() {
        let secret = LinkSecret::from_master(&[7; 32]);
        let (one, other) = (PickupId(Uuid::from_u128(1)), PickupId(Uuid::from_u128(2)));
        let code = code(&secret, "K7M4QX2P", one);
        let (number, proof) = read_code(&code.to_lowercase()).unwrap();
        assert_eq!(number, "K7M4QX2P");
        assert!(opens(&secret, one, &proof) && !opens(&secret, other, &proof));
        let first = pin(&secret, one, 0);
        assert!(first.len() == 6 && first.bytes().all(|digit| digit.is_ascii_digit()));
        assert!(is_pin(&secret, one, 0, &format!("{} {}", &first[..3], &first[3..])));
        assert!(!is_pin(&secret, one, 1, &first) && !is_pin(&secret, other, 0, &first));
        assert!(!is_pin(&secret, one, 0, &format!("{first}0")) && !is_pin(&secret, one, 0, ""));
        let opening = Uuid::from_u128(3);
        let order = order(&secret, opening, 7);
        assert_eq!(read_order(&secret, &order, 7), Some(opening));
        assert_eq!(read_order(&secret, &order, 8), None, "another door");
        assert_eq!(read_order(&LinkSecret::from_master(&[8; 32]), &order, 7), None);
        for strange in ["", "ä".repeat(40).as_str(), &order[..40], &"0".repeat(58)] {
            assert_eq!(read_order(&secret, strange, 7), None);
        }
    }
}
