//! Keeping a place for a few minutes while somebody types.

use domain::appointment::{Status, Step};
use domain::permission::Actor;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::book_appointment::Booked;
use crate::failure::{Failure, Problem};
use crate::place::{Overbook, PlaceWish};
use crate::requests::idempotency_key;
use crate::store::{appointments, cells};
use crate::take::holds_of;
use crate::traces::{Happening, leave};

/// Asks for a hold.
#[derive(Debug, Clone)]
pub struct HoldSlot {
    /// Which place, for what.
    pub place: PlaceWish,
    /// A random text that the client draws once for its session; the number of holds is limited per session.
    pub session: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// Asks to keep a hold once more as long.
#[derive(Debug, Clone)]
pub struct ExtendHold {
    /// The code that came with the hold.
    pub code: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// Gives a hold back.
#[derive(Debug, Clone)]
pub struct ReleaseHold {
    /// The code that came with the hold.
    pub code: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Scheduling {
    /// Holds a place from the public quota for `hold_minutes`. Anybody may.
    ///
    /// # Errors
    /// [`Problem::SlotTaken`] with alternatives, [`Problem::HoldLimit`], and the problems of a start that does not exist.
    pub async fn hold_slot(&self, actor: &Actor, command: &HoldSlot) -> Result<Booked, Failure> {
        let input = format!("{:?}", (&command.place, &command.session));
        let key = idempotency_key(actor, &command.idempotency_key, "hold_slot", &input)?;
        if !(8..=256).contains(&command.session.len()) {
            return Err(Problem::Search("a session has 8 to 256 signs").into());
        }
        let people = vec![(holds_of(&command.session), i64::from(self.settings.holds_per_session))];
        let draft = |now| crate::book_appointment::Draft {
            status: Status::Held,
            expires_at: Some(i64::from(self.settings.hold_minutes))
                .map(|minutes| domain::time::Timestamp::plus_minutes(now, minutes)),
            happening: Happening::Held,
            contact: None,
            account: actor.account(),
            booked_by: None,
            person: None,
            quota: domain::opening::QuotaClass::Public,
            overbook: Overbook::No,
        };
        self.write_new(actor, &command.place, &people, &key, draft).await
    }

    /// Extends a hold by `hold_minutes` from now, once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when the code opens no live hold, [`Problem::AlreadyExtended`].
    pub async fn extend_hold(&self, actor: &Actor, command: &ExtendHold) -> Result<Appointment, Failure> {
        let key = idempotency_key(actor, &command.idempotency_key, "extend_hold", &command.code)?;
        let work = || async {
            let now = self.now();
            let unit = self.database.begin().await?;
            let held = self.open_hold_in(&unit, &command.code).await?;
            if held.extended {
                return Err(Problem::AlreadyExtended.into());
            }
            let expires_at = now.plus_minutes(i64::from(self.settings.hold_minutes));
            let generation = held.generation;
            let extended = Appointment {
                extended: true,
                expires_at: Some(expires_at),
                changed_at: now,
                generation: generation + 1,
                ..held
            };
            if !appointments::update(&unit, &extended, generation).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            unit.remember(&key, extended.id.0, now).await?;
            let traces = self.traces(Happening::Extended, extended.id, actor.account(), &[], now);
            leave(&unit, &traces).await?;
            unit.commit().await?;
            self.board.lapse_at(&extended);
            self.board.settled(traces.0.id);
            Ok(self.booked(extended))
        };
        Ok(self.once(&key, work).await?.appointment)
    }

    /// Gives a hold back; the place is free at once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when the code opens no live hold.
    pub async fn release_hold(&self, actor: &Actor, command: &ReleaseHold) -> Result<Appointment, Failure> {
        let key = idempotency_key(actor, &command.idempotency_key, "release_hold", &command.code)?;
        let work = || async {
            let now = self.now();
            let unit = self.database.begin().await?;
            let held = self.open_hold_in(&unit, &command.code).await?;
            let generation = held.generation;
            let status = held.status.after(Step::Cancel).map_err(Problem::from)?;
            let given_back = held.takes.clone();
            let released = Appointment {
                status,
                expires_at: None,
                takes: Vec::new(),
                changed_at: now,
                generation: generation + 1,
                ..held
            };
            if !appointments::update(&unit, &released, generation).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            cells::release(&unit, &given_back).await?;
            unit.remember(&key, released.id.0, now).await?;
            let traces = self.traces(Happening::Released, released.id, actor.account(), &given_back, now);
            leave(&unit, &traces).await?;
            unit.commit().await?;
            self.board.forget(released.id, &given_back);
            self.board.settled(traces.0.id);
            Ok(self.booked(released))
        };
        Ok(self.once(&key, work).await?.appointment)
    }
}
