//! Contacts as people type them, and the contacts we keep.

use domain::text::{Language, TextRefusal, mail_address, person_name, phone_number};

use crate::appointment::Contact;
use crate::failure::Problem;

/// What somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactInput {
    /// The name the clerk calls.
    pub name: String,
    /// A mail address.
    pub mail: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// The language of messages.
    pub language: Language,
}

impl ContactInput {
    /// Checks every field and brings it into its stored form. Empty optional fields count as absent.
    ///
    /// # Errors
    /// [`Problem::Contact`] for the first field that is not usable.
    pub fn check(&self) -> Result<Contact, Problem> {
        let optional = |field: &'static str, text: &Option<String>, check: fn(&str) -> Result<String, TextRefusal>| {
            let typed = text.as_deref().filter(|text| !text.trim().is_empty());
            typed.map(check).transpose().map_err(|reason| Problem::Contact { field, reason })
        };
        Ok(Contact {
            name: person_name(&self.name).map_err(|reason| Problem::Contact { field: "name", reason })?,
            mail: optional("mail", &self.mail, mail_address)?,
            phone: optional("phone", &self.phone, phone_number)?,
            language: self.language,
        })
    }
}
