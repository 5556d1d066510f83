//! Putting a cluster aside about which nothing is to be done.

use database::IdempotencyKey;
use domain::identifier::ChatClusterId;
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::chat_clusters::ClusterState;
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::clusters;

/// Puts a cluster aside.
#[derive(Debug, Clone)]
pub struct DismissCluster {
    /// Which.
    pub cluster: ChatClusterId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Puts an open cluster aside. Questions that mean the same join it unseen, as long as it has any.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`] for what is no open cluster.
    pub async fn dismiss_cluster(&self, actor: &Actor, command: &DismissCluster) -> Result<(), Failure> {
        actor.may(Permission::EditChat)?;
        let input = command.cluster.to_string();
        let key = idempotency_key(actor, &command.idempotency_key, "dismiss_cluster", &input)?;
        self.once(&key, || self.dismiss(actor, command.cluster, &key)).await.map(drop)
    }

    async fn dismiss(&self, actor: &Actor, cluster: ChatClusterId, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        if !clusters::change(&unit, cluster, (ClusterState::Open, ClusterState::Dismissed), now).await? {
            return Err(Problem::NotFound.into());
        }
        unit.audit(&self.audited(actor, "chat_cluster.dismiss", cluster.0, now)).await?;
        unit.remember(key, cluster.0, now).await?;
        unit.commit().await?;
        Ok(cluster.0)
    }
}
