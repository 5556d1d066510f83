//! What wardens carry with them: the city's public key, and which permits were taken back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::Applications;
use crate::failure::Failure;
use crate::permit::token::{RegisterFile, register_message};
use crate::store::{Reader, permits};

/// The text of the register: JSON, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitRegister(pub String);

impl Applications {
    /// The register as of today. It names permits by ids that say nothing; anybody may have it. What has expired anyway
    /// is left out.
    ///
    /// # Errors
    /// [`Failure::Database`]; [`crate::Problem::NoCity`].
    pub async fn permit_register(&self) -> Result<PermitRegister, Failure> {
        let as_of = self.now().local_date(self.calendar()?.time_zone);
        let revoked: Vec<Uuid> = permits::revoked(Reader::Database(&self.database), as_of).await?;
        let signature = self.stamp.sign(&register_message(as_of, &revoked));
        let file = RegisterFile {
            keys: vec![URL_SAFE_NO_PAD.encode(self.stamp.public_key())],
            as_of,
            revoked,
            signature: URL_SAFE_NO_PAD.encode(signature),
        };
        let text = serde_json::to_string(&file);
        Ok(PermitRegister(text.map_err(|_| database::DatabaseError::Internal("a register is JSON".into()))?))
    }
}
