//! Tidying what time has ended: holds and unconfirmed bookings that ran out, places that rested after a cancellation.
//!
//! Nothing depends on this having run: reading, searching and booking evaluate expiry by the clock. It frees the counts
//! that the database keeps.

use domain::appointment::Status;
use domain::time::Timestamp;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::failure::Failure;
use crate::requests::retried;
use crate::store::appointments::{self, Which};
use crate::store::cells;
use crate::take::Take;
use crate::traces::{Happening, leave};

/// How many are tidied in one unit.
const BATCH: i64 = 200;

impl Scheduling {
    /// Gives back the places of everything that has lapsed. Gives how many appointments that were.
    ///
    /// # Errors
    /// [`Failure::Database`].
    pub async fn tidy(&self) -> Result<usize, Failure> {
        let mut all = 0;
        loop {
            let lapsed = retried(|| self.lapse_batch()).await?;
            all += lapsed;
            if lapsed < BATCH as usize {
                return Ok(all);
            }
        }
    }

    /// Makes room for a booking that met a full pool: tidies what has lapsed, and what is over of this person. Gives
    /// whether anything was freed.
    pub(crate) async fn make_room(&self, person: Option<i64>) -> Result<bool, Failure> {
        let mut freed = self.tidy().await? > 0;
        if let Some(person) = person {
            freed |= retried(|| self.settle_past(person)).await?;
        }
        Ok(freed)
    }

    async fn lapse_batch(&self) -> Result<usize, Failure> {
        let now = self.now();
        // Looking costs no write lock; only what is found is looked at again inside the unit.
        let found = self.find(&Which::Lapsed { now, limit: BATCH }, now).await?;
        if found.is_empty() {
            return Ok(0);
        }
        let unit = self.database.begin().await?;
        let mut done = Vec::new();
        let mut given_back: Vec<(i64, i64)> = Vec::new();
        for appointment in found {
            let takes = appointment.takes.clone();
            let generation = appointment.generation;
            let (lapsed, happening) = lapsed(appointment, now);
            if !appointments::update(&unit, &lapsed, generation).await? {
                continue;
            }
            given_back.extend(takes.iter().flat_map(|take| take.each()));
            let traces = self.traces(happening, lapsed.id, None, &takes, now);
            leave(&unit, &traces).await?;
            done.push((lapsed.id, takes, traces.0.id));
        }
        cells::release_cells(&unit, &given_back).await?;
        unit.commit().await?;
        for (id, takes, event) in &done {
            self.board.forget(*id, takes);
            self.board.settled(*event);
        }
        Ok(done.len())
    }

    /// Frees a person's own pools from appointments that are over, so that the next booking is not refused for them.
    async fn settle_past(&self, person: i64) -> Result<bool, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let mut freed = false;
        for over in self.find_in(&unit, &Which::OfPerson(person), now).await? {
            let (places, people): (Vec<Take>, Vec<Take>) = over.takes.iter().partition(|take| take.in_time());
            if over.ends_at > now || people.is_empty() {
                continue;
            }
            let generation = over.generation;
            let settled = Appointment { takes: places, changed_at: now, generation: generation + 1, ..over };
            if appointments::update(&unit, &settled, generation).await? {
                cells::release(&unit, &people).await?;
                freed = true;
            }
        }
        unit.commit().await?;
        Ok(freed)
    }
}

fn lapsed(appointment: Appointment, now: Timestamp) -> (Appointment, Happening) {
    let (status, happening) = match appointment.status {
        Status::Cancelled => (Status::Cancelled, Happening::Returned),
        _ => (Status::Expired, Happening::Expired),
    };
    let generation = appointment.generation + 1;
    let lapsed =
        Appointment { status, takes: Vec::new(), expires_at: None, changed_at: now, generation, ..appointment };
    (lapsed, happening)
}
