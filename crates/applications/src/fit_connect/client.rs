//! The calls to the delivery service: no redirect is followed, every answer is bounded, no content reaches a log.

use std::time::Duration;

use domain::time::Timestamp;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::settings::{FitConnectSettings, PlainHttp};

/// The longest answer that is read, in bytes.
const MOST_BYTES: usize = 4 << 20;
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_mins(2);
/// A token is asked for anew so many seconds before it ends.
const SPARE_SECONDS: i64 = 60;

/// This machine cannot speak HTTPS.
#[derive(Debug, thiserror::Error)]
#[error("FIT-Connect cannot be called from this machine: {0}")]
pub struct ClientUnusable(String);

/// Why a call brought nothing. Holds nothing of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallFault {
    #[error("no connection, or no answer in time")]
    Unreachable,
    #[error("an answer with the status {0}")]
    Answered(u16),
    #[error("an answer that is too long or none of this service")]
    Strange,
}

impl CallFault {
    /// The stable code that staff see.
    pub(super) fn code(self) -> String {
        match self {
            Self::Unreachable => "UNREACHABLE".to_owned(),
            Self::Answered(status) => format!("HTTP_{status}"),
            Self::Strange => "STRANGE_ANSWER".to_owned(),
        }
    }

    /// Whether asking again may end otherwise. What the service refuses because of its content stays refused.
    pub(super) const fn may_pass(self) -> bool {
        !matches!(self, Self::Answered(400 | 409 | 413 | 415 | 422))
    }
}

/// A destination as the service describes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Destination {
    pub(super) status: String,
    pub(super) encryption_kid: String,
}

/// What the service gives for an announcement.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Announced {
    pub(super) submission_id: String,
    pub(super) case_id: String,
}

#[derive(Deserialize)]
struct GivenToken {
    access_token: String,
    expires_in: i64,
}

#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    pub(super) settings: FitConnectSettings,
    token: Mutex<Option<(String, Timestamp)>>,
}

impl Client {
    pub(super) fn new(settings: FitConnectSettings) -> Result<Self, ClientUnusable> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .https_only(settings.plain_http == PlainHttp::Refused)
            .user_agent(concat!("servicepoint/", env!("CARGO_PKG_VERSION")));
        let builder = match settings.plain_http {
            PlainHttp::Refused => builder,
            PlainHttp::PrivateNetwork => builder.no_proxy(),
        };
        let http = builder.build().map_err(|error| ClientUnusable(error.to_string()))?;
        Ok(Self { http, settings, token: Mutex::new(None) })
    }

    async fn token(&self, now: Timestamp) -> Result<String, CallFault> {
        let mut kept = self.token.lock().await;
        if let Some((token, ends)) = kept.as_ref()
            && *ends > now
        {
            return Ok(token.clone());
        }
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.settings.client_id),
            ("client_secret", &self.settings.client_secret),
        ];
        let given: GivenToken = read(good(self.http.post(&self.settings.token_url).form(&form).send().await)?).await?;
        *kept = Some((given.access_token.clone(), now.plus_seconds(given.expires_in - SPARE_SECONDS)));
        Ok(given.access_token)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        now: Timestamp,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, CallFault> {
        let token = self.token(now).await?;
        let request = self.http.request(method, format!("{}{path}", self.settings.submission_url)).bearer_auth(token);
        let answer = good(with(request).send().await);
        if matches!(answer, Err(CallFault::Answered(401 | 403))) {
            // It may have been withdrawn; the next attempt asks for another one.
            *self.token.lock().await = None;
        }
        answer
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, now: Timestamp) -> Result<T, CallFault> {
        read(self.call(Method::GET, path, now, |request| request).await?).await
    }

    pub(super) async fn destination(&self, id: &str, now: Timestamp) -> Result<Destination, CallFault> {
        self.get(&format!("/v2/destinations/{id}"), now).await
    }

    /// A key of a destination, as the service hands it out.
    pub(super) async fn key(&self, destination: &str, name: &str, now: Timestamp) -> Result<String, CallFault> {
        if !is_plain(name) {
            return Err(CallFault::Strange);
        }
        let key: Value = self.get(&format!("/v2/destinations/{destination}/keys/{name}"), now).await?;
        Ok(key.to_string())
    }

    /// The keys with which the service signs.
    pub(super) async fn service_keys(&self, now: Timestamp) -> Result<Vec<Value>, CallFault> {
        #[derive(Deserialize)]
        struct Keys {
            keys: Vec<Value>,
        }
        Ok(self.get::<Keys>("/.well-known/jwks.json", now).await?.keys)
    }

    pub(super) async fn announce(&self, announcement: &Value, now: Timestamp) -> Result<Announced, CallFault> {
        let answer = self.call(Method::POST, "/v2/submissions", now, |request| request.json(announcement)).await?;
        let given: Announced = read(answer).await?;
        if is_plain(&given.submission_id) && is_plain(&given.case_id) { Ok(given) } else { Err(CallFault::Strange) }
    }

    pub(super) async fn attach(
        &self,
        submission: &str,
        id: &str,
        envelope: String,
        now: Timestamp,
    ) -> Result<(), CallFault> {
        let path = format!("/v2/submissions/{submission}/attachments/{id}");
        let with = |request: RequestBuilder| request.header("content-type", "application/jose").body(envelope);
        self.call(Method::PUT, &path, now, with).await.map(drop)
    }

    pub(super) async fn submit(
        &self,
        submission: &str,
        metadata: &str,
        data: &str,
        now: Timestamp,
    ) -> Result<(), CallFault> {
        let body = json!({ "encryptedMetadata": metadata, "encryptedData": data });
        let path = format!("/v2/submissions/{submission}");
        self.call(Method::PUT, &path, now, |request| request.json(&body)).await.map(drop)
    }

    /// The signed events of a case of the service, oldest first.
    pub(super) async fn events(&self, case: &str, now: Timestamp) -> Result<Vec<String>, CallFault> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Log {
            event_log: Vec<String>,
        }
        Ok(self.get::<Log>(&format!("/v2/cases/{case}/events?limit=500"), now).await?.event_log)
    }
}

fn good(answer: Result<Response, reqwest::Error>) -> Result<Response, CallFault> {
    let answer = answer.map_err(|_| CallFault::Unreachable)?;
    let status = answer.status();
    if status.is_success() { Ok(answer) } else { Err(CallFault::Answered(StatusCode::as_u16(&status))) }
}

async fn read<T: DeserializeOwned>(mut answer: Response) -> Result<T, CallFault> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|_| CallFault::Unreachable)? {
        if body.len() + part.len() > MOST_BYTES {
            return Err(CallFault::Strange);
        }
        body.extend_from_slice(&part);
    }
    serde_json::from_slice(&body).map_err(|_| CallFault::Strange)
}

/// Whether a name that somebody else made can stand in an address.
fn is_plain(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
