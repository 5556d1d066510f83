//! Gathering what was not understood: out of conversations that are over and whose people allowed it, without a way back,
//! and then into clusters of questions that mean the same. The worker does it once a day.

use std::collections::BTreeMap;

use chatbot::cluster::gather;
use chatbot::language::ChatLanguage;
use chrono::{NaiveDate, TimeDelta};
use database::{DatabaseError, Place};
use domain::identifier::ChatClusterId;
use domain::permission::{Actor, Permission};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::Conversations;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::sealed::json;
use crate::store::questions::{self, QuestionRow};
use crate::store::{Reader, clusters, conversations};
use crate::unanswered::{Unanswered, unanswered};

/// How many conversations are looked through in one unit: their questions are mixed.
const CONVERSATIONS: i64 = 50;
/// How many questions of a language find their cluster in one round; what is more waits for the next.
const FRESH: i64 = 2_000;
/// So many questions of a language at most say what its clusters are like.
const KNOWN: i64 = 20_000;
/// How many questions are written or erased in one unit.
const PORTION: usize = 200;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gathered {
    /// How many questions were taken out of conversations.
    pub questions: u64,
    /// How many questions found a cluster, old or new.
    pub clustered: u64,
}

pub(crate) const fn text_of(question: Uuid) -> Place {
    Place { table: "chat_question", column: "text_sealed", row: question }
}

impl Conversations {
    /// One round: takes questions that were not understood out of conversations, and puts questions into clusters.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; what was done stays done.
    pub async fn gather_questions(&self, actor: &Actor) -> Result<Gathered, Failure> {
        actor.may(Permission::EditChat)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let mut gathered = Gathered::default();
        while let Some(taken) = retried(|| self.take_questions()).await? {
            gathered.questions += taken;
        }
        for language in ChatLanguage::SEARCHED {
            gathered.clustered += self.cluster(language).await?;
        }
        Ok(gathered)
    }

    /// Takes the questions out of some conversations. Gives how many; nothing when no conversation is left.
    async fn take_questions(&self) -> Result<Option<u64>, Failure> {
        let rows = conversations::not_gathered(Reader::Database(&self.database), CONVERSATIONS).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let now = self.now();
        let mut kept = Vec::new();
        for row in &rows {
            // Without its key it was erased, and nothing is left to be learnt from it.
            if row.key.is_some() {
                let day = row.conversation.changed_at.local_date(self.zone());
                let questions = unanswered(&self.all_events_of(row).await?);
                kept.extend(questions.into_iter().map(|question| (question, day)));
            }
        }
        let mut sealed =
            kept.into_iter().map(|(question, day)| self.seal_question(question, day)).collect::<Result<Vec<_>, _>>()?;
        // In the order of ids that were drawn: what stands beside each other was not said by one person.
        sealed.sort_by_key(|row| row.id);
        let unit = self.database.begin().await?;
        for row in &rows {
            if !conversations::mark_gathered(&unit, row.conversation.id.0, now).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
        }
        for row in &sealed {
            if let Some(key) = &row.key {
                self.keep_key(&unit, key, now).await?;
            }
            questions::insert(&unit, row).await?;
        }
        unit.commit().await?;
        Ok(Some(sealed.len() as u64))
    }

    /// A question with an id that tells no time, sealed with a key of its own.
    fn seal_question(&self, question: Unanswered, day: NaiveDate) -> Result<QuestionRow, Failure> {
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        let id = uuid::Builder::from_random_bytes(random).into_uuid();
        let Unanswered { text, language, trouble, services } = question;
        let sealed = self.vault.seal_new(id, text_of(id), &json(&text))?;
        let (text_sealed, key, cluster) = (sealed.field, Some(sealed.key), None);
        Ok(QuestionRow { id, language, trouble, services, text_sealed, day, cluster, key })
    }

    fn zone(&self) -> chrono_tz::Tz {
        self.town.serving().map_or(chrono_tz::UTC, |serving| serving.city.municipality.time_zone)
    }

    /// The text of a question; nothing where its key is gone.
    pub(crate) fn open_question(&self, row: &QuestionRow) -> Result<String, Failure> {
        self.open(row.key.as_ref(), text_of(row.id), &row.text_sealed)
    }

    async fn cluster(&self, language: ChatLanguage) -> Result<u64, Failure> {
        let reader = Reader::Database(&self.database);
        let fresh = questions::fresh(reader, language, FRESH).await?;
        if fresh.is_empty() {
            return Ok(0);
        }
        let mut known: BTreeMap<ChatClusterId, Vec<String>> = BTreeMap::new();
        for row in questions::gathered(reader, language, KNOWN).await? {
            if let Some(cluster) = row.cluster {
                known.entry(cluster).or_default().push(self.open_question(&row)?);
            }
        }
        let (mut ids, known): (Vec<ChatClusterId>, Vec<Vec<String>>) = known.into_iter().unzip();
        let texts = fresh.iter().map(|row| self.open_question(row)).collect::<Result<Vec<_>, _>>()?;
        let gathering = move || {
            let known: Vec<Vec<&str>> = known.iter().map(|texts| texts.iter().map(String::as_str).collect()).collect();
            gather(language, &known, &texts.iter().map(String::as_str).collect::<Vec<_>>())
        };
        // Some seconds of work for thousands of questions: never on a thread that answers.
        let numbers = spawn_blocking(gathering).await;
        let numbers = numbers.map_err(|_| DatabaseError::Internal("questions cannot be gathered".into()))?;
        let (before, now) = (ids.len(), self.now());
        let highest = numbers.iter().copied().max().map_or(0, |number| number + 1);
        while ids.len() < highest {
            ids.push(ChatClusterId(self.entropy.id(now)));
        }
        retried(async || {
            let unit = self.database.begin().await?;
            for id in &ids[before..] {
                clusters::insert(&unit, *id, language, now).await?;
            }
            for (row, number) in fresh.iter().zip(&numbers) {
                questions::assign(&unit, row.id, ids[*number]).await?;
            }
            // Another worker may have been faster: then its clusters have the questions, and these none.
            clusters::delete_empty(&unit).await?;
            Ok(unit.commit().await?)
        })
        .await?;
        Ok(fresh.len() as u64)
    }

    /// Counts the questions that were asked more than `days` days ago, and changes nothing.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn count_old_questions(&self, actor: &Actor, days: u32) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        Ok(questions::count_older(Reader::Database(&self.database), self.first_day_kept(days)).await?)
    }

    /// Erases those questions with their keys, and clusters that have none left. Gives how many questions went.
    ///
    /// # Errors
    /// As [`Conversations::count_old_questions`]; what was done stays done.
    pub async fn erase_old_questions(&self, actor: &Actor, days: u32) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let before = self.first_day_kept(days);
        let mut gone = 0;
        loop {
            let portion = retried(async || {
                let unit = self.database.begin().await?;
                let due = questions::older(&unit, before, PORTION as i64).await?;
                for id in &due {
                    questions::delete(&unit, *id).await?;
                }
                unit.destroy_keys(&due).await?;
                clusters::delete_empty(&unit).await?;
                unit.commit().await?;
                Ok::<usize, Failure>(due.len())
            })
            .await?;
            gone += portion as u64;
            if portion < PORTION {
                break;
            }
        }
        if gone > 0 {
            self.database.scrub().await?;
        }
        Ok(gone)
    }

    fn first_day_kept(&self, days: u32) -> NaiveDate {
        let today = self.now().local_date(self.zone());
        today.checked_sub_signed(TimeDelta::days(i64::from(days))).unwrap_or(NaiveDate::MIN)
    }
}
