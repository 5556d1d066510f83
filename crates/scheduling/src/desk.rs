//! The booking desk: where concurrent bookings meet and are written in groups.
//!
//! A commit costs the same for one booking as for fifty, so bookings that arrive while a group is being written form the
//! next one. If a member of a group breaks a rule, its group is written one by one and only that member is refused.

use std::time::Duration;

use database::{Database, DatabaseError, Remembered};
use tokio::sync::{mpsc, oneshot};

use crate::store::booking::{self, NewAppointment};

/// Most bookings in one group.
const GROUP: usize = 64;
/// How often a contended write is tried in all.
const TRIES: u32 = 5;
/// A database that lets one try wait for so long has gone silent; the next try gets another connection.
const TRY: Duration = Duration::from_secs(4);
/// Longer than one group takes to be given up, and shorter than a request may take: in a queue before a database that does
/// not answer people are told so, and may ask again under the same key.
const PATIENCE: Duration = Duration::from_secs(8);

/// How a write ended.
#[derive(Debug)]
pub(crate) enum Written {
    /// In the books.
    Booked,
    /// The city has another version, or the key of contacts is gone; compute again.
    Outdated,
    /// Not written.
    Refused(DatabaseError),
}

struct Job {
    new: NewAppointment,
    version: i64,
    answer: oneshot::Sender<Written>,
}

/// The near side of the desk: hands bookings in.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    queue: mpsc::Sender<Job>,
}

/// The far side of the desk: writes. [`DeskWork::run`] must be running for bookings to be answered.
pub struct DeskWork {
    database: Database,
    queue: mpsc::Receiver<Job>,
}

impl Desk {
    /// Opens a desk.
    pub(crate) fn open(database: Database) -> (Self, DeskWork) {
        let (sender, receiver) = mpsc::channel(4096);
        (Self { queue: sender }, DeskWork { database, queue: receiver })
    }

    /// Hands in a booking computed under `version` of the city and waits until it is in the books or refused.
    pub(crate) async fn write(&self, new: NewAppointment, version: i64) -> Written {
        let (answer, written) = oneshot::channel();
        let closed = || Written::Refused(DatabaseError::Unavailable("the booking desk is closed".into()));
        let hand_in = async {
            if self.queue.send(Job { new, version, answer }).await.is_err() {
                return closed();
            }
            written.await.unwrap_or_else(|_| closed())
        };
        let busy = || Written::Refused(DatabaseError::Unavailable("the booking desk does not get through".into()));
        tokio::time::timeout(PATIENCE, hand_in).await.unwrap_or_else(|_| busy())
    }
}

impl DeskWork {
    /// Writes groups until every near side is gone and the queue is empty.
    ///
    /// One group at a time: while it waits for the disk the next one gathers. A second lane would only make the groups
    /// smaller, and a booking in a group of ten costs a third of one alone.
    pub async fn run(mut self) {
        let mut jobs = Vec::with_capacity(GROUP);
        while self.queue.recv_many(&mut jobs, GROUP).await > 0 {
            self.let_others_join(&mut jobs).await;
            // Whoever hung up while waiting gets nothing that they do not know of.
            jobs.retain(|job: &Job| !job.answer.is_closed());
            // A job in another version than the first waits for no one: it is a group of its own.
            while !jobs.is_empty() {
                let version = jobs[0].version;
                let rest = jobs.iter().position(|job| job.version != version).unwrap_or(jobs.len());
                let group: Vec<Job> = jobs.drain(..rest).collect();
                self.write_group(group, version).await;
            }
        }
    }

    /// Adds those who are on their way through the house already. Nobody waits for somebody who has not come: where nothing
    /// else is to be done it goes on at once. Without this two halves of the crowd take turns, and each pays a commit.
    async fn let_others_join(&mut self, jobs: &mut Vec<Job>) {
        let mut before = 0;
        while before < jobs.len() && jobs.len() < GROUP {
            before = jobs.len();
            tokio::task::yield_now().await;
            while jobs.len() < GROUP
                && let Ok(job) = self.queue.try_recv()
            {
                jobs.push(job);
            }
        }
    }

    async fn write_group(&self, group: Vec<Job>, version: i64) {
        let (news, answers): (Vec<NewAppointment>, Vec<oneshot::Sender<Written>>) =
            group.into_iter().map(|job| (job.new, job.answer)).unzip();
        let together = self.write(&news, version).await;
        if news.len() > 1 && matches!(together, Written::Refused(DatabaseError::Broken(_))) {
            for (new, answer) in news.iter().zip(answers) {
                let alone = self.write(std::slice::from_ref(new), version).await;
                // The asker may have hung up; the booking then waits for the same key.
                let _ = answer.send(alone);
            }
            return;
        }
        for answer in answers {
            let _ = answer.send(together.share());
        }
    }

    async fn write(&self, group: &[NewAppointment], version: i64) -> Written {
        let mut tries = 0;
        loop {
            tries += 1;
            let once = tokio::time::timeout(TRY, booking::insert(&self.database, group, version)).await;
            let silent = || Err(DatabaseError::Unavailable("the database has gone silent".into()));
            let error = match once.unwrap_or_else(|_| silent()) {
                Ok(0) => return Written::Outdated,
                Ok(_) => return Written::Booked,
                Err(error) => error,
            };
            // Each member carries an idempotency key in the same transaction, so trying again cannot book twice. After a
            // lost connection the first try may have been kept: then the key is there, with our own subject.
            match error {
                DatabaseError::Contended | DatabaseError::Unavailable(_) if tries < TRIES => {
                    tokio::time::sleep(Duration::from_millis(u64::from(5 * tries * tries))).await;
                }
                // The first thing that is there already need not be the key: it may be the number or the id.
                error @ (DatabaseError::Broken(_) | DatabaseError::Internal(_)) if tries > 1 => {
                    return match self.all_kept(group).await {
                        Ok(true) => Written::Booked,
                        Ok(false) => Written::Refused(error),
                        Err(unknown) => Written::Refused(unknown),
                    };
                }
                error => return Written::Refused(error),
            }
        }
    }

    async fn all_kept(&self, group: &[NewAppointment]) -> Result<bool, DatabaseError> {
        for new in group {
            let remembered = self.database.remembered(&new.idempotency).await?;
            if !matches!(remembered, Some(Remembered::Same(subject)) if subject == new.event.subject) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Written {
    /// Whether nothing was written for sure. After a broken connection nobody knows.
    pub(crate) const fn is_known_not_to_be(&self) -> bool {
        match self {
            Self::Booked | Self::Refused(DatabaseError::Unavailable(_) | DatabaseError::Internal(_)) => false,
            Self::Outdated | Self::Refused(DatabaseError::Broken(_) | DatabaseError::Contended) => true,
        }
    }

    /// The same outcome for another member of the group.
    fn share(&self) -> Self {
        match self {
            Self::Booked => Self::Booked,
            Self::Outdated => Self::Outdated,
            Self::Refused(DatabaseError::Broken(rule)) => Self::Refused(DatabaseError::Broken(*rule)),
            Self::Refused(DatabaseError::Contended) => Self::Refused(DatabaseError::Contended),
            Self::Refused(DatabaseError::Unavailable(why)) => Self::Refused(DatabaseError::Unavailable(why.clone())),
            Self::Refused(DatabaseError::Internal(why)) => Self::Refused(DatabaseError::Internal(why.clone())),
        }
    }
}
