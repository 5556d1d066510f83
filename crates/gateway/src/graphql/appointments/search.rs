//! Searching free places. Nobody needs an account for it.

use async_graphql::{Context, Object, Result};
use capacity::Cursor;
use domain::time::Timestamp;

use crate::graphql::appointments::inputs::{SearchInput, invalid};
use crate::graphql::appointments::starts::{
    EarliestStarts, FreeDay, FreeStart, MaxBookable, StartConnection, StartPosition,
};
use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, refused};
use crate::graphql::paging::{page_size, position};
use crate::graphql::scalars::LocalDate;

/// Searches.
#[derive(Default)]
pub(crate) struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Free starts in order of time. Before showing them, ask `lawGate` whether anybody has to come at all.
    async fn free_starts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody looks for.")] search: SearchInput,
        #[graphql(desc = "How many starts, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<StartConnection> {
        let after = position::<StartPosition>(after.as_deref())?.map(|(at, office, team)| Cursor {
            at: Timestamp::from_seconds(at),
            office,
            team,
        });
        let found = ctx.application().scheduling.find_starts(&search.search()?, page_size(first)?, after.as_ref());
        let page = found.map_err(|failure| refused(&failure).masked())?;
        Ok(StartConnection { page, is_first: after.is_none() })
    }

    /// The local days that have a free start, ascending: the month view. A day is listed exactly if `freeStarts` finds a
    /// start on it.
    async fn free_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody looks for.")] search: SearchInput,
    ) -> Result<Vec<FreeDay>> {
        let days = ctx.application().scheduling.find_days(&search.search()?);
        Ok(days.map_err(|failure| refused(&failure).masked())?.into_iter().map(FreeDay).collect())
    }

    /// The earliest starts of all offices together and of each office.
    async fn earliest_starts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody looks for.")] search: SearchInput,
        #[graphql(desc = "How many of all offices together, 1 to 20.", default = 3)] alternatives: i32,
    ) -> Result<EarliestStarts> {
        let wanted = usize::try_from(alternatives).ok().filter(|wanted| (1..=20).contains(wanted));
        let wanted = wanted.ok_or_else(|| invalid("`alternatives` must be 1 to 20"))?;
        let found = ctx.application().scheduling.find_earliest(&search.search()?, wanted);
        let earliest = found.map_err(|failure| refused(&failure).masked())?;
        let named = |starts: Vec<scheduling::FreeStart>| starts.into_iter().map(FreeStart::from).collect();
        Ok(EarliestStarts { overall: named(earliest.overall), per_office: named(earliest.per_office) })
    }

    /// How many visits of this kind still fit on a local day, office by office.
    async fn max_bookable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The visit and the offices; days in it do not count.")] search: SearchInput,
        #[graphql(desc = "The local day.")] day: LocalDate,
    ) -> Result<Vec<MaxBookable>> {
        let counts = ctx.application().scheduling.max_bookable(&search.search()?, day.0);
        let counts = counts.map_err(|failure| refused(&failure).masked())?;
        Ok(counts.into_iter().map(|(office, visits)| MaxBookable { office, visits }).collect())
    }
}
