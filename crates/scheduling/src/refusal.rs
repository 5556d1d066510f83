//! Why a booking broke the capacity rule, in words that lead on.

use domain::opening::QuotaClass;

use crate::Scheduling;
use crate::failure::{Failure, Problem};
use crate::find_starts::{FreeStart, Search};
use crate::place::PlaceWish;
use crate::store::appointments::Which;
use crate::store::cells;
use crate::take::{CellTake, Take, is_bookings, is_holds, is_matter};

/// How many other starts are offered.
const ALTERNATIVES: usize = 3;

impl Scheduling {
    /// Looks which pool is full. The person's own pools come first: another start would not help there.
    pub(crate) async fn refusal(
        &self,
        taken: &[CellTake],
        people: &[(Take, i64)],
        wish: Option<&PlaceWish>,
        person: Option<i64>,
    ) -> Result<Problem, Failure> {
        let own: Vec<(i64, i64)> = people.iter().map(|(take, _)| (take.pool, take.first)).collect();
        let counts = cells::read(&self.database, &own).await?;
        let full = |take: &Take, limit: i64| {
            counts.iter().any(|(pool, at, taken, _)| *pool == take.pool && *at == take.first && *taken >= limit)
        };
        for (take, limit) in people {
            if !full(take, *limit) {
                continue;
            }
            if is_matter(*take) {
                return self.already_booked(*take, person).await;
            }
            let limit = u16::try_from(*limit).unwrap_or(u16::MAX);
            if is_bookings(*take) {
                return Ok(Problem::BookingLimit { limit });
            }
            if is_holds(*take) {
                return Ok(Problem::HoldLimit { limit });
            }
        }
        // A move asks without cells: there only the new place can be full.
        debug_assert!(
            taken.is_empty() || taken.iter().any(|cell| cell.at > 0) || wish.is_none(),
            "a refusal has a place in time"
        );
        let alternatives = wish.map_or_else(Vec::new, |wish| self.alternatives(wish));
        Ok(Problem::SlotTaken { alternatives })
    }

    async fn already_booked(&self, matter: Take, person: Option<i64>) -> Result<Problem, Failure> {
        let Some(person) = person else { return Ok(Problem::AlreadyBooked { appointment: None }) };
        let live = self.find(&Which::OfPerson(person), self.now()).await?;
        let same = live.into_iter().find(|appointment| appointment.takes.contains(&matter));
        // Only an account learns which: a mail address alone must not show what somebody else has booked.
        let known = same.filter(|appointment| appointment.account.is_some()).map(|appointment| appointment.id);
        Ok(Problem::AlreadyBooked { appointment: known })
    }

    /// What is free instead, nearest to the wished start first; from the board, so as fresh as a search.
    fn alternatives(&self, wish: &PlaceWish) -> Vec<FreeStart> {
        let search = Search {
            visit: wish.visit.clone(),
            offices: vec![wish.office.clone()],
            from: None,
            to: None,
            channel: wish.channel,
            variant: wish.variant.clone(),
            step_free_only: false,
            origin: None,
            quota: QuotaClass::Public,
        };
        let mut starts = self.find_starts(&search, 100, None).map(|page| page.starts).unwrap_or_default();
        starts.retain(|start| start.starts_at != wish.starts_at);
        starts.sort_by_key(|start| (start.starts_at.seconds() - wish.starts_at.seconds()).abs());
        starts.truncate(ALTERNATIVES);
        starts
    }
}
