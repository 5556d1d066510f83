//! A mail server that takes letters by SMTP.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;

use crate::post::NotSent;

/// How long one letter may take, from the connection to the server's word that it has the letter.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The text is no address of a mail server. It is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnSmtpAddress {
    /// Something else.
    #[error("must look like smtps://user:password@host or smtp://user:password@host?tls=required")]
    Form,
    /// The password would cross the network unprotected.
    #[error("has a password and no encryption: write smtps:// or add ?tls=required")]
    PasswordInTheClear,
}

/// A mail server.
#[derive(Clone)]
pub(super) struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Smtp(redacted)")
    }
}

impl Smtp {
    pub(super) fn new(url: &str, hello: &str) -> Result<Self, NotAnSmtpAddress> {
        let is_protected = url.starts_with("smtps://") || url.contains("tls=required");
        if url.contains('@') && !is_protected {
            return Err(NotAnSmtpAddress::PasswordInTheClear);
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| NotAnSmtpAddress::Form)?;
        let builder = builder.hello_name(ClientId::Domain(hello.to_owned())).timeout(Some(PATIENCE));
        Ok(Self(builder.build()))
    }

    pub(super) async fn send(&self, letter: &Message) -> Result<(), NotSent> {
        match timeout(PATIENCE, self.0.send(letter.clone())).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(reason(&error)),
            Err(_) => Err(NotSent::Unreachable),
        }
    }
}

/// The kind of an error alone: its words may hold the address.
fn reason(error: &lettre::transport::smtp::Error) -> NotSent {
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match error.status().map(u16::from) {
        Some(code) => judged(code, &words),
        None if error.is_client() => NotSent::Address,
        None => NotSent::Unreachable,
    }
}

/// What an answer means (RFC 5321, 4.2; enhanced codes: RFC 3463).
fn judged(code: u16, words: &str) -> NotSent {
    match code {
        // 421: the service closes; 53x: it does not accept who we say we are.
        421 | 530..=539 => NotSent::Unreachable,
        // 5.7.x is a policy. It may be ours to mend (no leave to relay, a missing record), so it is not final at once.
        500..=599 if words.trim_start().starts_with("5.7.") => NotSent::Deferred(code),
        500..=599 => NotSent::Refused(code),
        _ => NotSent::Deferred(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_servers_are_told_apart() {
        assert_eq!(judged(421, "closing"), NotSent::Unreachable);
        assert_eq!(judged(535, "5.7.8 who are you"), NotSent::Unreachable);
        assert_eq!(judged(451, "4.7.1 greylisted"), NotSent::Deferred(451));
        assert_eq!(judged(452, "4.2.2 mailbox full"), NotSent::Deferred(452));
        assert_eq!(judged(550, "5.1.1 no such user"), NotSent::Refused(550));
        assert_eq!(judged(554, "5.7.1 relay access denied"), NotSent::Deferred(554));
        assert_eq!(judged(554, "transaction failed"), NotSent::Refused(554));
    }

    #[test]
    fn addresses_of_mail_servers_are_checked_and_never_shown() {
        for good in
            ["smtps://eva:secret@mail.example", "smtp://eva:secret@mail.example?tls=required", "smtp://[::1]:25"]
        {
            let smtp = Smtp::new(good, "stadt.example").unwrap_or_else(|error| panic!("{good}: {error}"));
            assert!(!format!("{smtp:?}").contains("secret"));
        }
        for bad in ["", "mail.example", "https://mail.example", "smtp://mail.example?tls=maybe"] {
            assert_eq!(Smtp::new(bad, "stadt.example").err(), Some(NotAnSmtpAddress::Form), "{bad}");
        }
        let bare = Smtp::new("smtp://eva:secret@mail.example", "stadt.example").err();
        assert_eq!(bare, Some(NotAnSmtpAddress::PasswordInTheClear));
    }
}
