//! What this server is and where.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::text::Language;

use crate::open311::Server;
use crate::open311::tree::{Format, Tree};

/// The day on which the shape of these answers last changed.
const CHANGED: &str = "2026-11-23T00:00:00Z";

pub(super) async fn show(State(server): Server, format: Format) -> Response {
    let formats = || Tree::Many("format", vec!["application/json".into(), "text/xml".into()]);
    let endpoint = Tree::Fields(vec![
        ("specification", "http://wiki.open311.org/GeoReport_v2".into()),
        ("url", format!("{}/open311/v2", server.public_url).into()),
        ("changeset", CHANGED.into()),
        ("type", "production".into()),
        ("formats", formats()),
    ]);
    let picture = server.application.scheduling.board().picture().ok();
    let city = picture.map(|picture| picture.city.municipality.name.get(Language::German).to_owned());
    let tree = Tree::Fields(vec![
        ("changeset", CHANGED.into()),
        ("contact", city.into()),
        ("key_service", "No key is needed.".into()),
        ("endpoints", Tree::Many("endpoint", vec![endpoint])),
    ]);
    format.answer(StatusCode::OK, "discovery", &tree)
}
