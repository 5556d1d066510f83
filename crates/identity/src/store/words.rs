//! The words that stand for roles and trust levels in the tables.

use database::DatabaseError;
use domain::identifier::Key;
use domain::law::TrustLevel;
use domain::permission::Role;

/// The stored word of a role.
pub(crate) const fn of_role(role: Role) -> &'static str {
    match role {
        Role::Citizen => "citizen",
        Role::Clerk => "clerk",
        Role::Lead => "lead",
        Role::Operator => "operator",
        Role::Device => "device",
    }
}

/// The role of a stored word.
pub(super) fn role(word: &str) -> Result<Role, DatabaseError> {
    Role::ALL.into_iter().find(|role| of_role(*role) == word).ok_or_else(|| unknown("role"))
}

/// The stored word of a trust level.
pub(crate) const fn of_trust(trust: TrustLevel) -> &'static str {
    match trust {
        TrustLevel::None => "none",
        TrustLevel::Low => "low",
        TrustLevel::Substantial => "substantial",
        TrustLevel::High => "high",
    }
}

/// The trust level of a stored word.
pub(super) fn trust(word: &str) -> Result<TrustLevel, DatabaseError> {
    let all = [TrustLevel::None, TrustLevel::Low, TrustLevel::Substantial, TrustLevel::High];
    all.into_iter().find(|trust| of_trust(*trust) == word).ok_or_else(|| unknown("trust level"))
}

/// The office of a stored key.
pub(super) fn office(key: Option<String>) -> Result<Option<Key>, DatabaseError> {
    key.map(|key| Key::new(&key)).transpose().map_err(|_| unknown("office"))
}

fn unknown(what: &str) -> DatabaseError {
    DatabaseError::Internal(format!("an account has a {what} that this version does not know"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back() {
        for one in Role::ALL {
            assert_eq!(role(of_role(one)).unwrap(), one);
        }
        for one in [TrustLevel::None, TrustLevel::Low, TrustLevel::Substantial, TrustLevel::High] {
            assert_eq!(trust(of_trust(one)).unwrap(), one);
        }
        assert!(role("mayor").is_err());
    }
}
