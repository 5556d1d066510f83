//! What resolvers find in a request's data.

use std::sync::Arc;

use async_graphql::{Context, Result};
use domain::permission::Actor;
use identity::Footing;
use scheduling::Picture;

use crate::application::Application;
use crate::graphql::failure::{Masked, refused};

/// Short ways to the application, the actor and the city that serves.
pub trait ContextExtensions {
    /// The application behind the schema.
    fn application(&self) -> &Application;

    /// Who asks.
    fn actor(&self) -> &Actor;

    /// What the request rests on; `None` for nobody.
    fn footing(&self) -> Option<&Footing>;

    /// The city that serves.
    ///
    /// # Errors
    /// `NO_CITY` before the first city was loaded.
    fn picture(&self) -> Result<Arc<Picture>>;
}

impl ContextExtensions for Context<'_> {
    fn application(&self) -> &Application {
        self.data_unchecked::<Application>()
    }

    fn actor(&self) -> &Actor {
        // Whoever comes through a door without authentication is nobody.
        self.data_opt::<Actor>().unwrap_or(&Actor::Anonymous)
    }

    fn footing(&self) -> Option<&Footing> {
        self.data_opt::<Footing>()
    }

    fn picture(&self) -> Result<Arc<Picture>> {
        self.application().scheduling.board().picture().map_err(|problem| refused(&problem.into()).masked())
    }
}
