//! Keyed digests: codes, proofs and look-up numbers that nobody computes or reads back without the key.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// HMAC-SHA256 (RFC 2104) over `parts`, each after its length in bytes as eight bytes, most significant first, so that
/// parts cannot run into each other.
#[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of every length")]
pub fn digest(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = [7; 32];
        assert_eq!(digest(&key, &[b"a", b"bc"]), digest(&key, &[b"a", b"bc"]));
        assert_ne!(digest(&key, &[b"a", b"bc"]), digest(&key, &[b"ab", b"c"]));
        assert_ne!(digest(&key, &[b"a", b"bc"]), digest(&[8; 32], &[b"a", b"bc"]));
    }
}
