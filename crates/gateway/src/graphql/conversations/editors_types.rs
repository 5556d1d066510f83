//! What editors of the chatbot see, and what their mutations answer.

use async_graphql::{ID, Result, SimpleObject};
use chatbot::eval::Regression;
use conversations::{ChatText, Failure, Problem, Publication, QuestionCluster, TextState, Trouble};

use crate::graphql::conversations::problem::{ProblemObject, parted};
use crate::graphql::conversations::words::{ChatLanguage, ChatTextKind, ChatTextState, ChatTrouble};
use crate::graphql::ids::Global;
use crate::graphql::scalars::{Instant, LocalDate};

/// Questions that mean the same and were not understood. They lead to nobody and to no conversation.
#[derive(SimpleObject)]
#[graphql(name = "ChatCluster")]
pub(super) struct ClusterObject {
    /// Its global id.
    id: ID,
    /// The language in which the questions are searched; plain German is searched as German.
    language: ChatLanguage,
    /// How many questions there are.
    size: u64,
    /// The first local day on which one of them was asked.
    first_day: LocalDate,
    /// The last one.
    last_day: LocalDate,
    /// The most typical ones, each once, at most five. Personal data that was recognised is taken out; a name may be left.
    examples: Vec<String>,
    /// What was wrong, the commonest first.
    troubles: Vec<TroubleCount>,
    /// The keys of the services that the chatbot took them for, the commonest first, at most three.
    service_keys: Vec<String>,
}

/// What was wrong, and how often.
#[derive(SimpleObject)]
#[graphql(name = "ChatTroubleCount")]
struct TroubleCount {
    /// What was wrong.
    trouble: ChatTrouble,
    /// How often.
    count: u64,
}

impl From<QuestionCluster> for ClusterObject {
    fn from(cluster: QuestionCluster) -> Self {
        let counted = |(trouble, count): (Trouble, u64)| TroubleCount { trouble: trouble.into(), count };
        Self {
            id: Global::ChatCluster(cluster.id).id(),
            language: cluster.language.into(),
            size: cluster.size,
            first_day: LocalDate(cluster.first_day),
            last_day: LocalDate(cluster.last_day),
            examples: cluster.examples,
            troubles: cluster.troubles.into_iter().map(counted).collect(),
            service_keys: cluster.services.into_iter().map(String::from).collect(),
        }
    }
}

/// A word or question that an editor added to the chatbot's texts. It outlives the next load of the city; while the city
/// has no such service it says nothing.
#[derive(SimpleObject)]
#[graphql(name = "ChatText")]
pub(super) struct TextObject {
    /// Its global id.
    id: ID,
    /// The key of the service that is meant.
    service_key: String,
    /// In which language.
    language: ChatLanguage,
    /// Whether it is a word or a question.
    kind: ChatTextKind,
    /// The words.
    text: String,
    /// The global id of the cluster because of which it was proposed; its questions may be gone.
    cluster_id: Option<ID>,
    /// Where it stands.
    state: ChatTextState,
    /// When it was proposed, UTC. Who did what stands in the audit log.
    proposed_at: Instant,
    /// When it was published, UTC.
    published_at: Option<Instant>,
    /// When it was taken back, UTC.
    withdrawn_at: Option<Instant>,
}

impl From<ChatText> for TextObject {
    fn from(text: ChatText) -> Self {
        Self {
            id: Global::ChatText(text.id).id(),
            service_key: text.addition.service.into(),
            language: text.addition.language.into(),
            kind: text.addition.kind.into(),
            text: text.addition.text,
            cluster_id: text.cluster.map(|cluster| Global::ChatCluster(cluster).id()),
            state: text.state.into(),
            proposed_at: text.proposed_at.into(),
            published_at: text.published_at.map(Instant),
            withdrawn_at: text.withdrawn_at.map(Instant),
        }
    }
}

/// What became of the questions that must stay right: the ones shipped with the program that fit the city, and the example
/// questions of the city's own texts in the languages of what is published.
#[derive(SimpleObject)]
#[graphql(name = "ChatEvaluation")]
struct EvaluationObject {
    /// How many were asked.
    asked: usize,
    /// How many were answered rightly before.
    right_before: usize,
    /// How many would be with the proposals.
    right_after: usize,
    /// Those that would turn wrong, as they are asked. Two about services or actions are borne; of danger, attack and abuse
    /// none is.
    turned_wrong: Vec<String>,
}

impl From<Regression> for EvaluationObject {
    fn from(regression: Regression) -> Self {
        let Regression { asked, right_before, right_after, turned_wrong, .. } = regression;
        Self { asked, right_before, right_after, turned_wrong }
    }
}

/// The answer to proposing a text or taking it back. Either `text` or `problem` is set.
#[derive(SimpleObject)]
pub(super) struct ChatTextPayload {
    /// The text as it stands now; null when there is a problem.
    text: Option<TextObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl ChatTextPayload {
    pub(super) fn of(outcome: Result<ChatText, Failure>) -> Result<Self> {
        let (text, problem) = parted(outcome)?;
        Ok(Self { text: text.map(TextObject::from), problem })
    }
}

/// The answer to publishing. Without a `problem` everything was published; with one nothing was.
#[derive(SimpleObject)]
pub(super) struct PublishChatTextPayload {
    /// The texts as they stand now; empty where they could not be tried.
    texts: Vec<TextObject>,
    /// What became of the questions that must stay right; null where nothing was tried: after another problem, and for a
    /// repeated request that was answered before.
    evaluation: Option<EvaluationObject>,
    /// What was in the way; null when they were published.
    problem: Option<ProblemObject>,
}

impl PublishChatTextPayload {
    pub(super) fn of(outcome: Result<Publication, Failure>) -> Result<Self> {
        let (publication, problem) = parted(outcome)?;
        let Some(Publication { texts, evaluation }) = publication else {
            return Ok(Self { texts: Vec::new(), evaluation: None, problem });
        };
        let is_refused = texts.iter().any(|text| text.state == TextState::Proposed);
        let problem = is_refused.then(|| Problem::EvaluationFalls.into());
        let texts = texts.into_iter().map(TextObject::from).collect();
        Ok(Self { texts, evaluation: evaluation.map(EvaluationObject::from), problem })
    }
}

/// The answer to putting a cluster aside. Either `dismissed` is true or `problem` is set.
#[derive(SimpleObject)]
pub(super) struct DismissChatClusterPayload {
    /// Whether it was put aside.
    dismissed: bool,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl DismissChatClusterPayload {
    pub(super) fn of(outcome: Result<(), Failure>) -> Result<Self> {
        let (done, problem) = parted(outcome)?;
        Ok(Self { dismissed: done.is_some(), problem })
    }
}
