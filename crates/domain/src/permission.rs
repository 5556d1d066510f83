//! Who may do what: five roles, one table.

use serde::{Deserialize, Serialize};

use crate::identifier::{AccountId, Key};
use crate::law::TrustLevel;

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody who uses the offices.
    Citizen,
    /// Somebody who works at a counter.
    Clerk,
    /// Somebody who leads an office.
    Lead,
    /// Somebody who runs the platform.
    Operator,
    /// A display, kiosk or locker of an office.
    Device,
}

impl Role {
    /// All roles, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Citizen, Self::Clerk, Self::Lead, Self::Operator, Self::Device];

    /// Whether the account belongs to staff.
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Clerk | Self::Lead | Self::Operator)
    }
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])* $name:ident: $($role:ident)|*;)*) => {
        /// Something that needs leave. The documentation of each says what it opens.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[doc = $doc])* $name),* }

        impl Permission {
            /// Every permission, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What the permission opens, in words.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*)),* }
            }

            /// The roles that have it.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &[$(Role::$role),*]),* }
            }
        }
    };
}

permissions! {
    /// Book, move and cancel appointments of one's own.
    BookForOneself: Citizen | Clerk | Lead | Operator;
    /// Erase one's own account with everything in it. An account of staff belongs to the city.
    EraseOneself: Citizen;
    /// Book for someone who stands at the counter or calls, without mail if need be, from the internal quota.
    BookForSomeone: Clerk | Lead;
    /// Book from the quota for urgent cases.
    BookUrgent: Clerk | Lead;
    /// Book over capacity, up to the configured cap.
    Overbook: Lead;
    /// Read the appointments of the own office, with names.
    ReadOfficeAppointments: Clerk | Lead;
    /// Move and cancel appointments of the own office for someone.
    ChangeOfficeAppointments: Clerk | Lead;
    /// Read statistics that name nobody.
    ReadStatistics: Lead | Operator;
    /// See and settle conflicts after a change of rules.
    SettleConflicts: Lead | Operator;
    /// See messages that could not be delivered, send them again or drop them.
    SettleDeliveries: Lead | Operator;
    /// Work on the cases of the own office: read, claim, ask for what is missing, correct, decide, announce.
    WorkOnCases: Clerk | Lead;
    /// Answer in conversations that ask for a person.
    AnswerChats: Clerk | Lead;
    /// See what the chatbot did not understand, add words and questions to its texts, and look after its guides.
    EditChat: Lead | Operator;
    /// Put documents into lockers of the own office, hand them out at the counter and take back what nobody fetched.
    HandOutDocuments: Clerk | Lead;
    /// Open a compartment for whoever has number and PIN, and report what the doors of a locker do.
    OperateLocker: Device;
    /// Stop and start automatic decisions of the own office's services, and bound how many are taken.
    SteerAutomation: Lead | Operator;
    /// Publish new versions of services.
    PublishServices: Operator;
    /// Load a new version of the city.
    LoadCity: Operator;
    /// Create accounts and take them away.
    ManageAccounts: Operator;
    /// Enrol and revoke displays, kiosks and lockers of the own office.
    ManageDevices: Lead | Operator;
    /// Give the keys that sign access tokens a successor.
    RotateKeys: Operator;
    /// Export and erase a person's data, and erase what has been kept long enough.
    HandlePersonalData: Operator;
    /// Draw an access token for an API client or a device.
    IssueTokens: Operator | Device | Clerk | Lead | Citizen;
}

impl Permission {
    /// The matrix as a Markdown table, for `docs/permissions.md`.
    pub fn markdown() -> String {
        use std::fmt::Write;
        let mut table = String::from(
            "| permission | what it opens | citizen | clerk | lead | operator | device |\n|---|---|---|---|---|---|---|\n",
        );
        for permission in Self::ALL {
            let marks: Vec<&str> =
                Role::ALL.iter().map(|role| if permission.roles().contains(role) { "yes" } else { "-" }).collect();
            let _ =
                writeln!(table, "| `{permission:?}` | {} | {} |", permission.description().trim(), marks.join(" | "));
        }
        table
    }
}

/// Who asks: nobody known, or an account as it stood when the request began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who has not signed in.
    Anonymous,
    /// An account.
    Account {
        /// Its id.
        id: AccountId,
        /// Its role.
        role: Role,
        /// Its office, for clerks, leads and devices.
        office: Option<Key>,
        /// How sure we are who it is.
        trust: TrustLevel,
    },
    /// The system itself: the worker, the command line.
    System,
}

/// The asker lacks a permission. Says which, so that an operator can help; the citizen's text is elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this needs the permission {permission:?}")]
pub struct Forbidden {
    /// What was missing.
    pub permission: Permission,
}

impl Actor {
    /// Says whether the asker has `permission` at all.
    ///
    /// # Errors
    /// [`Forbidden`] when not.
    pub fn may(&self, permission: Permission) -> Result<(), Forbidden> {
        let allowed = match self {
            Self::Anonymous => false,
            Self::Account { role, .. } => permission.roles().contains(role),
            Self::System => true,
        };
        if allowed { Ok(()) } else { Err(Forbidden { permission }) }
    }

    /// Says whether the asker has `permission` for things of `office`: operators everywhere, others in their own.
    ///
    /// # Errors
    /// [`Forbidden`] when not.
    pub fn may_in(&self, permission: Permission, office: &Key) -> Result<(), Forbidden> {
        self.may(permission)?;
        let here = match self {
            Self::Anonymous => false,
            Self::Account { role: Role::Operator, .. } | Self::System => true,
            Self::Account { office: own, .. } => own.as_ref() == Some(office),
        };
        if here { Ok(()) } else { Err(Forbidden { permission }) }
    }

    /// The office whose things the asker is bound to; nothing for operators, the system and whoever has no office.
    pub const fn bound_to(&self) -> Option<&Key> {
        match self {
            Self::Account { role: Role::Operator, .. } | Self::Anonymous | Self::System => None,
            Self::Account { office, .. } => office.as_ref(),
        }
    }

    /// The account behind the request, if there is one.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account { id, .. } => Some(*id),
            Self::Anonymous | Self::System => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_decides_and_offices_bound_it() {
        let clerk = Actor::Account {
            id: AccountId(uuid::Uuid::nil()),
            role: Role::Clerk,
            office: Some(Key::new("aegi").unwrap()),
            trust: TrustLevel::None,
        };
        assert!(clerk.may_in(Permission::BookForSomeone, &Key::new("aegi").unwrap()).is_ok());
        assert!(clerk.may_in(Permission::BookForSomeone, &Key::new("linden").unwrap()).is_err());
        assert!(clerk.may(Permission::Overbook).is_err());
        for permission in Permission::ALL {
            assert!(Actor::Anonymous.may(*permission).is_err());
            assert!(Actor::System.may(*permission).is_ok());
        }
    }
}
