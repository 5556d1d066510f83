//! The cookie that carries a browser's session.

use async_graphql::Context;
use axum::http::header::{COOKIE, SET_COOKIE};
use domain::time::Timestamp;

use crate::graphql::context::ContextExtensions;
use crate::http::{Caller, ResponseHeaders};

/// The name of the cookie. The prefix `__Host-` makes browsers insist on HTTPS, the whole host and the root path; only a
/// development server on plain HTTP goes without.
pub const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// The value of a `Set-Cookie` header for `token`, which the browser forgets `lifetime` from `now`; an empty token with
/// a lifetime of nothing takes the cookie away.
pub fn cookie_value(token: &str, expires_at: Timestamp, now: Timestamp, secure: bool) -> String {
    let age = (expires_at.seconds() - now.seconds()).max(0);
    let tail = if secure { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{tail}", cookie_name(secure))
}

/// Gives the browser a session.
pub(super) fn set_cookie(ctx: &Context<'_>, token: &str, expires_at: Timestamp) {
    let application = ctx.application();
    let value = cookie_value(token, expires_at, application.clock.now(), application.secure_cookies);
    if let (Ok(value), Some(headers)) = (value.parse(), ctx.data_opt::<ResponseHeaders>()) {
        headers.append(SET_COOKIE, value);
    }
}

/// Takes the session back from the browser.
pub(super) fn take_cookie_back(ctx: &Context<'_>) {
    set_cookie(ctx, "", Timestamp::from_millis(0));
}

/// The session that the browser sent, if it sent one.
pub(super) fn session_of(ctx: &Context<'_>) -> Option<String> {
    let name = cookie_name(ctx.application().secure_cookies);
    let headers = &ctx.data_opt::<Caller>()?.headers;
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, token)| token.to_owned())
}
