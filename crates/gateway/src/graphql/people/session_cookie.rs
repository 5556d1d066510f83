//! The cookie that carries a browser's session.

use domain::time::Timestamp;

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
