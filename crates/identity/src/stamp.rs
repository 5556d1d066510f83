//! The stamp of the city: a key of its own with which permits are signed that others check without asking (Ed25519).
//!
//! It is derived from the root secret and has no life of phases as the keys of tokens have: a permit lies behind a
//! windscreen for a year, and must be checked all that time by devices that never ask. Its public half is no secret.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use domain::keyed;

/// The stamp.
pub struct CityStamp {
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl std::fmt::Debug for CityStamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CityStamp(redacted)")
    }
}

impl CityStamp {
    /// Derives the stamp from the root secret of the installation.
    ///
    /// # Panics
    /// Never: any 32 bytes are a seed of Ed25519.
    pub fn from_master(master: &[u8; 32]) -> Self {
        let seed = keyed::digest(master, &[b"servicepoint/stamp/1"]);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed of Ed25519");
        let mut public = [0; 32];
        public.copy_from_slice(pair.public_key().as_ref());
        Self { pair, public }
    }

    /// Signs. The same message always gets the same signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(message).as_ref());
        signature
    }

    /// The public half.
    pub const fn public_key(&self) -> [u8; 32] {
        self.public
    }
}

/// Whether `signature` over `message` was made with the private half of `public_key`. Needs no installation.
pub fn is_stamped(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stamped_is_known_and_what_is_changed_is_not() {
        let (stamp, other) = (CityStamp::from_master(&[7; 32]), CityStamp::from_master(&[8; 32]));
        let signature = stamp.sign(b"H-AB 123");
        assert!(is_stamped(&stamp.public_key(), b"H-AB 123", &signature));
        assert!(!is_stamped(&stamp.public_key(), b"H-AB 124", &signature));
        assert!(!is_stamped(&other.public_key(), b"H-AB 123", &signature));
        assert_eq!(signature, CityStamp::from_master(&[7; 32]).sign(b"H-AB 123"));
    }
}
