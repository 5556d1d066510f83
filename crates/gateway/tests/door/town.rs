//! What stories of letters and pages have in common: a town with its post and its pages.

use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use gateway::http::{Door, Settings as HttpSettings, router_with};
use gateway::shutdown::Drain;
use gateway::{mail, pages};
use notifications::{Delivered, Endpoint, Notifications, Post, Reminders, Sender, Settings};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::TestApp;
use tower::ServiceExt;

use crate::booking_support::{book, first_start, id_of};

pub(super) const URL: &str = "https://stadt.example";

/// The application with its post and its pages.
pub(super) struct Town {
    pub(super) app: TestApp,
    pub(super) letters: Notifications,
    pub(super) pages: Router,
    pub(super) folder: tempfile::TempDir,
}

/// What a browser gets.
pub(super) struct Shown {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Town {
    pub(super) async fn start(database: database::Database) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let post = Post::directory(folder.path());
        Self::with(TestApp::start(database).await, post, Vec::new(), folder)
    }

    /// A town whose letters are carried by this post, and whose webhooks these are.
    pub(super) fn with(app: TestApp, post: Post, webhooks: Vec<Endpoint>, folder: tempfile::TempDir) -> Self {
        let letters = worker(&app, post, webhooks);
        let schema = gateway::graphql::schema(app.application.clone());
        let door = Door::new(schema, HttpSettings::default(), Drain::default());
        let pages = router_with(Arc::new(door), pages::routes(app.application.clone()));
        Self { app, letters, pages, folder }
    }

    /// One round of the worker, whatever comes of it.
    pub(super) async fn round(&self) -> Delivered {
        while self.letters.dispatch().await.expect("the database answers").more {}
        self.letters.deliver_letters(&|| true).await.expect("the database answers")
    }

    /// One round of the worker; the letters that left in it.
    pub(super) async fn post(&self) -> Vec<String> {
        let done = self.round().await;
        assert_eq!((done.failed, &done.trouble), (0, &None));
        let letters = take_letters(self.folder.path());
        assert_eq!(letters.len() as u64, done.sent);
        letters
    }

    /// Somebody books a start by mail link, confirms it, and has the code that came with the second letter.
    pub(super) async fn booked(&self, start: &Value, language: &str) -> (Value, String) {
        let contact = json!({ "name": "Otto Müller", "mail": "otto@example.org", "language": language });
        let pending = book(&self.app, None, "MAIL_LINK", start, contact).await;
        let id = pending.data("bookAppointment.appointment.id").clone();
        let code = code_after(&self.post().await[0], "https://stadt.example/appointments/confirm/").to_owned();
        assert_eq!(self.press(&code, "de").await.status, StatusCode::OK);
        let letter = self.post().await.swap_remove(0);
        (id, code_after(&letter, "https://stadt.example/appointments/view/").to_owned())
    }

    /// Somebody books by mail link, in a language.
    pub(super) async fn request(&self, language: &str) -> Value {
        let start = first_start(&self.app, "residence", None).await;
        let contact = json!({ "name": "Otto Müller", "mail": "otto@example.org", "language": language });
        let pending = book(&self.app, None, "MAIL_LINK", &start, contact).await;
        assert_eq!(pending.data("bookAppointment.appointment.status"), "PENDING_CONFIRMATION", "{pending:?}");
        pending.data("bookAppointment.appointment.id").clone()
    }

    pub(super) async fn open(&self, link: &str) -> Shown {
        let path = link.strip_prefix(URL).unwrap_or(link);
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub(super) async fn press(&self, code: &str, language: &str) -> Shown {
        self.submit("/appointments/confirm", &[("code", code), ("language", language)]).await
    }

    /// Sends a form, as a browser without scripts does.
    pub(super) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header(header::CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
        let form: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
        self.send(request.body(Body::from(form.join("&"))).expect("a request")).await
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Shown {
        let response = self.pages.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        Shown { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.into()).expect("UTF-8") }
    }

    pub(super) async fn status(&self, id: &Value) -> String {
        let scheduling = &self.app.application.scheduling;
        let found = scheduling.read_appointments(&domain::permission::Actor::System, &[id_of(id)]).await;
        found.expect("the database answers")[0].status.as_str().to_owned()
    }
}

/// The decoded letters of a directory, which is empty afterwards.
pub(super) fn take_letters(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("there");
    let paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    let take = |path: &Path| {
        let bytes = std::fs::read(path).expect("a letter");
        std::fs::remove_file(path).expect("ours");
        let mail = mailparse::parse_mail(&bytes).expect("a mail");
        let parts = std::iter::once(&mail).chain(&mail.subparts).filter(|part| part.subparts.is_empty());
        parts.map(|part| part.get_body().expect("a text").replace("\r\n", "\n")).collect::<Vec<_>>().join("\n")
    };
    paths.iter().map(|path| take(path)).collect()
}

/// The first line of a letter that begins with this.
pub(super) fn line<'a>(letter: &'a str, beginning: &str) -> &'a str {
    letter.lines().map(str::trim).find(|line| line.starts_with(beginning)).unwrap_or_else(|| panic!("{letter}"))
}

/// The code in a link of a letter: between this and the next `/` or `?`.
pub(super) fn code_after<'a>(letter: &'a str, beginning: &str) -> &'a str {
    let rest = line(letter, beginning).strip_prefix(beginning).expect("found by it");
    rest.split(['/', '?']).next().expect("a code")
}

impl Shown {
    /// The fields of the first form, hidden ones included.
    pub(super) fn fields(&self) -> Vec<(&str, &str)> {
        let inputs = self.text.split("<input ").skip(1);
        let between = |text: &'_ str, start: &str| -> Option<(usize, usize)> {
            let from = text.find(start)? + start.len();
            Some((from, from + text[from..].find('"')?))
        };
        inputs
            .filter_map(|input| {
                let (from, to) = between(input, "name=\"")?;
                let (start, end) = between(input, "value=\"")?;
                Some((&input[from..to], &input[start..end]))
            })
            .collect()
    }

    /// The first link whose address begins with this, as a browser reads it.
    pub(super) fn link(&self, beginning: &str) -> String {
        let text = self.text.replace("&#x2f;", "/").replace("&amp;", "&");
        let mark = format!("href=\"{beginning}");
        let from = text.find(&mark).unwrap_or_else(|| panic!("no {beginning} in {text}")) + 6;
        text[from..].split('"').next().expect("an end").to_owned()
    }
}

/// A worker over an application.
pub(super) fn worker(app: &TestApp, post: Post, webhooks: Vec<Endpoint>) -> Notifications {
    let settings = Settings {
        sender: Sender::new("termine@stadt.example").expect("an address"),
        public_url: URL.into(),
        reminders: Reminders::default(),
        letters_per_minute: 1_000,
    };
    mail::notifications(&app.application, post, webhooks, settings).expect("this machine speaks HTTPS")
}
