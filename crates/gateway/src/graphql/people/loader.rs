//! Loading many accounts in one query.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use domain::identifier::AccountId;
use identity::{Account, Identity};

/// Loads accounts by id. Whoever uses it has decided that the asker may see them.
pub(crate) struct AccountLoader(pub(crate) Arc<Identity>);

impl Loader<AccountId> for AccountLoader {
    type Value = Account;
    type Error = Arc<database::DatabaseError>;

    async fn load(&self, keys: &[AccountId]) -> Result<HashMap<AccountId, Account>, Self::Error> {
        self.0.accounts(keys).await.map_err(Arc::new)
    }
}
