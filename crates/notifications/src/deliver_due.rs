//! Carries what is due: letters by the post, calls to webhooks. One lane for each consumer, all by the same rules.

use std::time::Duration;

use database::DatabaseError;
use domain::identifier::AppointmentId;

use crate::Notifications;
use crate::back_off::BackOff;
use crate::consumer::Consumer;
use crate::delivery::State;
use crate::facts::FactsMissing;
use crate::post::{NotSent, SMTP_PATIENCE};
use crate::store::lanes::{self, Taken};
use crate::webhook::{Endpoint, NotCalled};

/// How long a worker may keep what it has taken. One that dies leaves its messages to the others after this time.
const LEASE: Duration = Duration::from_mins(1);
/// How many messages a worker takes at once.
const BATCH: i64 = 50;

/// What one round did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Messages that were taken by the post or the endpoint.
    pub sent: u64,
    /// Those of them that were tried before. An earlier attempt may have reached its reader although nobody heard of it,
    /// so this is the most duplicates there can be.
    pub repeated: u64,
    /// Messages that nobody needs any more: the appointment has moved on, or there is nobody to write to.
    pub skipped: u64,
    /// Messages that could not be sent; they are tried again later.
    pub failed: u64,
    /// Messages given up: they wait for somebody to decide.
    pub dead: u64,
    /// Why the last of the failed ones failed.
    pub trouble: Option<Trouble>,
    /// Whether more is due already, so that the next round should follow at once.
    pub more: bool,
}

/// Why a message was not sent this time. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nobody could say what to write.
    #[error(transparent)]
    Facts(#[from] FactsMissing),
    /// The post did not take it.
    #[error(transparent)]
    Post(#[from] NotSent),
    /// The endpoint did not take it.
    #[error(transparent)]
    Webhook(#[from] NotCalled),
}

impl Trouble {
    /// Whether the next message has to expect the same.
    const fn concerns_every_message(&self) -> bool {
        match self {
            Self::Facts(_) => true,
            Self::Post(reason) => reason.concerns_every_letter(),
            Self::Webhook(reason) => reason.concerns_every_call(),
        }
    }

    /// Whether the last attempt may end like this. A post that is down for a weekend must not cost anybody a letter: it
    /// is tried every hour until the appointment is past. A webhook that is gone for days is somebody's task.
    const fn may_be_final(&self) -> bool {
        match self {
            Self::Facts(_) | Self::Webhook(_) => true,
            Self::Post(reason) => !reason.concerns_every_letter(),
        }
    }

    /// Whether trying again would end the same.
    const fn is_hopeless(&self) -> bool {
        match self {
            Self::Facts(_) => false,
            Self::Post(reason) => reason.is_hopeless(),
            Self::Webhook(reason) => reason.is_hopeless(),
        }
    }

    /// The stable code that operators see.
    fn code(&self) -> String {
        match self {
            Self::Facts(_) => "FACTS_MISSING".to_owned(),
            Self::Post(reason) => reason.code(),
            Self::Webhook(reason) => reason.code(),
        }
    }
}

/// What became of one message.
pub(crate) enum Outcome {
    Sent,
    Skipped,
}

/// The way of one consumer's messages.
#[derive(Debug, Clone, Copy)]
enum Lane<'a> {
    Mail,
    Webhook(&'a Endpoint),
}

impl Lane<'_> {
    fn consumer(self) -> Consumer {
        match self {
            Self::Mail => Consumer::Mail,
            Self::Webhook(endpoint) => Consumer::Webhook(endpoint.name.clone()),
        }
    }

    /// The longest that one message may take.
    fn patience(self) -> Duration {
        match self {
            Self::Mail => SMTP_PATIENCE,
            Self::Webhook(endpoint) => endpoint.timeout,
        }
    }
}

impl Notifications {
    /// Sends the letters that are due, at least once each. Any number of workers may do this at the same time. Between two
    /// letters it asks `go_on`; what it then still has, it gives back.
    ///
    /// A letter that the server refuses for good is given up at once. One that fails otherwise is tried again after 1, 2,
    /// 4 ... minutes, at most an hour, and given up after the tenth attempt. When the post as a whole is down, the rest of
    /// the round is given back, and nothing is given up.
    ///
    /// # Errors
    /// [`DatabaseError`]. What this worker had taken is free again when its lease ends.
    pub async fn deliver_letters(&self, go_on: &(dyn Fn() -> bool + Sync)) -> Result<Delivered, DatabaseError> {
        let room = self.pace.room(self.clock.now());
        if room == 0 {
            return Ok(Delivered::default());
        }
        let mut done = self.run(Lane::Mail, room.min(BATCH), go_on).await?;
        done.more &= self.pace.room(self.clock.now()) > 0;
        Ok(done)
    }

    /// Calls the endpoint of this name for everything that is due to it, as [`Notifications::deliver_letters`] sends
    /// letters. A name that is not set up has nothing due.
    ///
    /// # Errors
    /// As [`Notifications::deliver_letters`].
    pub async fn call_webhook(
        &self,
        name: &str,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Delivered, DatabaseError> {
        match self.webhooks.iter().find(|endpoint| endpoint.name == name) {
            Some(endpoint) => self.run(Lane::Webhook(endpoint), BATCH, go_on).await,
            None => Ok(Delivered::default()),
        }
    }

    async fn run(
        &self,
        lane: Lane<'_>,
        limit: i64,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Delivered, DatabaseError> {
        let mut done = Delivered::default();
        let (consumer, now) = (lane.consumer(), self.clock.now());
        if !lanes::is_due(&self.database, &consumer, now).await? {
            return Ok(done);
        }
        done.dead = lanes::bury(&self.database, &consumer, BackOff::of(&consumer).most_attempts, now).await?;
        let lease = now.plus_seconds(LEASE.as_secs() as i64);
        let taken = lanes::take(&self.database, &consumer, now, lease, limit).await?;
        done.more = taken.len() == limit as usize;
        let rest = match lane {
            Lane::Mail => self.skip_unaddressed(taken, &mut done).await?,
            Lane::Webhook(_) => taken,
        };
        self.deliver(lane, &rest, go_on, &mut done).await?;
        Ok(done)
    }

    /// Marks done, all at once, what has nobody to write to any more, and gives the rest.
    async fn skip_unaddressed(&self, taken: Vec<Taken>, done: &mut Delivered) -> Result<Vec<Taken>, DatabaseError> {
        let subjects: Vec<AppointmentId> = taken.iter().filter_map(appointment).collect();
        // One that cannot be read must not hold up the others: then each is looked at by itself.
        let Ok(outlines) = self.facts.outlines(&subjects).await else { return Ok(taken) };
        let has_mail = |id| outlines.get(&id).is_some_and(|outline| outline.has_mail);
        let (rest, skipped): (Vec<Taken>, Vec<Taken>) =
            taken.into_iter().partition(|row| appointment(row).is_none_or(has_mail));
        lanes::finish(&self.database, &skipped, State::Skipped, self.clock.now()).await?;
        done.skipped += skipped.len() as u64;
        Ok(rest)
    }

    async fn deliver(
        &self,
        lane: Lane<'_>,
        taken: &[Taken],
        go_on: &(dyn Fn() -> bool + Sync),
        done: &mut Delivered,
    ) -> Result<(), DatabaseError> {
        for (index, row) in taken.iter().enumerate() {
            if !go_on() || !self.time_is_left(lane, row) {
                return lanes::give_back(&self.database, &taken[index..]).await;
            }
            match self.carry(lane, row).await {
                Ok(outcome) => {
                    lanes::finish(
                        &self.database,
                        std::slice::from_ref(row),
                        count(done, row, &outcome),
                        self.clock.now(),
                    )
                    .await?;
                }
                Err(trouble) => {
                    self.postpone(lane, row, &trouble, done).await?;
                    let is_general = trouble.concerns_every_message();
                    done.trouble = Some(trouble);
                    if is_general {
                        done.more = false;
                        return lanes::give_back(&self.database, &taken[index + 1..]).await;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a message that is begun now is finished while the row is still ours.
    fn time_is_left(&self, lane: Lane<'_>, row: &Taken) -> bool {
        self.clock.now().plus_seconds(lane.patience().as_secs() as i64) < row.lease
    }

    async fn carry(&self, lane: Lane<'_>, row: &Taken) -> Result<Outcome, Trouble> {
        match lane {
            Lane::Mail => self.send_letter(row).await,
            Lane::Webhook(endpoint) => {
                let body = row.body.as_deref().unwrap_or_default();
                self.caller.call(endpoint, row.id, body, self.clock.now()).await?;
                Ok(Outcome::Sent)
            }
        }
    }

    async fn postpone(
        &self,
        lane: Lane<'_>,
        row: &Taken,
        trouble: &Trouble,
        done: &mut Delivered,
    ) -> Result<(), DatabaseError> {
        let now = self.clock.now();
        let back_off = BackOff::of(&lane.consumer());
        let code = trouble.code();
        let is_last = row.attempts >= back_off.most_attempts && trouble.may_be_final();
        if trouble.is_hopeless() || is_last {
            done.dead += 1;
            tracing::error!(delivery.id = %row.id, row.attempts, %trouble, "a message is given up");
            return lanes::give_up(&self.database, row, &code, now).await;
        }
        done.failed += 1;
        let attempts = row.attempts.min(back_off.most_attempts - 1);
        let until = back_off.next_attempt(row.id, attempts, now);
        lanes::postpone(&self.database, row, attempts, until, &code, now).await
    }
}

fn appointment(row: &Taken) -> Option<AppointmentId> {
    row.kind.starts_with("appointment.").then_some(AppointmentId(row.subject))
}

fn count(done: &mut Delivered, row: &Taken, outcome: &Outcome) -> State {
    match outcome {
        Outcome::Sent => {
            done.sent += 1;
            done.repeated += u64::from(row.attempts > 1);
            State::Done
        }
        Outcome::Skipped => {
            done.skipped += 1;
            State::Skipped
        }
    }
}
