//! The board: the city that serves and what is taken, in memory. It answers every search and is never asked for truth.
//!
//! It follows the database in two ways: this process's own bookings are entered at once, those of others within seconds
//! (`follow_changes`), and with them those of its own whose outcome it did not learn. What lapses by time lapses here by time too, whether or not anybody has tidied the database.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use capacity::{Claim, Ledger, PoolId, Supply};
use domain::city::City;
use domain::identifier::{AppointmentId, EventId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::appointment::Appointment;
use crate::doubts::Doubts;
use crate::failure::Problem;
use crate::take::Take;

/// How many events of others a process remembers to have followed already.
const EVENTS: usize = 65_536;

/// After so many rounds of reading a count that was read is as good as old: own changes enter within seconds.
const MEETING_ROUNDS: u32 = 5;

/// What is taken, mirrored in memory.
#[derive(Debug, Default)]
pub struct Board {
    state: RwLock<Option<State>>,
    followed: RwLock<Followed>,
    pub(crate) doubts: Doubts,
}

/// The city that serves and its compiled supply.
#[derive(Debug)]
pub struct Picture {
    /// The city.
    pub city: Arc<City>,
    /// The number of its version.
    pub version: i64,
    /// SHA-256 of its canonical text, in hexadecimal digits.
    pub fingerprint: String,
    /// What its rules make of the days that can be booked.
    pub supply: Arc<Supply>,
}

#[derive(Debug)]
struct State {
    picture: Arc<Picture>,
    ledger: Ledger,
    lapsing: BTreeMap<(Timestamp, Uuid), Vec<Take>>,
    expiry: HashMap<Uuid, Timestamp>,
    /// Lapsed by the clock, not yet tidied in the database: already given back here.
    lapsed: HashMap<Uuid, Vec<Take>>,
    meetings: Meetings,
}

/// Where this process's own changes and what it read of others' have met.
///
/// Own changes are entered as differences after their commit, others' as counts that were read. Whichever came first, a cell
/// that saw both within seconds may be off by one; it is read again until it is quiet.
#[derive(Debug, Default)]
struct Meetings {
    /// Cells this process changed since the last mark.
    own: HashSet<(i64, i64)>,
    /// Cells whose count was read, in the round before this one and in this one.
    read: [HashSet<(i64, i64)>; 2],
    rounds: u32,
    /// Cells to be read again.
    again: BTreeSet<(i64, i64)>,
}

#[derive(Debug, Default)]
struct Followed {
    ids: HashSet<Uuid>,
    order: VecDeque<Uuid>,
    /// When the database was last looked at with success.
    until: Option<Timestamp>,
}

impl Board {
    /// The city that serves.
    ///
    /// # Errors
    /// [`Problem::NoCity`] when none was loaded yet.
    pub fn picture(&self) -> Result<Arc<Picture>, Problem> {
        self.read().as_ref().map(|state| Arc::clone(&state.picture)).ok_or(Problem::NoCity)
    }

    /// A number that grows with every change of what is taken.
    pub fn epoch(&self) -> u64 {
        self.read().as_ref().map_or(0, |state| state.ledger.epoch())
    }

    /// Lets `answer` read what is taken at `now`.
    ///
    /// # Errors
    /// [`Problem::NoCity`] when none was loaded yet.
    pub(crate) fn ask<T>(&self, now: Timestamp, answer: impl FnOnce(&Picture, &Ledger) -> T) -> Result<T, Problem> {
        let due = |state: &State| state.lapsing.first_key_value().is_some_and(|((at, _), _)| *at <= now);
        let is_due = self.read().as_ref().is_some_and(due);
        if is_due && let Some(state) = self.write().as_mut() {
            state.lapse(now);
        }
        let guard = self.read();
        let state = guard.as_ref().ok_or(Problem::NoCity)?;
        Ok(answer(&state.picture, &state.ledger))
    }

    /// The first claim whose cells are free here, or the first of all.
    pub(crate) fn first_free<'a>(&self, claims: &'a [Claim], now: Timestamp) -> &'a Claim {
        let free = self.ask(now, |_, ledger| claims.iter().find(|claim| ledger.free(claim) > 0));
        free.ok().flatten().unwrap_or(&claims[0])
    }

    /// Enters a new appointment of this process.
    pub(crate) fn take(&self, appointment: &Appointment) {
        let Some(state) = &mut *self.write() else { return };
        state.count(&appointment.takes, 1);
        state.watch(appointment);
    }

    /// Notes when an appointment lapses now, whose places are counted already.
    pub(crate) fn lapse_at(&self, appointment: &Appointment) {
        if let Some(state) = &mut *self.write() {
            state.unwatch(appointment.id.0);
            state.watch(appointment);
        }
    }

    /// Takes an appointment's places off the board.
    pub(crate) fn forget(&self, id: AppointmentId, takes: &[Take]) {
        let Some(state) = &mut *self.write() else { return };
        // What lapsed by the clock was given back then.
        if !state.unwatch(id.0) {
            state.count(takes, -1);
        }
    }

    /// Moves an appointment: `taken` and `given_back` are the places that changed.
    pub(crate) fn shift(&self, appointment: &Appointment, taken: &[(i64, i64)], given_back: &[(i64, i64)]) {
        let Some(state) = &mut *self.write() else { return };
        for (pool, at) in taken {
            state.change((*pool, *at), 1);
        }
        for (pool, at) in given_back {
            state.change((*pool, *at), -1);
        }
        state.unwatch(appointment.id.0);
        state.watch(appointment);
    }

    /// Notes that an event of this process was written and entered here, or was refused.
    pub(crate) fn settled(&self, event: EventId) {
        self.doubts.settled(event);
    }

    /// Until when everything was followed: the last look that succeeded, or `now` before the first. Never later than
    /// `now`, so a clock that was set back hides nothing.
    pub(crate) fn followed_until(&self, now: Timestamp) -> Timestamp {
        self.followed.read().unwrap_or_else(PoisonError::into_inner).until.map_or(now, |until| until.min(now))
    }

    /// Notes a look that succeeded, begun at `now`.
    pub(crate) fn has_followed(&self, now: Timestamp) {
        self.followed.write().unwrap_or_else(PoisonError::into_inner).until = Some(now);
    }

    /// Notes an event of another process as followed, so that it is not read again.
    pub(crate) fn followed(&self, event: Uuid) {
        let followed = &mut *self.followed.write().unwrap_or_else(PoisonError::into_inner);
        if followed.ids.insert(event) {
            followed.order.push_back(event);
        }
        if followed.order.len() > EVENTS
            && let Some(oldest) = followed.order.pop_front()
        {
            followed.ids.remove(&oldest);
        }
    }

    /// Whether the event was followed already.
    pub(crate) fn was_followed(&self, event: Uuid) -> bool {
        self.followed.read().unwrap_or_else(PoisonError::into_inner).ids.contains(&event)
    }

    /// Replaces everything: a new city, a new day, or the first start.
    pub(crate) fn replace(&self, picture: Picture, counts: &[(i64, String)], lapsing: &[Appointment], now: Timestamp) {
        let mut ledger = Ledger::new(Arc::clone(&picture.supply));
        for (pool, cells) in counts {
            for cell in cells.split(',') {
                let Some((at, taken)) = cell.split_once(':') else { continue };
                if let (Ok(at), Ok(taken)) = (at.parse(), taken.parse()) {
                    ledger.set(PoolId(*pool), at, taken);
                }
            }
        }
        let mut state = State {
            picture: Arc::new(picture),
            ledger,
            lapsing: BTreeMap::new(),
            expiry: HashMap::new(),
            lapsed: HashMap::new(),
            meetings: Meetings::default(),
        };
        for appointment in lapsing {
            state.watch(appointment);
        }
        state.lapse(now);
        *self.write() = Some(state);
    }

    /// Begins a round of reading what others changed. Gives the cells that must be read besides.
    pub(crate) fn begin_round(&self) -> BTreeSet<(i64, i64)> {
        self.write().as_mut().map(|state| state.meetings.begin_round()).unwrap_or_default()
    }

    /// Keeps cells for the next round, after one that failed.
    pub(crate) fn read_again(&self, cells: BTreeSet<(i64, i64)>) {
        if let Some(state) = &mut *self.write() {
            state.meetings.again.extend(cells);
        }
    }

    /// Enters what another process changed: appointments as they are now, and fresh counts of the cells they touch.
    pub(crate) fn follow(&self, changed: &[Appointment], counts: &[(i64, i64, i64)]) {
        let Some(state) = &mut *self.write() else { return };
        for appointment in changed {
            state.unwatch(appointment.id.0);
            state.watch(appointment);
        }
        for (pool, at, taken) in counts {
            if !state.meetings.may_set((*pool, *at)) {
                continue;
            }
            let gone =
                state.lapsed.values().flatten().flat_map(|take| take.each()).filter(|cell| cell == &(*pool, *at));
            let live = taken - gone.count() as i64;
            state.ledger.set(PoolId(*pool), *at, live.clamp(0, i64::from(u16::MAX)) as u16);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<State>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<State>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Meetings {
    fn begin_round(&mut self) -> BTreeSet<(i64, i64)> {
        self.own.clear();
        self.rounds += 1;
        if self.rounds >= MEETING_ROUNDS {
            self.rounds = 0;
            self.read.swap(0, 1);
            self.read[1].clear();
        }
        std::mem::take(&mut self.again)
    }

    fn changed(&mut self, cell: (i64, i64)) {
        self.own.insert(cell);
        if self.read.iter().any(|read| read.contains(&cell)) {
            self.again.insert(cell);
        }
    }

    /// Whether a count that was read may be set; if not, it is read again in the next round.
    fn may_set(&mut self, cell: (i64, i64)) -> bool {
        if self.own.contains(&cell) {
            self.again.insert(cell);
            return false;
        }
        self.read[1].insert(cell);
        true
    }
}

impl State {
    fn count(&mut self, takes: &[Take], delta: i32) {
        for cell in takes.iter().filter(|take| take.in_time()).flat_map(|take| take.each()) {
            self.change(cell, delta);
        }
    }

    fn change(&mut self, cell: (i64, i64), delta: i32) {
        self.ledger.add(PoolId(cell.0), cell.1, delta);
        self.meetings.changed(cell);
        // What is given back may never have been counted here: another process took it, and we did not look since.
        if delta < 0 {
            self.meetings.again.insert(cell);
        }
    }

    fn watch(&mut self, appointment: &Appointment) {
        let Some(at) = appointment.expires_at else { return };
        let places: Vec<Take> = appointment.takes.iter().copied().filter(|take| take.in_time()).collect();
        if !places.is_empty() {
            self.expiry.insert(appointment.id.0, at);
            self.lapsing.insert((at, appointment.id.0), places);
        }
    }

    /// Stops watching. Gives whether the appointment had lapsed here, so that its places were given back already.
    fn unwatch(&mut self, id: Uuid) -> bool {
        if let Some(at) = self.expiry.remove(&id) {
            self.lapsing.remove(&(at, id));
        }
        self.lapsed.remove(&id).is_some()
    }

    fn lapse(&mut self, now: Timestamp) {
        while let Some(entry) = self.lapsing.first_entry() {
            if entry.key().0 > now {
                return;
            }
            let ((_, id), takes) = entry.remove_entry();
            self.expiry.remove(&id);
            self.count(&takes, -1);
            self.lapsed.insert(id, takes);
        }
    }
}
