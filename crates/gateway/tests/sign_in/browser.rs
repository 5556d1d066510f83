//! A browser: it follows redirects between the city and the provider, and keeps the cookies of each apart.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use reqwest::redirect::Policy;
use tower::ServiceExt;
use url::Url;

use gateway::openid_pages::routes;
use testkit::TestApp;

/// The city's public address.
pub(crate) const CITY: &str = "https://stadt.example";

/// Who sits before the browser, as the provider's form asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    /// Empty: the person goes away without signing in.
    pub(crate) account: &'static str,
    /// What is proven; empty for nothing.
    pub(crate) acr: &'static str,
}

/// Eva, who proves nothing in particular.
pub(crate) const EVA: Person = Person { account: "eva", acr: "" };

/// Where a browser stands.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    /// The stable code of a page that says what went wrong.
    pub(crate) fn code(&self) -> &str {
        let after = self.body.split_once("<code>").map_or("", |(_, rest)| rest);
        after.split_once("</code>").map_or("", |(code, _)| code)
    }

    fn location(&self) -> Option<Url> {
        let location = self.headers.get(header::LOCATION)?.to_str().expect("plain signs");
        Some(self.url.join(location).expect("an address"))
    }

    /// A value in the query of the address.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

pub(crate) struct Browser {
    city: Router,
    elsewhere: reqwest::Client,
    /// The cookies of the city.
    pub(crate) cookies: BTreeMap<String, String>,
    /// Everything the city ever set, as it was written.
    pub(crate) set: Vec<String>,
}

impl Browser {
    pub(crate) fn new(app: &TestApp) -> Self {
        let elsewhere = reqwest::Client::builder().no_proxy().cookie_store(true).redirect(Policy::none());
        Self {
            city: routes(app.application.clone()),
            elsewhere: elsewhere.build().expect("a client"),
            cookies: BTreeMap::new(),
            set: Vec::new(),
        }
    }

    /// The secret of the session this browser has now.
    pub(crate) fn session(&self) -> Option<&str> {
        self.cookies.get("__Host-session").map(String::as_str)
    }

    /// Opens an address of the city and follows wherever it leads, signing in at the provider as `person`.
    pub(crate) async fn follow(&mut self, path: &str, person: Person) -> Page {
        self.follow_until(path, person, |_| false).await
    }

    /// The same, but stops before the first address that `is_enough`.
    pub(crate) async fn follow_until(&mut self, path: &str, person: Person, is_enough: impl Fn(&Url) -> bool) -> Page {
        let mut page = self.open(&format!("{CITY}{path}")).await;
        for _ in 0..15 {
            if page.body.contains("<form method=\"post\" action=\"/interaction/") {
                page = self.fill_in(&page, person).await;
                continue;
            }
            match page.location() {
                Some(next) if is_enough(&next) => return Page { url: next, ..page },
                // A page of the city outside sign-in: the journey is over.
                Some(next) if next.as_str().starts_with(CITY) && !next.path().starts_with("/sign-in/") => {
                    return Page { url: next, ..page };
                }
                Some(next) => page = self.open(next.as_str()).await,
                None => return page,
            }
        }
        panic!("redirected in a circle: {page:?}");
    }

    /// Opens one address and follows nothing.
    pub(crate) async fn open(&mut self, url: &str) -> Page {
        let url = Url::parse(url).expect("an address");
        if url.as_str().starts_with(CITY) {
            return self.ask_city(Method::GET, url, &[]).await;
        }
        read(url.clone(), self.elsewhere.get(url).send().await.expect("the provider answers")).await
    }

    /// Sends a form of the city, with further headers.
    pub(crate) async fn post(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Page {
        let url = Url::parse(&format!("{CITY}{path}")).expect("an address");
        self.ask_city(Method::POST, url, headers).await
    }

    async fn ask_city(&mut self, method: Method, url: Url, headers: &[(&'static str, &str)]) -> Page {
        let path = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "stadt.example");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = self.city.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.expect("a body");
        self.keep(&parts.headers);
        let body = String::from_utf8(body.to_vec()).expect("text");
        Page { url, status: parts.status, headers: parts.headers, body }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("plain signs");
            self.set.push(cookie.to_owned());
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    async fn fill_in(&mut self, page: &Page, person: Person) -> Page {
        let form = [("account", person.account), ("acr", person.acr)];
        let request = self.elsewhere.post(page.url.clone()).form(&form);
        read(page.url.clone(), request.send().await.expect("the provider answers")).await
    }
}

async fn read(url: Url, response: reqwest::Response) -> Page {
    let (status, headers) = (response.status(), response.headers().clone());
    Page { url, status, headers, body: response.text().await.expect("text") }
}
