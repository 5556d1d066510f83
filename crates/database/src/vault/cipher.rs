//! AES-256-GCM with a versioned form, and the labels that bind what is sealed to its place.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use uuid::Uuid;

use super::{Place, VaultError};

/// Length of a nonce in bytes.
pub(super) const NONCE: usize = 12;
/// The form of everything sealed: this byte, the nonce, the ciphertext, a tag of 16 bytes.
const VERSION: u8 = 1;

/// The bytes of a key. They do not show themselves, and are written over when they go.
#[derive(Default)]
pub(super) struct Bytes(pub(super) [u8; 32]);

impl Drop for Bytes {
    fn drop(&mut self) {
        self.0.fill(0);
        // Keeps the optimiser from dropping a write that nobody reads.
        std::hint::black_box(&self.0);
    }
}

/// A key, ready to seal and open.
pub(super) struct Cipher(LessSafeKey);

impl Cipher {
    pub(super) fn new(key: &Bytes) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &key.0).expect("a key of AES-256 has 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// Seals `text` under `label`. The nonce must be drawn afresh: with one key at most 2^32 times (NIST SP 800-38D, 8.3),
    /// which for a tenant key is four thousand million appointments.
    pub(super) fn seal(&self, nonce: [u8; NONCE], label: &[u8], text: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(1 + NONCE + text.len() + 16);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        let mut body = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(nonce, Aad::from(label), &mut body).expect("far below the longest text");
        sealed.extend_from_slice(&body);
        sealed
    }

    /// Opens what was sealed under `label`.
    pub(super) fn open(&self, label: &[u8], sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (head, body) = sealed.split_at_checked(1 + NONCE).ok_or(VaultError::DoesNotOpen)?;
        if head[0] != VERSION {
            return Err(VaultError::DoesNotOpen);
        }
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&head[1..]);
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length =
            self.0.open_in_place(nonce, Aad::from(label), &mut body).map_err(|_| VaultError::DoesNotOpen)?.len();
        body.truncate(length);
        Ok(body)
    }

    /// Opens a wrapped key.
    pub(super) fn open_key(&self, label: &[u8], wrapped: &[u8]) -> Result<Bytes, VaultError> {
        let opened = self.open(label, wrapped)?;
        let mut bytes = Bytes::default();
        if opened.len() != bytes.0.len() {
            return Err(VaultError::DoesNotOpen);
        }
        bytes.0.copy_from_slice(&opened);
        Ok(bytes)
    }
}

/// 32 bytes that depend on `secret` and `label` alone (HKDF-SHA256, RFC 5869).
pub(crate) fn derive(secret: &[u8; 32], label: &str) -> [u8; 32] {
    let mut derived = [0; 32];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, b"servicepoint vault").extract(secret);
    extracted
        .expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|output| output.fill(&mut derived))
        .expect("one block of SHA-256 is 32 bytes");
    derived
}

/// Binds a wrapped key to its subject, tenant generation or purpose.
pub(super) fn label(kind: &str, id: &[u8]) -> Vec<u8> {
    parts(&[kind.as_bytes(), id])
}

pub(super) fn key_label(subject: Uuid) -> Vec<u8> {
    label("subject_key", subject.as_bytes())
}

pub(super) fn place_label(place: Place) -> Vec<u8> {
    parts(&[b"field", place.table.as_bytes(), place.column.as_bytes(), place.row.as_bytes()])
}

/// Parts with their lengths in front: no two lists give the same bytes.
fn parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut label = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        label.extend_from_slice(&(part.len() as u32).to_be_bytes());
        label.extend_from_slice(part);
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_under_its_own_key_and_label_alone() {
        let cipher = Cipher::new(&Bytes([7; 32]));
        let sealed = cipher.seal([1; NONCE], b"here", b"Eva Beispiel");
        assert_eq!(sealed.len(), b"Eva Beispiel".len() + 29);
        assert_eq!(cipher.open(b"here", &sealed).as_deref(), Ok(&b"Eva Beispiel"[..]));
        assert_eq!(cipher.open(b"there", &sealed), Err(VaultError::DoesNotOpen));
        assert_eq!(Cipher::new(&Bytes([8; 32])).open(b"here", &sealed), Err(VaultError::DoesNotOpen));
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(cipher.open(b"here", &changed), Err(VaultError::DoesNotOpen), "byte {index}");
            assert_eq!(cipher.open(b"here", &sealed[..index]), Err(VaultError::DoesNotOpen), "cut at {index}");
        }
    }

    #[test]
    fn a_published_example_of_the_cipher_comes_out_as_published() {
        // Test case 14 of McGrew and Viega, "The Galois/Counter Mode of Operation": zeroes throughout.
        let sealed = Cipher::new(&Bytes([0; 32])).seal([0; NONCE], b"", &[0; 16]);
        assert_eq!(hex::encode(&sealed[13..]), "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
    }

    #[test]
    fn labels_of_different_places_differ() {
        let row = Uuid::from_u128(1);
        let place = |table, column| place_label(Place { table, column, row });
        assert_ne!(place("ab", "c"), place("a", "bc"));
        assert_ne!(place("a", "b"), place_label(Place { table: "a", column: "b", row: Uuid::from_u128(2) }));
    }
}
