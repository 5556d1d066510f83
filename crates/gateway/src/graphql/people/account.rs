//! The account as clients see it.

use async_graphql::{Context, ID, Object, Result};
use identity::Account;

use crate::graphql::catalogue::OfficeNode;
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;
use crate::graphql::sensitive::SensitiveReads;
use crate::graphql::words::Role;

/// An account.
#[derive(Debug, Clone)]
pub(crate) struct AccountNode(pub(crate) Account);

/// An account of a citizen, a member of staff, an operator or a device.
#[Object(name = "Account")]
impl AccountNode {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        Global::Account(self.0.id).id()
    }

    /// The name shown. What staff read of citizens stands in the audit log.
    async fn name(&self, ctx: &Context<'_>) -> &str {
        self.noted(ctx).name.as_str()
    }

    /// The name used to sign in; null for everybody but the account itself and operators.
    async fn login(&self, ctx: &Context<'_>) -> Option<&str> {
        self.noted(ctx).login_for(ctx.actor())
    }

    /// What the account may do; the table of permissions stands in the documentation.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The office that a clerk, lead or device belongs to.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<OfficeNode>> {
        let picture = ctx.picture()?;
        Ok(self.0.office.as_ref().and_then(|office| OfficeNode::new(picture, office)))
    }

    /// When it was created, UTC.
    async fn created_at(&self) -> Instant {
        self.0.created_at.into()
    }

    /// Since when nobody can sign in with it, UTC; null while it is in use.
    async fn disabled_at(&self) -> Option<Instant> {
        self.0.disabled_at.map(Instant::from)
    }
}

impl AccountNode {
    /// The account, noted as read.
    fn noted(&self, ctx: &Context<'_>) -> &Account {
        if let Some(reads) = ctx.data_opt::<SensitiveReads>() {
            reads.note_account(&self.0);
        }
        &self.0
    }
}
