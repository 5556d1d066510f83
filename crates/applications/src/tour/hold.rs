//! Holding a place on a tour while somebody fills in the form.

use database::Unit;
use domain::application::ApplicationStep;
use domain::identifier::TourId;
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::Applications;
use crate::access::{Access, Entry};
use crate::definition::Pinned;
use crate::draft::Draft;
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::tours::{self, PlaceRow, TourRow};
use crate::store::{Reader, cases};
use crate::tour::{Need, PlaceState};

/// Holds a place.
#[derive(Debug, Clone)]
pub struct HoldTour {
    /// For which application; by the right of whoever began.
    pub access: Access,
    /// On which tour.
    pub tour: TourId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Holds a place on a tour for a draft, for as long as its service says. Another one that it holds is given back in the
    /// same unit; if there is no room, the other one stays.
    ///
    /// # Errors
    /// [`Problem::TourFull`], [`Problem::TourTooLate`], [`Problem::TourUnknown`], [`Problem::TourUnasked`],
    /// [`Problem::TourElsewhere`]; [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn hold_tour(&self, actor: &Actor, command: &HoldTour) -> Result<Draft, Failure> {
        let input = self.secret.fingerprint(&format!("{:?}", (&command.access, command.tour)));
        let key = idempotency_key(actor, &command.idempotency_key, "hold_tour", &input)?;
        let work = async || {
            let entry = self.enter_real(Reader::Database(&self.database), actor, &command.access).await?;
            may_choose(&entry)?;
            let (pinned, need) = self.need_of(&entry).await?;
            let rule = pinned.form.service().tour.as_ref().ok_or(Problem::TourUnasked)?;
            let tour = self.tour_for((&pinned, rule), &need, command.tour).await?;
            let now = self.now();
            let until = now.plus_minutes(i64::from(rule.hold_minutes));
            let unit = self.database.begin().await?;
            let held = tours::place_of(Reader::Unit(&unit), entry.draft.id).await?;
            self.put_on_hold(&unit, &entry, held, (tour, need.litres), (now, until)).await?;
            unit.remember(&key, entry.draft.id.0, now).await?;
            unit.commit().await?;
            Ok(entry.draft.id.0)
        };
        self.once(&key, work).await?;
        self.read_draft(actor, &command.access).await
    }

    async fn put_on_hold(
        &self,
        unit: &Unit,
        entry: &Entry,
        held: Option<PlaceRow>,
        (tour, litres): (TourRow, i64),
        (now, until): (Timestamp, Timestamp),
    ) -> Result<(), Failure> {
        let application = entry.draft.id;
        let held = match held {
            // What was held too long ago may be taken from us at any moment: it goes first, so that it counts once.
            Some(held) if held.has_lapsed(now) => {
                tours::free_place(unit, application).await?;
                None
            }
            other => other,
        };
        let expires_at = Some(until);
        let Some(held) = held else {
            let place = PlaceRow { id: self.entropy.id(now), tour, litres, state: PlaceState::Held, expires_at };
            if !tours::take(unit, place.tour.id, litres, now).await? {
                return Err(Problem::TourFull.into());
            }
            let is_ours = tours::insert(unit, application, &place, now).await?;
            return if is_ours { Ok(()) } else { Err(Problem::ChangedMeanwhile.into()) };
        };
        move_place(unit, &held, &PlaceRow { tour, litres, expires_at, ..held.clone() }, now).await
    }

    /// What an application asks of a tour: while it is filled in by its answers, afterwards by those of its case.
    pub(crate) async fn need_of(&self, entry: &Entry) -> Result<(std::sync::Arc<Pinned>, Need), Failure> {
        let (pinned, evaluation) = match entry.draft.case {
            None => self.evaluated(entry).await?,
            Some(case) => {
                let reader = Reader::Database(&self.database);
                let found = cases::by_id(reader, case).await?.ok_or(Problem::NotFound)?;
                self.vault.unlock(&self.database, self.now()).await?;
                let pinned = self.pinned(found.case.definition).await?;
                let snapshot = self.snapshot(reader, &found).await?;
                let calendar = self.calendar()?;
                let day = found.case.submitted_at.local_date(calendar.time_zone);
                let evaluation = pinned.evaluate_snapshot(&snapshot, &calendar, day);
                (pinned, evaluation)
            }
        };
        let (_, need) = pinned.tour_need(&evaluation)?;
        Ok((pinned, need))
    }
}

/// Whoever began chooses, as long as nothing is handed in.
fn may_choose(entry: &Entry) -> Result<(), Failure> {
    if entry.party.position != 0 {
        return Err(Problem::NotFound.into());
    }
    entry.draft.state.after(ApplicationStep::Submit)?;
    Ok(())
}

/// Moves a place to another tour, or makes it another size: the new one is taken before the old one is given back.
///
/// # Errors
/// [`Problem::TourFull`]: the old one stays. [`Problem::ChangedMeanwhile`].
pub(crate) async fn move_place(unit: &Unit, seen: &PlaceRow, place: &PlaceRow, now: Timestamp) -> Result<(), Failure> {
    let (taken, given_back) =
        if seen.tour.id == place.tour.id { (place.litres - seen.litres, 0) } else { (place.litres, seen.litres) };
    // A smaller place on the same tour always fits.
    if taken != 0 && !tours::take(unit, place.tour.id, taken, now).await? {
        return Err(Problem::TourFull.into());
    }
    if given_back != 0 {
        tours::give_back(unit, seen.tour.id, given_back).await?;
    }
    if tours::update(unit, seen, place, now).await? { Ok(()) } else { Err(Problem::ChangedMeanwhile.into()) }
}
