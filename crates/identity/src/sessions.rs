//! One's own sessions: seeing them, ending one, ending all.

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, SessionId, TokenFamilyId};
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::failure::{Failure, Problem};
use crate::footing::{Footing, Revocation};
use crate::{Identity, store};

/// Where an account is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What stands behind it.
    pub kind: SessionKind,
    /// What the client calls itself.
    pub name: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends, if nothing happens in it before.
    pub expires_at: Timestamp,
}

/// What stands behind a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser with a cookie.
    Browser,
    /// An API client or device with refresh tokens.
    Client,
}

impl Identity {
    /// The sessions and token families of the asker's own account that count now, newest first.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn my_sessions(&self, actor: &Actor) -> Result<Vec<Session>, Failure> {
        let account = actor.account().ok_or(Problem::NotSignedIn)?;
        let now = self.clock.now();
        let mut sessions = store::session::of_account(&self.database, account, now).await?;
        sessions.extend(store::token_family::of_account(&self.database, account, now).await?);
        sessions.sort_by_key(|session| std::cmp::Reverse(session.id));
        Ok(sessions)
    }

    /// Ends one session or token family of the asker's own account. One that has ended already is no error; a stranger's is
    /// not found.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn end_session(&self, actor: &Actor, session: SessionId) -> Result<(), Failure> {
        let account = actor.account().ok_or(Problem::NotSignedIn)?;
        let family = TokenFamilyId(session.0);
        let unit = self.database.begin().await?;
        let revocation = if store::session::close_one(&unit, account, session).await? {
            Revocation::Session(session)
        } else if store::token_family::revoke_one(&unit, account, family, self.clock.now()).await? {
            Revocation::Family(family)
        } else {
            return Err(Problem::NotFound.into());
        };
        self.revoke(&unit, revocation).await?;
        self.audit(&unit, actor, "session.revoke", session.0).await?;
        unit.commit().await?;
        self.hear_now(revocation);
        Ok(())
    }

    /// Ends all sessions and tokens of the asker's own account, this one too.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn end_all_sessions(&self, actor: &Actor) -> Result<(), Failure> {
        let account = actor.account().ok_or(Problem::NotSignedIn)?;
        let unit = self.database.begin().await?;
        let generation = store::account::raise_generation(&unit, account).await?.ok_or(Problem::NotSignedIn)?;
        let ended = self.end_everything(&unit, account, generation).await?;
        self.audit(&unit, actor, "session.revoke_all", account.0).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(())
    }

    /// Ends everything of `account` from before `generation`, which the unit has just raised. Let the process hear of it
    /// after the commit.
    pub(crate) async fn end_everything(
        &self,
        unit: &Unit,
        account: AccountId,
        generation: i64,
    ) -> Result<Revocation, DatabaseError> {
        store::session::delete_all(unit, account).await?;
        store::token_family::delete_all(unit, account).await?;
        let revocation = Revocation::Account { account, generation };
        self.revoke(unit, revocation).await?;
        Ok(revocation)
    }
}

impl Session {
    /// Whether this is the session behind `footing`.
    pub fn is_behind(&self, footing: &Footing) -> bool {
        footing.session() == Some(self.id) || footing.family().is_some_and(|family| family.0 == self.id.0)
    }
}
