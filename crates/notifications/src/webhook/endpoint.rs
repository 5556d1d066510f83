//! The endpoints that a city has set up, read from a file and checked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;

use super::address_guard::is_public;
use super::sign::{NotASecret, WebhookSecret};

/// Everything that can be told. Accounts are nobody's business outside.
const KINDS: [&str; 42] = [
    "appointment.held",
    "appointment.confirmation_requested",
    "appointment.booked",
    "appointment.extended",
    "appointment.rescheduled",
    "appointment.cancelled",
    "appointment.released",
    "appointment.expired",
    "appointment.returned",
    "appointment.conflict_found",
    "appointment.conflict_settled",
    "case.submitted",
    "case.decide_automatically",
    "case.open_for_review",
    "case.claim",
    "case.request_items",
    "case.answer_request",
    "case.ask_third_party",
    "case.third_party_answers",
    "case.correct_data",
    "case.draft_decision",
    "case.return_draft",
    "case.approve",
    "case.deem_granted",
    "case.merge",
    "case.withdraw",
    "case.deliver",
    "case.fulfil",
    "case.arrive_again",
    "case.separate_intake",
    "case.change_tour",
    "case.cancel_tour",
    "case.collect",
    "case.miss_collection",
    "case.close",
    "case.object",
    "case.reopen",
    "case.erase",
    "case.forward_sent",
    "case.forward_accepted",
    "case.forward_given_up",
    "case.forward_settled",
];
/// All of [`KINDS`] that begin like this.
const EVERY_KIND: [&str; 2] = ["appointment.*", "case.*"];

/// Whether a wish in the settings is for events of this kind.
fn is_for(wanted: &str, kind: &str) -> bool {
    wanted == kind || (EVERY_KIND.contains(&wanted) && kind.starts_with(wanted.trim_end_matches('*')))
}

/// A program that is told what happens.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name: small letters, digits, hyphens. Its deliveries are kept under it.
    pub name: String,
    /// Where it listens.
    pub(crate) url: Url,
    /// What messages are signed with: the newest secret first; during a change two.
    pub(crate) secrets: Vec<WebhookSecret>,
    kinds: Vec<String>,
    /// Whether it may stand in a private network, and speak plain HTTP there.
    pub(crate) is_private: bool,
    /// How long one call may take.
    pub(crate) timeout: Duration,
}

impl Endpoint {
    /// Whether it wants to be told of events of this kind.
    pub(crate) fn wants(&self, kind: &str) -> bool {
        KINDS.contains(&kind) && self.kinds.iter().any(|wanted| is_for(wanted, kind))
    }
}

/// What is wrong with a file of endpoints. Holds no secrets.
#[derive(Debug, thiserror::Error)]
pub enum EndpointProblem {
    /// It is no TOML, or has other keys.
    #[error("{0}")]
    Form(String),
    /// A name that cannot be one, or one twice.
    #[error("endpoint {0:?}: a name has 1 to 40 small letters, digits and hyphens, and stands once")]
    Name(String),
    /// An address that may not be called.
    #[error(
        "endpoint {0:?}: the url must begin with https:// and lead to a public address, unless `private_network = true`"
    )]
    Url(String),
    /// Nothing, or an unknown kind.
    #[error("endpoint {0:?}: kinds must be some of {kinds} or {all}", kinds = KINDS.join(", "), all = EVERY_KIND.join(", "))]
    Kinds(String),
    /// A secret that cannot be read.
    #[error("endpoint {0:?}: secret_files: {1}: {2}")]
    SecretFile(String, String, String),
    /// A file that holds no secret.
    #[error("endpoint {0:?}: secret_files: {1}: {2}")]
    Secret(String, String, NotASecret),
    /// No secret at all, or too many.
    #[error("endpoint {0:?}: secret_files names one file, or two or three while secrets are changed")]
    SecretCount(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    endpoint: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    url: String,
    kinds: Vec<String>,
    secret_files: Vec<PathBuf>,
    #[serde(default)]
    private_network: bool,
}

/// Reads a file of `[[endpoint]]` tables. `read_secret` reads a file that holds a secret.
///
/// # Errors
/// The first [`EndpointProblem`].
pub fn read_endpoints(
    text: &str,
    timeout: Duration,
    read_secret: &dyn Fn(&Path) -> std::io::Result<String>,
) -> Result<Vec<Endpoint>, EndpointProblem> {
    let file: File = toml::from_str(text).map_err(|error| EndpointProblem::Form(error.to_string()))?;
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for entry in file.endpoint {
        let is_taken = endpoints.iter().any(|other| other.name == entry.name);
        if is_taken || !is_name(&entry.name) {
            return Err(EndpointProblem::Name(entry.name));
        }
        endpoints.push(checked(entry, timeout, read_secret)?);
    }
    Ok(endpoints)
}

fn checked(
    entry: Entry,
    timeout: Duration,
    read_secret: &dyn Fn(&Path) -> std::io::Result<String>,
) -> Result<Endpoint, EndpointProblem> {
    let Entry { name, url, kinds, secret_files, private_network: is_private } = entry;
    let Some(url) = callable(&url, is_private) else { return Err(EndpointProblem::Url(name)) };
    if kinds.is_empty()
        || kinds.iter().any(|kind| !EVERY_KIND.contains(&kind.as_str()) && !KINDS.contains(&kind.as_str()))
    {
        return Err(EndpointProblem::Kinds(name));
    }
    if !(1..=3).contains(&secret_files.len()) {
        return Err(EndpointProblem::SecretCount(name));
    }
    let mut secrets = Vec::new();
    for path in secret_files {
        let shown = path.display().to_string();
        let text = read_secret(&path)
            .map_err(|error| EndpointProblem::SecretFile(name.clone(), shown.clone(), error.kind().to_string()))?;
        secrets.push(WebhookSecret::read(&text).map_err(|error| EndpointProblem::Secret(name.clone(), shown, error))?);
    }
    Ok(Endpoint { name, url, secrets, kinds, is_private, timeout })
}

/// The address, if it may be called. A name is looked at again when it is resolved; a number is decided here.
fn callable(url: &str, is_private: bool) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let scheme_is_fine = url.scheme() == "https" || (is_private && url.scheme() == "http");
    if !scheme_is_fine || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
    let is_reachable = is_private || host.parse().map_or(host != "localhost", is_public);
    is_reachable.then_some(url)
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Endpoint>, EndpointProblem> {
        let secret = |path: &Path| match path.to_str() {
            Some("good") => Ok("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
            Some("bad") => Ok("hunter2".to_owned()),
            _ => Err(std::io::ErrorKind::NotFound.into()),
        };
        read_endpoints(text, Duration::from_secs(10), &secret)
    }

    fn entry(name: &str, url: &str, rest: &str) -> String {
        let has_kinds = rest.contains("kinds");
        let kinds = if has_kinds { "" } else { "kinds = [\"appointment.booked\"]\n" };
        let has_secret = rest.contains("secret_files");
        let secret = if has_secret { "" } else { "secret_files = [\"good\"]\n" };
        format!("[[endpoint]]\nname = \"{name}\"\nurl = \"{url}\"\n{kinds}{secret}{rest}\n")
    }

    #[test]
    fn endpoints_are_read_and_want_what_they_name() {
        let all = entry("b", "http://10.0.0.7:8080/", "private_network = true\nkinds = [\"appointment.*\"]");
        let read = read(&format!("{}{all}", entry("a", "https://register.stadt.example/hook", ""))).unwrap();
        assert!(read[0].wants("appointment.booked") && !read[0].wants("appointment.cancelled"));
        assert!(read[1].wants("appointment.cancelled") && !read[1].wants("account.reset_requested"));
        assert!(super::tests::read("").unwrap().is_empty());
        let cases = entry("c", "https://register.stadt.example/hook", "kinds = [\"case.*\", \"appointment.booked\"]");
        let cases = &super::tests::read(&cases).unwrap()[0];
        assert!(cases.wants("case.deliver") && cases.wants("appointment.booked"));
        assert!(!cases.wants("appointment.cancelled") && !cases.wants("case.no_such_step"));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        let public = "https://a.example/";
        for (text, word) in [
            ("[[endpoint]]\nname = 1".to_owned(), "name"),
            (entry("A b", public, ""), "small letters"),
            (format!("{}{}", entry("a", public, ""), entry("a", public, "")), "stands once"),
            (entry("a", "http://a.example/", ""), "https://"),
            (entry("a", "https://user:secret@a.example/", ""), "https://"),
            (entry("a", "https://127.0.0.1/", ""), "public address"),
            (entry("a", "https://[::1]/", ""), "public address"),
            (entry("a", "https://[::ffff:10.0.0.1]/", ""), "public address"),
            (entry("a", "https://2130706433/", ""), "public address"),
            (entry("a", "https://localhost/", ""), "public address"),
            (entry("a", public, "kinds = []"), "appointment.booked"),
            (entry("a", public, "kinds = [\"account.reset_requested\"]"), "appointment.booked"),
            (entry("a", public, "secret_files = []"), "one file"),
            (entry("a", public, "secret_files = [\"missing\"]"), "missing"),
            (entry("a", public, "secret_files = [\"bad\"]"), "whsec_"),
            (entry("a", public, "surprise = 1"), "surprise"),
        ] {
            let problem = read(&text).expect_err(&text).to_string();
            assert!(problem.contains(word) && !problem.contains("hunter2"), "{word}: {problem}");
        }
    }
}
