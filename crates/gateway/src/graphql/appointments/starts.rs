//! Free starts, free days and the pages they come on.

use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, Result, SimpleObject};
use domain::identifier::Key;

use crate::graphql::catalogue::OfficeNode;
use crate::graphql::context::ContextExtensions;
use crate::graphql::paging::cursor;
use crate::graphql::scalars::{Instant, LocalDate};
use crate::graphql::words::VisitChannel;

/// A free start.
#[derive(Debug, Clone)]
pub(crate) struct FreeStart(scheduling::FreeStart);

impl From<scheduling::FreeStart> for FreeStart {
    fn from(start: scheduling::FreeStart) -> Self {
        Self(start)
    }
}

/// A start that was free when the answer was made. It is sold only once: booking asks again.
#[Object]
impl FreeStart {
    /// The office.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<OfficeNode>> {
        Ok(OfficeNode::new(ctx.picture()?, &self.0.office))
    }

    /// The key of the office, for clients that know the offices already; cheaper than `office`.
    async fn office_key(&self) -> &str {
        self.0.office.as_str()
    }

    /// The team of the office. Give it back when booking, so that the same place is meant.
    async fn team(&self) -> &str {
        self.0.team.as_str()
    }

    /// Start, UTC.
    async fn starts_at(&self) -> Instant {
        self.0.starts_at.into()
    }

    /// Planned end, UTC.
    async fn ends_at(&self) -> Instant {
        self.0.ends_at.into()
    }

    /// How the visit takes place.
    async fn channel(&self) -> VisitChannel {
        self.0.channel.into()
    }

    /// How many such visits could begin then; at least 1. Do not add these numbers up over starts: see `maxBookable`.
    async fn free(&self) -> u16 {
        self.0.free
    }

    /// Estimated minutes of the way, if the search named where the person sets out. An estimate, not a timetable.
    async fn travel_minutes(&self) -> Option<u32> {
        self.0.travel_minutes
    }
}

/// A page of free starts in order of time.
pub(crate) struct StartConnection {
    pub(crate) page: scheduling::StartPage,
    pub(crate) is_first: bool,
}

/// A page of free starts in order of time.
#[Object(name = "FreeStartConnection")]
impl StartConnection {
    /// The starts with their cursors.
    async fn edges(&self) -> Vec<StartEdge> {
        self.page
            .starts
            .iter()
            .cloned()
            .map(|start| StartEdge { cursor: cursor_of(&start), node: FreeStart(start) })
            .collect()
    }

    /// The starts.
    async fn nodes(&self) -> Vec<FreeStart> {
        self.page.starts.iter().cloned().map(FreeStart).collect()
    }

    /// Whether there are more.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: !self.is_first,
            has_next_page: self.page.next.is_some(),
            start_cursor: self.page.starts.first().map(cursor_of),
            end_cursor: self.page.starts.last().map(cursor_of),
        }
    }

    /// A number that grows whenever something is booked or freed in this process; the version of the answer.
    async fn epoch(&self) -> String {
        self.page.epoch.to_string()
    }
}

/// A start with its cursor.
#[derive(SimpleObject)]
#[graphql(name = "FreeStartEdge")]
struct StartEdge {
    /// Where the list goes on behind this start.
    cursor: String,
    /// The start.
    node: FreeStart,
}

/// The place of a start in the list: seconds, office, team.
pub(crate) type StartPosition = (i64, Key, Key);

fn cursor_of(start: &scheduling::FreeStart) -> String {
    cursor(&(start.starts_at.seconds(), start.office.clone(), start.team.clone()))
}

/// A local day with free starts.
pub(crate) struct FreeDay(pub(crate) scheduling::FreeDay);

/// A local day of the city on which at least one start is free.
#[Object]
impl FreeDay {
    /// The day.
    async fn date(&self) -> LocalDate {
        LocalDate(self.0.date)
    }

    /// The offices with free starts on that day; never empty.
    async fn offices(&self) -> Vec<FreeDayOffice> {
        self.0
            .offices
            .iter()
            .map(|(office, starts)| FreeDayOffice { office: office.clone(), starts: *starts })
            .collect()
    }
}

/// An office that has free starts on a day.
pub(crate) struct FreeDayOffice {
    office: Key,
    starts: u32,
}

/// An office that has free starts on a day.
#[Object]
impl FreeDayOffice {
    /// The office.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<OfficeNode>> {
        Ok(OfficeNode::new(ctx.picture()?, &self.office))
    }

    /// The key of the office.
    async fn office_key(&self) -> &str {
        self.office.as_str()
    }

    /// How many starts are free. Starts of long visits overlap, so this is not how many visits fit: see `maxBookable`.
    async fn starts(&self) -> u32 {
        self.starts
    }
}

/// The earliest starts of a search.
#[derive(SimpleObject)]
pub(crate) struct EarliestStarts {
    /// The earliest of all offices together, in order of time. With a place to set out from, no start is earlier than one
    /// can be there.
    pub(crate) overall: Vec<FreeStart>,
    /// The earliest of each office that has one, in order of time.
    pub(crate) per_office: Vec<FreeStart>,
}

/// How many visits of one kind still fit on a day at an office.
pub(crate) struct MaxBookable {
    pub(crate) office: Key,
    pub(crate) visits: u32,
}

/// How many visits of one kind still fit on a day at an office.
#[Object]
impl MaxBookable {
    /// The office.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<OfficeNode>> {
        let picture: Arc<_> = ctx.picture()?;
        Ok(OfficeNode::new(picture, &self.office))
    }

    /// How many such visits still fit one after the other and side by side.
    async fn visits(&self) -> u32 {
        self.visits
    }
}
