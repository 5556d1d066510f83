//! The second factor: six digits of an app that change every thirty seconds (TOTP, RFC 6238), each good once, and recovery
//! codes for the day the phone is gone.

use std::fmt;

use database::{DatabaseError, Place, Unit};
use domain::code::{grouped, normalized, signs};
use domain::identifier::AccountId;
use totp_rs::{Algorithm, Builder, Totp};

use crate::accounts::Account;
use crate::attempts::{Claimed, Leave};
use crate::blind::Purpose;
use crate::former_seal::FormerSeal;
use crate::session_token::{SessionToken, presented};
use crate::sign_in::SignInError;
use crate::store::account::Credentials;
use crate::{Identity, store};

/// How long a challenge waits for its code, in seconds.
const CHALLENGE_SECONDS: i64 = 300;
/// How many codes are tried for one challenge.
const CHALLENGE_TRIES: i64 = 5;
/// Length of the shared secret, in bytes: that of the hash (RFC 4226, section 4).
pub(crate) const SECRET_LENGTH: usize = 20;
/// Length of a step, in seconds.
const STEP_SECONDS: u64 = 30;
/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// Signs of a recovery code, 80 bits.
const RECOVERY_LENGTH: usize = 16;

/// What a right password is answered with where there is a second factor: the code comes with it. Printing it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge(SessionToken);

/// Codes that each stand in for the second factor once. Shown once, stored hashed; printing them shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCodes(Vec<String>);

impl Challenge {
    /// The challenge itself, for the client and for nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl RecoveryCodes {
    /// The codes themselves, for the person and for nothing else.
    pub fn expose(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge(hidden)")
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCodes(hidden)")
    }
}

/// Where an account's secret stands.
const fn place(account: AccountId) -> Place {
    Place { table: "second_factor", column: "secret", row: account.0 }
}

/// The generator of codes that the apps know: SHA-1, six digits, thirty seconds; one step early or late is forgiven.
///
/// `issuer` is the address of the installation; the app shows its host.
pub(crate) fn generator(secret: &[u8], issuer: &str, account: &Account) -> Result<Totp, DatabaseError> {
    let host = issuer.split_once("://").map_or(issuer, |(_, host)| host);
    let host = host.split([':', '/']).next().unwrap_or(host);
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret.to_vec())
        .with_account_name(account.login.as_str())
        .with_issuer(Some(host))
        .build();
    built.map_err(|_| DatabaseError::Internal("the secret of a second factor cannot be used".into()))
}

impl Identity {
    /// Opens a challenge for somebody whose password is right.
    pub(crate) async fn challenge(&self, unit: &Unit, credentials: &Credentials) -> Result<Challenge, DatabaseError> {
        let token = SessionToken::draw(self.entropy.as_ref());
        let expires_at = self.clock.now().plus_seconds(CHALLENGE_SECONDS);
        let (account, generation) = (credentials.account.id, credentials.generation);
        store::challenge::open(unit, &token.hash(), account, generation, expires_at).await?;
        Ok(Challenge(token))
    }

    /// The account whose challenge is answered with the right code.
    pub(crate) async fn prove_second_factor(&self, challenge: &str, code: &str) -> Result<Credentials, SignInError> {
        let hash = presented(challenge).ok_or(SignInError::CodeInvalid)?;
        self.unlocked().await?;
        let unit = self.database.begin().await?;
        let found = store::challenge::take_try(&unit, &hash, CHALLENGE_TRIES, self.clock.now()).await?;
        let Some((account, generation)) = found else { return Err(SignInError::CodeInvalid) };
        let credentials = store::account::credentials_in(&unit, account).await?;
        let credentials = self.opened_with(credentials).await?.map(Credentials::from);
        let credentials = credentials.filter(|credentials| credentials.generation == generation);
        let is_right = match &credentials {
            Some(credentials) => self.holds_second_factor(&unit, &credentials.account, code).await?,
            None => false,
        };
        if is_right {
            store::challenge::close(&unit, &hash).await?;
        }
        // Wrong codes are counted: the unit is kept either way.
        unit.commit().await?;
        credentials.filter(|_| is_right).ok_or(SignInError::CodeInvalid)
    }

    /// Whether `code` is right for the confirmed second factor of `account`, and uses it up. Keep the unit whatever the
    /// answer: it counts wrong codes.
    pub(crate) async fn holds_second_factor(
        &self,
        unit: &Unit,
        account: &Account,
        code: &str,
    ) -> Result<bool, DatabaseError> {
        let claimed = Claimed::SecondFactor(account.id);
        let leave = self.count_try(unit, claimed).await?;
        if leave == Leave::Blocked {
            return Ok(false);
        }
        let is_right = match normalized(code, RECOVERY_LENGTH) {
            Some(signs) => {
                let hash = self.blind.code(Purpose::Recovery, &[account.id.0.as_bytes(), signs.as_bytes()]);
                store::second_factor::use_recovery_code(unit, account.id, &hash).await?
            }
            None => match store::second_factor::confirmed_secret(unit, account.id).await? {
                Some(sealed) => self.use_code(unit, account, &sealed, code).await?,
                None => false,
            },
        };
        if is_right {
            self.forget_tries(unit, claimed).await?;
        } else if leave == Leave::Last {
            self.note_limit(unit, claimed, Some(account.id)).await?;
        }
        Ok(is_right)
    }

    /// Whether `code` is right for a sealed secret and was not used before; uses it up.
    pub(crate) async fn use_code(
        &self,
        unit: &Unit,
        account: &Account,
        sealed: &[u8],
        code: &str,
    ) -> Result<bool, DatabaseError> {
        let secret = self.open_second_factor(unit, account.id, sealed).await?;
        let now = self.clock.now();
        let seconds = u64::try_from(now.seconds()).unwrap_or(0);
        let digits = code.trim();
        let is_six = digits.len() == 6 && digits.bytes().all(|sign| sign.is_ascii_digit());
        let generator = generator(&secret, &self.settings.issuer, account)?;
        let Some(step) = Some(digits).filter(|_| is_six).and_then(|digits| generator.check(digits, seconds)) else {
            return Ok(false);
        };
        // The database decides: of two uses of one code one inserts the row.
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        store::second_factor::use_step(unit, account.id, step, now).await
    }

    /// Seals the secret of `account`'s second factor with the account's key.
    pub(crate) async fn seal_second_factor(
        &self,
        unit: &Unit,
        account: AccountId,
        secret: &[u8],
    ) -> Result<Vec<u8>, DatabaseError> {
        let key = self.key_of(unit, account).await?;
        self.seal_field(&key, place(account), secret).await
    }

    /// Opens the secret of `account`'s second factor.
    pub(crate) async fn open_second_factor(
        &self,
        unit: &Unit,
        account: AccountId,
        sealed: &[u8],
    ) -> Result<Vec<u8>, DatabaseError> {
        if FormerSeal::is_of(SECRET_LENGTH, sealed) {
            return self.former_seal.open(place(account), account.0.as_bytes(), sealed);
        }
        let gone = || DatabaseError::Internal("the key of a second factor is gone".into());
        let key = unit.subject_key(account.0).await?.ok_or_else(gone)?;
        self.open_field(&key, place(account), sealed).await
    }

    /// Draws new recovery codes for `account`; older ones are void.
    pub(crate) async fn draw_recovery_codes(
        &self,
        unit: &Unit,
        account: AccountId,
    ) -> Result<RecoveryCodes, DatabaseError> {
        store::second_factor::delete_recovery_codes(unit, account).await?;
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let mut random = [0; RECOVERY_LENGTH];
            self.entropy.fill(&mut random);
            let code = signs(&random, RECOVERY_LENGTH);
            let hash = self.blind.code(Purpose::Recovery, &[account.0.as_bytes(), code.as_bytes()]);
            store::second_factor::add_recovery_code(unit, account, &hash).await?;
            codes.push(grouped(&code));
        }
        Ok(RecoveryCodes(codes))
    }
}
