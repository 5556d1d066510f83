//! A language model at an address of the city's choice that may say the cited lines of an answer in other words; off unless
//! `chat.model_file` names one. What it may and may not do stands in `chatbot::model`.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use chatbot::model::{Model, Prompt};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest answer that is read, in bytes.
const MOST_BYTES: usize = 256 << 10;
/// The longest answer that is asked for, in tokens.
const MOST_TOKENS: u32 = 900;
/// How long one waits for other words unless the file says otherwise, in milliseconds.
const PATIENCE: u64 = 2_500;
/// The longest wait that can be set, in milliseconds.
const LONGEST_PATIENCE: u64 = 10_000;

/// The file that names a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Where the interface begins, in the manner of `OpenAI`: `https://host/v1`.
    url: String,
    /// Which model.
    model: String,
    /// A file with the key, if one is needed.
    key_file: Option<PathBuf>,
    /// How long one waits.
    milliseconds: Option<u64>,
}

/// A model behind `/chat/completions`.
pub(crate) struct ChatModel {
    client: Client,
    address: Url,
    model: String,
    key: Option<String>,
}

impl std::fmt::Debug for ChatModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChatModel({} at {})", self.model, self.address)
    }
}

impl ChatModel {
    /// Reads the file that names a model. No call is made.
    ///
    /// # Errors
    /// In words: the file cannot be read, or what stands in it cannot be used.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let file: Named = toml::from_str(&text).map_err(|error| error.message().to_owned())?;
        let key = file.key_file.as_deref().map(std::fs::read_to_string).transpose();
        let key = key.map_err(|error| format!("key_file: {error}"))?.map(|key| key.trim().to_owned());
        let milliseconds = file.milliseconds.unwrap_or(PATIENCE);
        if milliseconds == 0 || milliseconds > LONGEST_PATIENCE {
            return Err(format!("milliseconds: 1 to {LONGEST_PATIENCE}"));
        }
        Self::new(&file.url, file.model, key, Duration::from_millis(milliseconds))
    }

    fn new(url: &str, model: String, key: Option<String>, patience: Duration) -> Result<Self, String> {
        let address = Url::parse(&format!("{}/chat/completions", url.trim_end_matches('/')));
        let address = address.map_err(|error| format!("url: {error}"))?;
        if address.scheme() != "https" && !(address.scheme() == "http" && is_here(&address)) {
            return Err("url: only https, or http on this machine".to_owned());
        }
        let client = Client::builder().redirect(Policy::none()).timeout(patience).build();
        Ok(Self { client: client.map_err(|error| error.to_string())?, address, model, key })
    }

    async fn ask(&self, prompt: &Prompt) -> Result<String, String> {
        // No tools are named, so that nothing can be called; whatever else comes back is not looked at.
        let body = json!({
            "model": self.model, "temperature": 0, "max_tokens": MOST_TOKENS, "stream": false,
            "messages": [{ "role": "system", "content": prompt.system }, { "role": "user", "content": prompt.user }],
        });
        let mut request = self.client.post(self.address.clone()).json(&body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let mut response = request.send().await.map_err(|error| error.without_url().to_string())?;
        if !response.status().is_success() {
            return Err(format!("an answer with the status {}", response.status().as_u16()));
        }
        let mut content = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| error.without_url().to_string())? {
            if content.len() + chunk.len() > MOST_BYTES {
                return Err("an answer that is too long".to_owned());
            }
            content.extend_from_slice(&chunk);
        }
        let answer: Value = serde_json::from_slice(&content).map_err(|_| "an answer that is no JSON".to_owned())?;
        let written = answer["choices"][0]["message"]["content"].as_str();
        written.map(str::to_owned).ok_or_else(|| "an answer without text".to_owned())
    }
}

/// Whether an address leads to this machine.
fn is_here(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Model for ChatModel {
    fn complete<'a>(&'a self, prompt: &'a Prompt) -> Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>> {
        Box::pin(async move {
            let written = self.ask(prompt).await;
            written.inspect_err(|reason| tracing::warn!(%reason, "the language model did not answer")).ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::Json;
    use axum::response::{IntoResponse as _, Redirect, Response};
    use axum::routing::post;

    use super::*;

    /// A double of a model on this machine.
    async fn served(answer: fn(Value) -> Response) -> ChatModel {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let routes = Router::new().route("/v1/chat/completions", post(move |Json(body)| async move { answer(body) }));
        tokio::spawn(async { axum::serve(listener, routes).await });
        ChatModel::new(&url, "double".to_owned(), Some("key".to_owned()), Duration::from_millis(400)).unwrap()
    }

    fn prompt() -> Prompt {
        Prompt { system: "rules".to_owned(), user: "question".to_owned() }
    }

    #[tokio::test]
    async fn what_is_written_comes_back_and_no_tool_is_offered() {
        let model = served(|body| {
            assert!(body.get("tools").is_none() && body["messages"][1]["content"] == "question");
            Json(json!({ "choices": [{ "message": { "content": "Der Satz [1].", "tool_calls": [{ "id": 1 }] } }] }))
                .into_response()
        });
        assert_eq!(model.await.complete(&prompt()).await.as_deref(), Some("Der Satz [1]."));
    }

    #[tokio::test]
    async fn whatever_goes_wrong_is_no_answer() {
        let doubles: [fn(Value) -> Response; 5] = [
            |_| Redirect::temporary("http://127.0.0.1:9/").into_response(),
            |_| "x".repeat(MOST_BYTES + 1).into_response(),
            |_| "no JSON".into_response(),
            |_| Json(json!({ "choices": [{ "message": { "tool_calls": [{ "name": "cancel" }] } }] })).into_response(),
            |_| axum::http::StatusCode::TOO_MANY_REQUESTS.into_response(),
        ];
        for double in doubles {
            assert_eq!(served(double).await.complete(&prompt()).await, None);
        }
    }

    #[tokio::test]
    async fn who_takes_too_long_is_not_waited_for() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let model = ChatModel::new(&url, "double".to_owned(), None, Duration::from_millis(50)).unwrap();
        assert_eq!(model.complete(&prompt()).await, None);
    }

    #[test]
    fn nothing_leaves_this_machine_in_the_clear() {
        let read = |url: &str| ChatModel::new(url, String::new(), None, Duration::from_secs(1)).is_ok();
        assert!(read("https://model.example/v1") && read("http://localhost:8000/v1") && read("http://[::1]:8000/v1"));
        assert!(!read("http://model.example/v1") && !read("ftp://localhost/v1") && !read("model"));
    }
}
