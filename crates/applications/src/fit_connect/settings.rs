//! How the delivery service is reached, read from a file and checked.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// How the delivery service is reached.
#[derive(Clone)]
pub struct FitConnectSettings {
    /// Where tokens are given out.
    pub token_url: String,
    /// The beginning of the addresses of the submission API, without a slash at the end.
    pub submission_url: String,
    /// Who signs the service's events.
    pub issuer: String,
    /// The name under which the city is known there.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Whether plain HTTP may be spoken: with a double on this machine, never with the service.
    pub plain_http: PlainHttp,
}

/// Whether plain HTTP may be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainHttp {
    /// Never.
    Refused,
    /// In a network of one's own.
    PrivateNetwork,
}

impl std::fmt::Debug for FitConnectSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FitConnectSettings")
            .field("submission_url", &self.submission_url)
            .finish_non_exhaustive()
    }
}

/// What is wrong with the file. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsProblem {
    /// It is no TOML, or has other keys.
    #[error("{0}")]
    Form(String),
    /// An address that may not be called.
    #[error("{0}: the address must begin with https://, unless `private_network = true`")]
    Url(&'static str),
    /// The secret cannot be read.
    #[error("client_secret_file: {0}: {1}")]
    Secret(String, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    token_url: String,
    submission_url: String,
    issuer: String,
    client_id: String,
    client_secret_file: PathBuf,
    #[serde(default)]
    private_network: bool,
}

/// Reads the file. `read_secret` reads the file that holds the secret.
///
/// # Errors
/// The first [`SettingsProblem`].
pub fn read_settings(
    text: &str,
    read_secret: &dyn Fn(&Path) -> std::io::Result<String>,
) -> Result<FitConnectSettings, SettingsProblem> {
    let file: Written = toml::from_str(text).map_err(|error| SettingsProblem::Form(error.to_string()))?;
    let plain_http = if file.private_network { PlainHttp::PrivateNetwork } else { PlainHttp::Refused };
    for (key, url) in [("token_url", &file.token_url), ("submission_url", &file.submission_url)] {
        let plain = plain_http == PlainHttp::PrivateNetwork && url.starts_with("http://");
        if !(plain || url.starts_with("https://")) {
            return Err(SettingsProblem::Url(key));
        }
    }
    let secret = read_secret(&file.client_secret_file).map_err(|error| {
        SettingsProblem::Secret(file.client_secret_file.display().to_string(), error.kind().to_string())
    })?;
    Ok(FitConnectSettings {
        token_url: file.token_url,
        submission_url: file.submission_url.trim_end_matches('/').to_owned(),
        issuer: file.issuer,
        client_id: file.client_id,
        client_secret: secret.trim().to_owned(),
        plain_http,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "token_url = \"https://auth.example/token\"\nsubmission_url = \"https://api.example/\"\n\
        issuer = \"https://api.example\"\nclient_id = \"stadt\"\nclient_secret_file = \"secret\"\n";

    fn read(text: &str) -> Result<FitConnectSettings, SettingsProblem> {
        read_settings(text, &|path| match path.to_str() {
            Some("secret") => Ok("geheim\n".to_owned()),
            _ => Err(std::io::ErrorKind::NotFound.into()),
        })
    }

    #[test]
    fn settings_are_read_and_the_secret_is_never_shown() {
        let settings = read(GOOD).unwrap();
        assert_eq!(
            (settings.submission_url.as_str(), settings.client_secret.as_str()),
            ("https://api.example", "geheim")
        );
        assert!(!format!("{settings:?}").contains("geheim"));
        for (from, to, words) in [
            ("https://api", "http://api", "submission_url"),
            ("https://auth", "ftp://auth", "token_url"),
            ("\"secret\"", "\"missing\"", "client_secret_file"),
            ("issuer", "surprise", "surprise"),
        ] {
            let problem = read(&GOOD.replace(from, to)).expect_err(words).to_string();
            assert!(problem.contains(words), "{problem}");
        }
        assert!(read(&format!("{}private_network = true\n", GOOD.replace("https://", "http://"))).is_ok());
    }
}
