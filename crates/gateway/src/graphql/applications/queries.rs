//! Reading applications and cases.

use applications::{InboxFilter, MyApplication};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::identifier::CaseId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::graphql::applications::inputs::ApplicationAccessInput;
use crate::graphql::applications::problem::{found, refused};
use crate::graphql::applications::staff_types::{CaseDetails, InboxConnection};
use crate::graphql::applications::types::{CaseStatusObject, DraftNode, OnlineService, SummaryObject};
use crate::graphql::applications::words::{ApplicationState, Whose};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::paging::{page_size, position};
use crate::graphql::sensitive::SensitiveReads;

/// Queries of applications.
#[derive(Default)]
pub(crate) struct ApplicationQuery;

/// One of the applications of an account.
#[derive(SimpleObject)]
#[graphql(name = "MyApplication")]
struct MyApplicationObject {
    /// Its global id.
    id: ID,
    /// The key of the service.
    service: String,
    /// The part of the account in it.
    role: String,
    /// Where it stands.
    state: ApplicationState,
    /// The global id of the case, once it was handed in.
    case_id: Option<ID>,
}

impl From<MyApplication> for MyApplicationObject {
    fn from(mine: MyApplication) -> Self {
        Self {
            id: Global::Application(mine.id).id(),
            service: mine.service.to_string(),
            role: mine.role,
            state: mine.state.into(),
            case_id: mine.case.map(|case| Global::Case(case).id()),
        }
    }
}

#[Object]
impl ApplicationQuery {
    /// The services that can be applied for online, by key.
    async fn online_services(&self, ctx: &Context<'_>) -> Result<Vec<OnlineService>> {
        let services = ctx.application().applications.published_services().await;
        Ok(services.map_err(|failure| refused(&failure))?.into_iter().map(Into::into).collect())
    }

    /// A draft, by code or as the account that has a part in it. Null when there is none or it is not yours.
    async fn draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<Option<DraftNode>> {
        let draft = ctx.application().applications.read_draft(ctx.actor(), &access.access()?).await;
        Ok(found(draft)?.map(DraftNode))
    }

    /// Everything of a draft on one page, with the hash that agreeing and handing in name. Null when there is none or it is
    /// not yours.
    async fn application_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<Option<SummaryObject>> {
        let summary = ctx.application().applications.summary(ctx.actor(), &access.access()?).await;
        Ok(found(summary)?.map(Into::into))
    }

    /// The newest applications in which the account that is signed in has a part, newest first.
    async fn my_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
    ) -> Result<Vec<MyApplicationObject>> {
        let size = page_size(first)? as i64;
        let mine = ctx.application().applications.my_applications(ctx.actor(), size).await;
        Ok(mine.map_err(|failure| refused(&failure))?.into_iter().map(Into::into).collect())
    }

    /// How a case stands, for whoever has a part in it. Null when there is none or it is not yours.
    async fn case_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<Option<CaseStatusObject>> {
        let status = ctx.application().applications.case_status(ctx.actor(), &access.access()?).await;
        Ok(found(status)?.map(Into::into))
    }

    /// Everything kept about an application as the text of a JSON document (Art. 15 and 20 DSGVO). Null when there is none
    /// or it is not yours.
    async fn export_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<Option<String>> {
        found(ctx.application().applications.export_application(ctx.actor(), &access.access()?).await)
    }

    /// A case with everything in it. For staff of its office; reading leaves a trace. Null when there is none or it is
    /// another office's.
    async fn case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the case.")] id: ID,
    ) -> Result<Option<CaseDetails>> {
        let case = ctx.application().applications.read_case(ctx.actor(), Global::case(&id)?).await;
        let case = found(case)?;
        if let (Some(reads), Some(view)) = (ctx.data_opt::<SensitiveReads>(), &case) {
            reads.note_case(view.case.id);
        }
        Ok(case.map(CaseDetails))
    }

    /// What is open at an office, oldest first. For its staff.
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the office.")] office: ID,
        #[graphql(desc = "Everybody's tasks, or those of whoever asks.", default_with = "Whose::Team")] scope: Whose,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<InboxConnection> {
        let size = page_size(first)?;
        let after = position::<(Timestamp, Uuid)>(after.as_deref())?.map(|(at, id)| (at, CaseId(id)));
        let is_first = after.is_none();
        let filter = InboxFilter { team: Global::office(&office)?, whose: scope.into(), after, limit: size as i64 + 1 };
        let entries = ctx.application().applications.inbox(ctx.actor(), &filter).await;
        Ok(InboxConnection::new(entries.map_err(|failure| refused(&failure))?, size, is_first))
    }
}
