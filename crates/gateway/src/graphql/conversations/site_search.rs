//! Finding services with everyday words, for the search field of a page.

use async_graphql::{Context, Object, Result, SimpleObject};
use conversations::{Hit, SiteSearch};

use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::events::ChatCitation;
use crate::graphql::conversations::problem::refused;
use crate::graphql::conversations::words::ChatLanguage;
use crate::graphql::paging::page_size;

/// The search.
#[derive(Default)]
pub(crate) struct SiteSearchQuery;

/// A service that was found.
#[derive(SimpleObject)]
struct SiteSearchHit {
    /// The key of the service.
    service_key: String,
    /// Its name, in the language of the words.
    name: String,
    /// The first lines about it; null where only its name is known.
    text: Option<String>,
    /// Where the text stands, and since when it holds.
    citation: Option<ChatCitation>,
}

impl From<Hit> for SiteSearchHit {
    fn from(hit: Hit) -> Self {
        let Hit { service, name, text, citation } = hit;
        Self { service_key: service.into(), name, text, citation: citation.map(ChatCitation::from) }
    }
}

#[Object]
impl SiteSearchQuery {
    /// The services that somebody means, best first, found by everyday words and whole questions in German, English, Turkish,
    /// Ukrainian, Russian or Arabic. Empty when nothing fits. Nothing of it is kept.
    async fn site_search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, at most 1,000 signs.")] text: String,
        #[graphql(desc = "The language of the page; the language of the words is told by the words.")] language: Option<
            ChatLanguage,
        >,
        #[graphql(desc = "How many at most, 1 to 100; 20 when absent.")] first: Option<i32>,
    ) -> Result<Vec<SiteSearchHit>> {
        let wanted = SiteSearch { text, language: language.map(Into::into), first: page_size(first)? };
        let hits = ctx.application().conversations.site_search(&wanted).await;
        Ok(hits.map_err(|failure| refused(&failure))?.into_iter().map(SiteSearchHit::from).collect())
    }
}
