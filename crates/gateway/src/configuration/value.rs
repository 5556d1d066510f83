//! The kinds of values settings have, what is allowed for each, and how each is read.

use std::{net::SocketAddr, path::PathBuf};

use notifications::Sender;

use crate::configuration::Network;

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Address,
    OptionalAddress,
    Url,
    Choice(&'static [&'static str]),
    Number {
        least: u64,
        most: u64,
    },
    Path,
    OptionalPath,
    Networks,
    Origins,
    DatabaseUrl,
    MailAddress,
    /// A socket of this machine or an address of the network, or nothing.
    Scanner,
}

/// A value as it was written: typed in TOML, plain text in the environment.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    Text(String),
    Number(i64),
    List(Vec<String>),
    /// A table, a date, a fraction: nothing a setting can be. Kept as written, for the message.
    Other(String),
}

/// A value that was checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Nothing,
    Address(SocketAddr),
    Text(String),
    Number(u64),
    Path(PathBuf),
    Networks(Vec<Network>),
    Texts(Vec<String>),
}

impl Kind {
    /// The sentence's end of "must be …".
    pub(super) fn allowed(self) -> String {
        match self {
            Self::Address => "an IP address with a port, such as 127.0.0.1:8080 or [::]:8080".to_owned(),
            Self::OptionalAddress => "an IP address with a port, or empty".to_owned(),
            Self::Url => {
                "an address that begins with https:// or http:// and has no path, such as https://termine.stadt.example"
                    .to_owned()
            }
            Self::Choice(choices) => format!("one of {}", choices.join(", ")),
            Self::Number { least, most } => format!("a whole number from {least} to {most}"),
            Self::Path => "the path of a file".to_owned(),
            Self::OptionalPath => "the path of a file, or empty".to_owned(),
            Self::Networks => "a list of IP addresses or ranges, such as 10.0.0.0/8".to_owned(),
            Self::Origins => {
                "a list of addresses that begin with https:// or http:// and have no path, such as https://www.stadt.example"
                    .to_owned()
            }
            Self::MailAddress => "a mail address without umlauts, such as termine@stadt.example".to_owned(),
            Self::Scanner => "the path of a socket that begins with /, an IP address with a port, or empty".to_owned(),
            Self::DatabaseUrl => "sqlite://PATH or postgres://USER@HOST/DATABASE".to_owned(),
        }
    }

    /// Types the text of an environment variable or a default.
    pub(super) fn raw(self, text: &str) -> Raw {
        match self {
            Self::Number { .. } => text.trim().parse().map_or_else(|_| Raw::Text(text.to_owned()), Raw::Number),
            Self::Networks | Self::Origins => {
                Raw::List(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
            }
            Self::Address
            | Self::OptionalAddress
            | Self::Url
            | Self::Choice(_)
            | Self::Path
            | Self::OptionalPath
            | Self::DatabaseUrl
            | Self::MailAddress
            | Self::Scanner => Raw::Text(text.to_owned()),
        }
    }

    /// Checks one value. `None` means that it is not allowed.
    pub(super) fn check(self, raw: &Raw) -> Option<Value> {
        match (self, raw) {
            (Self::OptionalAddress | Self::OptionalPath | Self::Scanner, Raw::Text(text)) if text.is_empty() => {
                Some(Value::Nothing)
            }
            (Self::Url, Raw::Text(text)) => is_origin(text).then(|| Value::Text(text.trim_end_matches('/').to_owned())),
            (Self::Choice(choices), Raw::Text(text)) => {
                choices.contains(&text.as_str()).then(|| Value::Text(text.clone()))
            }
            (Self::Number { least, most }, Raw::Number(number)) => {
                u64::try_from(*number).ok().filter(|number| (least..=most).contains(number)).map(Value::Number)
            }
            (Self::Path | Self::OptionalPath, Raw::Text(text)) => {
                (!text.is_empty() && !text.contains('\0')).then(|| Value::Path(PathBuf::from(text)))
            }
            (Self::Scanner, Raw::Text(text)) if text.starts_with('/') && !text.contains('\0') => {
                Some(Value::Path(PathBuf::from(text)))
            }
            (Self::Address | Self::OptionalAddress | Self::Scanner, Raw::Text(text)) => {
                text.parse().ok().map(Value::Address)
            }
            (Self::Networks, Raw::List(parts)) => {
                parts.iter().map(|part| part.parse().ok()).collect::<Option<Vec<_>>>().map(Value::Networks)
            }
            (Self::Origins, Raw::List(parts)) => {
                let plain = |part: &String| is_origin(part).then(|| part.trim_end_matches('/').to_ascii_lowercase());
                parts.iter().map(plain).collect::<Option<Vec<_>>>().map(Value::Texts)
            }
            (Self::DatabaseUrl, Raw::Text(text)) => is_database(text).then(|| Value::Text(text.clone())),
            (Self::MailAddress, Raw::Text(text)) => Sender::new(text).is_ok().then(|| Value::Text(text.clone())),
            (_, Raw::Text(_) | Raw::Number(_) | Raw::List(_) | Raw::Other(_)) => None,
        }
    }
}

impl Raw {
    /// As a person wrote it, for messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Number(number) => number.to_string(),
            Self::List(parts) => format!("{parts:?}"),
            Self::Other(text) => text.clone(),
        }
    }
}

fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest.map(|rest| rest.trim_end_matches('/')) else { return false };
    rest.parse::<axum::http::uri::Authority>()
        .is_ok_and(|authority| !authority.host().is_empty() && !rest.contains('@'))
}

fn is_database(text: &str) -> bool {
    if let Some(path) = text.strip_prefix("sqlite://") {
        return !path.is_empty();
    }
    let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
    rest.and_then(|rest| rest.split_once('/')).is_some_and(|(_, database)| !database.is_empty())
}

/// Whether the address of a database tells a password.
pub(super) fn has_password(url: &str) -> bool {
    redacted(url) != url
}

/// The address of a database with its password covered.
pub(super) fn redacted(url: &str) -> String {
    let mut shown = url.to_owned();
    if let Some((_, secret)) = url.split_once("password=") {
        let secret = secret.split('&').next().unwrap_or_default();
        shown = shown.replacen(&format!("password={secret}"), "password=***", 1);
    }
    let Some((scheme, rest)) = shown.split_once("://") else { return shown };
    // The last @ before the path ends the credentials; passwords may hold others.
    let authority = rest.split('/').next().unwrap_or_default();
    let end = rest.rfind('@').filter(|&at| at < authority.len() || scheme != "sqlite").unwrap_or(0);
    match rest[..end].split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***{}", &rest[end..]),
        None => shown,
    }
}
