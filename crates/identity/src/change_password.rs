//! Changing one's own password, which ends all other sessions.

use domain::permission::Actor;

use crate::attempts::{Claimed, Leave};
use crate::failure::{Failure, Problem};
use crate::password::Password;
use crate::sign_in::SignedIn;
use crate::store::account::{Credentials, NewPassword};
use crate::{Identity, store};

/// The old password and the new one.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// The one that counts now: a browser left open must not be enough.
    pub current: Password,
    /// The one that shall count.
    pub new: Password,
}

impl Identity {
    /// Changes the password of the asker's own account, ends all its sessions and tokens, and opens a new session.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn change_password(&self, actor: &Actor, command: ChangePassword) -> Result<SignedIn, Failure> {
        let mut credentials = self.prove_own_password(actor, &command.current).await?;
        command.new.check(&credentials.account)?;
        let hash = self.hasher.hash(&command.new, self.salt()).await?;

        let id = credentials.account.id;
        let unit = self.database.begin().await?;
        let new = NewPassword { account: id, hash: &hash, generation: credentials.generation };
        if !store::account::set_password(&unit, &new).await? {
            // Somebody else was faster: the password that was checked above no longer counts.
            return Err(Problem::InvalidCredentials.into());
        }
        credentials.generation += 1;
        let ended = self.end_everything(&unit, id, credentials.generation).await?;
        self.forget_tries(&unit, Claimed::Password(id)).await?;
        self.audit(&unit, actor, "account.change_password", id.0).await?;
        let signed_in = self.open_session(&unit, credentials).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(signed_in)
    }

    /// Checks the current password of the asker's own account. Tries are counted: a session left open must not become a
    /// place to guess.
    pub(crate) async fn prove_own_password(&self, actor: &Actor, current: &Password) -> Result<Credentials, Failure> {
        let id = actor.account().ok_or(Problem::NotSignedIn)?;
        let admitted = self.hasher.admit()?;
        let found = self.credentials_of(id).await?;
        let unit = self.database.begin().await?;
        let leave = self.count_try(&unit, Claimed::Password(id)).await?;
        unit.commit().await?;
        let found = found.filter(|_| leave.is_granted());
        let stored = found.as_ref().map(|credentials| credentials.password.as_str());
        let is_right = self.hasher.verify(admitted, current, stored).await?;
        if !is_right && leave == Leave::Last {
            let unit = self.database.begin().await?;
            self.note_limit(&unit, Claimed::Password(id), Some(id)).await?;
            unit.commit().await?;
        }
        found.filter(|_| is_right).ok_or_else(|| Problem::InvalidCredentials.into())
    }
}
