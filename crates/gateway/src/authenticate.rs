//! Who is calling: an access token of a program or device, or the session of a browser.

use std::any::TypeId;
use std::time::Duration;

use async_graphql::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use futures_util::future::BoxFuture;

use database::DatabaseError;
use domain::permission::{Actor, Role};
use domain::time::Timestamp;
use identity::{Footing, Recognised, TokenError};

use crate::application::Application;
use crate::graphql::{cookie_name, cookie_value};
use crate::http::{Admission, Authenticate, Caller, Problem, ResponseHeaders};
use crate::limits::Standing;

/// Puts the [`Actor`] into every request.
///
/// An access token comes as `Authorization: Bearer ...`, on a websocket also as `authorization` in the payload of
/// `connection_init`; it goes before a cookie. A token that is broken or has ended is refused. A session that has ended
/// is not: its cookie is taken back and the caller is nobody, because a browser could not sign in again otherwise.
#[derive(Debug, Clone)]
pub struct Doorkeeper {
    application: Application,
}

impl Doorkeeper {
    /// A doorkeeper that knows the accounts of this application.
    pub const fn new(application: Application) -> Self {
        Self { application }
    }

    async fn recognise(&self, caller: &Caller, request: &Request) -> Result<Option<Recognised>, Problem> {
        let Application { identity, clock, secure_cookies, .. } = &self.application;
        if let Some(token) = token(caller)? {
            return identity.authenticate_token(&token).await.map(Some).map_err(|error| refused(&error));
        }
        let Some(session) = session(&caller.headers, cookie_name(*secure_cookies)) else {
            return Ok(None);
        };
        let found = identity.authenticate_session(session).await.map_err(|error| silent(&error))?;
        if found.is_none() {
            take_back(request, clock.now(), *secure_cookies);
        }
        Ok(found)
    }
}

impl Authenticate for Doorkeeper {
    fn authenticate<'a>(
        &'a self,
        caller: &'a Caller,
        request: &'a mut Request,
    ) -> BoxFuture<'a, Result<Admission, Problem>> {
        Box::pin(async move {
            let Some(Recognised { actor, footing }) = self.recognise(caller, request).await? else {
                request.data.insert(Actor::Anonymous);
                return Ok(Admission::default());
            };
            let admission = admission(&actor, footing, self.application.clock.now());
            request.data.insert(actor);
            request.data.insert(footing);
            Ok(admission)
        })
    }

    fn still_stands(&self, admission: &Admission) -> bool {
        admission.footing.is_none_or(|footing| self.application.identity.still_stands(&footing))
    }
}

/// What the door needs to know of an actor: by what to count it, and which queue it stands in.
fn admission(actor: &Actor, footing: Footing, now: Timestamp) -> Admission {
    let standing = match actor {
        Actor::Anonymous => Standing::Nobody,
        Actor::Account { role: Role::Citizen, .. } => Standing::Citizen,
        Actor::Account { role: Role::Clerk | Role::Lead | Role::Operator | Role::Device, .. } | Actor::System => {
            Standing::Staff
        }
    };
    Admission {
        expires_in: Some(time_left(footing.ends_at(), now)),
        standing,
        account: actor.account().map(|account| account.0),
        footing: Some(footing),
    }
}

/// The value of a cookie that a browser presents.
pub(crate) fn session<'a>(headers: &'a HeaderMap, cookie: &str) -> Option<&'a str> {
    let lists = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lists.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie).map(|(_, value)| value)
}

/// Tells the browser to forget its session.
fn take_back(request: &Request, now: Timestamp, secure: bool) {
    let headers = request.data.get(&TypeId::of::<ResponseHeaders>()).and_then(|headers| headers.downcast_ref());
    let cookie = HeaderValue::try_from(cookie_value("", now, now, secure));
    if let (Some(headers), Ok(cookie)) = (headers, cookie) {
        ResponseHeaders::append(headers, header::SET_COOKIE, cookie);
    }
}

/// The token that somebody presents. Whatever is in its place and none is refused: a program that means to sign in must
/// not find itself anonymous.
fn token(caller: &Caller) -> Result<Option<String>, Problem> {
    let greeting = caller.connection_init.as_deref().and_then(serde_json::Value::as_object);
    let mut named = greeting.into_iter().flatten().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if let Some((_, value)) = named.next() {
        return bearer(value.as_str()).map(Some);
    }
    let mut headers = caller.headers.get_all(header::AUTHORIZATION).into_iter();
    match (headers.next(), headers.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => bearer(only.to_str().ok()).map(Some),
        (Some(_), Some(_)) => Err(unauthenticated("there are two authorizations; send one")),
    }
}

fn bearer(text: Option<&str>) -> Result<String, Problem> {
    let token = text.and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token
        .map(|(_, token)| token.trim().to_owned())
        .ok_or_else(|| unauthenticated("the authorization must be `Bearer` and an access token"))
}

/// How long it is until `end`.
fn time_left(end: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(end.millis().saturating_sub(now.millis())).unwrap_or(0))
}

fn refused(error: &TokenError) -> Problem {
    match error {
        TokenError::Invalid => unauthenticated("the access token is not valid; draw a new one"),
        TokenError::Expired => unauthenticated("the access token has expired; draw a new one"),
        TokenError::Database(error) => silent(error),
    }
}

fn unauthenticated(message: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
}

fn silent(error: &DatabaseError) -> Problem {
    match error {
        DatabaseError::Unavailable(_) | DatabaseError::Contended => {
            tracing::warn!(%error, "nobody can be recognised");
            let message = "the service is not available for a moment; try again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).retry_after(2)
        }
        DatabaseError::Broken(_) | DatabaseError::Internal(_) => {
            tracing::error!(%error, "nobody can be recognised");
            Problem::internal()
        }
    }
}

#[cfg(test)]
mod tests;
