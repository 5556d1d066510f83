//! Signing in and out, and tokens for API clients.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use axum::http::header::{COOKIE, SET_COOKIE};
use domain::permission::Actor;
use domain::time::Timestamp;
use identity::{IssueAccessTokenError, Password, SignInError, SignedIn};

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, forbidden_words, of_database, refused};
use crate::graphql::people::account::AccountNode;
use crate::graphql::people::session_cookie::{cookie_name, cookie_value};
use crate::graphql::scalars::Instant;
use crate::http::{Caller, ResponseHeaders};

/// Mutations of accounts.
#[derive(Default)]
pub(crate) struct PeopleMutation;

/// A name and a password.
#[derive(InputObject)]
struct CredentialsInput {
    /// The name used to sign in; for citizens a mail address.
    login: String,
    /// The password.
    password: String,
}

/// Why somebody was not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum SignInProblem {
    /// The login or the password is wrong; nobody learns which.
    InvalidCredentials,
    /// Too many people are signing in; try again in a moment.
    Busy,
}

/// The answer to signing in.
#[derive(SimpleObject)]
struct SignInPayload {
    /// The account; null when there is a problem. The session itself stands in a cookie that scripts cannot read.
    viewer: Option<AccountNode>,
    /// When the session ends, UTC.
    expires_at: Option<Instant>,
    /// What was in the way.
    problem: Option<SignInProblem>,
}

/// The answer to signing out.
#[derive(SimpleObject)]
struct SignOutPayload {
    /// Always true: whoever had no session has none now.
    signed_out: bool,
}

/// An access token for an API client or a device.
#[derive(SimpleObject)]
struct AccessTokenPayload {
    /// The token (a signed JWT, EdDSA) for the header `Authorization: Bearer ...`; null when there is a problem.
    token: Option<String>,
    /// When it ends, UTC; ten minutes from now.
    expires_at: Option<Instant>,
    /// What was in the way.
    problem: Option<SignInProblem>,
}

#[Object]
impl PeopleMutation {
    /// Signs in with a password; the answer carries the session in a cookie.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and the proof.")] credentials: CredentialsInput,
    ) -> Result<SignInPayload> {
        match signed_in(ctx, credentials).await? {
            Ok(session) => {
                set_cookie(ctx, session.token.expose(), session.expires_at);
                let viewer = AccountNode(session.account);
                Ok(SignInPayload { viewer: Some(viewer), expires_at: Some(session.expires_at.into()), problem: None })
            }
            Err(problem) => Ok(SignInPayload { viewer: None, expires_at: None, problem: Some(problem) }),
        }
    }

    /// Signs out this browser.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload> {
        if let Some(token) = session_of(ctx) {
            let ended = ctx.application().identity.sign_out(&token).await;
            ended.map_err(|error| of_database(&error).masked())?;
        }
        set_cookie(ctx, "", Timestamp::from_millis(0));
        Ok(SignOutPayload { signed_out: true })
    }

    /// Draws an access token for an API client: for the account of these credentials, or for the one that is signed in.
    async fn issue_access_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and the proof; the signed-in account when absent.")] credentials: Option<
            CredentialsInput,
        >,
    ) -> Result<AccessTokenPayload> {
        let actor = match credentials {
            None => ctx.actor().clone(),
            Some(credentials) => match checked(ctx, credentials).await? {
                Ok(actor) => actor,
                Err(problem) => {
                    return Ok(AccessTokenPayload { token: None, expires_at: None, problem: Some(problem) });
                }
            },
        };
        let token = ctx.application().identity.issue_access_token(&actor).await.map_err(|error| no_token(&error))?;
        Ok(AccessTokenPayload { token: Some(token.jwt), expires_at: Some(token.expires_at.into()), problem: None })
    }
}

async fn signed_in(ctx: &Context<'_>, credentials: CredentialsInput) -> Result<Result<SignedIn, SignInProblem>> {
    let password = Password::new(credentials.password);
    match ctx.application().identity.sign_in(&credentials.login, &password).await {
        Ok(session) => Ok(Ok(session)),
        Err(SignInError::InvalidCredentials) => Ok(Err(SignInProblem::InvalidCredentials)),
        Err(SignInError::Busy(_)) => Ok(Err(SignInProblem::Busy)),
        Err(SignInError::Database(error)) => Err(of_database(&error).masked()),
    }
}

/// Checks credentials without leaving a session behind.
async fn checked(ctx: &Context<'_>, credentials: CredentialsInput) -> Result<Result<Actor, SignInProblem>> {
    let session = match signed_in(ctx, credentials).await? {
        Ok(session) => session,
        Err(problem) => return Ok(Err(problem)),
    };
    let ended = ctx.application().identity.sign_out(session.token.expose()).await;
    ended.map_err(|error| of_database(&error).masked())?;
    Ok(Ok(session.account.actor()))
}

fn no_token(error: &IssueAccessTokenError) -> async_graphql::Error {
    match error {
        IssueAccessTokenError::Forbidden(forbidden) => forbidden_words(*forbidden).masked(),
        IssueAccessTokenError::Database(error) => of_database(error).masked(),
        IssueAccessTokenError::Disabled => refused(&scheduling::Failure::Forbidden(domain::permission::Forbidden {
            permission: domain::permission::Permission::IssueTokens,
        }))
        .masked(),
        IssueAccessTokenError::Unsigned => {
            of_database(&database::DatabaseError::Internal("a token could not be signed".into())).masked()
        }
    }
}

fn set_cookie(ctx: &Context<'_>, token: &str, expires_at: Timestamp) {
    let application = ctx.application();
    let value = cookie_value(token, expires_at, application.clock.now(), application.secure_cookies);
    if let (Ok(value), Some(headers)) = (value.parse(), ctx.data_opt::<ResponseHeaders>()) {
        headers.append(SET_COOKIE, value);
    }
}

/// The session that the browser sent, if it sent one.
fn session_of(ctx: &Context<'_>) -> Option<String> {
    let name = cookie_name(ctx.application().secure_cookies);
    let headers = &ctx.data_opt::<Caller>()?.headers;
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, token)| token.to_owned())
}
