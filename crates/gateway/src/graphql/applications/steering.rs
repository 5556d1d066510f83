//! Publishing services, bounding how many are taken, and stopping their machines.

use applications::{PublishDefinition, SetQuota, SwitchAutomation};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::graphql::applications::payloads::{ApplicationDonePayload, parted};
use crate::graphql::applications::problem::ProblemObject;
use crate::graphql::applications::words::AutomationState;
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
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
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
    /// Publishes a version of a service. Drafts and cases that exist keep theirs. For operators.
    async fn publish_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The files.")] input: PublishDefinitionInput,
    ) -> Result<PublishDefinitionPayload> {
        let files = input.files.into_iter().map(|file| (file.path, file.text)).collect();
        let command = PublishDefinition { files, team: Global::office(&input.office)? };
        let outcome = ctx.application().applications.publish_definition(ctx.actor(), &command).await;
        let (published, problem) = parted(outcome)?;
        let notices = published.as_ref().map(|published| published.notices.clone()).unwrap_or_default();
        Ok(PublishDefinitionPayload {
            service: published.as_ref().map(|published| published.service.to_string()),
            version: published.as_ref().map(|published| published.sequence),
            sha256: published.map(|published| published.sha256),
            notices,
            problem,
        })
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
