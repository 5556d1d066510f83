//! Who carries the letters: a mail server, or a directory where nothing leaves the machine.

mod directory;
mod smtp;

use std::io;
use std::path::PathBuf;

use lettre::Message;

pub use smtp::NotAnSmtpAddress;
pub(crate) use smtp::PATIENCE as SMTP_PATIENCE;

use directory::Directory;
use smtp::Smtp;

/// A carrier of letters.
#[derive(Debug, Clone)]
pub struct Post(Carrier);

#[derive(Debug, Clone)]
enum Carrier {
    Directory(Directory),
    Smtp(Box<Smtp>),
}

/// Why a letter was not carried. Holds no personal data: servers repeat addresses in their answers, we do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The directory took nothing.
    #[error("the mail directory cannot be written: {0}")]
    Directory(io::ErrorKind),
    /// The mail server cannot be reached, broke off, or asks to come back later.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// The mail server refused this letter for now (a 4xx answer), or because of who we are (5.7.x): a matter of settings.
    #[error("the mail server does not take a letter at the moment, with the code {0}")]
    Deferred(u16),
    /// The mail server refused this letter for good (a 5xx answer).
    #[error("the mail server refused a letter with the code {0}")]
    Refused(u16),
    /// The address of the recipient is none that mail can be sent to.
    #[error("a letter has an address that cannot be written to")]
    Address,
}

impl NotSent {
    /// Whether the next letter has to expect the same.
    pub(crate) const fn concerns_every_letter(self) -> bool {
        match self {
            Self::Directory(_) | Self::Unreachable => true,
            Self::Deferred(_) | Self::Refused(_) | Self::Address => false,
        }
    }

    /// Whether trying again would end the same.
    pub(crate) const fn is_hopeless(self) -> bool {
        match self {
            Self::Refused(_) | Self::Address => true,
            Self::Directory(_) | Self::Unreachable | Self::Deferred(_) => false,
        }
    }

    /// The stable code that operators see.
    pub(crate) fn code(self) -> String {
        match self {
            Self::Directory(_) => "MAIL_DIRECTORY".to_owned(),
            Self::Unreachable => "SMTP_UNREACHABLE".to_owned(),
            Self::Deferred(code) | Self::Refused(code) => format!("SMTP_{code}"),
            Self::Address => "ADDRESS_UNUSABLE".to_owned(),
        }
    }
}

impl Post {
    /// Puts each letter into `directory` as a file named after its message id. The directory is made when missing;
    /// it and the letters are open to the account of the server alone.
    pub fn directory(directory: impl Into<PathBuf>) -> Self {
        Self(Carrier::Directory(Directory::new(directory.into())))
    }

    /// Hands each letter to a mail server: `smtps://user:password@host`, `smtp://user:password@host?tls=required`, or
    /// `smtp://127.0.0.1:25` for a server on this machine. `hello` is the name of this server's host.
    ///
    /// # Errors
    /// [`NotAnSmtpAddress`] for anything else, and for a password that would travel in the clear.
    pub fn smtp(url: &str, hello: &str) -> Result<Self, NotAnSmtpAddress> {
        Ok(Self(Carrier::Smtp(Box::new(Smtp::new(url, hello)?))))
    }

    /// Carries one letter. When this gives up or is dropped half-way, nobody knows whether the letter arrived.
    pub(crate) async fn send(&self, message_id: &str, letter: &Message) -> Result<(), NotSent> {
        match &self.0 {
            Carrier::Directory(directory) => directory.put(message_id, &letter.formatted()).await,
            Carrier::Smtp(server) => server.send(letter).await,
        }
    }
}
