//! Following cases, live. What a listener may see is asked anew with each message.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use domain::permission::Permission;
use futures_util::Stream;
use tokio::sync::broadcast::error::RecvError;

use crate::graphql::applications::inputs::ApplicationAccessInput;
use crate::graphql::applications::problem::refused;
use crate::graphql::applications::types::CaseStatusObject;
use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, forbidden_words};
use crate::graphql::ids::Global;

/// What can be followed about cases.
#[derive(Default)]
pub(crate) struct CaseSubscription;

/// Something changed in the worklist of an office.
#[derive(SimpleObject)]
struct InboxChange {
    /// The global id of the case; null when several changed.
    case_id: Option<ID>,
}

#[Subscription]
impl CaseSubscription {
    /// How a case stands, at once and after each change. Ends when the case is no longer the asker's.
    async fn case_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<impl Stream<Item = CaseStatusObject> + use<>> {
        let (applications, actor) = (Arc::clone(&ctx.application().applications), ctx.actor().clone());
        let access = access.access()?;
        let mut news = applications.follow();
        let first = applications.case_status(&actor, &access).await.map_err(|failure| refused(&failure))?;
        Ok(async_stream::stream! {
            let (case, mut seen) = (first.case, first.generation);
            yield first.into();
            loop {
                match news.recv().await {
                    Ok(changed) if changed.case != case => continue,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => break,
                }
                let Ok(status) = applications.case_status(&actor, &access).await else { break };
                if status.generation != seen {
                    seen = status.generation;
                    yield status.into();
                }
            }
        })
    }

    /// Says that something changed in the worklist of an office: read it again. For its staff.
    async fn inbox_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the office.")] office: ID,
    ) -> Result<impl Stream<Item = InboxChange> + use<>> {
        let office = Global::office(&office)?;
        let leave = ctx.actor().may_in(Permission::WorkOnCases, &office);
        leave.map_err(|forbidden| forbidden_words(forbidden).masked())?;
        let mut news = ctx.application().applications.follow();
        Ok(async_stream::stream! {
            loop {
                match news.recv().await {
                    Ok(changed) if changed.team == office => {
                        yield InboxChange { case_id: Some(Global::Case(changed.case).id()) };
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => yield InboxChange { case_id: None },
                    Err(RecvError::Closed) => break,
                }
            }
        })
    }
}
