//! Tokens for API clients and devices.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::permission::{Forbidden, Permission};
use identity::{Failure, IssueAccessTokenError, IssuedTokens, Problem, Proof};

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, forbidden_words, of_database};
use crate::graphql::people::problem::error_of;
use crate::graphql::people::sign_in::{CredentialsInput, SecondFactorInput, SignInProblem, problem_of};
use crate::graphql::scalars::Instant;

/// Mutations of tokens.
#[derive(Default)]
pub(crate) struct TokenMutation;

/// Tokens for an API client or a device.
#[derive(SimpleObject, Default)]
pub(super) struct AccessTokenPayload {
    /// The access token (a signed JWT, EdDSA) for the header `Authorization: Bearer ...`; null when there is a problem.
    token: Option<String>,
    /// When the access token ends, UTC; ten minutes from now.
    expires_at: Option<Instant>,
    /// Draws the next tokens with `refreshAccessToken`. Good once: keep the newest, and keep it secret.
    refresh_token: Option<String>,
    /// When the refresh token ends if it is not used before, UTC.
    refresh_expires_at: Option<Instant>,
    /// What to send with the code of the second factor, when that is the problem.
    challenge: Option<String>,
    /// What was in the way.
    problem: Option<SignInProblem>,
}

/// The answer to giving tokens back.
#[derive(SimpleObject)]
struct RevokeTokensPayload {
    /// Always true: what was no token of ours opens nothing either.
    revoked: bool,
}

#[Object]
impl TokenMutation {
    /// Draws tokens for an API client: for the account of these credentials, for the one whose second factor is answered, or
    /// for the one that is signed in with a browser.
    async fn issue_access_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and the proof; the signed-in account when absent.")] credentials: Option<
            CredentialsInput,
        >,
        #[graphql(desc = "The second factor, after the credentials have been answered with a challenge.")]
        second_factor: Option<SecondFactorInput>,
        #[graphql(desc = "What the client calls itself in `mySessions`, up to 100 characters.")] client: Option<String>,
    ) -> Result<AccessTokenPayload> {
        let proof = second_factor.map(Proof::from).or_else(|| credentials.map(Proof::from));
        let (identity, client) = (&ctx.application().identity, client.unwrap_or_default());
        let issued = match proof {
            Some(proof) => identity.issue_tokens_for(&proof, &client).await,
            None => identity.issue_access_token(ctx.actor(), ctx.footing(), &client).await,
        };
        issued.map_or_else(not_issued, |tokens| Ok(tokens.into()))
    }

    /// Draws the next tokens with a refresh token, which is then used up. Within ten seconds the same token gives the same
    /// successor once more; an older one ends the whole family, because somebody has copied it.
    async fn refresh_access_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The newest refresh token.")] refresh_token: String,
    ) -> Result<AccessTokenPayload> {
        match ctx.application().identity.refresh_access_token(&refresh_token).await {
            Ok(tokens) => Ok(tokens.into()),
            Err(Failure::Problem(Problem::TokenInvalid)) => {
                Ok(AccessTokenPayload { problem: Some(SignInProblem::TokenInvalid), ..AccessTokenPayload::default() })
            }
            Err(other) => Err(error_of(&other)),
        }
    }

    /// Ends the family of a refresh token and all its access tokens.
    async fn revoke_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any refresh token of the family.")] refresh_token: String,
    ) -> Result<RevokeTokensPayload> {
        let revoked = ctx.application().identity.revoke_tokens(&refresh_token).await;
        revoked.map(|()| RevokeTokensPayload { revoked: true }).map_err(|failure| error_of(&failure))
    }
}

impl From<IssuedTokens> for AccessTokenPayload {
    fn from(tokens: IssuedTokens) -> Self {
        Self {
            token: Some(tokens.jwt),
            expires_at: Some(tokens.expires_at.into()),
            refresh_token: Some(tokens.refresh.expose().to_owned()),
            refresh_expires_at: Some(tokens.refresh_expires_at.into()),
            challenge: None,
            problem: None,
        }
    }
}

fn not_issued(error: IssueAccessTokenError) -> Result<AccessTokenPayload> {
    match error {
        IssueAccessTokenError::SignIn(error) => {
            let (problem, challenge) = problem_of(error)?;
            Ok(AccessTokenPayload { challenge, problem: Some(problem), ..AccessTokenPayload::default() })
        }
        IssueAccessTokenError::Forbidden(forbidden) => Err(forbidden_words(forbidden).masked()),
        IssueAccessTokenError::Disabled => {
            Err(forbidden_words(Forbidden { permission: Permission::IssueTokens }).masked())
        }
        IssueAccessTokenError::Database(error) => Err(of_database(&error).masked()),
    }
}
