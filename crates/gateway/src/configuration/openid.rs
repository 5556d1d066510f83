//! `[[identity.openid]]`: the sign-in providers, one table each, checked as strictly as every other setting.

use std::{collections::BTreeMap, io, path::Path};

use domain::{identifier::Key, law::TrustLevel};
use identity::{Algorithm, ClientSecret, ClientSecretUse, EndAtProvider, OpenIdProvider, PlainHttp, Purpose};
use toml_edit::{Item, Table};
use url::Url;

use crate::configuration::{
    openid_text::{FIELDS, Field},
    read::{hint, line_of},
};

/// The section and the name of the list.
pub(super) const SECTION: &str = "identity";
pub(super) const NAME: &str = "openid";
/// Environment variables with the secrets of providers begin like this and end with the provider's key.
const SECRET_VARIABLE: &str = "SERVICEPOINT_IDENTITY__OPENID_SECRET_";
/// What is offered unless somebody decides: what providers use today, the better ones first.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Ps256, Algorithm::Rs256];

/// What the providers are checked against.
pub(super) struct Surroundings<'a> {
    pub(super) environment: &'a [(String, String)],
    pub(super) read_secret: &'a dyn Fn(&Path) -> io::Result<String>,
    /// Whether plain HTTP to this machine is fine.
    pub(super) plain_http: PlainHttp,
}

/// The variable that holds the secret of the provider `key`.
pub(super) fn secret_variable(key: &str) -> String {
    format!("{SECRET_VARIABLE}{}", key.to_uppercase().replace('-', "_"))
}

/// Whether a variable is meant for a provider. One that belongs to none is a mistake that [`providers`] names.
pub(super) fn is_secret_variable(name: &str) -> bool {
    name.starts_with(SECRET_VARIABLE)
}

/// Reads all providers and adds what is wrong to `problems`.
pub(super) fn providers(
    path: &str,
    text: &str,
    list: Option<&Item>,
    around: &Surroundings<'_>,
    problems: &mut Vec<String>,
) -> Vec<OpenIdProvider> {
    let mut found: Vec<OpenIdProvider> = Vec::new();
    if let Some(list) = list {
        let Some(tables) = list.as_array_of_tables() else {
            let line = line_of(text, list.span());
            problems
                .push(format!("{path}:{line}: identity.openid is a list: write [[identity.openid]] for each provider"));
            return found;
        };
        for table in tables {
            let mut reader = Reader { path, text, table, around, problems };
            let Some(provider) = reader.provider() else { continue };
            if found.iter().any(|other| other.key == provider.key) {
                let place = reader.place("key");
                problems.push(format!("{place}: identity.openid.key = \"{}\" stands twice", provider.key));
            } else {
                found.push(provider);
            }
        }
    }
    let ours = around.environment.iter().filter(|(name, _)| is_secret_variable(name));
    for (name, _) in ours.filter(|(name, _)| !found.iter().any(|one| secret_variable(one.key.as_str()) == **name)) {
        let hint = hint(name, found.iter().map(|one| secret_variable(one.key.as_str())));
        problems.push(format!("environment: {name} belongs to no provider of identity.openid{hint}"));
    }
    found
}

/// Reads one table.
struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    table: &'a Table,
    around: &'a Surroundings<'a>,
    problems: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn provider(&mut self) -> Option<OpenIdProvider> {
        let before = self.problems.len();
        self.unknown_keys();
        let key = self.required("key", |text| Key::new(text).ok());
        let name = self.required("name", |text| (1..=60).contains(&text.chars().count()).then(|| text.to_owned()));
        let plain_http = self.around.plain_http;
        let issuer = self.required("issuer", |text| is_issuer(text, plain_http).then(|| text.to_owned()));
        let client_id = self.required("client_id", |text| (1..=255).contains(&text.len()).then(|| text.to_owned()));
        let secret = key.as_ref().and_then(|key| self.secret(key.as_str()));
        let purpose = self.purpose();
        let algorithms = self.list("algorithms", Algorithm::named).unwrap_or_else(|| ALGORITHMS.to_vec());
        let scopes = self.list("scopes", scope).unwrap_or_default();
        let trust = self.trust();
        let least_trust = self.optional("least_trust", level).unwrap_or_default();
        let name_claim = self.optional("name_claim", claim);
        let ends = |text: &str| match text {
            "here" => Some(EndAtProvider::No),
            "everywhere" => Some(EndAtProvider::Yes),
            _ => None,
        };
        let end_at_provider = self.optional("sign_out", ends).unwrap_or(EndAtProvider::No);
        let provable = trust.values().copied().max().unwrap_or_default();
        if least_trust > provable {
            self.say("least_trust", "no `acr` in identity.openid.trust proves this level");
        }
        if self.problems.len() > before {
            return None;
        }
        Some(OpenIdProvider {
            key: key?,
            name: name?,
            issuer: issuer?,
            plain_http,
            client_id: client_id?,
            secret: secret?,
            purpose: purpose?,
            algorithms,
            scopes,
            trust,
            least_trust,
            name_claim,
            end_at_provider,
        })
    }

    fn unknown_keys(&mut self) {
        for (name, _) in self.table {
            if FIELDS.iter().any(|field| field.name == name) {
                continue;
            }
            let hint = if name == "client_secret" {
                "; a secret stands in client_secret_file or in the environment, never here".to_owned()
            } else {
                hint(name, FIELDS.iter().map(|field| field.name.to_owned()))
            };
            let place = self.place(name);
            self.problems.push(format!("{place}: unknown key identity.openid.{name}{hint}"));
        }
    }

    fn purpose(&mut self) -> Option<Purpose> {
        let accounts = self.required("accounts", |text| ["citizens", "staff"].contains(&text).then(|| text.to_owned()));
        let login_claim = self.optional("login_claim", claim);
        match (accounts?.as_str(), login_claim) {
            ("staff", Some(login_claim)) => Some(Purpose::Staff { login_claim }),
            ("staff", None) => {
                self.say("accounts", "staff need login_claim, the claim that holds the login of their account");
                None
            }
            (_, Some(_)) => {
                self.say("login_claim", "is for staff; citizens get an account of their own");
                None
            }
            (_, None) => Some(Purpose::Citizens),
        }
    }

    fn secret(&mut self, key: &str) -> Option<ClientSecret> {
        let way = |text: &str| match text {
            "basic" => Some(Some(ClientSecretUse::Basic)),
            "post" => Some(Some(ClientSecretUse::Post)),
            "none" => Some(None),
            _ => None,
        };
        let sent = self.optional("client_authentication", way).unwrap_or(Some(ClientSecretUse::Basic));
        let variable = secret_variable(key);
        let by_environment =
            self.around.environment.iter().find(|(name, _)| *name == variable).map(|(_, text)| text.clone());
        let by_file = self.optional("client_secret_file", |text| (!text.is_empty()).then(|| text.to_owned()));
        let secret = match (by_environment, by_file, sent) {
            (None, None, None) => return Some(ClientSecret::Public),
            (_, _, None) => {
                self.say("client_authentication", "\"none\" goes without a secret, and one is set");
                return None;
            }
            (Some(_), Some(_), _) => {
                self.say("client_secret_file", &format!("{variable} is set, too; keep one"));
                return None;
            }
            (Some(secret), None, Some(_)) => secret,
            (None, Some(file), Some(_)) => match (self.around.read_secret)(Path::new(&file)) {
                Ok(secret) => secret,
                Err(error) => {
                    self.say("client_secret_file", &format!("{file:?} cannot be read: {}", error.kind()));
                    return None;
                }
            },
            (None, None, Some(_)) => {
                self.say("client_id", &format!("has no secret; set client_secret_file or {variable}"));
                return None;
            }
        };
        let secret = secret.trim().to_owned();
        if secret.is_empty() {
            self.say("client_id", "has an empty secret");
        }
        Some(ClientSecret::Shared { secret, sent: sent? })
    }

    fn trust(&mut self) -> BTreeMap<String, TrustLevel> {
        let mut levels = BTreeMap::new();
        let Some(item) = self.table.get("trust") else { return levels };
        let Some(table) = item.as_table_like() else {
            self.refuse("trust", item);
            return levels;
        };
        for (acr, item) in table.iter() {
            match item.as_str().and_then(level) {
                Some(level) if !acr.is_empty() => {
                    levels.insert(acr.to_owned(), level);
                }
                Some(_) | None => self.refuse("trust", item),
            }
        }
        levels
    }

    fn required<T>(&mut self, name: &str, check: impl Fn(&str) -> Option<T>) -> Option<T> {
        if self.table.contains_key(name) {
            return self.optional(name, check);
        }
        let place = self.place(name);
        self.problems.push(format!("{place}: identity.openid.{name} is missing: {}", allowed(name)));
        None
    }

    fn optional<T>(&mut self, name: &str, check: impl Fn(&str) -> Option<T>) -> Option<T> {
        let item = self.table.get(name)?;
        let found = item.as_str().and_then(check);
        if found.is_none() {
            self.refuse(name, item);
        }
        found
    }

    fn list<T>(&mut self, name: &str, check: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        let item = self.table.get(name)?;
        let parts = item.as_array().map(|array| array.iter().map(|part| part.as_str().and_then(&check)));
        let parts: Option<Vec<T>> = parts.and_then(Iterator::collect);
        let is_enough = |parts: &Vec<T>| name != "algorithms" || !parts.is_empty();
        let parts = parts.filter(is_enough);
        if parts.is_none() {
            self.refuse(name, item);
        }
        parts
    }

    fn refuse(&mut self, name: &str, item: &Item) {
        let place = self.place(name);
        let shown = item.to_string();
        self.problems.push(format!("{place}: identity.openid.{name} = {}: must be {}", shown.trim(), allowed(name)));
    }

    fn say(&mut self, name: &str, what: &str) {
        let place = self.place(name);
        self.problems.push(format!("{place}: identity.openid.{name}: {what}"));
    }

    /// The line of a key; of the table where the key is missing.
    fn place(&self, name: &str) -> String {
        let span = self.table.key(name).and_then(toml_edit::Key::span).or(self.table.span());
        format!("{}:{}", self.path, line_of(self.text, span))
    }
}

fn allowed(name: &str) -> &'static str {
    FIELDS.iter().find(|field| field.name == name).map_or("", |Field { allowed, .. }| allowed)
}

/// Section 3 of OpenID Connect Discovery 1.0: https, no query, no fragment.
fn is_issuer(text: &str, plain_http: PlainHttp) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&url.host_str().unwrap_or_default());
    let scheme =
        url.scheme() == "https" || (url.scheme() == "http" && is_here && plain_http == PlainHttp::OnThisMachine);
    scheme && url.has_host() && url.query().is_none() && url.fragment().is_none() && url.username().is_empty()
}

fn scope(text: &str) -> Option<String> {
    // RFC 6749, section 3.3.
    let sign = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    (!text.is_empty() && text.bytes().all(sign)).then(|| text.to_owned())
}

fn claim(text: &str) -> Option<String> {
    (1..=120).contains(&text.len()).then(|| text.to_owned())
}

/// The level of a word.
pub(super) fn level(word: &str) -> Option<TrustLevel> {
    [TrustLevel::None, TrustLevel::Low, TrustLevel::Substantial, TrustLevel::High]
        .into_iter()
        .find(|level| level_word(*level) == word)
}

pub(super) const fn level_word(level: TrustLevel) -> &'static str {
    match level {
        TrustLevel::None => "none",
        TrustLevel::Low => "low",
        TrustLevel::Substantial => "substantial",
        TrustLevel::High => "high",
    }
}
