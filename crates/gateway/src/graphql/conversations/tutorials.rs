//! Guides through GraphQL: how something is done online, step by step, and which of them somebody must look at.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chatbot::content::TutorialStep;
use conversations::{ConfirmTutorial, Failure, FormVersion, TutorialView};
use domain::identifier::Key;

use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::problem::{ProblemObject, parted, refused};
use crate::graphql::conversations::words::{ChatLanguage, TutorialStanding};
use crate::graphql::scalars::LocalDate;

/// Queries of guides.
#[derive(Default)]
pub(crate) struct TutorialQuery;

/// Mutations of guides.
#[derive(Default)]
pub(crate) struct TutorialMutation;

/// How something is done online, step by step. Written for one version of a form.
#[derive(SimpleObject)]
#[graphql(name = "Tutorial")]
struct TutorialObject {
    /// The key of the service.
    service_key: String,
    /// The language it is in: the one asked for, or German.
    language: ChatLanguage,
    /// What it shows, in a few words.
    title: String,
    /// The steps, in order.
    steps: Vec<TutorialStepObject>,
    /// How it stands to the form that is published. Show a stale guide with a note, or not at all.
    standing: TutorialStanding,
    /// The version of the form it was written for: its SHA-256, as `serviceForm` gives it.
    form_sha256: String,
    /// The version that is published now; null where the service cannot be done online.
    published_sha256: Option<String>,
    /// The number of that version, from 1.
    published_version: Option<i64>,
    /// The first local day on which it may be given.
    valid_from: LocalDate,
    /// What it rests on.
    source: String,
}

/// A step of a guide.
#[derive(SimpleObject)]
#[graphql(name = "TutorialStep")]
struct TutorialStepObject {
    /// Its number, from 1.
    number: usize,
    /// What to do.
    text: String,
    /// The key of the step of the form (`serviceForm { steps { key } }`) where it is done; null for what is done elsewhere.
    form_step: Option<String>,
}

impl From<(usize, TutorialStep)> for TutorialStepObject {
    fn from((number, step): (usize, TutorialStep)) -> Self {
        Self { number, text: step.text, form_step: step.form_step }
    }
}

impl From<TutorialView> for TutorialObject {
    fn from(view: TutorialView) -> Self {
        let TutorialView { tutorial, standing, form } = view;
        let (published_sha256, published_version) =
            form.map(|FormVersion { sequence, sha256, .. }| (sha256, sequence)).unzip();
        Self {
            service_key: tutorial.service.into(),
            language: tutorial.language.into(),
            title: tutorial.title,
            steps: (1..).zip(tutorial.steps).map(TutorialStepObject::from).collect(),
            standing: standing.into(),
            form_sha256: tutorial.form_sha256,
            published_sha256,
            published_version,
            valid_from: LocalDate(tutorial.valid_from),
            source: tutorial.source,
        }
    }
}

/// Says that a guide still holds.
#[derive(InputObject)]
struct ConfirmTutorialInput {
    /// The key of the service.
    service_key: String,
    /// The language of the guide.
    language: ChatLanguage,
    /// The version of the form that you looked at: `publishedSha256` of the guide.
    form_sha256: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// The answer to saying that a guide holds. Either `tutorial` or `problem` is set.
#[derive(SimpleObject)]
struct ConfirmTutorialPayload {
    /// The guide as it stands now; null when there is a problem.
    tutorial: Option<TutorialObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

fn confirmed(outcome: Result<TutorialView, Failure>) -> Result<ConfirmTutorialPayload> {
    let (view, problem) = parted(outcome)?;
    Ok(ConfirmTutorialPayload { tutorial: view.map(TutorialObject::from), problem })
}

#[Object]
impl TutorialQuery {
    /// How a service is done online, step by step; null where nobody has written a guide.
    async fn tutorial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key of the service.")] service_key: String,
        #[graphql(desc = "In which language; where there is none in it, in German.")] language: ChatLanguage,
    ) -> Result<Option<TutorialObject>> {
        let Ok(service) = Key::new(&service_key) else { return Ok(None) };
        let view = ctx.application().conversations.tutorial(&service, language.into()).await;
        Ok(view.map_err(|failure| refused(&failure))?.map(TutorialObject::from))
    }

    /// The tasks of whoever looks after guides: those whose form was published anew since they were written, by service and
    /// language. A task is done by loading a new guide with the city, or by `confirmTutorial` where the old one still holds.
    async fn stale_tutorials(&self, ctx: &Context<'_>) -> Result<Vec<TutorialObject>> {
        let stale = ctx.application().conversations.stale_tutorials(ctx.actor()).await;
        Ok(stale.map_err(|failure| refused(&failure))?.into_iter().map(TutorialObject::from).collect())
    }
}

#[Object]
impl TutorialMutation {
    /// Says that a guide still holds for the form that is published now. It is stale again with the next version of the form
    /// or another text of the guide that names an older one.
    async fn confirm_tutorial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which guide, and for which form.")] input: ConfirmTutorialInput,
    ) -> Result<ConfirmTutorialPayload> {
        let ConfirmTutorialInput { service_key: service, language, form_sha256, idempotency_key } = input;
        let command = ConfirmTutorial { service, language: language.into(), form_sha256, idempotency_key };
        confirmed(ctx.application().conversations.confirm_tutorial(ctx.actor(), &command).await)
    }
}
