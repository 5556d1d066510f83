//! Signing out of a session that a provider opened, and, where configured, of the provider too.

use database::DatabaseError;

use crate::openid::OpenId;
use crate::openid::settings::EndAtProvider;
use crate::session_token::presented;
use crate::store;

impl OpenId {
    /// Ends the session `token` and gives the address at the provider where the browser ends its session there, if the
    /// configuration asks for that. A provider that cannot be reached keeps nobody signed in here.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn sign_out(&self, token: &str) -> Result<Option<String>, DatabaseError> {
        let Some(hash) = presented(token) else { return Ok(None) };
        let key = store::openid::provider_of(self.database(), &hash).await?;
        self.identity.sign_out(token).await?;
        let provider = key.and_then(|key| self.provider(&key).ok());
        let ends_there = provider.filter(|provider| provider.settings().end_at_provider == EndAtProvider::Yes);
        let Some(provider) = ends_there else { return Ok(None) };
        let Ok(known) = provider.known(self.clock().now()).await else { return Ok(None) };
        Ok(provider.end_session_url(&known, &format!("{}/", self.public_url)).map(String::from))
    }
}
