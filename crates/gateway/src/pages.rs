//! The pages and files beside GraphQL: small, rendered here, working without scripts.
//!
//! People come to them from letters. Opening a page changes nothing, because mail scanners open every link; buttons do.
//! Whoever has the code of an appointment may do what the code allows; the pages tell nobody anything else. That a form comes
//! from one of our own pages is the edge's to check (`http::same_origin`).

mod cancel;
mod code;
mod confirm;
mod files;
mod outcome;
mod practice_bank;
mod reminders;
mod render;
mod reschedule;
mod reset;
mod show;
mod summary;
mod verify;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::application::Application;

/// Codes, times and a language; nothing longer is read.
const LONGEST_FORM: usize = 4096;

/// All routes of this module, for the public router, which puts request ids, measurement and headers around them.
pub fn routes(application: Application) -> Router {
    render::read();
    let application = Arc::new(application);
    confirm::routes(Arc::clone(&application))
        .merge(show::routes(Arc::clone(&application)))
        .merge(cancel::routes(Arc::clone(&application)))
        .merge(reschedule::routes(Arc::clone(&application)))
        .merge(reminders::routes(Arc::clone(&application)))
        .merge(reset::routes(Arc::clone(&application)))
        .merge(verify::routes(Arc::clone(&application)))
        .merge(practice_bank::routes(Arc::clone(&application)))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .merge(files::routes(application))
}
