//! Numbers and codes: what people say, type and click to reach their appointment.
//!
//! Codes are computed from a secret, the appointment's id, what they open and how often it has moved. So nothing secret
//! is stored, a move voids all older codes, and a copy of the database opens no appointment.

use domain::code::{grouped, normalized, signs};
use domain::environment::Entropy;
use domain::identifier::AppointmentId;
use domain::keyed;
use subtle::ConstantTimeEq;

/// The secret from which codes are computed.
#[derive(Clone)]
pub struct LinkSecret([u8; 32]);

impl std::fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkSecret(redacted)")
    }
}

/// What a code opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Confirm a booking that waits for the click in the mail.
    Confirm,
    /// Read, move and cancel; also: turn one's hold into a booking.
    Manage,
}

/// Signs of a number, 40 bits.
const NUMBER_LENGTH: usize = 8;
/// Signs of a code, 80 bits.
const CODE_LENGTH: usize = 16;

impl LinkSecret {
    /// Derives the secret from the master secret of the installation.
    pub fn from_master(master: &[u8; 32]) -> Self {
        Self(keyed::digest(master, &[b"servicepoint/link/1"]))
    }

    /// The full code for `scope`, with the number in front, in groups of four: `K7M4-QX2P-ABCD-EFGH-JKMN-PQRS`.
    pub(crate) fn code(&self, scope: Scope, number: &str, id: AppointmentId, links: i64) -> String {
        let mut signs = number.to_owned();
        signs.push_str(&self.proof(scope, id, links));
        grouped(&signs)
    }

    /// Whether `proof` opens the appointment; takes the same time for every wrong proof.
    pub(crate) fn opens(&self, scope: Scope, id: AppointmentId, links: i64, proof: &str) -> bool {
        self.proof(scope, id, links).as_bytes().ct_eq(proof.as_bytes()).into()
    }

    /// The number that stands for a person in pools, from whatever identifies the person. Not reversible without the secret.
    pub(crate) fn person(&self, kind: &str, identity: &str) -> i64 {
        let digest = keyed::digest(&self.0, &[b"person", kind.as_bytes(), identity.as_bytes()]);
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(first) & i64::MAX
    }

    /// A keyed hash of several texts, 64 hexadecimal digits.
    pub(crate) fn fingerprint(&self, parts: &[&str]) -> String {
        let parts: Vec<&[u8]> =
            std::iter::once("fingerprint").chain(parts.iter().copied()).map(str::as_bytes).collect();
        hex::encode(keyed::digest(&self.0, &parts))
    }

    /// A keyed digest of `parts`, for what belongs to other things than appointments.
    pub(crate) fn derive(&self, parts: &[&[u8]]) -> [u8; 32] {
        keyed::digest(&self.0, parts)
    }

    fn proof(&self, scope: Scope, id: AppointmentId, links: i64) -> String {
        let scope: &[u8] = match scope {
            Scope::Confirm => b"confirm",
            Scope::Manage => b"manage",
        };
        signs(&keyed::digest(&self.0, &[scope, id.0.as_bytes(), &links.to_be_bytes()]), CODE_LENGTH)
    }
}

/// A fresh number for an appointment. Numbers are drawn, not counted, so that nobody can guess a neighbour's.
pub(crate) fn new_number(entropy: &dyn Entropy) -> String {
    let mut random = [0; NUMBER_LENGTH];
    entropy.fill(&mut random);
    signs(&random, NUMBER_LENGTH)
}

/// Takes a typed code apart into number and proof. Case, blanks and hyphens do not matter, and the letters that people
/// confuse are read as what was meant.
pub(crate) fn parse_code(typed: &str) -> Option<(String, String)> {
    let signs = normalized(typed, NUMBER_LENGTH + CODE_LENGTH)?;
    let (number, proof) = signs.split_at(NUMBER_LENGTH);
    Some((number.to_owned(), proof.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_opens_its_own_door_only_and_bears_typing() {
        let secret = LinkSecret::from_master(&[7; 32]);
        let id = AppointmentId(uuid::Uuid::from_u128(1));
        let code = secret.code(Scope::Manage, "K7M4QX2P", id, 0);
        let (number, proof) = parse_code(&code.to_lowercase().replace('-', " ")).unwrap();
        assert_eq!(number, "K7M4QX2P");
        assert!(secret.opens(Scope::Manage, id, 0, &proof));
        assert!(!secret.opens(Scope::Confirm, id, 0, &proof));
        assert!(!secret.opens(Scope::Manage, id, 1, &proof));
        assert!(!secret.opens(Scope::Manage, AppointmentId(uuid::Uuid::from_u128(2)), 0, &proof));
        assert_eq!(parse_code("K7M4"), None);
        assert_eq!(parse_code(&"A".repeat(100_000)), None);
    }
}
