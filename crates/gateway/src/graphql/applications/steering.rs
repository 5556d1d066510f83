//! Publishing services, bounding how many are taken, and stopping their machines.

use applications::{OlderDrafts, PublishDefinition, Published, SetQuota, SwitchAutomation};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::graphql::applications::payloads::{ApplicationDonePayload, parted};
use crate::graphql::applications::problem::ProblemObject;
use crate::graphql::applications::words::{AutomationState, Compatibility, DraftsOnPublish};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;

/// Mutations of services.
#[derive(Default)]
pub(crate) struct SteeringMutation;

/// A file of a service's directory.
#[derive(InputObject)]
struct DefinitionFileInput {
    /// Its path in the directory, such as `service.toml` or `tables/fee.U.csv`.
    path: String,
    /// Its text.
    text: String,
}

/// Publishes a version of a service.
#[derive(InputObject)]
struct PublishDefinitionInput {
    /// All files of the service's directory.
    files: Vec<DefinitionFileInput>,
    /// The id of the office that has its cases from now on.
    office: ID,
    /// What happens to drafts that began with an older version; they are kept if absent.
    drafts: Option<DraftsOnPublish>,
    /// For drafts that are kept: until when they can be finished; without an end if absent.
    keep_until: Option<Instant>,
}

/// One change from the version before.
#[derive(SimpleObject)]
struct DefinitionChange {
    /// How deep it goes.
    class: Compatibility,
    /// What changed: `field.person.name`, `table.fee`, `texts.de`.
    what: String,
}

/// The answer to publishing. Either `service` or `problem` is set.
#[derive(SimpleObject)]
struct PublishDefinitionPayload {
    /// The key of the service.
    service: Option<String>,
    /// The number of the version, from 1. The same files twice are one version.
    version: Option<i64>,
    /// Its hash: 64 hexadecimal digits.
    sha256: Option<String>,
    /// What should be looked at: missing translations, unused texts.
    notices: Vec<String>,
    /// The deepest change since the version before; null for the first version.
    compatibility: Option<Compatibility>,
    /// All changes since the version before, the deepest first.
    changes: Vec<DefinitionChange>,
    /// How many drafts are being filled in with older versions, and fall under what was decided about them.
    older_drafts: Option<i64>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl PublishDefinitionPayload {
    fn of(published: Option<Published>, problem: Option<ProblemObject>) -> Self {
        let Some(Published { service, sequence, sha256, notices, report, older_drafts }) = published else {
            let (notices, changes) = (Vec::new(), Vec::new());
            let (service, version, sha256, compatibility, older_drafts) = (None, None, None, None, None);
            return Self { service, version, sha256, notices, compatibility, changes, older_drafts, problem };
        };
        let change = |change: forms::CompatChange| DefinitionChange { class: change.class.into(), what: change.what };
        Self {
            service: Some(service.to_string()),
            version: Some(sequence),
            sha256: Some(sha256),
            notices,
            compatibility: report.as_ref().map(|report| report.class.into()),
            changes: report.into_iter().flat_map(|report| report.changes).map(change).collect(),
            older_drafts: Some(older_drafts),
            problem,
        }
    }
}

/// What the publisher decided about drafts of older versions.
fn older_drafts(decided: Option<DraftsOnPublish>, keep_until: Option<Instant>) -> OlderDrafts {
    match (decided, keep_until) {
        (None | Some(DraftsOnPublish::Keep), None) => OlderDrafts::Keep,
        (None | Some(DraftsOnPublish::Keep), Some(until)) => OlderDrafts::KeepUntil(until.0),
        (Some(DraftsOnPublish::Migrate), _) => OlderDrafts::Migrate,
        (Some(DraftsOnPublish::Restart), _) => OlderDrafts::Restart,
    }
}

/// Bounds how many of a service are taken.
#[derive(InputObject)]
struct SetServiceQuotaInput {
    /// The id of the service.
    service: ID,
    /// From when.
    from: Instant,
    /// Until when, exclusive.
    until: Instant,
    /// How many can be handed in, at least 0.
    most: i32,
}

#[Object]
impl SteeringMutation {
    /// Publishes a version of a service. Cases that exist keep theirs; for drafts the publisher decides. The answer says
    /// what changed since the version before. For operators.
    async fn publish_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The files.")] input: PublishDefinitionInput,
    ) -> Result<PublishDefinitionPayload> {
        let files = input.files.into_iter().map(|file| (file.path, file.text)).collect();
        let drafts = older_drafts(input.drafts, input.keep_until);
        let command = PublishDefinition { files, team: Global::office(&input.office)?, drafts };
        let outcome = ctx.application().applications.publish_definition(ctx.actor(), &command).await;
        let (published, problem) = parted(outcome)?;
        Ok(PublishDefinitionPayload::of(published, problem))
    }

    /// Bounds how many of a service can be handed in during a period. For leads of its office and operators.
    async fn set_service_quota(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, and when.")] input: SetServiceQuotaInput,
    ) -> Result<ApplicationDonePayload> {
        let command = SetQuota {
            service: Global::service(&input.service)?,
            from: input.from.0,
            until: input.until.0,
            most: i64::from(input.most),
        };
        ApplicationDonePayload::of(ctx.application().applications.set_quota(ctx.actor(), &command).await)
    }

    /// Stops or starts the machine of a service. Whatever is handed in while it is stopped goes to people. For leads of its
    /// office and operators.
    async fn switch_automation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the service.")] service: ID,
        #[graphql(desc = "Which.")] state: AutomationState,
    ) -> Result<ApplicationDonePayload> {
        let command = SwitchAutomation { service: Global::service(&service)?, state: state.into() };
        ApplicationDonePayload::of(ctx.application().applications.switch_automation(ctx.actor(), &command).await)
    }
}
