//! Sealing what is too long to be held: a file is sealed chunk by chunk, each bound to its number and the last one to being
//! the last, so that chunks cannot be swapped, repeated, left out or cut off (docs/adr/0021).

use std::fmt;
use std::sync::Arc;

use domain::environment::Entropy;

use super::cipher::{self, Cipher};
use super::{Place, SubjectKey, Vault, VaultError};

/// Whether more chunks follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// There are more.
    More,
    /// This is the last.
    Last,
}

/// What seals and opens the chunks of one place. Holds the unwrapped key of its subject.
pub struct Chunks {
    cipher: Cipher,
    place: Place,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Vault {
    /// What seals and opens the chunks of `place` with the key of a subject. No query.
    ///
    /// # Errors
    /// [`VaultError::UnknownGeneration`] until [`Vault::refresh`], [`VaultError::DoesNotOpen`].
    pub fn chunks(&self, key: &SubjectKey, place: Place) -> Result<Chunks, VaultError> {
        Ok(Chunks { cipher: self.subject(key)?, place, entropy: Arc::clone(&self.entropy) })
    }
}

impl Chunks {
    /// How many bytes a sealed chunk is longer than its text.
    pub const OVERHEAD: usize = 1 + cipher::NONCE + 16;

    /// Seals the chunk of this number, counted from 0.
    pub fn seal(&self, number: u64, order: Order, text: &[u8]) -> Vec<u8> {
        let mut nonce = [0; cipher::NONCE];
        self.entropy.fill(&mut nonce);
        self.cipher.seal(nonce, &self.label(number, order), text)
    }

    /// Opens the chunk of this number.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`]: it was changed, or stands in the place of another, or chunks behind it are missing.
    pub fn open(&self, number: u64, order: Order, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.cipher.open(&self.label(number, order), sealed)
    }

    fn label(&self, number: u64, order: Order) -> Vec<u8> {
        let last: u8 = match order {
            Order::More => 0,
            Order::Last => 1,
        };
        let mut id = cipher::place_label(self.place);
        id.extend_from_slice(&number.to_be_bytes());
        id.push(last);
        cipher::label("chunk", &id)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::cipher::Bytes;
    use super::*;

    #[derive(Debug)]
    struct Counted(std::sync::atomic::AtomicU8);

    impl Entropy for Counted {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn chunks(row: u128) -> Chunks {
        let place = Place { table: "attachment", column: "content", row: Uuid::from_u128(row) };
        Chunks { cipher: Cipher::new(&Bytes([7; 32])), place, entropy: Arc::new(Counted(0.into())) }
    }

    #[test]
    fn chunks_open_in_their_order_alone() {
        let file = chunks(1);
        let sealed = [file.seal(0, Order::More, b"first"), file.seal(1, Order::Last, b"second")];
        assert_eq!(sealed[0].len(), b"first".len() + Chunks::OVERHEAD);
        assert_eq!(file.open(0, Order::More, &sealed[0]).as_deref(), Ok(&b"first"[..]));
        assert_eq!(file.open(1, Order::Last, &sealed[1]).as_deref(), Ok(&b"second"[..]));
        for (number, order, chunk, what) in [
            (0, Order::Last, &sealed[0], "cut off behind the first"),
            (0, Order::Last, &sealed[1], "the first left out"),
            (1, Order::More, &sealed[1], "something behind the last"),
            (1, Order::More, &sealed[0], "the first repeated"),
        ] {
            assert_eq!(file.open(number, order, chunk), Err(VaultError::DoesNotOpen), "{what}");
        }
        assert_eq!(chunks(2).open(0, Order::More, &sealed[0]), Err(VaultError::DoesNotOpen), "another file");
    }
}
