//! Recovery: whoever forgot their password asks for a letter, and sets a new one with the link in it.
//!
//! Asking is answered alike for every login. The letter itself is written by whoever hears the event `account.reset_requested`;
//! its code is computed, so nothing that opens an account is stored.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use database::{DatabaseError, Event, Unit};
use domain::identifier::{AccountId, EventId};
use domain::permission::Actor;
use domain::text::mail_address;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::attempts::Claimed;
use crate::blind::Purpose;
use crate::failure::{Failure, Problem};
use crate::password::Password;
use crate::requests::idempotency_key;
use crate::store::account::NewPassword;
use crate::store::password_reset::Reset;
use crate::{Identity, login, store};

/// How long the link in the letter is good, in minutes.
pub const RESET_MINUTES: i64 = 30;
/// How much of the computed code stands in the link, in bytes.
const PROOF_LENGTH: usize = 16;

/// What stands in the letter's link. Printing it shows its end alone.
#[derive(Clone, PartialEq, Eq)]
pub struct ResetCode {
    /// The code: 43 signs of base64url.
    pub code: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl fmt::Debug for ResetCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResetCode").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A code and the password that shall count. Printing it shows nothing.
#[derive(Clone)]
pub struct RecoverPassword {
    /// The code of the letter.
    pub code: String,
    /// The new password.
    pub new: Password,
    /// The client's key: the same request twice has one effect and one answer.
    pub idempotency_key: String,
}

impl fmt::Debug for RecoverPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoverPassword(hidden)")
    }
}

impl Identity {
    /// Asks for a letter with a link that sets a new password. Anybody may ask, and learns nothing: the answer and the work
    /// are the same whether `login` exists or not. Letters go to logins that are mail addresses and have a password.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn request_password_reset(&self, login: &str) -> Result<(), DatabaseError> {
        let Some(login) = login::compared(login) else { return Ok(()) };
        let found = self.credentials_of_login(&login).await?;
        let found = found.filter(|credentials| mail_address(&credentials.account.login).is_ok());
        let account = found.as_ref().map(|credentials| credentials.account.id);
        let now = self.clock.now();
        let unit = self.database.begin().await?;
        if self.count_try(&unit, Claimed::ResetLetter(&login)).await?.is_granted() {
            let reset = Reset {
                id: self.new_id(),
                account,
                generation: found.map_or(0, |credentials| credentials.generation),
                expires_at: now.plus_minutes(RESET_MINUTES),
            };
            store::password_reset::add(&unit, &reset, now).await?;
            if let Some(account) = account {
                self.tell(&unit, "account.reset_requested", account).await?;
            }
        }
        unit.commit().await
    }

    /// The code of the newest link that is still open for `account`, for the letter; `None` when there is none. For the
    /// house itself: whoever has the code has the account.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn reset_code(&self, account: AccountId) -> Result<Option<ResetCode>, DatabaseError> {
        let found = store::password_reset::newest_open(&self.database, account, self.clock.now()).await?;
        Ok(found.map(|reset| {
            let proof = self.reset_proof(reset.id, account, reset.generation);
            let code = URL_SAFE_NO_PAD.encode([&reset.id.as_bytes()[..], &proof].concat());
            ResetCode { code, expires_at: reset.expires_at }
        }))
    }

    /// Sets a new password for whoever has the code of the letter, and ends all sessions and tokens. A second factor stays.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn recover_password(&self, command: RecoverPassword) -> Result<(), Failure> {
        let same_password = command.new.hashed_form().unwrap_or_default();
        let same_password = self.blind.code(Purpose::SamePassword, &[same_password.as_bytes()]);
        let input = format!("{} {}", command.code, URL_SAFE_NO_PAD.encode(same_password));
        let key = idempotency_key(&Actor::Anonymous, &command.idempotency_key, "reset_password", &input)?;
        if self.subject_of(&key).await?.is_some() {
            return Ok(());
        }
        let now = self.clock.now();
        let (id, proof) = presented(&command.code).ok_or(Problem::CodeInvalid)?;
        let found = store::password_reset::open(&self.database, id, now).await?;
        let reset = found.ok_or(Problem::CodeInvalid)?;
        let id = reset.account.ok_or(Problem::CodeInvalid)?;
        if !self.is_reset_proof(&proof, &reset, id) {
            return Err(Problem::CodeInvalid.into());
        }
        let found = self.credentials_of(id).await?;
        let found = found.filter(|credentials| credentials.generation == reset.generation);
        let account = found.ok_or(Problem::CodeInvalid)?.account;
        command.new.check(&account)?;
        let hash = self.hasher.hash(&command.new, self.salt()).await?;

        let unit = self.database.begin().await?;
        // Of two at once one uses the code.
        if !store::password_reset::use_up(&unit, reset.id, now).await? {
            drop(unit);
            // It may have been this very request, sent twice.
            return self.subject_of(&key).await?.map(drop).ok_or_else(|| Problem::CodeInvalid.into());
        }
        let new = NewPassword { account: id, hash: &hash, generation: reset.generation };
        if !store::account::set_password(&unit, &new).await? {
            return Err(Problem::CodeInvalid.into());
        }
        let ended = self.end_everything(&unit, id, reset.generation.saturating_add(1)).await?;
        self.forget_tries(&unit, Claimed::Login(&account.login)).await?;
        self.forget_tries(&unit, Claimed::Password(id)).await?;
        self.audit(&unit, &account.actor(), "account.recover_password", id.0).await?;
        unit.remember(&key, id.0, now).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(())
    }

    fn reset_proof(&self, reset: Uuid, account: AccountId, generation: i64) -> [u8; PROOF_LENGTH] {
        let parts = [&reset.as_bytes()[..], account.0.as_bytes(), &generation.to_be_bytes()];
        let code = self.blind.code(Purpose::Reset, &parts);
        std::array::from_fn(|place| code[place])
    }

    fn is_reset_proof(&self, proof: &[u8; PROOF_LENGTH], reset: &Reset, account: AccountId) -> bool {
        use subtle::ConstantTimeEq;
        self.reset_proof(reset.id, account, reset.generation)[..].ct_eq(proof).into()
    }

    /// Writes into the outbox that something happened to an account, for those who write letters. The event carries the
    /// account's id alone; its origin is nobody's, because identity follows no events.
    pub(crate) async fn tell(&self, unit: &Unit, kind: &'static str, account: AccountId) -> Result<(), DatabaseError> {
        let (id, at) = (EventId(self.new_id()), self.clock.now());
        unit.record(&Event { id, kind, subject: account.0, payload: "{}".into(), at, origin: 0 }).await
    }
}

/// Takes a presented code apart.
fn presented(code: &str) -> Option<(Uuid, [u8; PROOF_LENGTH])> {
    let mut bytes = [0; 32];
    let length = URL_SAFE_NO_PAD.decode_slice(code.trim(), &mut bytes).ok()?;
    let (id, proof) = bytes.split_first_chunk::<16>()?;
    (length == bytes.len()).then(|| Some((Uuid::from_bytes(*id), proof.try_into().ok()?))).flatten()
}
