//! Passwords: a wrapper that is never printed, and the rules for new ones.

use std::fmt;

use domain::permission::Role;
use unicode_normalization::UnicodeNormalization;

use crate::accounts::Account;
use crate::guessable;

/// Shortest password of a citizen, in characters.
const CITIZEN_SHORTEST: usize = 10;
/// Shortest password of staff and devices, in characters: that of somebody without a second factor (NIST SP 800-63B-4). It counts
/// with a second factor, too, so that taking one away leaves no short password behind.
const STAFF_SHORTEST: usize = 15;
/// Longest password as typed, in bytes; what is longer is an attack on the hash.
const LONGEST_BYTES: usize = 512;

/// A password as somebody typed it. Printing it shows nothing.
#[derive(Clone)]
pub struct Password(String);

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Too few characters for the role.
    #[error("the password has fewer than {min} characters")]
    TooShort {
        /// How many it needs.
        min: usize,
    },
    /// More bytes than anybody types.
    #[error("the password has more than {LONGEST_BYTES} bytes")]
    TooLong,
    /// A control character, which most keyboards cannot type again.
    #[error("the password has a control character")]
    Control,
    /// One of the common ones, a pattern, or made of the login and the name.
    #[error("the password is too easy to guess")]
    TooEasy,
}

impl Password {
    /// Wraps what was typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// The bytes that are hashed: NFC, so that the same password typed on two systems is the same. `None` when the
    /// password is too long to be one.
    pub(crate) fn hashed_form(&self) -> Option<String> {
        (self.0.len() <= LONGEST_BYTES).then(|| self.0.nfc().collect())
    }

    /// Checks a new password for `account`.
    pub(crate) fn check(&self, account: &Account) -> Result<(), PasswordRefusal> {
        let form = self.hashed_form().ok_or(PasswordRefusal::TooLong)?;
        let min = match account.role {
            Role::Citizen => CITIZEN_SHORTEST,
            Role::Clerk | Role::Lead | Role::Operator | Role::Device => STAFF_SHORTEST,
        };
        if form.chars().count() < min {
            return Err(PasswordRefusal::TooShort { min });
        }
        if form.chars().any(char::is_control) {
            return Err(PasswordRefusal::Control);
        }
        if guessable::is_guessable(&form, &[&account.login, &account.name]) {
            return Err(PasswordRefusal::TooEasy);
        }
        Ok(())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use domain::identifier::AccountId;
    use domain::law::TrustLevel;
    use domain::time::Timestamp;

    use super::*;

    fn check(role: Role, typed: &str) -> Result<(), PasswordRefusal> {
        let account = Account {
            id: AccountId(uuid::Uuid::nil()),
            login: "eva.meier@example.org".into(),
            name: "Eva Meier".into(),
            role,
            office: None,
            trust: TrustLevel::None,
            created_at: Timestamp::from_seconds(0),
            disabled_at: None,
        };
        Password::new(typed).check(&account)
    }

    #[test]
    fn staff_need_longer_passwords_than_citizens() {
        assert_eq!(check(Role::Citizen, "zwölf Äpfel"), Ok(()));
        assert_eq!(check(Role::Citizen, "neun mal!"), Err(PasswordRefusal::TooShort { min: 10 }));
        for role in [Role::Clerk, Role::Lead, Role::Operator, Role::Device] {
            assert_eq!(check(role, "vierzehn Signs"), Err(PasswordRefusal::TooShort { min: 15 }));
            assert_eq!(check(role, "fünfzehn Zeichen"), Ok(()));
        }
    }

    #[test]
    fn length_is_counted_after_composing() {
        // Nine letters with nine combining marks are nine characters.
        assert_eq!(check(Role::Citizen, &"e\u{301}".repeat(9)), Err(PasswordRefusal::TooShort { min: 10 }));
    }

    #[test]
    fn refuses_giants_controls_and_the_obvious() {
        assert_eq!(check(Role::Citizen, &"zwölf Äpfel ".repeat(36)), Err(PasswordRefusal::TooEasy));
        assert_eq!(check(Role::Citizen, &"zwölf Äpfel ".repeat(37)), Err(PasswordRefusal::TooLong));
        assert_eq!(check(Role::Citizen, "zwölf\u{7}Äpfel"), Err(PasswordRefusal::Control));
        assert_eq!(check(Role::Citizen, "aaaaaaaaaaaaaaaa"), Err(PasswordRefusal::TooEasy));
        assert_eq!(check(Role::Citizen, "Eva.Meier@example.org"), Err(PasswordRefusal::TooEasy));
    }

    #[test]
    fn printing_shows_nothing() {
        assert_eq!(format!("{:?}", Password::new("zwölf Äpfel")), "Password(hidden)");
    }
}
