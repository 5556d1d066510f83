//! The Open311 GeoReport v2 server: other programs list what was reported and published, and report something themselves.
//!
//! It shows what everybody may read and takes what everybody may hand in, by the use cases that GraphQL calls, too; no
//! `api_key` opens more. `jurisdiction_id` is accepted and not looked at: an installation serves one city. Each category of
//! each service that takes reports is a service of the standard; its code is `service.category`.

mod discovery;
mod fault;
mod list;
mod parameters;
mod services;
mod submit;
mod tree;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::routing::get;

use crate::application::Application;
use crate::open311::tree::Format;

/// Where a report is handed in; the edge takes for it what it takes for every application.
pub(crate) const SUBMITS: [&str; 2] = ["/open311/v2/requests.json", "/open311/v2/requests.xml"];

/// The server, as a route takes it.
type Server = State<Arc<Shared>>;
/// A body, or why it did not arrive.
type Body = Result<Bytes, BytesRejection>;

/// What the routes work with.
#[derive(Debug)]
struct Shared {
    application: Application,
    /// How others reach this server, without a slash at the end.
    public_url: String,
}

/// The routes below `/open311/v2`, for the public router.
pub fn routes(application: Application, public_url: &str) -> Router {
    let mut router = Router::new()
        .route("/open311/v2/services/{code}", get(services::definition))
        .route("/open311/v2/requests/{id}", get(list::one));
    for (format, end) in Format::ALL {
        let discovery = get(move |server: Server| discovery::show(server, format));
        let services = get(move |server: Server| services::list(server, format));
        let requests = get(move |server: Server, query: RawQuery| list::many(server, query, format))
            .post(move |server: Server, headers: HeaderMap, body: Body| submit::take(server, headers, body, format));
        router = router
            .route(&format!("/open311/v2/discovery.{end}"), discovery)
            .route(&format!("/open311/v2/services.{end}"), services)
            .route(&format!("/open311/v2/requests.{end}"), requests);
    }
    router.with_state(Arc::new(Shared { application, public_url: public_url.to_owned() }))
}
