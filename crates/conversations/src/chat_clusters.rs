//! What editors see of questions that were not understood: clusters, the largest first. What one person asked once is shown
//! to nobody.

use std::collections::BTreeMap;

use chatbot::cluster::typical_first;
use chatbot::language::ChatLanguage;
use chrono::NaiveDate;
use domain::identifier::{ChatClusterId, Key};
use domain::permission::{Actor, Permission};

use crate::Conversations;
use crate::conversation::words;
use crate::failure::Failure;
use crate::store::Reader;
use crate::store::clusters::{self, ClusterRow};
use crate::store::questions::{self, QuestionRow};
use crate::unanswered::Trouble;

/// A cluster is shown from so many questions on.
const FEWEST: i64 = 2;
/// So many questions at most say what the clusters of one answer are about.
const MOST_QUESTIONS: i64 = 5_000;
/// So many examples are shown.
const MOST_EXAMPLES: usize = 5;
/// So many services are named.
const MOST_SERVICES: usize = 3;

/// What became of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterState {
    /// An editor should look at it.
    Open,
    /// Nothing is to be done about it.
    Dismissed,
    /// A text was published because of it.
    Settled,
}

words! {
    ClusterState { Open = "open", Dismissed = "dismissed", Settled = "settled" }
}

/// Questions that mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionCluster {
    /// The cluster.
    pub id: ChatClusterId,
    /// The language in which the questions are searched.
    pub language: ChatLanguage,
    /// How many questions there are.
    pub size: u64,
    /// The first local day on which one of them was asked.
    pub first_day: NaiveDate,
    /// The last one.
    pub last_day: NaiveDate,
    /// The most typical ones, each once, at most five; without personal data that was recognised.
    pub examples: Vec<String>,
    /// What was wrong, the commonest first, with how often.
    pub troubles: Vec<(Trouble, u64)>,
    /// What they were taken for, the commonest first, at most three.
    pub services: Vec<Key>,
}

impl Conversations {
    /// Open clusters, the largest first, of one language or of all. Whoever asks through the door leaves a trace there.
    ///
    /// # Errors
    /// [`Failure::Forbidden`].
    pub async fn chat_clusters(
        &self,
        actor: &Actor,
        language: Option<ChatLanguage>,
        most: usize,
    ) -> Result<Vec<QuestionCluster>, Failure> {
        actor.may(Permission::EditChat)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let reader = Reader::Database(&self.database);
        let rows = clusters::open(reader, language, FEWEST, i64::try_from(most).unwrap_or(i64::MAX)).await?;
        let ids: Vec<ChatClusterId> = rows.iter().map(|row| row.id).collect();
        let mut questions: BTreeMap<ChatClusterId, Vec<QuestionRow>> = BTreeMap::new();
        for question in questions::of_clusters(reader, &ids, MOST_QUESTIONS).await? {
            if let Some(cluster) = question.cluster {
                questions.entry(cluster).or_default().push(question);
            }
        }
        rows.into_iter().map(|row| self.cluster_of(&row, &questions.remove(&row.id).unwrap_or_default())).collect()
    }

    fn cluster_of(&self, row: &ClusterRow, questions: &[QuestionRow]) -> Result<QuestionCluster, Failure> {
        let texts = questions.iter().map(|question| self.open_question(question)).collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut examples: Vec<String> = Vec::new();
        for place in typical_first(row.language, &texts) {
            if examples.len() < MOST_EXAMPLES && !examples.iter().any(|known| known == texts[place]) {
                examples.push(texts[place].to_owned());
            }
        }
        let services = questions.iter().filter_map(|question| question.services.first().cloned());
        Ok(QuestionCluster {
            id: row.id,
            language: row.language,
            size: u64::try_from(row.size).unwrap_or(0),
            first_day: row.first_day,
            last_day: row.last_day,
            examples,
            troubles: commonest(questions.iter().map(|question| question.trouble)),
            services: commonest(services).into_iter().take(MOST_SERVICES).map(|(key, _)| key).collect(),
        })
    }
}

/// Each thing with how often it is there, the commonest first.
fn commonest<T: Ord>(things: impl Iterator<Item = T>) -> Vec<(T, u64)> {
    let mut counts: BTreeMap<T, u64> = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    let mut counted: Vec<(T, u64)> = counts.into_iter().collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted
}
