//! Secrets that have to be read back are kept encrypted: AES-256-GCM under a key made from the installation's master secret.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use database::DatabaseError;
use domain::environment::Entropy;

/// What sets this key apart from others that are made from the same master secret.
const LABEL: &[u8] = b"servicepoint identity vault 1";

/// Where a secret is kept. It is bound to its place: copied to another row it cannot be opened.
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a [u8],
}

/// Encrypts and decrypts what identity has to read back: signing keys and secrets of second factors.
pub(crate) struct Vault(LessSafeKey);

impl Vault {
    /// The vault of the installation.
    pub(crate) fn from_master(master: &[u8; 32]) -> Self {
        let mut key = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"servicepoint")
            .extract(master)
            .expand(&[LABEL], hkdf::HKDF_SHA256)
            .and_then(|output| output.fill(&mut key))
            .expect("one block of SHA-256 is 32 bytes");
        let key = UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes are a key of AES-256");
        Self(LessSafeKey::new(key))
    }

    /// `secret` as it may be stored at `place`: nonce, ciphertext, tag.
    pub(crate) fn seal(&self, place: &Place<'_>, secret: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut sealed = secret.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place.bound(), &mut sealed)
            .expect("secrets are far shorter than the limit of 64 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// What was sealed at `place`.
    ///
    /// # Errors
    /// [`DatabaseError::Internal`] when it was changed, moved, or sealed under another master secret.
    pub(crate) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, DatabaseError> {
        let unreadable = || DatabaseError::Internal(format!("{}.{} cannot be decrypted", place.table, place.column));
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(unreadable)?;
        let mut secret = sealed.to_vec();
        let opened = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), place.bound(), &mut secret);
        opened.map(|secret| secret.to_vec()).map_err(|_| unreadable())
    }
}

impl Place<'_> {
    fn bound(&self) -> Aad<Vec<u8>> {
        Aad::from([self.table.as_bytes(), b".", self.column.as_bytes(), b"/", self.row].concat())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(closed)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Same;

    impl Entropy for Same {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_secret_opens_at_its_own_place_only() {
        let vault = Vault::from_master(&[1; 32]);
        let here = Place { table: "second_factor", column: "secret", row: b"one" };
        let sealed = vault.seal(&here, b"geheim", &Same);
        assert_eq!(vault.open(&here, &sealed).unwrap(), b"geheim");
        assert!(!sealed.windows(6).any(|window| window == b"geheim"));
        for elsewhere in
            [Place { row: b"two", ..here }, Place { column: "other", ..here }, Place { table: "signing_key", ..here }]
        {
            assert!(vault.open(&elsewhere, &sealed).is_err());
        }
        assert!(Vault::from_master(&[2; 32]).open(&here, &sealed).is_err());
        for changed in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[changed] ^= 1;
            assert!(vault.open(&here, &forged).is_err(), "byte {changed}");
        }
        assert!(vault.open(&here, b"short").is_err());
    }
}
