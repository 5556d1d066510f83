//! Signing in and out of a browser.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use identity::{Password, Proof, SignInError, SignedIn};

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database};
use crate::graphql::people::account::AccountNode;
use crate::graphql::people::session_cookie::{session_of, set_cookie, take_cookie_back};
use crate::graphql::scalars::Instant;

/// Mutations around the session of a browser.
#[derive(Default)]
pub(crate) struct SignInMutation;

/// A name and a password.
#[derive(InputObject)]
pub(super) struct CredentialsInput {
    /// The name used to sign in; for citizens a mail address.
    login: String,
    /// The password.
    password: String,
}

/// The second factor, after the password.
#[derive(InputObject)]
pub(super) struct SecondFactorInput {
    /// What the password was answered with; good for five minutes and five codes.
    challenge: String,
    /// The six digits of the app, or a recovery code.
    code: String,
}

/// Why somebody was not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum SignInProblem {
    /// The login or the password is wrong, or too many wrong ones came before; nobody learns which.
    InvalidCredentials,
    /// The password is right, and the account asks for a second factor: send its code with the `challenge`.
    SecondFactorRequired,
    /// The code is wrong or was used before, or the challenge has ended; nobody learns which.
    CodeInvalid,
    /// The refresh token draws nothing any more; sign in again.
    TokenInvalid,
    /// Too many people are signing in; try again in a moment.
    Busy,
}

/// The answer to signing in.
#[derive(SimpleObject, Default)]
struct SignInPayload {
    /// The account; null when there is a problem. The session itself stands in a cookie that scripts cannot read.
    viewer: Option<AccountNode>,
    /// When the session ends, UTC.
    expires_at: Option<Instant>,
    /// What to send with the code of the second factor, when that is the problem.
    challenge: Option<String>,
    /// What was in the way.
    problem: Option<SignInProblem>,
}

/// The answer to signing out.
#[derive(SimpleObject)]
struct SignOutPayload {
    /// Always true: whoever had no session has none now.
    signed_out: bool,
}

#[Object]
impl SignInMutation {
    /// Signs in with a password; the answer carries the session in a cookie. A session that the browser had before ends.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and the proof.")] credentials: CredentialsInput,
    ) -> Result<SignInPayload> {
        signed_in(ctx, credentials.into()).await
    }

    /// Signs in with the second factor, after `signIn` has asked for it; the answer carries the session in a cookie.
    async fn answer_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The challenge and its code.")] second_factor: SecondFactorInput,
    ) -> Result<SignInPayload> {
        signed_in(ctx, second_factor.into()).await
    }

    /// Signs out this browser.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload> {
        if let Some(token) = session_of(ctx) {
            let ended = ctx.application().identity.sign_out(&token).await;
            ended.map_err(|error| of_database(&error).masked())?;
        }
        take_cookie_back(ctx);
        Ok(SignOutPayload { signed_out: true })
    }
}

async fn signed_in(ctx: &Context<'_>, proof: Proof) -> Result<SignInPayload> {
    match ctx.application().identity.sign_in_with(&proof, session_of(ctx).as_deref()).await {
        Ok(session) => {
            set_cookie(ctx, session.token.expose(), session.expires_at);
            let SignedIn { account, expires_at, .. } = session;
            let viewer = Some(AccountNode(account));
            Ok(SignInPayload { viewer, expires_at: Some(expires_at.into()), ..SignInPayload::default() })
        }
        Err(error) => {
            let (problem, challenge) = problem_of(error)?;
            Ok(SignInPayload { challenge, problem: Some(problem), ..SignInPayload::default() })
        }
    }
}

/// The problem that a client sees, with the challenge that goes with it.
///
/// # Errors
/// The database failed.
pub(super) fn problem_of(error: SignInError) -> Result<(SignInProblem, Option<String>)> {
    match error {
        SignInError::InvalidCredentials => Ok((SignInProblem::InvalidCredentials, None)),
        SignInError::SecondFactorRequired(challenge) => {
            Ok((SignInProblem::SecondFactorRequired, Some(challenge.expose().to_owned())))
        }
        SignInError::CodeInvalid => Ok((SignInProblem::CodeInvalid, None)),
        SignInError::Busy(_) => Ok((SignInProblem::Busy, None)),
        SignInError::Database(error) => Err(of_database(&error).masked()),
    }
}

impl From<CredentialsInput> for Proof {
    fn from(input: CredentialsInput) -> Self {
        Self::Password { login: input.login, password: Password::new(input.password) }
    }
}

impl From<SecondFactorInput> for Proof {
    fn from(input: SecondFactorInput) -> Self {
        Self::SecondFactor { challenge: input.challenge, code: input.code }
    }
}
