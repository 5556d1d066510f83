//! Ending reminders with one click: codes that carry no address, and the list of those who want none.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::DatabaseError;
use domain::keyed;
use subtle::ConstantTimeEq;

use crate::Deliveries;
use crate::store::refusals;

/// Bytes of an address's digest, and of the proof behind it.
const HALF: usize = 16;

/// The secret from which codes and digests are computed.
#[derive(Clone)]
pub struct UnsubscribeSecret([u8; 32]);

impl std::fmt::Debug for UnsubscribeSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("UnsubscribeSecret(redacted)")
    }
}

impl UnsubscribeSecret {
    /// Derives the secret from the master secret of the installation.
    pub fn from_master(master: &[u8; 32]) -> Self {
        Self(keyed::digest(master, &[b"servicepoint/unsubscribe/1"]))
    }

    /// The digest under which an address is remembered. Without the secret nobody finds the address to it.
    pub(crate) fn address(&self, mail: &str) -> [u8; HALF] {
        half(&keyed::digest(&self.0, &[b"address", mail.to_lowercase().as_bytes()]))
    }

    /// The code that stands in letters to this address. It works for ever, whatever becomes of the appointment.
    pub(crate) fn code(&self, mail: &str) -> String {
        let address = self.address(mail);
        URL_SAFE_NO_PAD.encode([address, self.proof(&address)].concat())
    }

    /// The digest of the address that a code belongs to.
    fn read(&self, code: &str) -> Option<[u8; HALF]> {
        // A code has 43 signs; whatever is much longer is not looked at.
        let bytes = (code.len() <= 64).then(|| URL_SAFE_NO_PAD.decode(code).ok())??;
        let (address, proof) = bytes.split_at_checked(HALF)?;
        let address: [u8; HALF] = address.try_into().ok()?;
        bool::from(self.proof(&address).ct_eq(proof)).then_some(address)
    }

    fn proof(&self, address: &[u8; HALF]) -> [u8; HALF] {
        half(&keyed::digest(&self.0, &[b"code", address]))
    }
}

/// Why reminders were not ended.
#[derive(Debug, thiserror::Error)]
pub enum UnsubscribeError {
    /// The code is none of ours.
    #[error("this code belongs to no address")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Deliveries {
    /// Whether a code belongs to an address. Everybody may ask: whoever has the code may use it.
    pub fn knows_unsubscribe_code(&self, code: &str) -> bool {
        self.secret.read(code).is_some()
    }

    /// Ends the reminders to the address behind a code, for all its appointments. Doing it twice is as good as once.
    /// Whoever has the code may: it opens nothing else.
    ///
    /// # Errors
    /// See [`UnsubscribeError`].
    pub async fn stop_reminders(&self, code: &str) -> Result<(), UnsubscribeError> {
        let address = self.secret.read(code).ok_or(UnsubscribeError::NotFound)?;
        Ok(refusals::add(&self.database, &address, self.clock.now()).await?)
    }

    /// Begins the reminders again.
    ///
    /// # Errors
    /// See [`UnsubscribeError`].
    pub async fn resume_reminders(&self, code: &str) -> Result<(), UnsubscribeError> {
        let address = self.secret.read(code).ok_or(UnsubscribeError::NotFound)?;
        Ok(refusals::remove(&self.database, &address).await?)
    }

    /// Forgets whether an address wants reminders, when its person is erased. For the house itself: the caller has decided
    /// that the asker may.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn forget_address(&self, mail: &str) -> Result<(), DatabaseError> {
        refusals::remove(&self.database, &self.secret.address(mail)).await
    }

    /// Whether an address wants no reminders. For the house itself.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn refuses_reminders(&self, mail: &str) -> Result<bool, DatabaseError> {
        refusals::holds(&self.database, &self.secret.address(mail)).await
    }
}

fn half(digest: &[u8; 32]) -> [u8; HALF] {
    *digest.first_chunk().expect("a digest has more than half its bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_belongs_to_one_address_in_any_case_of_letters() {
        let secret = UnsubscribeSecret::from_master(&[7; 32]);
        let code = secret.code("Eva@Example.org");
        assert_eq!(code, secret.code("eva@example.org"));
        assert_eq!(code.len(), 43);
        assert_eq!(secret.read(&code), Some(secret.address("eva@example.org")));
        assert_ne!(code, secret.code("otto@example.org"));
    }

    #[test]
    fn a_forged_code_opens_nothing() {
        let secret = UnsubscribeSecret::from_master(&[7; 32]);
        let code = secret.code("eva@example.org");
        let other = UnsubscribeSecret::from_master(&[8; 32]).code("eva@example.org");
        let changed = format!("{}{}", if code.starts_with('A') { 'B' } else { 'A' }, &code[1..]);
        for forged in ["", "A", &code[1..], &changed, &other, &"A".repeat(43), &"A".repeat(100_000), "💥"] {
            assert_eq!(secret.read(forged), None, "{forged}");
        }
    }
}
