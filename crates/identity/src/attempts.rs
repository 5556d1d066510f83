//! Wrong passwords and codes slow the next try down, for logins that exist and for those that do not.
//!
//! A try is counted before it is checked, so that a hundred at once are a hundred, and a right one forgets the count. The delay
//! grows and is bounded, and it only stops new sign-ins: nobody who knows a login can shut its owner out for good.

use database::{AuditEntry, DatabaseError, Unit};
use domain::identifier::{AccountId, EventId};
use uuid::Uuid;

use crate::blind::Purpose;
use crate::{Identity, store};

/// So many letters are free.
const FREE_LETTERS: i64 = 3;
/// The delay after the last free try, in seconds; it doubles with each further one.
const FIRST_DELAY_SECONDS: i64 = 10;
/// The longest delay, in seconds.
const LONGEST_DELAY_SECONDS: i64 = 15 * 60;
/// After so many seconds without a try the count begins anew.
pub(crate) const FORGOTTEN_AFTER_SECONDS: i64 = 24 * 3600;

/// What somebody tries to prove.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Claimed<'a> {
    /// That they know the password of this login.
    Login(&'a str),
    /// That they know the current password of this account.
    Password(AccountId),
    /// That they hold the second factor of this account.
    SecondFactor(AccountId),
    /// Nothing: how often a letter for this login was asked for.
    ResetLetter(&'a str),
}

/// Whether a try may be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// It may.
    Granted,
    /// It may, and it is the last one without delay.
    Last,
    /// Not yet: what is typed does not matter.
    Blocked,
}

impl Leave {
    /// Whether the try may be checked.
    pub(crate) const fn is_granted(self) -> bool {
        match self {
            Self::Granted | Self::Last => true,
            Self::Blocked => false,
        }
    }
}

impl Claimed<'_> {
    /// How many tries are free: people mistype, and clients of one account start at once.
    fn free(self, identity: &Identity) -> i64 {
        match self {
            Self::Login(_) | Self::Password(_) | Self::SecondFactor(_) => {
                i64::from(identity.settings.free_tries.max(1))
            }
            Self::ResetLetter(_) => FREE_LETTERS,
        }
    }

    fn hash(self, identity: &Identity) -> [u8; 32] {
        let code = |parts: &[&[u8]]| identity.blind.code(Purpose::Attempts, parts);
        match self {
            Self::Login(login) => code(&[b"login", login.as_bytes()]),
            Self::Password(account) => code(&[b"password", account.0.as_bytes()]),
            Self::SecondFactor(account) => code(&[b"second factor", account.0.as_bytes()]),
            Self::ResetLetter(login) => code(&[b"reset letter", login.as_bytes()]),
        }
    }
}

/// How long to wait after `tries` tries that were not right, in seconds, where `free` are free.
fn delay_seconds(tries: i64, free: i64) -> i64 {
    if tries < free {
        return 0;
    }
    let doublings = u32::try_from((tries - free).min(16)).unwrap_or(16);
    (FIRST_DELAY_SECONDS << doublings).min(LONGEST_DELAY_SECONDS)
}

impl Identity {
    /// Counts a try, and says whether it may be checked.
    pub(crate) async fn count_try(&self, unit: &Unit, claimed: Claimed<'_>) -> Result<Leave, DatabaseError> {
        let (hash, now) = (claimed.hash(self), self.clock.now());
        let forgotten = now.plus_seconds(-FORGOTTEN_AFTER_SECONDS);
        let Some(tries) = store::attempt::count(unit, &hash, now, forgotten).await? else {
            return Ok(Leave::Blocked);
        };
        let free = claimed.free(self);
        let delay = delay_seconds(tries, free);
        if delay > 0 {
            store::attempt::block(unit, &hash, now.plus_seconds(delay)).await?;
        }
        Ok(if tries == free { Leave::Last } else { Leave::Granted })
    }

    /// Forgets the tries: the last one was right, or the owner has proved otherwise who they are.
    pub(crate) async fn forget_tries(&self, unit: &Unit, claimed: Claimed<'_>) -> Result<(), DatabaseError> {
        store::attempt::forget(unit, &claimed.hash(self)).await
    }

    /// Writes into the record that the last free try was wrong. It names the account, or for a login that nobody has a
    /// number that means nothing without our secret: the work is the same.
    pub(crate) async fn note_limit(
        &self,
        unit: &Unit,
        claimed: Claimed<'_>,
        owner: Option<AccountId>,
    ) -> Result<(), DatabaseError> {
        let (hash, now) = (claimed.hash(self), self.clock.now());
        let mut nobody = [0; 16];
        nobody.copy_from_slice(&hash[..16]);
        let subject = owner.map_or(Uuid::from_bytes(nobody), |account| account.0);
        let entry =
            AuditEntry { id: EventId(self.new_id()), actor: None, action: "sign_in.limit_reached", subject, at: now };
        unit.audit(&entry).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_are_bounded() {
        let delays: Vec<i64> = [0, 1, 4, 5, 6, 7, 11, 12, 1_000_000].map(|tries| delay_seconds(tries, 5)).into();
        assert_eq!(delays, [0, 0, 0, 10, 20, 40, 640, 900, 900]);
    }
}
