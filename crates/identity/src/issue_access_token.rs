//! Issuing tokens to an API client or a device: an access token of minutes, and a refresh token that draws the next one.

use std::fmt;

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, SessionId, TokenFamilyId};
use domain::permission::{Actor, Forbidden, Permission, Role};
use domain::text::line;
use domain::time::Timestamp;

use crate::attempts::Claimed;
use crate::claims::{self, Claims};
use crate::footing::Footing;
use crate::refresh_token::RefreshToken;
use crate::sign_in::{Proof, SignInError};
use crate::store::token_family::Family;
use crate::{Identity, store};

/// Longest name of a client, in characters.
const LONGEST_NAME: usize = 100;

/// Tokens for an API client or a device. Printing them shows their ends alone.
#[derive(Clone)]
pub struct IssuedTokens {
    /// The signed access token, for an `Authorization: Bearer` header.
    pub jwt: String,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// The refresh token, good once.
    pub refresh: RefreshToken,
    /// When the refresh token ends if nobody uses it.
    pub refresh_expires_at: Timestamp,
}

impl fmt::Debug for IssuedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedTokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Why no token was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueAccessTokenError {
    /// The asker may not, or has no session to issue a token from.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The proof was not enough.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The account has been disabled since the request began.
    #[error("the account is disabled")]
    Disabled,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Issues tokens for the asker's own account, from a session in a browser only: a token that could draw a new family
    /// would outlive the revocation of its own.
    ///
    /// # Errors
    /// See [`IssueAccessTokenError`].
    pub async fn issue_access_token(
        &self,
        actor: &Actor,
        footing: Option<&Footing>,
        client: &str,
    ) -> Result<IssuedTokens, IssueAccessTokenError> {
        actor.may(Permission::IssueTokens)?;
        let forbidden = Forbidden { permission: Permission::IssueTokens };
        let footing = footing.filter(|footing| footing.session().is_some()).ok_or(forbidden)?;
        let standing = self.standing(footing.account, None).await?.ok_or(IssueAccessTokenError::Disabled)?;
        if standing.generation != footing.generation {
            return Err(IssueAccessTokenError::Disabled);
        }
        let unit = self.database.begin().await?;
        let session = footing.session();
        let family = self.begin_family(&unit, &standing.actor, standing.generation, client, session).await?;
        // The session may have proved more or less than the account once did; the family tells.
        let found = store::token_family::find(&unit, family.id).await?;
        let (family, actor) = found.ok_or(IssueAccessTokenError::Disabled)?;
        unit.commit().await?;
        Ok(self.tokens_of(&actor, &family).await?)
    }

    /// Issues tokens to whoever gives the `proof`, without opening a session.
    ///
    /// # Errors
    /// See [`IssueAccessTokenError`].
    pub async fn issue_tokens_for(&self, proof: &Proof, client: &str) -> Result<IssuedTokens, IssueAccessTokenError> {
        let credentials = self.prove(proof).await?;
        let actor = credentials.account.actor();
        actor.may(Permission::IssueTokens)?;
        let unit = self.database.begin().await?;
        self.forget_tries(&unit, Claimed::Login(&credentials.account.login)).await?;
        let family = self.begin_family(&unit, &actor, credentials.generation, client, None).await?;
        unit.commit().await?;
        Ok(self.tokens_of(&actor, &family).await?)
    }

    /// Begins a family for an account, within `unit`. `client` is what the client calls itself; a `session` hands its trust on.
    pub(crate) async fn begin_family(
        &self,
        unit: &Unit,
        actor: &Actor,
        generation: i64,
        client: &str,
        session: Option<SessionId>,
    ) -> Result<Family, DatabaseError> {
        let (account, role) = owner(actor)?;
        let now = self.clock.now();
        let (all, idle) = self.settings.family_seconds(role);
        let mut seed = [0; 32];
        self.entropy.fill(&mut seed);
        let family = Family {
            id: TokenFamilyId(self.new_id()),
            account,
            generation,
            name: line(client, LONGEST_NAME).unwrap_or_default(),
            seed: seed.to_vec(),
            sequence: 0,
            created_at: now,
            rotated_at: now,
            idle_until: now.plus_seconds(idle),
            expires_at: now.plus_seconds(all),
            revoked_at: None,
        };
        store::token_family::add(unit, &family, session).await?;
        if role.is_staff() {
            self.audit(unit, actor, "tokens.issue", family.id.0).await?;
        }
        Ok(family)
    }

    /// The newest refresh token of a family, with a fresh access token.
    pub(crate) async fn tokens_of(&self, actor: &Actor, family: &Family) -> Result<IssuedTokens, DatabaseError> {
        let Actor::Account { id, role, office, trust } = actor.clone() else {
            return Err(DatabaseError::Internal("tokens for nobody".into()));
        };
        let now = self.clock.now();
        let claims = Claims {
            iss: self.settings.issuer.clone(),
            aud: self.settings.audience.clone(),
            sub: id,
            role,
            office,
            trust,
            generation: family.generation,
            family: family.id,
            iat: now.seconds(),
            exp: now.seconds().saturating_add(self.settings.access_token_seconds()),
            jti: self.new_id(),
        };
        let ring = self.ring().await?;
        let unsigned = || DatabaseError::Internal("a token could not be signed".into());
        let jwt = ring.signing(now).and_then(|key| claims::sign(key, &claims)).ok_or_else(unsigned)?;
        Ok(IssuedTokens {
            jwt,
            expires_at: Timestamp::from_seconds(claims.exp),
            refresh: RefreshToken::of(&self.blind, family.id, &family.seed, family.sequence),
            refresh_expires_at: family.idle_until.min(family.expires_at),
        })
    }
}

fn owner(actor: &Actor) -> Result<(AccountId, Role), DatabaseError> {
    match actor {
        Actor::Account { id, role, .. } => Ok((*id, *role)),
        Actor::Anonymous | Actor::System => Err(DatabaseError::Internal("tokens for nobody".into())),
    }
}
