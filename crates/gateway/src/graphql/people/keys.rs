//! The keys that sign access tokens.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use crate::graphql::context::ContextExtensions;
use crate::graphql::people::problem::error_of;

/// Mutations of keys.
#[derive(Default)]
pub(crate) struct KeyMutation;

/// How a new key takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::Rotation")]
enum KeyRotation {
    /// Published now, signing in two hours, so that nobody notices.
    Planned,
    /// At once, because a key may be known to somebody: every access token signed so far is void.
    AtOnce,
}

/// The answer to rotating keys.
#[derive(SimpleObject)]
struct RotateKeysPayload {
    /// The id (`kid`) of the new key.
    key_id: String,
}

#[Object]
impl KeyMutation {
    /// Gives the key that signs access tokens a successor; refresh tokens stay good. Happens by itself every 90 days. For
    /// operators.
    async fn rotate_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the new key takes over; as planned when absent.")] rotation: Option<KeyRotation>,
    ) -> Result<RotateKeysPayload> {
        let wanted = rotation.unwrap_or(KeyRotation::Planned);
        let rotated = ctx.application().identity.rotate_keys(ctx.actor(), wanted.into()).await;
        Ok(RotateKeysPayload { key_id: rotated.map_err(|failure| error_of(&failure))? })
    }
}
