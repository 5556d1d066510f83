//! A place in time: what somebody wishes, and what exactly that takes.

use capacity::{Claim, ClaimRequest, Demand, Refusal};
use domain::city::City;
use domain::identifier::Key;
use domain::office::{Office, OfficeKind};
use domain::opening::{QuotaClass, VisitChannel};
use domain::time::Timestamp;

use crate::board::{Board, Picture};
use crate::failure::Problem;
use crate::settings::Settings;
use crate::take::{CellTake, Take};
use crate::visit::{Visit, VisitRefusal};

/// A start that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceWish {
    /// The office.
    pub office: Key,
    /// The team; absent: whichever has the place.
    pub team: Option<Key>,
    /// The start.
    pub starts_at: Timestamp,
    /// What for.
    pub visit: Visit,
    /// How; absent: as the office usually works.
    pub channel: Option<VisitChannel>,
    /// A variant asked for by name.
    pub variant: Option<Key>,
}

/// Whether staff book over capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overbook {
    /// Within capacity.
    No,
    /// Over capacity, up to the configured cap.
    Yes,
}

impl Overbook {
    /// How many more may be taken of each cell than its limit.
    pub(crate) const fn extra(self, settings: &Settings) -> u16 {
        match self {
            Self::No => 0,
            Self::Yes => settings.overbooking_cap,
        }
    }
}

/// A wish that the rules allow, with every cell it takes. Whether the cells are free is the database's to say.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) team: Key,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) channel: VisitChannel,
    pub(crate) takes: Vec<Take>,
    pub(crate) cells: Vec<CellTake>,
}

impl Place {
    pub(crate) fn of_claim(claim: &Claim, extra: u16) -> Self {
        let takes = takes_of(claim);
        let mut cells: Vec<CellTake> = claim
            .takes
            .iter()
            .flat_map(|take| {
                let pool = take.pool.0;
                take.cells().map(move |(at, limit)| CellTake { pool, at, limit: i64::from(limit) + i64::from(extra) })
            })
            .collect();
        cells.sort_unstable();
        Self {
            team: claim.team.clone(),
            starts_at: claim.start,
            ends_at: claim.end,
            channel: claim.channel,
            takes,
            cells,
        }
    }
}

/// What a claim takes, in the form that is stored.
pub(crate) fn takes_of(claim: &Claim) -> Vec<Take> {
    let of = |take: &capacity::Take| Take {
        pool: take.pool.0,
        first: take.first_cell,
        step: i64::from(take.step_seconds),
        cells: take.limits.len() as i64,
    };
    claim.takes.iter().map(of).collect()
}

impl Board {
    /// Finds what a wish takes. Of several teams the first with a free place, as far as the board knows.
    ///
    /// # Errors
    /// The problems of a visit, an office or a start.
    pub(crate) fn place(
        &self,
        picture: &Picture,
        wish: &PlaceWish,
        class: QuotaClass,
        extra: u16,
        now: Timestamp,
    ) -> Result<Place, Problem> {
        let office = picture.city.offices.get(&wish.office).ok_or(Problem::UnknownOffice)?;
        let demand = demand(picture, office, &wish.visit, wish.channel, wish.variant.clone(), class)?;
        let team = wish.team.as_ref();
        let request = ClaimRequest { office: &office.key, team, start: wish.starts_at, demand: &demand, now };
        let claims = picture.supply.claims(&request).map_err(problem)?;
        let best = match claims.as_slice() {
            [only] => only,
            several => self.first_free(several, now),
        };
        Ok(Place::of_claim(best, extra))
    }
}

/// What a visit needs at an office.
///
/// # Errors
/// [`Problem::Visit`] when the visit cannot be planned there at all.
pub(crate) fn demand(
    picture: &Picture,
    office: &Office,
    visit: &Visit,
    channel: Option<VisitChannel>,
    variant: Option<Key>,
    class: QuotaClass,
) -> Result<Demand, Problem> {
    let channel = channel.unwrap_or(usual_channel(office.kind));
    let minutes = visit.minutes(&picture.city, channel)?;
    if let Some(matter) = visit.matters.iter().find(|matter| office.excluded_services.contains(&matter.service)) {
        return Err(VisitRefusal::NotBookable(matter.service.clone()).into());
    }
    let services = || visit.matters.iter().filter_map(|matter| picture.city.services.get(&matter.service));
    let skills = services().flat_map(|service| &service.skills);
    let equipment = services().flat_map(|service| &service.equipment);
    let eligible = picture.supply.eligible(&office.key, skills, equipment).ok_or(Problem::UnknownOffice)?;
    Ok(Demand { minutes, eligible, class, channel: Some(channel), variant })
}

/// How an office usually sees people.
pub(crate) const fn usual_channel(kind: OfficeKind) -> VisitChannel {
    match kind {
        OfficeKind::Fixed => VisitChannel::Counter,
        OfficeKind::Mobile => VisitChannel::Mobile,
        OfficeKind::Virtual => VisitChannel::Video,
    }
}

/// What a refusal of the engine means to the citizen.
pub(crate) fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::UnknownOffice => Problem::UnknownOffice,
        Refusal::NoSuchStart | Refusal::NoDeskForThis | Refusal::WrongVariant | Refusal::WrongChannel => {
            Problem::NoSuchStart
        }
        Refusal::TooFarAhead => Problem::TooFarAhead,
        Refusal::TooSoon => Problem::TooSoon,
        Refusal::InThePast => Problem::InThePast,
    }
}

/// The office of that key.
///
/// # Errors
/// [`Problem::UnknownOffice`].
pub(crate) fn office_of<'a>(city: &'a City, key: &Key) -> Result<&'a Office, Problem> {
    city.offices.get(key).ok_or(Problem::UnknownOffice)
}
