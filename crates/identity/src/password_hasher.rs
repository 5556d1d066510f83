//! Argon2id, off the runtime and bounded: a rush of sign-ins waits or is told to come back, and nothing else slows down.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::environment::Entropy;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::password::Password;
use crate::settings::IdentitySettings;

/// Memory per hash in KiB, passes and lanes: OWASP's minimum for Argon2id. A hash carries its own parameters, so raising
/// them here leaves stored ones readable.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Length of a hash, in bytes.
const OUTPUT: usize = 32;

/// Too many passwords are being checked; trying again in a moment helps (HTTP 429).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked; try again in a moment")]
pub struct Busy;

/// A place in the queue of passwords that are hashed or wait.
pub(crate) struct Admitted(#[expect(dead_code, reason = "held until the work is done")] OwnedSemaphorePermit);

/// Hashes and checks passwords.
pub struct PasswordHasher {
    /// One permit per password that is hashed or waits.
    admitted: Arc<Semaphore>,
    /// One permit per password that is hashed.
    working: Arc<Semaphore>,
    /// What is checked when there is no account: as much work, never right.
    decoy: String,
}

impl PasswordHasher {
    /// A hasher with the bounds of `settings`. `entropy` makes the decoy.
    pub fn new(settings: &IdentitySettings, entropy: &dyn Entropy) -> Self {
        let parallel = settings.parallel_hashes.clamp(1, 1024);
        let admitted = parallel + settings.waiting_hashes.min(100_000);
        Self {
            admitted: Arc::new(Semaphore::new(admitted)),
            working: Arc::new(Semaphore::new(parallel)),
            decoy: decoy(entropy),
        }
    }

    /// The stored form of a checked password (a PHC string, `$argon2id$v=19$...`).
    pub(crate) async fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, Busy> {
        let admitted = self.admit()?;
        self.hash_admitted(password, salt, Some(admitted)).await
    }

    /// As [`PasswordHasher::hash`], for work that nobody waits for at a counter: it queues however long the queue is.
    pub(crate) async fn hash_patiently(&self, password: &Password, salt: [u8; 16]) -> Result<String, Busy> {
        self.hash_admitted(password, salt, None).await
    }

    /// Whether `password` is the one behind `stored`. Without `stored` the same work is done, and the answer is no.
    pub(crate) async fn verify(
        &self,
        admitted: Admitted,
        password: &Password,
        stored: Option<&str>,
    ) -> Result<bool, Busy> {
        let Some(form) = password.hashed_form() else { return Ok(false) };
        let stored = stored.unwrap_or(&self.decoy).to_owned();
        let working = self.work().await?;
        let check = move || {
            let _until_done = (admitted, working);
            let hash = PasswordHash::new(&stored).ok()?;
            Some(argon2().verify_password(form.as_bytes(), &hash).is_ok())
        };
        // A stored text that is no hash fits no password.
        Ok(spawn_blocking(check).await.map_err(|_| Busy)?.unwrap_or(false))
    }

    async fn hash_admitted(
        &self,
        password: &Password,
        salt: [u8; 16],
        admitted: Option<Admitted>,
    ) -> Result<String, Busy> {
        let form = password.hashed_form().unwrap_or_default();
        let working = self.work().await?;
        let work = move || {
            // The permits end with the work, not with the request: a caller who hangs up must not free a place early.
            let _until_done = (admitted, working);
            argon2().hash_password_with_salt(form.as_bytes(), &salt).map(|hash| hash.to_string())
        };
        // Fails only while the runtime shuts down; parameters and salt are constants that the tests show to be good.
        spawn_blocking(work).await.map_err(|_| Busy)?.map_err(|_| Busy)
    }

    /// A place in the queue.
    pub(crate) fn admit(&self) -> Result<Admitted, Busy> {
        Arc::clone(&self.admitted).try_acquire_owned().map(Admitted).map_err(|_| Busy)
    }

    async fn work(&self) -> Result<OwnedSemaphorePermit, Busy> {
        Arc::clone(&self.working).acquire_owned().await.map_err(|_| Busy)
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHasher").finish_non_exhaustive()
    }
}

fn argon2() -> Argon2<'static> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT)).expect("the constants are within the bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
}

/// A hash that no password has: its output is drawn, not computed.
fn decoy(entropy: &dyn Entropy) -> String {
    let (mut salt, mut output) = ([0; 16], [0; OUTPUT]);
    entropy.fill(&mut salt);
    entropy.fill(&mut output);
    let (salt, output) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Same(u8);

    impl Entropy for Same {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn hasher(parallel: usize, waiting: usize) -> PasswordHasher {
        let mut settings = IdentitySettings::new("issuer", "audience", parallel);
        settings.waiting_hashes = waiting;
        PasswordHasher::new(&settings, &Same(7))
    }

    async fn check(hasher: &PasswordHasher, password: &Password, stored: Option<&str>) -> Result<bool, Busy> {
        let admitted = hasher.admit()?;
        hasher.verify(admitted, password, stored).await
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_in_either_form_of_the_same_letters() {
        let hasher = hasher(2, 2);
        let stored = hasher.hash(&Password::new("zwölf Äpfel"), [1; 16]).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$AQEBAQ"), "{stored}");
        let fits = async |typed: &str| check(&hasher, &Password::new(typed), Some(&stored)).await.unwrap();
        assert!(fits("zwölf Äpfel").await);
        assert!(fits("zwo\u{308}lf A\u{308}pfel").await);
        assert!(!fits("zwölf äpfel").await);
        assert!(!fits(&"x".repeat(513)).await);
    }

    #[tokio::test]
    async fn without_an_account_the_same_work_is_done_for_nothing() {
        let hasher = hasher(1, 0);
        let decoy = PasswordHash::new(&hasher.decoy).expect("the decoy is a whole hash");
        assert_eq!(Params::try_from(&decoy).unwrap(), *argon2().params());
        assert_eq!(check(&hasher, &Password::new("zwölf Äpfel"), None).await, Ok(false));
        assert_eq!(check(&hasher, &Password::new("zwölf Äpfel"), Some("no hash")).await, Ok(false));
    }

    #[tokio::test]
    async fn a_full_queue_says_busy_at_once_and_empties_again() {
        let hasher = hasher(1, 1);
        let password = Password::new("zwölf Äpfel");
        let verified = || check(&hasher, &password, None);
        let (one, two, three) = tokio::join!(verified(), verified(), verified());
        assert_eq!((one, two, three), (Ok(false), Ok(false), Err(Busy)));
        assert_eq!(verified().await, Ok(false));
    }
}
