//! One's own sessions.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use identity::Session;

use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::people::problem::{AccountProblem, error_of, parted};
use crate::graphql::people::session_cookie::take_cookie_back;
use crate::graphql::scalars::Instant;

/// Queries about sessions.
#[derive(Default)]
pub(crate) struct SessionQuery;

/// Mutations of sessions.
#[derive(Default)]
pub(crate) struct SessionMutation;

/// What stands behind a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::SessionKind")]
enum SessionKind {
    /// A browser with a cookie.
    Browser,
    /// An API client or device with refresh tokens.
    Client,
}

/// A session and whether it is the one that asks.
struct SessionNode(Session);

/// Where the account is signed in.
#[Object(name = "Session")]
impl SessionNode {
    /// Its global id, for `endSession`.
    async fn id(&self) -> ID {
        Global::Session(self.0.id).id()
    }

    /// What stands behind it.
    async fn kind(&self) -> SessionKind {
        self.0.kind.into()
    }

    /// What the client calls itself; null for browsers.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// When it was opened, UTC.
    async fn created_at(&self) -> Instant {
        self.0.created_at.into()
    }

    /// When it ends if nothing happens in it before, UTC.
    async fn expires_at(&self) -> Instant {
        self.0.expires_at.into()
    }

    /// Whether it is the one that asks.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        ctx.footing().is_some_and(|footing| self.0.is_behind(footing))
    }
}

/// The answer to ending sessions.
#[derive(SimpleObject)]
struct EndSessionPayload {
    /// Whether it is ended.
    ended: bool,
    /// What was in the way.
    problem: Option<AccountProblem>,
}

#[Object]
impl SessionQuery {
    /// Where the signed-in account is signed in, newest first; at most 200.
    async fn my_sessions(&self, ctx: &Context<'_>) -> Result<Vec<SessionNode>> {
        let sessions = ctx.application().identity.my_sessions(ctx.actor()).await;
        Ok(sessions.map_err(|failure| error_of(&failure))?.into_iter().map(SessionNode).collect())
    }
}

#[Object]
impl SessionMutation {
    /// Ends one session of the signed-in account, with its open connections.
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the session.")] id: ID,
    ) -> Result<EndSessionPayload> {
        let session = Global::session(&id)?;
        Ok(parted(ctx.application().identity.end_session(ctx.actor(), session).await)?.into())
    }

    /// Ends all sessions and tokens of the signed-in account, this one too.
    async fn end_all_sessions(&self, ctx: &Context<'_>) -> Result<EndSessionPayload> {
        let ended = parted(ctx.application().identity.end_all_sessions(ctx.actor()).await)?;
        take_cookie_back(ctx);
        Ok(ended.into())
    }
}

impl From<Result<(), AccountProblem>> for EndSessionPayload {
    fn from(outcome: Result<(), AccountProblem>) -> Self {
        Self { ended: outcome.is_ok(), problem: outcome.err() }
    }
}
