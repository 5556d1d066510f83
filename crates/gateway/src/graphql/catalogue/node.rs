//! Every thing by its global id, after Relay.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object, Result};
use domain::identifier::AppointmentId;
use identity::Account;
use scheduling::{Appointment, Picture};

use crate::graphql::appointments::AppointmentNode;
use crate::graphql::catalogue::district::DistrictNode;
use crate::graphql::catalogue::office::OfficeNode;
use crate::graphql::catalogue::search_invalid;
use crate::graphql::catalogue::service::ServiceNode;
use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database, refused};
use crate::graphql::ids::Global;
use crate::graphql::people::AccountNode;

/// Most ids of one question.
const MOST_IDS: usize = 100;

/// A thing with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its global id."))]
pub(crate) enum Node {
    /// An office.
    Office(OfficeNode),
    /// A service.
    Service(ServiceNode),
    /// A district.
    District(DistrictNode),
    /// An appointment.
    Appointment(Box<AppointmentNode>),
    /// An account.
    Account(AccountNode),
}

/// Queries by global id.
#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with a global id: an office, service, district, an appointment you may see, or your own account. Null when
    /// there is none or it is not yours; nobody learns which.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "A global id.")] id: ID) -> Result<Option<Node>> {
        Ok(find(ctx, &[id]).await?.pop().flatten())
    }

    /// The things with these global ids, in the same order, each as `node` gives it.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Up to 100 global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST_IDS {
            return Err(search_invalid("at most 100 ids at a time"));
        }
        find(ctx, &ids).await
    }
}

async fn find(ctx: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Node>>> {
    let ids = ids.iter().map(|id| Global::parse(id)).collect::<Result<Vec<_>>>()?;
    let found = Found {
        picture: ctx.picture()?,
        appointments: appointments(ctx, &ids).await?,
        viewer: viewer(ctx, &ids).await?,
    };
    Ok(ids.into_iter().map(|id| found.node(id)).collect())
}

/// What was found of a list of ids.
struct Found {
    picture: Arc<Picture>,
    appointments: HashMap<AppointmentId, Appointment>,
    viewer: Option<Account>,
}

impl Found {
    fn node(&self, id: Global) -> Option<Node> {
        let picture = || Arc::clone(&self.picture);
        match id {
            Global::Office(key) => OfficeNode::new(picture(), &key).map(Node::Office),
            Global::Service(key) => ServiceNode::new(picture(), &key).map(Node::Service),
            Global::District(number) => DistrictNode::new(picture(), number).map(Node::District),
            Global::Appointment(id) => {
                self.appointments.get(&id).cloned().map(|found| Node::Appointment(Box::new(AppointmentNode(found))))
            }
            Global::Account(id) => {
                self.viewer.clone().filter(|account| account.id == id).map(|own| Node::Account(AccountNode(own)))
            }
            // A delivery is a task, found in the list of what failed; sessions are listed and ended, never looked up;
            // applications, cases, conversations and pick-ups are read by those who have a part in them, each with a right of its
            // own; what editors of the chatbot work with is listed.
            Global::Delivery(_)
            | Global::Session(_)
            | Global::Application(_)
            | Global::Case(_)
            | Global::Conversation(_)
            | Global::ChatCluster(_)
            | Global::ChatText(_)
            | Global::Pickup(_) => None,
        }
    }
}

/// The appointments among the ids that the asker may see, in one query; none without any.
async fn appointments(ctx: &Context<'_>, ids: &[Global]) -> Result<HashMap<AppointmentId, Appointment>> {
    let one = |id: &Global| match id {
        Global::Appointment(id) => Some(*id),
        Global::Office(_)
        | Global::Service(_)
        | Global::District(_)
        | Global::Account(_)
        | Global::Delivery(_)
        | Global::Session(_)
        | Global::Application(_)
        | Global::Case(_)
        | Global::Conversation(_)
        | Global::ChatCluster(_)
        | Global::ChatText(_)
        | Global::Pickup(_) => None,
    };
    let wanted: Vec<AppointmentId> = ids.iter().filter_map(one).collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let found = ctx.application().scheduling.read_appointments(ctx.actor(), &wanted).await;
    let found = found.map_err(|failure| refused(&failure).masked())?;
    Ok(found.into_iter().map(|appointment| (appointment.id, appointment)).collect())
}

/// The account that is signed in, if its id may be among the ids.
async fn viewer(ctx: &Context<'_>, ids: &[Global]) -> Result<Option<Account>> {
    let own = ctx.actor().account().map(Global::Account);
    if !own.is_some_and(|own| ids.contains(&own)) {
        return Ok(None);
    }
    ctx.application().identity.viewer(ctx.actor()).await.map_err(|error| of_database(&error).masked())
}
