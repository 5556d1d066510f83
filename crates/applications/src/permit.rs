//! Permits that others check without asking the city: a signed token in a QR code.
//!
//! The token says what a warden must know and nothing of the person but the plate that everybody sees. It is signed with the
//! city's stamp, so it cannot be made by others; a list of those that were taken back tells the rest.

mod issue;
mod register;
mod remind;
mod revoke;
mod token;

pub use register::PermitRegister;
pub use revoke::{RevokePermit, RevokeReason};
pub use token::{PermitCheck, PermitToken, TokenError, check_permit, read_register};

/// The stamp of the city: signs what others check. The gateway wires it to whoever keeps keys.
pub trait Stamp: Send + Sync + std::fmt::Debug {
    /// Signs with Ed25519.
    fn sign(&self, message: &[u8]) -> [u8; 64];

    /// The public half.
    fn public_key(&self) -> [u8; 32];
}

/// Whether `signature` over `message` was made with the private half of `public_key` (Ed25519).
pub type Verify = fn(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool;

/// The name of a key: the first bytes of the hash of its public half.
pub(crate) fn key_id(public_key: &[u8; 32]) -> [u8; 4] {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(public_key);
    [digest[0], digest[1], digest[2], digest[3]]
}
