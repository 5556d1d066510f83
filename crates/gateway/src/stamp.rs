//! What signs permits: the port of applications to identity, which keeps keys.

use applications::Stamp;
use identity::CityStamp;

/// The stamp of the city.
#[derive(Debug)]
pub(crate) struct Stamped(CityStamp);

impl Stamped {
    /// Derives the stamp from the root secret.
    pub(crate) fn from_master(master: &[u8; 32]) -> Self {
        Self(CityStamp::from_master(master))
    }
}

impl Stamp for Stamped {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message)
    }

    fn public_key(&self) -> [u8; 32] {
        self.0.public_key()
    }
}
