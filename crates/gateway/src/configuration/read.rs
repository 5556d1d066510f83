//! Puts file, environment and defaults together and lists everything that is wrong at once.

use std::{collections::HashMap, fmt, io, path::Path};

use toml_edit::{Document, Item};

use identity::{OpenIdProvider, PlainHttp};

use crate::configuration::{
    openid::{self, Surroundings},
    table::{FILE_VARIABLE, PREFIX, SETTINGS, Setting},
    value::{Kind, Raw, Value, has_password},
};

/// Where settings come from. The environment wins over the file, the file over the defaults.
pub struct Sources<'a> {
    /// The configuration file's path and text.
    pub file: Option<(&'a Path, &'a str)>,
    /// All environment variables; those that are not ours are passed over.
    pub environment: &'a [(String, String)],
    /// Reads a file that holds a secret.
    pub read_secret: &'a dyn Fn(&Path) -> io::Result<String>,
}

/// Where one value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Default,
    File { path: String, line: usize },
    Environment { variable: String },
    SecretFile { path: String },
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File { path, line } => write!(formatter, "{path}:{line}"),
            Self::Environment { variable } => formatter.write_str(variable),
            Self::SecretFile { path } => write!(formatter, "from {path}"),
        }
    }
}

/// Everything that is wrong with the configuration, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// All settings with their values.
#[derive(Debug, Clone)]
pub(super) struct Values(HashMap<String, (Value, Origin)>, pub(super) Vec<OpenIdProvider>);

impl Values {
    pub(super) fn get(&self, key: &str) -> &(Value, Origin) {
        self.0.get(key).expect("every key is in the table: a test reads them all")
    }
}

pub(super) fn read(sources: &Sources<'_>) -> Result<Values, Problems> {
    let mut reader = Reader { values: HashMap::new(), problems: Vec::new() };
    for setting in SETTINGS {
        reader.put(setting, &setting.kind.raw(setting.default), Origin::Default);
    }
    if let Some((path, text)) = sources.file {
        reader.file(&path.display().to_string(), text);
    }
    reader.environment(sources.environment);
    reader.secrets(sources.read_secret);
    reader.agreement();
    let providers = reader.providers(sources);
    if reader.problems.is_empty() { Ok(Values(reader.values, providers)) } else { Err(Problems(reader.problems)) }
}

struct Reader {
    values: HashMap<String, (Value, Origin)>,
    problems: Vec<String>,
}

impl Reader {
    fn put(&mut self, setting: &Setting, raw: &Raw, origin: Origin) {
        let key = setting.key();
        let secret = matches!(setting.kind, Kind::DatabaseUrl);
        if let (true, Raw::Text(url), Origin::File { .. }) = (secret, raw, &origin)
            && has_password(url)
        {
            let variable = setting.variable();
            self.problems
                .push(format!("{origin}: {key} holds a password; put the address into {key}_file or {variable}"));
            return;
        }
        if let Some(value) = setting.kind.check(raw) {
            self.values.insert(key, (value, origin));
            return;
        }
        let shown = if secret { "(not shown)".to_owned() } else { raw.shown() };
        self.problems.push(format!("{origin}: {key} = {shown}: must be {}", setting.kind.allowed()));
    }

    fn file(&mut self, path: &str, text: &str) {
        let document = match Document::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let line = line_of(text, error.span());
                self.problems.push(format!("{path}:{line}: not TOML: {}", error.message().replace('\n', " ")));
                return;
            }
        };
        for (section, item) in document.as_table() {
            if only_providers(section, item) {
                continue;
            }
            let line = line_of(text, document.as_table().key(section).and_then(toml_edit::Key::span).or(item.span()));
            if !SETTINGS.iter().any(|setting| setting.section == section) {
                let known = SETTINGS.iter().map(|setting| setting.section.to_owned());
                self.problems.push(format!("{path}:{line}: unknown section `{section}`{}", hint(section, known)));
                continue;
            }
            let Some(table) = item.as_table_like() else {
                self.problems
                    .push(format!("{path}:{line}: `{section}` is a section: write [{section}] and its settings below"));
                continue;
            };
            for (name, item) in table.iter().filter(|(name, _)| !is_providers(section, name)) {
                let line = line_of(text, table.key(name).and_then(toml_edit::Key::span).or(item.span()));
                let origin = Origin::File { path: path.to_owned(), line };
                let key = format!("{section}.{name}");
                if let Some(setting) = SETTINGS.iter().find(|setting| setting.key() == key) {
                    self.put(setting, &raw(item), origin);
                } else {
                    let hint = hint(&key, SETTINGS.iter().map(Setting::key));
                    self.problems.push(format!("{origin}: unknown key {key}{hint}"));
                }
            }
        }
    }

    fn environment(&mut self, environment: &[(String, String)]) {
        let ours = environment.iter().filter(|(name, _)| name.starts_with(PREFIX) && name != FILE_VARIABLE);
        let ours = ours.filter(|(name, _)| !openid::is_secret_variable(name));
        for (name, text) in ours {
            if let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == *name) {
                self.put(setting, &setting.kind.raw(text), Origin::Environment { variable: name.clone() });
            } else {
                let hint = hint(name, SETTINGS.iter().map(Setting::variable));
                self.problems.push(format!("environment: unknown variable {name}{hint}"));
            }
        }
    }

    fn secrets(&mut self, read_secret: &dyn Fn(&Path) -> io::Result<String>) {
        let Some((Value::Path(path), origin)) = self.values.get("database.url_file").cloned() else { return };
        if !matches!(self.values.get("database.url"), Some((_, Origin::Default)) | None) {
            self.problems.push(format!("{origin}: database.url and database.url_file are both set; keep one"));
            return;
        }
        let shown = path.display().to_string();
        match read_secret(&path) {
            Ok(text) => {
                let setting = SETTINGS.iter().find(|setting| setting.key() == "database.url");
                let setting = setting.expect("the table holds database.url");
                self.put(setting, &Raw::Text(text.trim().to_owned()), Origin::SecretFile { path: shown });
            }
            Err(error) => {
                self.problems
                    .push(format!("{origin}: database.url_file = {shown:?}: cannot be read: {}", error.kind()));
            }
        }
    }

    /// The sign-in providers, a list that the table of settings cannot say.
    fn providers(&mut self, sources: &Sources<'_>) -> Vec<OpenIdProvider> {
        let is_development =
            matches!(self.values.get("server.mode"), Some((Value::Text(mode), _)) if mode == "development");
        let around = Surroundings {
            environment: sources.environment,
            read_secret: sources.read_secret,
            plain_http: if is_development { PlainHttp::OnThisMachine } else { PlainHttp::Never },
        };
        let (path, text) = sources.file.map_or((String::new(), ""), |(path, text)| (path.display().to_string(), text));
        // A file that is not TOML has been named already.
        let document = Document::parse(text).ok();
        let section = document.as_ref().and_then(|document| document.as_table().get(openid::SECTION));
        let list = section.and_then(Item::as_table_like).and_then(|section| section.get(openid::NAME));
        openid::providers(&path, text, list, &around, &mut self.problems)
    }

    /// Settings that are fine alone and wrong together.
    fn agreement(&mut self) {
        let text = |key: &str| match self.values.get(key) {
            Some((Value::Text(text), origin)) => Some((text.as_str(), origin)),
            _ => None,
        };
        if let (Some((url, origin)), Some(("production", _))) = (text("server.public_url"), text("server.mode"))
            && url.strip_prefix("http://").is_some_and(|host| !is_this_machine(host))
        {
            self.problems.push(format!(
                "{origin}: server.public_url = {url:?}: must begin with https:// in production; browsers keep no sign-in otherwise"
            ));
        }
        if let (Some((chosen @ ("anonymous" | "everyone"), origin)), Some((Value::Nothing, _))) =
            (text("server.trusted_documents_for"), self.values.get("server.trusted_documents"))
        {
            self.problems.push(format!(
                "{origin}: server.trusted_documents_for = {chosen:?}: server.trusted_documents must name the file of documents"
            ));
        }
        if let (Some((Value::Path(_), origin)), Some((_, Origin::Default))) =
            (self.values.get("mail.smtp_url_file"), self.values.get("mail.from"))
        {
            self.problems
                .push(format!("{origin}: mail.smtp_url_file is set and mail.from is not: letters need a sender"));
        }
    }
}

/// Whether this is the list of sign-in providers.
fn is_providers(section: &str, name: &str) -> bool {
    section == openid::SECTION && name == openid::NAME
}

/// Whether a section holds the list of sign-in providers and nothing else.
fn only_providers(section: &str, item: &Item) -> bool {
    item.as_table_like()
        .is_some_and(|table| !table.is_empty() && table.iter().all(|(name, _)| is_providers(section, name)))
}

fn is_this_machine(host: &str) -> bool {
    ["127.", "localhost", "[::1]"].iter().any(|start| host.starts_with(start))
}

fn raw(item: &Item) -> Raw {
    if let Some(text) = item.as_str() {
        return Raw::Text(text.to_owned());
    }
    if let Some(number) = item.as_integer() {
        return Raw::Number(number);
    }
    let parts = item.as_array().map(|array| array.iter().map(|part| part.as_str().map(str::to_owned)).collect());
    match parts {
        Some(Some(parts)) => Raw::List(parts),
        Some(None) | None => Raw::Other(item.to_string().trim().to_owned()),
    }
}

pub(super) fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start).min(text.len());
    text.as_bytes()[..start].split(|&byte| byte == b'\n').count()
}

pub(super) fn hint(wrong: &str, known: impl Iterator<Item = String>) -> String {
    let likeness = |name: &String| strsim::normalized_damerau_levenshtein(wrong, name);
    let best = known.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    best.filter(|name| likeness(name) > 0.5).map_or(String::new(), |name| format!("; did you mean {name}?"))
}
