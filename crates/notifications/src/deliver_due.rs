//! Sends the letters that are due.

use std::time::Duration;

use database::DatabaseError;
use domain::identifier::AppointmentId;
use domain::time::Timestamp;

use crate::Notifications;
use crate::facts::FactsMissing;
use crate::message::{compose, message_id};
use crate::post::{NotSent, SMTP_PATIENCE};
use crate::store::{self, MOST_ATTEMPTS, Taken};
use crate::texts;

/// How long a worker may keep what it has taken. One that dies leaves its letters to the others after this time.
const LEASE: Duration = Duration::from_mins(1);
/// How many letters a worker takes at once.
const BATCH: i64 = 50;
/// The longest pause between two attempts, in minutes.
const LONGEST_PAUSE: i64 = 60;

/// What one round did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Letters that the post has taken.
    pub sent: u64,
    /// Those of them that were tried before. An earlier attempt may have reached its reader although nobody heard of it,
    /// so this is the most duplicates there can be.
    pub repeated: u64,
    /// Letters that nobody needs any more: the appointment has moved on, or there is nobody to write to.
    pub skipped: u64,
    /// Events that lead to no letter.
    pub passed: u64,
    /// Letters that could not be sent; they are tried again later.
    pub failed: u64,
    /// Letters given up after the last attempt.
    pub dead: u64,
    /// Why the last of the failed ones failed.
    pub trouble: Option<Trouble>,
    /// Whether more is due already, so that the next round should follow at once.
    pub more: bool,
}

/// Why a letter was not sent this time. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nobody could say what to write.
    #[error(transparent)]
    Facts(#[from] FactsMissing),
    /// The post did not take it.
    #[error(transparent)]
    Post(#[from] NotSent),
}

impl Trouble {
    /// Whether the next letter has to expect the same.
    const fn concerns_every_letter(&self) -> bool {
        match self {
            Self::Facts(_) => true,
            Self::Post(reason) => reason.concerns_every_letter(),
        }
    }

    /// Whether the last attempt may end like this. A post that is down for a weekend must not cost anybody a letter: it
    /// is tried every hour until the appointment is past.
    const fn may_be_final(&self) -> bool {
        match self {
            Self::Facts(_) => true,
            Self::Post(reason) => !reason.concerns_every_letter(),
        }
    }
}

/// What became of one letter.
enum Outcome {
    Sent,
    Skipped,
}

impl Notifications {
    /// Takes the letters that are due and sends them, at least once each. Any number of workers may do this at the same
    /// time. Between two letters it asks `go_on`; what it then still has, it gives back.
    ///
    /// A letter that fails is tried again after 1, 2, 4 ... minutes, at most an hour, and given up after the tenth
    /// attempt. When the post as a whole is down, the rest of the round is given back, and nothing is given up.
    ///
    /// # Errors
    /// [`DatabaseError`]. What this worker had taken is free again when its lease ends.
    pub async fn deliver_due(&self, go_on: &(dyn Fn() -> bool + Sync)) -> Result<Delivered, DatabaseError> {
        let now = self.clock.now();
        let look = store::look(&self.database, now).await?;
        let mut done = Delivered::default();
        if look.others {
            done.passed = store::pass_others(&self.database, now).await?;
        }
        if look.letters {
            let taken = store::take(&self.database, now, now.plus_seconds(LEASE.as_secs() as i64), BATCH).await?;
            done.more = taken.len() == BATCH as usize;
            let addressed = self.skip_unaddressed(taken, &mut done).await?;
            self.deliver(&addressed, go_on, &mut done).await?;
        }
        Ok(done)
    }

    /// Marks done, all at once, what has nobody to write to, and gives the rest.
    async fn skip_unaddressed(&self, taken: Vec<Taken>, done: &mut Delivered) -> Result<Vec<Taken>, DatabaseError> {
        let subjects: Vec<AppointmentId> = taken.iter().map(|row| row.subject).collect();
        // One that cannot be read must not hold up the others: then each is looked at by itself.
        let Ok(addressed) = self.facts.addressed(&subjects).await else { return Ok(taken) };
        let (rest, skipped): (Vec<Taken>, Vec<Taken>) =
            taken.into_iter().partition(|row| addressed.contains(&row.subject));
        store::finish(&self.database, &skipped, self.clock.now()).await?;
        done.skipped += skipped.len() as u64;
        Ok(rest)
    }

    async fn deliver(
        &self,
        taken: &[Taken],
        go_on: &(dyn Fn() -> bool + Sync),
        done: &mut Delivered,
    ) -> Result<(), DatabaseError> {
        for (index, row) in taken.iter().enumerate() {
            if !go_on() || !self.time_is_left(row) {
                return store::give_back(&self.database, &taken[index..]).await;
            }
            match self.send(row).await {
                Ok(outcome) => {
                    store::finish(&self.database, &[*row], self.clock.now()).await?;
                    count(done, row, &outcome);
                }
                Err(trouble) => {
                    self.postpone(row, &trouble, done).await?;
                    let is_general = trouble.concerns_every_letter();
                    done.trouble = Some(trouble);
                    if is_general {
                        done.more = false;
                        return store::give_back(&self.database, &taken[index + 1..]).await;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a letter that is begun now is finished while the row is still ours.
    fn time_is_left(&self, row: &Taken) -> bool {
        self.clock.now().plus_seconds(SMTP_PATIENCE.as_secs() as i64) < row.lease
    }

    async fn send(&self, row: &Taken) -> Result<Outcome, Trouble> {
        // Read late: what the letter says holds when it leaves.
        let Some(facts) = self.facts.facts(row.subject).await? else { return Ok(Outcome::Skipped) };
        let Some(letter) = row.kind.letter(&facts, self.clock.now()) else { return Ok(Outcome::Skipped) };
        let written = texts::write(letter, &facts, &self.settings.public_url);
        let sender = &self.settings.sender;
        let mail = compose(row.occasion, letter, &facts, written, sender).map_err(|_| NotSent::Address)?;
        self.post.send(&message_id(row.occasion.event, sender), &mail).await?;
        Ok(Outcome::Sent)
    }

    async fn postpone(&self, row: &Taken, trouble: &Trouble, done: &mut Delivered) -> Result<(), DatabaseError> {
        let now = self.clock.now();
        if row.attempts >= MOST_ATTEMPTS && trouble.may_be_final() {
            done.dead += 1;
            tracing::error!(event.id = %row.occasion.event, row.attempts, %trouble, "a letter is given up");
            return store::postpone(&self.database, row, row.attempts, now).await;
        }
        done.failed += 1;
        let attempts = row.attempts.min(MOST_ATTEMPTS - 1);
        store::postpone(&self.database, row, attempts, next_attempt(attempts, now)).await
    }
}

fn count(done: &mut Delivered, row: &Taken, outcome: &Outcome) {
    match outcome {
        Outcome::Sent => {
            done.sent += 1;
            done.repeated += u64::from(row.attempts > 1);
        }
        Outcome::Skipped => done.skipped += 1,
    }
}

/// 1, 2, 4 ... minutes after the first, second, third ... attempt.
fn next_attempt(attempts: i64, now: Timestamp) -> Timestamp {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    now.plus_minutes((1_i64 << doublings).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let minutes: Vec<i64> =
            (1..=9).map(|attempts| next_attempt(attempts, Timestamp::from_seconds(0)).seconds() / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
