//! A browser before the application under test: it keeps the session's cookie as browsers do.

use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, read};
use crate::test_city::password;

/// A browser with at most one cookie.
pub struct Browser<'a> {
    app: &'a TestApp,
    cookie: Mutex<Option<String>>,
}

impl<'a> Browser<'a> {
    /// A browser that was never here.
    pub const fn new(app: &'a TestApp) -> Self {
        Self { app, cookie: Mutex::new(None) }
    }

    /// A browser in which an account of the test city has signed in.
    ///
    /// # Panics
    /// When it cannot sign in.
    pub async fn of(app: &'a TestApp, login: &str) -> Self {
        let browser = Self::new(app);
        let query = "mutation($credentials: CredentialsInput!) { signIn(credentials: $credentials) { problem } }";
        let credentials = json!({ "login": login, "password": password(login) });
        let answer = browser.ask(query, json!({ "credentials": credentials })).await;
        assert!(browser.cookie().is_some(), "{login} could not sign in: {answer:?}");
        browser
    }

    /// The cookie, as `name=value`.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks with the cookie, and keeps or drops it as the answer says.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn ask(&self, query: &str, variables: Value) -> Answer {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = self.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        let response = self.app.respond(request.body(Body::from(body)).expect("a request")).await;
        for line in response.headers().get_all(header::SET_COOKIE) {
            let pair = line.to_str().expect("a cookie is text").split(';').next().unwrap_or_default();
            let kept = (!pair.ends_with('=')).then(|| pair.to_owned());
            *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        }
        read(response).await
    }
}
