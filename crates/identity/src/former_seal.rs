//! Secrets as the first program sealed them: AES-256-GCM under one key for all. They are opened here and sealed anew with
//! [`database::Vault`]; nothing is sealed this way any more.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use database::{DatabaseError, Place};

/// What sets this key apart from others that are made from the same root secret.
const LABEL: &[u8] = b"servicepoint identity vault 1";
/// What a secret grows by when it is sealed: the nonce and the tag. The vault adds a byte for its version.
const MORE: usize = NONCE_LEN + 16;

/// Opens what was sealed by the first program.
pub(crate) struct FormerSeal(LessSafeKey);

impl FormerSeal {
    /// The seal of the installation.
    pub(crate) fn from_root(root: &[u8; 32]) -> Self {
        let mut key = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"servicepoint")
            .extract(root)
            .expand(&[LABEL], hkdf::HKDF_SHA256)
            .and_then(|output| output.fill(&mut key))
            .expect("one block of SHA-256 is 32 bytes");
        let key = UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes are a key of AES-256");
        Self(LessSafeKey::new(key))
    }

    /// Whether a secret of `length` bytes has this form.
    pub(crate) const fn is_of(length: usize, sealed: &[u8]) -> bool {
        sealed.len() == Self::length(length)
    }

    /// How long a secret of `length` bytes is in this form.
    pub(crate) const fn length(length: usize) -> usize {
        length + MORE
    }

    /// What was sealed at `place`, in a row that called itself `row`.
    ///
    /// # Errors
    /// [`DatabaseError::Internal`] when it was changed, moved, or sealed in another installation.
    pub(crate) fn open(&self, place: Place, row: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DatabaseError> {
        let unreadable = || DatabaseError::Internal(format!("{}.{} cannot be decrypted", place.table, place.column));
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(unreadable)?;
        let mut secret = sealed.to_vec();
        let bound = Aad::from([place.table.as_bytes(), b".", place.column.as_bytes(), b"/", row].concat());
        let opened = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), bound, &mut secret);
        opened.map(|secret| secret.to_vec()).map_err(|_| unreadable())
    }
}

impl fmt::Debug for FormerSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormerSeal(closed)")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_the_first_program_sealed_opens_at_its_own_place_only() {
        let seal = FormerSeal::from_root(&[1; 32]);
        let place = Place { table: "second_factor", column: "secret", row: Uuid::nil() };
        let mut sealed = b"geheim".to_vec();
        let bound = Aad::from(b"second_factor.secret/one".to_vec());
        seal.0.seal_in_place_append_tag(Nonce::assume_unique_for_key([7; 12]), bound, &mut sealed).unwrap();
        let sealed = [&[7; 12][..], &sealed].concat();
        assert!(FormerSeal::is_of(6, &sealed) && !FormerSeal::is_of(7, &sealed));
        assert_eq!(seal.open(place, b"one", &sealed).unwrap(), b"geheim");
        assert!(seal.open(place, b"two", &sealed).is_err());
        assert!(seal.open(Place { table: "signing_key", ..place }, b"one", &sealed).is_err());
        assert!(FormerSeal::from_root(&[2; 32]).open(place, b"one", &sealed).is_err());
        assert!(seal.open(place, b"one", b"short").is_err());
    }
}
