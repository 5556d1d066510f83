//! Codes and look-up hashes computed from the installation's secret, so that a copy of the database opens nothing.

use std::fmt;

use domain::keyed;
use subtle::ConstantTimeEq;

/// What sets this key apart from others that are made from the same master secret.
const LABEL: &[u8] = b"servicepoint/identity/blind/1";

/// What a code is for. Codes of one purpose are worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Counting wrong passwords of a login, whether it exists or not.
    Attempts,
    /// A refresh token.
    Refresh,
    /// Setting a forgotten password.
    Reset,
    /// Drawing the code that enrols a device.
    Enrolment,
    /// Looking up the code that enrols a device.
    EnrolmentCode,
    /// Looking up a recovery code.
    Recovery,
    /// Telling whether two requests bring the same password, without keeping a hash that could be guessed.
    SamePassword,
    /// Telling whether two requests ask for the same account, without keeping a hash that its name could be guessed from.
    SameAccount,
}

/// The secret from which codes are computed (HMAC-SHA256).
pub(crate) struct Blind([u8; 32]);

impl Blind {
    /// The secret of the installation.
    pub(crate) fn from_master(master: &[u8; 32]) -> Self {
        Self(keyed::digest(master, &[LABEL]))
    }

    /// The code of `parts` for `purpose`.
    pub(crate) fn code(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut all = vec![purpose.label()];
        all.extend(parts);
        keyed::digest(&self.0, &all)
    }

    /// Whether `code` is the one of `parts`; takes the same time for every wrong one of the same length.
    pub(crate) fn is_code(&self, code: &[u8], purpose: Purpose, parts: &[&[u8]]) -> bool {
        self.code(purpose, parts)[..].ct_eq(code).into()
    }
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Attempts => b"attempts",
            Self::Refresh => b"refresh",
            Self::Reset => b"reset",
            Self::Enrolment => b"enrolment",
            Self::EnrolmentCode => b"enrolment code",
            Self::Recovery => b"recovery",
            Self::SamePassword => b"same password",
            Self::SameAccount => b"same account",
        }
    }
}

impl fmt::Debug for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blind(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_its_purpose_and_its_parts_only() {
        let blind = Blind::from_master(&[1; 32]);
        let code = blind.code(Purpose::Reset, &[b"a", b"bc"]);
        assert!(blind.is_code(&code, Purpose::Reset, &[b"a", b"bc"]));
        assert!(!blind.is_code(&code, Purpose::Reset, &[b"ab", b"c"]));
        assert!(!blind.is_code(&code, Purpose::Refresh, &[b"a", b"bc"]));
        assert!(!blind.is_code(&code[..31], Purpose::Reset, &[b"a", b"bc"]));
        assert!(!Blind::from_master(&[2; 32]).is_code(&code, Purpose::Reset, &[b"a", b"bc"]));
    }
}
