//! From a template and words to a page: escaped, protected, kept by nobody.

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::text::Language;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::pages::words::{LANGUAGES, Words, tag, word, words};

const STYLE: &str = include_str!("templates/page.css");

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("templates/", $name)))),*]
    };
}

/// Every template. The names end in `.html`, so that whatever they are filled with is escaped.
const TEMPLATES: &[(&str, &str)] = templates![
    "appointment.html",
    "cancel.html",
    "days.html",
    "enter_code.html",
    "move_confirm.html",
    "new_password.html",
    "page.html",
    "practice_bank.html",
    "press.html",
    "says.html",
    "show.html",
    "taken.html",
    "times.html",
    "verify.html",
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).expect("a test renders every template");
    }
    environment
});

/// Reads templates and words, so that a mistake in them shows at the start.
pub(super) fn read() {
    LazyLock::force(&ENVIRONMENT);
    for (language, _) in LANGUAGES {
        words(language);
    }
}

/// What stands around the content of a page.
#[derive(Debug, Clone)]
pub(super) struct Frame<'a> {
    pub(super) status: StatusCode,
    pub(super) language: Language,
    /// The word that is the title and the only `h1`.
    pub(super) title: &'a str,
    /// The address of this page without its language, for the links to other languages; none where a form was answered.
    pub(super) here: Option<String>,
}

#[derive(Serialize)]
struct Page<'a, T> {
    lang: &'static str,
    words: &'static Words,
    title: &'static str,
    style: &'static str,
    languages: Vec<Link>,
    #[serde(rename = "page")]
    content: &'a T,
}

#[derive(Serialize)]
struct Link {
    name: &'static str,
    lang: &'static str,
    href: String,
    is_current: bool,
}

/// Renders a page.
pub(super) fn page(frame: Frame<'_>, template: &str, content: &impl Serialize) -> Response {
    let Frame { status, language, title, here } = frame;
    let lang = tag(language);
    let title = word(language, title);
    let languages = here.map(|here| links(&here, language)).unwrap_or_default();
    let page = Page { lang, words: words(language), title, style: STYLE, languages, content };
    let rendered = ENVIRONMENT.get_template(template).and_then(|template| template.render(Serde(&page)));
    let html = rendered.expect("a test renders every template with everything it can show");
    let mut response = (status, Html(html)).into_response();
    for (name, value) in &*PROTECTION {
        response.headers_mut().insert(name, value.clone());
    }
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang));
    response
}

fn links(here: &str, current: Language) -> Vec<Link> {
    let mark = if here.contains('?') { '&' } else { '?' };
    let link = |(language, name): (Language, &'static str)| Link {
        name,
        lang: tag(language),
        href: format!("{here}{mark}language={}", tag(language)),
        is_current: language == current,
    };
    LANGUAGES.into_iter().map(link).collect()
}

/// The address holds a code: nothing keeps it, and no other site learns it. Nothing is loaded, nothing runs.
static PROTECTION: LazyLock<[(HeaderName, HeaderValue); 5]> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy).expect("plain signs")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_a_template_names_is_there() {
        let mut named = 0;
        for (template, source) in TEMPLATES {
            for rest in source.split("words.").skip(1) {
                let name: String = rest.chars().take_while(|sign| sign.is_ascii_lowercase() || *sign == '_').collect();
                assert!(words(Language::German).contains_key(&name), "{name} in {template}");
                named += 1;
            }
        }
        assert!(named > 20);
    }

    #[test]
    fn what_stands_in_a_page_cannot_break_out_of_it() {
        #[derive(Serialize)]
        struct Content {
            text: &'static str,
            links: Vec<String>,
        }
        let mut environment = Environment::new();
        environment.add_template("x.html", "<p title=\"{{ page.text }}\">{{ page.text }}</p>").unwrap();
        let content = Content { text: "\"><script>'&", links: Vec::new() };
        let page = Page {
            lang: "de",
            words: words(Language::German),
            title: "",
            style: "",
            languages: links("/", Language::German),
            content: &content,
        };
        let html = environment.get_template("x.html").unwrap().render(Serde(&page)).unwrap();
        assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
        assert_eq!(html.matches('"').count(), 2, "{html}");
        assert!(content.links.is_empty());
    }
}
