//! Handing out what is kept about an account (Art. 15 and 20 DSGVO).

use domain::identifier::AccountId;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use serde::Serialize;

use crate::failure::Failure;
use crate::sessions::SessionKind;
use crate::{Identity, store};

/// An account as it is handed to its person. Times are UTC, as RFC 3339 writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedAccount {
    /// Its id.
    pub id: String,
    /// The name used to sign in.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// What it may do.
    pub role: String,
    /// The office it belongs to.
    pub office: Option<String>,
    /// How sure the city is who it is.
    pub trust: String,
    /// When it was created.
    pub created_at: String,
    /// Since when nobody can sign in with it.
    pub disabled_at: Option<String>,
    /// Whether sign-in asks for a second factor.
    pub second_factor: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u16,
    /// The sign-in providers that know the person.
    pub providers: Vec<ExportedProvider>,
    /// Where it is signed in.
    pub sessions: Vec<ExportedSession>,
}

/// A sign-in provider that knows the person of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedProvider {
    /// What the provider calls itself.
    pub issuer: String,
    /// When the person first came from there.
    pub linked_at: String,
}

/// A place where an account is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedSession {
    /// `browser` or `client`.
    pub kind: &'static str,
    /// What the client calls itself.
    pub name: Option<String>,
    /// When it was opened.
    pub created_at: String,
    /// When it ends at the latest.
    pub expires_at: String,
}

impl Identity {
    /// Everything kept about an account, for its owner and for whoever handles personal data; nothing where there is none.
    /// Leaves one audit entry.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn export_account(&self, actor: &Actor, account: AccountId) -> Result<Option<ExportedAccount>, Failure> {
        if actor.account() != Some(account) {
            actor.may(Permission::HandlePersonalData)?;
        }
        let Some(found) = self.accounts(&[account]).await?.remove(&account) else { return Ok(None) };
        let now = self.clock.now();
        let mut sessions = store::session::of_account(&self.database, account, now).await?;
        sessions.extend(store::token_family::of_account(&self.database, account, now).await?);
        let providers = store::openid::links_of(&self.database, account).await?;
        let exported = ExportedAccount {
            id: found.id.to_string(),
            login: found.login,
            name: found.name,
            role: store::role_word(found.role).to_owned(),
            office: found.office.map(|office| office.to_string()),
            trust: store::trust_word(found.trust).to_owned(),
            created_at: told(found.created_at),
            disabled_at: found.disabled_at.map(told),
            second_factor: store::second_factor::is_confirmed(&self.database, account).await?,
            recovery_codes: store::second_factor::recovery_codes_left(&self.database, account).await?,
            providers: providers
                .into_iter()
                .map(|(issuer, linked_at)| ExportedProvider { issuer, linked_at: told(linked_at) })
                .collect(),
            sessions: sessions
                .into_iter()
                .map(|session| ExportedSession {
                    kind: match session.kind {
                        SessionKind::Browser => "browser",
                        SessionKind::Client => "client",
                    },
                    name: session.name,
                    created_at: told(session.created_at),
                    expires_at: told(session.expires_at),
                })
                .collect(),
        };
        let unit = self.database.begin().await?;
        self.audit(&unit, actor, "account.export", account.0).await?;
        unit.commit().await?;
        Ok(Some(exported))
    }
}

fn told(at: Timestamp) -> String {
    at.to_utc().to_rfc3339()
}
