//! Tours on which something is collected: choosing a day, changing it, the list for the crew and what became of it.

use applications::{
    CancelTour, ChangeTour, ChosenTour, Collection, Failure, HoldTour, OfficeTour, PlanTours, Problem,
    RecordCollection, TourDay,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::identifier::TourId;
use uuid::Uuid;

use crate::graphql::applications::inputs::ApplicationAccessInput;
use crate::graphql::applications::payloads::{ApplicationDonePayload, CasePayload, CaseStatusPayload, DraftPayload};
use crate::graphql::applications::problem::{ProblemObject, found, problem_or_error, refused};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::{Instant, LocalDate};
use crate::graphql::sensitive::SensitiveReads;

/// Queries of tours.
#[derive(Default)]
pub(crate) struct TourQuery;

/// Mutations of tours.
#[derive(Default)]
pub(crate) struct TourMutation;

/// Where a place on a tour stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::PlaceState", name = "TourPlaceState")]
pub(crate) enum PlaceState {
    /// Held while somebody fills in the form.
    Held,
    /// Promised to an application that was handed in.
    Promised,
    /// Everything was taken along.
    Collected,
    /// The crew was there and could not take it along. Another day can be chosen.
    Missed,
}

/// Why something was not taken along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::MissReason", name = "MissedCollectionReason")]
pub(crate) enum MissReason {
    /// Nothing stood outside.
    NothingThere,
    /// What stood there is no bulky waste.
    WrongThings,
    /// It was more than had been said.
    TooMuch,
    /// The lorry did not get there.
    NoAccess,
    /// The lorry was full or broken: no fault of whoever applied.
    OurFault,
}

/// A day on which everything fits that an application names.
#[derive(SimpleObject)]
#[graphql(name = "TourDay")]
struct TourDayObject {
    /// The id of the tour, with which a place is held.
    id: ID,
    /// The day of the city's calendar.
    day: LocalDate,
    /// Until when everything must stand outside, UTC.
    put_out_by: Instant,
    /// How much is free on the tour at this moment, in litres; a cubic metre has 1,000.
    free_litres: i64,
}

impl From<TourDay> for TourDayObject {
    fn from(found: TourDay) -> Self {
        let TourDay { tour, day, put_out_by, free_litres } = found;
        Self { id: tour_id(tour), day: LocalDate(day), put_out_by: put_out_by.into(), free_litres }
    }
}

/// The days that can be chosen. With a problem there are none.
#[derive(SimpleObject)]
struct TourDays {
    /// The days, soonest first, at most 200.
    days: Vec<TourDayObject>,
    /// What is in the way, such as an address to which no tour goes; null when nothing is.
    problem: Option<ProblemObject>,
}

/// The day of a collection, as whoever applied and the staff of its office see it.
#[derive(SimpleObject)]
#[graphql(name = "ChosenTour")]
pub(crate) struct ChosenTourObject {
    /// The id of the tour.
    id: ID,
    /// The day of the city's calendar.
    day: LocalDate,
    /// The district, German.
    district: String,
    /// Until when everything must stand outside, UTC.
    put_out_by: Instant,
    /// How much, in litres; a cubic metre has 1,000.
    litres: i64,
    /// Where the place stands.
    state: PlaceState,
    /// Until when it is held, UTC; null once it is promised.
    held_until: Option<Instant>,
    /// The last day of the city's calendar on which it can be changed or given back.
    change_until: Option<LocalDate>,
}

impl From<ChosenTour> for ChosenTourObject {
    fn from(chosen: ChosenTour) -> Self {
        Self {
            id: tour_id(chosen.tour),
            day: LocalDate(chosen.day),
            district: chosen.district,
            put_out_by: chosen.put_out_by.into(),
            litres: chosen.litres,
            state: chosen.state.into(),
            held_until: chosen.held_until.map(Instant),
            change_until: chosen.change_until.map(LocalDate),
        }
    }
}

/// A tour, as its office sees it.
#[derive(SimpleObject)]
#[graphql(name = "OfficeTour")]
struct OfficeTourObject {
    /// Its id.
    id: ID,
    /// The key of the service.
    service: String,
    /// The key of the district, as the service's definition names it.
    district: String,
    /// The day of the city's calendar.
    day: LocalDate,
    /// How much fits, in litres.
    capacity_litres: i64,
    /// How much is held and promised, in litres.
    taken_litres: i64,
}

impl From<OfficeTour> for OfficeTourObject {
    fn from(tour: OfficeTour) -> Self {
        let OfficeTour { id, service, district, day, capacity_litres, taken_litres } = tour;
        let (id, service, day) = (tour_id(id), service.to_string(), LocalDate(day));
        Self { id, service, district, day, capacity_litres, taken_litres }
    }
}

/// The list for the crew.
#[derive(SimpleObject)]
#[graphql(name = "TourList")]
struct TourListObject {
    /// A name for the file, such as `tour-2026-12-01-mitte.csv`; names nobody.
    name: String,
    /// The media type: `text/csv; charset=utf-8`.
    media_type: String,
    /// The text: a line for each place, the first with the names of the columns; values between quotation marks, separated by
    /// semicolons.
    content: String,
    /// How many places stand in it.
    places: i32,
}

/// Plans tours.
#[derive(InputObject)]
struct PlanToursInput {
    /// The id of the service.
    service: ID,
    /// The key of the district, as the service's definition names it.
    district: String,
    /// The days of the city's calendar, 1 to 90, all to come.
    days: Vec<LocalDate>,
    /// How much fits on each tour, 0 to 1,000,000 litres; a cubic metre has 1,000. With 0 nobody chooses the day any more.
    capacity_litres: i32,
}

/// Chooses a tour.
#[derive(InputObject)]
struct ChooseTourInput {
    /// Which application, by the right of whoever began.
    access: ApplicationAccessInput,
    /// The id of the tour, as `tourDays` gives it.
    tour: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Gives the day of a collection back.
#[derive(InputObject)]
struct CancelTourInput {
    /// Which application, by the right of whoever began.
    access: ApplicationAccessInput,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Says what became of a collection.
#[derive(InputObject)]
struct RecordCollectionInput {
    /// The id of the case.
    case: ID,
    /// Why it was not taken along; absent when everything was.
    missed: Option<MissReason>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

fn tour_id(tour: TourId) -> ID {
    ID(tour.0.simple().to_string())
}

/// The tour of an id; whatever is none names no tour.
fn tour(id: &ID) -> TourId {
    TourId(Uuid::try_parse(id).unwrap_or(Uuid::nil()))
}

/// What can be in the way of finding days is data; what is not there is nothing.
fn days(outcome: Result<Vec<TourDay>, Failure>) -> Result<Option<TourDays>> {
    match outcome {
        Ok(days) => Ok(Some(TourDays { days: days.into_iter().map(Into::into).collect(), problem: None })),
        Err(Failure::Problem(Problem::NotFound)) => Ok(None),
        Err(failure) => Ok(Some(TourDays { days: Vec::new(), problem: Some(problem_or_error(failure)?) })),
    }
}

#[Object]
impl TourQuery {
    /// The days on which what an application names fits on a tour through its district: while it is filled in, and afterwards
    /// to choose another one. Null when there is no such application or it is not yours.
    async fn tour_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<Option<TourDays>> {
        days(ctx.application().applications.tour_days(ctx.actor(), &access.access()?).await)
    }

    /// The tours of an office from a day on, soonest first, at most 200. For its staff.
    async fn office_tours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the office.")] office: ID,
        #[graphql(desc = "The first day of the city's calendar.")] from: LocalDate,
    ) -> Result<Vec<OfficeTourObject>> {
        let office = Global::office(&office)?;
        let tours = ctx.application().applications.office_tours(ctx.actor(), &office, from.0).await;
        Ok(tours.map_err(|failure| refused(&failure))?.into_iter().map(Into::into).collect())
    }

    /// The list of a tour for its crew: what is granted, announced and still to be collected. For staff of its office; reading
    /// leaves a trace. Null when there is none or it is another office's.
    async fn tour_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the tour.")] id: ID,
    ) -> Result<Option<TourListObject>> {
        let Some(list) = found(ctx.application().applications.tour_list(ctx.actor(), tour(&id)).await)? else {
            return Ok(None);
        };
        if let Some(reads) = ctx.data_opt::<SensitiveReads>() {
            list.cases.iter().for_each(|case| reads.note_case(*case));
        }
        let places = i32::try_from(list.cases.len()).unwrap_or(i32::MAX);
        let media_type = "text/csv; charset=utf-8".to_owned();
        Ok(Some(TourListObject { name: list.name, media_type, content: list.csv, places }))
    }
}

#[Object]
impl TourMutation {
    /// Plans tours, or changes how much fits on them; all of them or none. For leads of the service's office and operators.
    async fn plan_tours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, when and how much.")] input: PlanToursInput,
    ) -> Result<ApplicationDonePayload> {
        let command = PlanTours {
            service: Global::service(&input.service)?,
            district: input.district,
            days: input.days.into_iter().map(|day| day.0).collect(),
            capacity_litres: input.capacity_litres.into(),
        };
        ApplicationDonePayload::of(ctx.application().applications.plan_tours(ctx.actor(), &command).await)
    }

    /// Holds a place on a tour while the form is filled in; another one that is held is given back. Handing in promises it.
    async fn hold_tour(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tour.")] input: ChooseTourInput,
    ) -> Result<DraftPayload> {
        let ChooseTourInput { access, tour: id, idempotency_key } = input;
        let command = HoldTour { access: access.access()?, tour: tour(&id), idempotency_key };
        DraftPayload::of(ctx.application().applications.hold_tour(ctx.actor(), &command).await)
    }

    /// Chooses another day for what was handed in. The new place is taken before the old one is given back: if it does not
    /// fit, the old day stays.
    async fn change_tour(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tour.")] input: ChooseTourInput,
    ) -> Result<CaseStatusPayload> {
        let ChooseTourInput { access, tour: id, idempotency_key } = input;
        let command = ChangeTour { access: access.access()?, tour: tour(&id), idempotency_key };
        CaseStatusPayload::of(ctx.application().applications.change_tour(ctx.actor(), &command).await)
    }

    /// Cancels a collection in time: the place and what the household had taken of this year are free again. What was not
    /// decided yet is taken back, what was granted is closed.
    async fn cancel_tour(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: CancelTourInput,
    ) -> Result<CaseStatusPayload> {
        let command = CancelTour { access: input.access.access()?, idempotency_key: input.idempotency_key };
        CaseStatusPayload::of(ctx.application().applications.cancel_tour(ctx.actor(), &command).await)
    }

    /// Records what the crew did. What was collected is closed; what was not is a task until another day is chosen or it is
    /// closed. For staff of its office.
    async fn record_collection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What became of it.")] input: RecordCollectionInput,
    ) -> Result<CasePayload> {
        let collection = input.missed.map_or(Collection::Collected, |why| Collection::Missed(why.into()));
        let RecordCollectionInput { case, missed: _, idempotency_key } = input;
        let command = RecordCollection { case: Global::case(&case)?, collection, idempotency_key };
        CasePayload::of(ctx.application().applications.record_collection(ctx.actor(), &command).await)
    }
}
