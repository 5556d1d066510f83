//! Whose a document is, sealed with a key of its own: the contact, and where the office files it.

use database::{Place, Sealed, SubjectKey};
use domain::identifier::PickupId;
use serde::{Deserialize, Serialize};

use crate::Scheduling;
use crate::appointment::Contact;
use crate::pickup::failure::Failure;

/// What is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whose {
    /// Who is told.
    pub(crate) contact: Contact,
    /// What the office calls it.
    pub(crate) reference: String,
}

#[derive(Serialize, Deserialize)]
struct Written {
    contact: String,
    reference: String,
}

const fn place(id: PickupId) -> Place {
    Place { table: "pickup", column: "contact_sealed", row: id.0 }
}

impl Scheduling {
    /// Seals it with a fresh key.
    pub(crate) fn seal_whose(&self, id: PickupId, whose: &Whose) -> Result<Sealed, Failure> {
        let contact = String::from_utf8(whose.contact.to_text()).unwrap_or_default();
        let written = Written { contact, reference: whose.reference.clone() };
        Ok(self.vault.seal_new(id.0, place(id), &serde_json::to_vec(&written).unwrap_or_default())?)
    }

    /// Opens it. Without a key it was erased: then there is nothing.
    pub(crate) fn open_whose(
        &self,
        id: PickupId,
        key: Option<&SubjectKey>,
        field: Option<&[u8]>,
    ) -> Result<Option<Whose>, Failure> {
        let Some((key, field)) = key.zip(field) else { return Ok(None) };
        let text = self.vault.open(key, place(id), field)?;
        let written: Option<Written> = serde_json::from_slice(&text).ok();
        let read = |written: Written| {
            let contact = Contact::from_text(written.contact.as_bytes())?;
            Some(Whose { contact, reference: written.reference })
        };
        Ok(Some(written.and_then(read).ok_or(database::VaultError::DoesNotOpen)?))
    }
}
