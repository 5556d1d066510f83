//! Pages of offices and services, after Relay. Lists stand in the order of a rank and then of keys.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::connection::PageInfo;
use domain::identifier::Key;
use scheduling::Picture;

use crate::graphql::paging::{cursor, page_size, position};

/// Where a thing stands in a list: its rank (the distance, or how well it fits a search; else 0) and its key.
pub(crate) type Place = (u64, Key);

/// A page of places.
pub(crate) struct Page {
    pub(crate) picture: Arc<Picture>,
    pub(crate) places: Vec<Place>,
    pub(crate) total: usize,
    has_previous: bool,
    has_next: bool,
}

impl Page {
    /// Cuts a page out of all places found.
    ///
    /// # Errors
    /// Codes `PAGE_SIZE_INVALID` and `CURSOR_INVALID`.
    pub(crate) fn cut(
        picture: Arc<Picture>,
        mut places: Vec<Place>,
        first: Option<i32>,
        after: Option<&str>,
    ) -> Result<Self> {
        let size = page_size(first)?;
        let after = position::<Place>(after)?;
        places.sort_unstable();
        let total = places.len();
        let begin = after.map_or(0, |after| places.partition_point(|place| *place <= after));
        let end = total.min(begin + size);
        let places = places.drain(begin..end).collect();
        Ok(Self { picture, places, total, has_previous: begin > 0, has_next: end < total })
    }

    /// What lies before and behind it.
    pub(crate) fn info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.places.first().map(cursor),
            end_cursor: self.places.last().map(cursor),
        }
    }
}

/// Writes the connection and the edge of one kind of thing.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ident, one: $one:literal, many: $many:literal) => {
        #[doc = concat!("A page of ", $many, ".")]
        pub(crate) struct $connection(pub(crate) $crate::graphql::catalogue::page::Page);

        #[doc = concat!("A page of ", $many, ".")]
        #[async_graphql::Object]
        impl $connection {
            #[doc = concat!("The ", $many, " of this page with their cursors.")]
            async fn edges(&self) -> Vec<$edge> {
                let edge = |(rank, key): &$crate::graphql::catalogue::page::Place| {
                    let node = $node::new(std::sync::Arc::clone(&self.0.picture), key)?;
                    Some($edge { cursor: $crate::graphql::paging::cursor(&(rank, key)), node })
                };
                self.0.places.iter().filter_map(edge).collect()
            }

            #[doc = concat!("The ", $many, " of this page.")]
            async fn nodes(&self) -> Vec<$node> {
                let node = |(_, key): &$crate::graphql::catalogue::page::Place| {
                    $node::new(std::sync::Arc::clone(&self.0.picture), key)
                };
                self.0.places.iter().filter_map(node).collect()
            }

            /// Whether there are more.
            async fn page_info(&self) -> async_graphql::connection::PageInfo {
                self.0.info()
            }

            #[doc = concat!("How many ", $many, " there are on all pages together.")]
            async fn total_count(&self) -> usize {
                self.0.total
            }
        }

        #[doc = concat!("One of the ", $many, " of a page, with its cursor.")]
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $edge {
            #[doc = concat!("Where the list goes on behind this ", $one, ".")]
            cursor: String,
            #[doc = concat!("The ", $one, ".")]
            node: $node,
        }
    };
}

pub(crate) use connection;
