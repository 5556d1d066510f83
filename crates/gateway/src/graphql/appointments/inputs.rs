//! What clients send to find and book.

use async_graphql::{Error, ErrorExtensions, ID, InputObject, Result};
use domain::geography::Position;
use domain::identifier::Key;
use domain::opening::QuotaClass as Quota;
use domain::personal::Pii;
use scheduling::{Matter, Origin, PlaceWish, Search, Visit};

use crate::graphql::failure::{Masked, refused};
use crate::graphql::ids::Global;
use crate::graphql::scalars::{Instant, LocalDate};
use crate::graphql::words::{Language, TravelMode, VisitChannel};

/// One matter of a visit.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct MatterInput {
    /// The id of the service.
    service: ID,
    /// For how many people, 1 to 12.
    #[graphql(default = 1)]
    people: i32,
}

/// Where somebody sets out.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct OriginInput {
    /// Degrees north, -90 to 90 (WGS 84).
    latitude: f64,
    /// Degrees east, -180 to 180.
    longitude: f64,
    /// How the person travels.
    #[graphql(default_with = "TravelMode::Transit")]
    mode: TravelMode,
    /// The longest way in minutes, 0 to 600; offices further away are left out.
    at_most_minutes: Option<i32>,
}

/// What somebody looks for.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SearchInput {
    /// The matters, 1 to 8; several matters and people are one visit.
    visit: Vec<MatterInput>,
    /// The ids of the offices that come into question; all when empty or absent.
    #[graphql(default)]
    offices: Vec<ID>,
    /// First local day; today when absent.
    from: Option<LocalDate>,
    /// Last local day, included; as far as the city plans when absent.
    to: Option<LocalDate>,
    /// Only this kind of visit; as each office usually works when absent.
    channel: Option<VisitChannel>,
    /// A variant asked for by its key, such as an interpreter; places of a variant are not offered to others.
    variant: Option<String>,
    /// Only offices that are known to be reachable without steps.
    #[graphql(default)]
    step_free_only: bool,
    /// Where the person sets out, if the way matters.
    origin: Option<OriginInput>,
}

impl SearchInput {
    pub(crate) fn search(&self) -> Result<Search> {
        Ok(Search {
            visit: visit(&self.visit)?,
            offices: self.offices.iter().map(Global::office).collect::<Result<_>>()?,
            from: self.from.map(|day| day.0),
            to: self.to.map(|day| day.0),
            channel: self.channel.map(Into::into),
            variant: self.variant.as_deref().map(key).transpose()?,
            step_free_only: self.step_free_only,
            origin: self.origin.as_ref().map(OriginInput::origin).transpose()?,
            quota: Quota::Public,
        })
    }
}

impl OriginInput {
    fn origin(&self) -> Result<Origin> {
        let position =
            Position::new(self.latitude, self.longitude).ok_or_else(|| invalid("the position is not on the earth"))?;
        let at_most_minutes = match self.at_most_minutes {
            None => None,
            Some(minutes @ 0..=600) => Some(minutes.unsigned_abs()),
            Some(_) => return Err(invalid("`atMostMinutes` must be 0 to 600")),
        };
        Ok(Origin { position, mode: self.mode.into(), at_most_minutes })
    }
}

/// A place somebody wants.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct PlaceInput {
    /// The id of the office.
    office: ID,
    /// The team as the search named it; whichever has the place when absent.
    team: Option<String>,
    /// The start as the search named it.
    starts_at: Instant,
    /// The matters, 1 to 8.
    visit: Vec<MatterInput>,
    /// The kind of visit; as the office usually works when absent.
    channel: Option<VisitChannel>,
    /// The variant, if the start belongs to one.
    variant: Option<String>,
}

impl PlaceInput {
    pub(crate) fn wish(&self) -> Result<PlaceWish> {
        Ok(PlaceWish {
            office: Global::office(&self.office)?,
            team: self.team.as_deref().map(key).transpose()?,
            starts_at: self.starts_at.0,
            visit: visit(&self.visit)?,
            channel: self.channel.map(Into::into),
            variant: self.variant.as_deref().map(key).transpose()?,
        })
    }
}

/// Whom to reach.
#[derive(Clone, InputObject)]
pub(crate) struct ContactInput {
    /// The name the clerk calls, at most 200 letters. It cannot be changed afterwards.
    name: String,
    /// A mail address. Needed for a booking by mail link.
    mail: Option<String>,
    /// A telephone number, with or without country code; numbers without one are German.
    phone: Option<String>,
    /// The language of messages.
    #[graphql(default_with = "Language::German")]
    language: Language,
}

impl From<ContactInput> for scheduling::ContactInput {
    fn from(input: ContactInput) -> Self {
        let (mail, phone) = (input.mail.map(Pii::new), input.phone.map(Pii::new));
        Self { name: input.name.into(), mail, phone, language: input.language.into() }
    }
}

/// A matter list as a visit.
pub(crate) fn visit(matters: &[MatterInput]) -> Result<Visit> {
    let matter = |input: &MatterInput| {
        let people = u16::try_from(input.people).unwrap_or(0);
        Ok(Matter { service: Global::service(&input.service)?, people })
    };
    // A list of a thousand is refused before anything is read of it.
    let most = scheduling::MOST_MATTERS + 1;
    let matters = matters.iter().take(most).map(matter).collect::<Result<Vec<Matter>>>()?;
    Visit::new(matters).map_err(|refusal| refused(&scheduling::Problem::from(refusal).into()).masked())
}

/// Reads a key that a search named.
pub(crate) fn key(text: &str) -> Result<Key> {
    text.parse().map_err(|_| invalid("a team or variant is not well formed"))
}

/// An input that cannot be meant.
pub(crate) fn invalid(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "INPUT_INVALID"))
}
