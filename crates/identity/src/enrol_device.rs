//! Enrolling a device: a lead draws a short code for a place in the office, and the device that types it becomes an account.

use std::fmt;

use database::{DatabaseError, Rule};
use domain::code::{grouped, normalized, signs};
use domain::identifier::{AccountId, Key, TokenFamilyId};
use domain::law::TrustLevel;
use domain::permission::{Actor, Permission, Role};
use domain::text::line;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::accounts::Account;
use crate::blind::Purpose;
use crate::failure::{Failure, Problem};
use crate::issue_access_token::IssuedTokens;
use crate::requests::{idempotency_key, retried};
use crate::store::device::Enrolment;
use crate::{Identity, store};

/// How long a code can be typed, in minutes.
pub const ENROLMENT_MINUTES: i64 = 15;
/// Signs of a code, 40 bits.
const CODE_LENGTH: usize = 8;
/// Longest name of a device, in characters.
const LONGEST_NAME: usize = 100;

/// Which device shall be enrolled.
#[derive(Debug, Clone)]
pub struct CreateDeviceEnrolment {
    /// The office it will belong to. That it exists is checked by whoever knows the city.
    pub office: Key,
    /// What it is called, such as "Aufruf 2".
    pub name: String,
    /// The client's key: the same request twice has one effect and one answer.
    pub idempotency_key: String,
}

/// The code to type into the device. Printing it shows its end alone.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// Eight signs in two groups: `K7M4-QX2P`.
    pub code: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A device that has been enrolled, with its first tokens.
#[derive(Debug, Clone)]
pub struct EnrolledDevice {
    /// Its account.
    pub account: Account,
    /// Its tokens.
    pub tokens: IssuedTokens,
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolmentCode").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Identity {
    /// Draws a code for a device of an office, for somebody who manages the devices there. The same request twice gives the
    /// same code.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn create_device_enrolment(
        &self,
        actor: &Actor,
        command: &CreateDeviceEnrolment,
    ) -> Result<EnrolmentCode, Failure> {
        actor.may_in(Permission::ManageDevices, &command.office)?;
        let name = line(&command.name, LONGEST_NAME).map_err(|_| Problem::Name)?;
        let input = format!("{} {name}", command.office);
        let key = idempotency_key(actor, &command.idempotency_key, "create_device_enrolment", &input)?;
        if let Some(id) = self.subject_of(&key).await? {
            return self.drawn_before(id).await;
        }
        let (id, now) = (self.new_id(), self.clock.now());
        let code = self.enrolment_code(id);
        let enrolment = Enrolment {
            id,
            code_hash: self.enrolment_hash(&code),
            office: command.office.clone(),
            name,
            expires_at: now.plus_minutes(ENROLMENT_MINUTES),
        };
        let unit = self.database.begin().await?;
        store::device::add_enrolment(&unit, &enrolment, actor.account(), now).await?;
        self.audit(&unit, actor, "device.create_enrolment", id).await?;
        match unit.remember(&key, id, now).await {
            Err(error) if error.breaks(Rule::IdempotencyKey) => {
                drop(unit);
                let id = self.subject_of(&key).await?.ok_or(DatabaseError::Contended)?;
                return self.drawn_before(id).await;
            }
            remembered => remembered?,
        }
        unit.commit().await?;
        Ok(EnrolmentCode { code: grouped(&code), expires_at: enrolment.expires_at })
    }

    /// Makes an account of the device that types a code, and gives it tokens. Whoever has the code may; the same request
    /// twice gives tokens of the same family.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn enrol_device(&self, code: &str, client_key: &str) -> Result<EnrolledDevice, Failure> {
        let code = normalized(code, CODE_LENGTH).ok_or(Problem::CodeInvalid)?;
        let hash = self.enrolment_hash(&code);
        let key = idempotency_key(&Actor::Anonymous, client_key, "enrol_device", &code)?;
        self.unlocked().await?;
        retried(|| async {
            if let Some(family) = self.subject_of(&key).await? {
                return self.enrolled_before(TokenFamilyId(family)).await;
            }
            let now = self.clock.now();
            let unit = self.database.begin().await?;
            // Of two devices that type the code one uses it.
            let Some(enrolment) = store::device::use_enrolment(&unit, &hash, now).await? else {
                drop(unit);
                // It may have been this very request, sent twice.
                let family = self.subject_of(&key).await?.ok_or(Problem::CodeInvalid)?;
                return self.enrolled_before(TokenFamilyId(family)).await;
            };
            let account = self.device_account(enrolment, now);
            let actor = account.actor();
            self.add_account(&unit, &account, None).await?;
            let family = self.begin_family(&unit, &actor, 0, &account.name, None).await?;
            self.audit(&unit, &actor, "device.enrol", account.id.0).await?;
            unit.remember(&key, family.id.0, now).await?;
            unit.commit().await?;
            let tokens = self.tokens_of(&actor, &family).await?;
            Ok(EnrolledDevice { account, tokens })
        })
        .await
    }

    async fn drawn_before(&self, id: Uuid) -> Result<EnrolmentCode, Failure> {
        let found = store::device::enrolment_end(&self.database, id).await?;
        let expires_at = found.ok_or(Problem::NotFound)?;
        Ok(EnrolmentCode { code: grouped(&self.enrolment_code(id)), expires_at })
    }

    async fn enrolled_before(&self, family: TokenFamilyId) -> Result<EnrolledDevice, Failure> {
        let unit = self.database.begin().await?;
        let found = store::token_family::find(&unit, family).await?;
        drop(unit);
        // Once the device has drawn its next token, its first answer is nobody's any more.
        let (family, actor) = found.filter(|(family, _)| family.sequence == 0).ok_or(Problem::CodeInvalid)?;
        let account = self.accounts(&[family.account]).await?.remove(&family.account).ok_or(Problem::CodeInvalid)?;
        let tokens = self.tokens_of(&actor, &family).await?;
        Ok(EnrolledDevice { account, tokens })
    }

    fn device_account(&self, enrolment: Enrolment, now: Timestamp) -> Account {
        let id = AccountId(self.new_id());
        Account {
            id,
            // Nobody types this: a device has no password.
            login: format!("device-{}", id.0.simple()),
            name: enrolment.name,
            role: Role::Device,
            office: Some(enrolment.office),
            trust: TrustLevel::None,
            created_at: now,
            disabled_at: None,
        }
    }

    /// Computed from the id, so that a request sent twice can be answered twice although only a hash is stored.
    fn enrolment_code(&self, id: Uuid) -> String {
        signs(&self.blind.code(Purpose::Enrolment, &[id.as_bytes()]), CODE_LENGTH)
    }

    fn enrolment_hash(&self, code: &str) -> [u8; 32] {
        self.blind.code(Purpose::EnrolmentCode, &[code.as_bytes()])
    }
}
