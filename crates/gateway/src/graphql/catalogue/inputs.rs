//! What clients send to narrow a list of the catalogue.

use async_graphql::{ID, InputObject, Result};
use domain::geography::Position;
use domain::office::Office;
use domain::text::{TextRefusal, line};
use scheduling::{Picture, Problem, VisitRefusal};

use crate::graphql::catalogue::search_invalid;
use crate::graphql::failure::{Masked, refused};
use crate::graphql::ids::Global;
use crate::graphql::words::{OfficeKind, Standing};

/// The longest text of a search, in characters.
const LONGEST: usize = 200;

/// A position in degrees of the World Geodetic System 1984.
#[derive(Debug, Clone, Copy, InputObject)]
pub(crate) struct PositionInput {
    /// Degrees north, -90 to 90.
    latitude: f64,
    /// Degrees east, -180 to 180.
    longitude: f64,
}

impl PositionInput {
    /// The position, if it is on the earth.
    ///
    /// # Errors
    /// Code `SEARCH_INVALID`.
    pub(crate) fn position(self) -> Result<Position> {
        Position::new(self.latitude, self.longitude).ok_or_else(|| search_invalid("the position is not on the earth"))
    }
}

/// Which offices. Every field that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct OfficeFilter {
    /// Only offices of this kind.
    kind: Option<OfficeKind>,
    /// Only offices of the district with this number.
    district: Option<i32>,
    /// Only offices that can serve this service, by its id: by appointment or without.
    service: Option<ID>,
    /// Only offices that are known to be reachable without steps.
    #[graphql(default)]
    step_free_only: bool,
}

impl OfficeFilter {
    /// The offices it lets through, in order of their keys.
    ///
    /// # Errors
    /// Codes `ID_INVALID`, `ID_OF_ANOTHER_KIND` and `UNKNOWN_SERVICE`.
    pub(crate) fn offices<'a>(&self, picture: &'a Picture) -> Result<Vec<&'a Office>> {
        let service = match self.service.as_ref().map(Global::service).transpose()? {
            None => None,
            Some(key) => match picture.city.services.get(&key) {
                Some(service) => Some(service),
                None => return Err(refused(&Problem::from(VisitRefusal::UnknownService(key)).into()).masked()),
            },
        };
        let passes = |office: &&Office| {
            self.kind.is_none_or(|kind| kind == office.kind.into())
                && self.district.is_none_or(|number| office.district.map(i32::from) == Some(number))
                && service.is_none_or(|service| office.serves(service))
                && (!self.step_free_only || office.step_free == Some(true))
        };
        Ok(picture.city.offices.values().filter(passes).collect())
    }
}

/// Which services. Every field that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct ServiceFilter {
    /// Only services of this group, written as `Service.category` gives it.
    category: Option<String>,
    /// Only services that the city gives, or only those it merely lists.
    standing: Option<Standing>,
}

impl ServiceFilter {
    /// Whether a service passes.
    pub(crate) fn passes(&self, service: &domain::catalogue::Service) -> bool {
        let standing = Standing::from(service.standing.clone());
        self.category.as_ref().is_none_or(|category| *category == service.category)
            && self.standing.is_none_or(|wanted| wanted == standing)
    }
}

/// The text of a search in its stored form; `None` when there is nothing to look for.
///
/// # Errors
/// Code `SEARCH_INVALID`.
pub(crate) fn search_text(raw: Option<&str>) -> Result<Option<String>> {
    match raw.map_or(Err(TextRefusal::Empty), |raw| line(raw, LONGEST)) {
        Ok(text) => Ok(Some(text)),
        Err(TextRefusal::Empty) => Ok(None),
        Err(TextRefusal::TooLong { .. }) => Err(search_invalid("the search text has more than 200 characters")),
        Err(TextRefusal::Invisible | TextRefusal::Sign | TextRefusal::Form) => {
            Err(search_invalid("the search text has an invisible or control character"))
        }
    }
}
