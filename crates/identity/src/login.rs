//! The name used to sign in: which forms it has, and the one form it is stored and looked up in.

use domain::permission::Role;
use domain::text::{line, mail_address};

/// Longest login, in characters: the longest mail address.
const LONGEST: usize = 254;

/// The form in which logins are compared: NFC, no surrounding white space, small letters. `None` for what cannot be one.
///
/// Mailboxes that differ in case alone do not exist in practice; accounts that differ so would be a trap.
pub(crate) fn compared(typed: &str) -> Option<String> {
    line(typed, LONGEST).ok().map(|login| login.to_lowercase())
}

/// Checks a login for a new account and brings it into the compared form. Citizens sign in with a mail address, others
/// with one or with 2 to 64 letters (a-z), digits, hyphens, dots and underscores.
pub(crate) fn chosen(role: Role, typed: &str) -> Option<String> {
    let login = compared(typed)?;
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b);
    let is_plain = (2..=64).contains(&login.len()) && login.bytes().all(sign);
    let is_mail = mail_address(&login).is_ok();
    let allowed = match role {
        Role::Citizen => is_mail,
        Role::Clerk | Role::Lead | Role::Operator | Role::Device => is_plain || is_mail,
    };
    allowed.then_some(login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_have_one_form() {
        assert_eq!(chosen(Role::Citizen, " Eva.M@Example.ORG ").as_deref(), Some("eva.m@example.org"));
        assert_eq!(chosen(Role::Clerk, "Schalter-3").as_deref(), Some("schalter-3"));
        assert_eq!(compared("EVA.M@example.org").as_deref(), Some("eva.m@example.org"));
    }

    #[test]
    fn refuses_what_hides_or_is_no_address() {
        for bad in ["", "a", "eva meier", "ev\u{200b}a", "eva\u{0}", "äöü", &"x".repeat(65), &"x".repeat(100_000)] {
            assert_eq!(chosen(Role::Clerk, bad), None, "{bad:?}");
        }
        assert_eq!(chosen(Role::Citizen, "eva"), None);
    }
}
