//! Contacts as people type them, and the contacts we keep.

use domain::personal::Pii;
use domain::text::{Language, TextRefusal, mail_address, person_name, phone_number};
use serde::{Deserialize, Serialize};

use crate::appointment::Contact;
use crate::failure::Problem;
use crate::secret::LinkSecret;

/// What somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactInput {
    /// The name the clerk calls.
    pub name: Pii<String>,
    /// A mail address.
    pub mail: Option<Pii<String>>,
    /// A telephone number.
    pub phone: Option<Pii<String>>,
    /// The language of messages.
    pub language: Language,
}

impl ContactInput {
    /// Checks every field and brings it into its stored form. Empty optional fields count as absent.
    ///
    /// # Errors
    /// [`Problem::Contact`] for the first field that is not usable.
    pub fn check(&self) -> Result<Contact, Problem> {
        type Check = fn(&str) -> Result<String, TextRefusal>;
        let field = |field: &'static str, text: &Pii<String>, check: Check| {
            text.try_map(|text| check(text)).map_err(|reason| Problem::Contact { field, reason })
        };
        let optional = |name: &'static str, text: &Option<Pii<String>>, check: Check| {
            let typed = text.as_ref().filter(|text| !text.expose().trim().is_empty());
            typed.map(|text| field(name, text, check)).transpose()
        };
        Ok(Contact {
            name: field("name", &self.name, person_name)?,
            mail: optional("mail", &self.mail, mail_address)?,
            phone: optional("phone", &self.phone, phone_number)?,
            language: self.language,
        })
    }

    /// Tells one input from another without telling what is in it, for the memory of requests. Keyed: a plain hash of an
    /// address is as good as the address to whoever can guess.
    pub(crate) fn fingerprint(&self, secret: &LinkSecret) -> String {
        let text = |text: Option<&Pii<String>>| text.map(|text| text.expose().as_str()).unwrap_or_default().to_owned();
        let given = [self.mail.is_some(), self.phone.is_some()].map(|given| if given { "1" } else { "0" });
        let (name, mail, phone) = (text(Some(&self.name)), text(self.mail.as_ref()), text(self.phone.as_ref()));
        let language = format!("{:?}", self.language);
        secret.fingerprint(&[&name, &mail, &phone, given[0], given[1], &language])
    }
}

/// A contact as it is written into its sealed field.
#[derive(Serialize, Deserialize)]
struct Written {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    mail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    phone: Option<String>,
    language: Language,
}

impl Contact {
    /// The text that is sealed, as JSON.
    pub(crate) fn to_text(&self) -> Vec<u8> {
        let text = |text: &Option<Pii<String>>| text.as_ref().map(|text| text.expose().clone());
        let name = self.name.expose().clone();
        let written = Written { name, mail: text(&self.mail), phone: text(&self.phone), language: self.language };
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// Reads what [`Contact::to_text`] wrote.
    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        let Written { name, mail, phone, language } = serde_json::from_slice(text).ok()?;
        Some(Self { name: name.into(), mail: mail.map(Pii::new), phone: phone.map(Pii::new), language })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, mail: Option<&str>, phone: Option<&str>) -> ContactInput {
        let pii = |text: &str| Pii::new(text.to_owned());
        ContactInput { name: pii(name), mail: mail.map(pii), phone: phone.map(pii), language: Language::German }
    }

    #[test]
    fn a_contact_is_read_as_it_was_written_and_never_shows_itself() {
        let contact = input("Eva Beispiel", Some("eva@example.org"), None).check().unwrap();
        assert_eq!(Contact::from_text(&contact.to_text()), Some(contact.clone()));
        assert!(!format!("{contact:?}").contains("eva"), "{contact:?}");
        // As the first version of this program wrote it.
        let old = br#"{"name":"Eva Beispiel","mail":"eva@example.org","language":"de"}"#;
        assert_eq!(Contact::from_text(old), Some(contact));
    }

    #[test]
    fn two_inputs_are_told_apart_without_being_told() {
        let secret = LinkSecret::from_master(&[7; 32]);
        let all = [
            input("Eva", None, None),
            input("Eva", Some(""), None),
            input("Eva", None, Some("")),
            input("Eva", Some("a"), None),
            input("Eva", None, Some("a")),
            input("Evaa", None, None),
        ];
        let prints: std::collections::BTreeSet<String> = all.iter().map(|one| one.fingerprint(&secret)).collect();
        assert_eq!(prints.len(), all.len());
        let elsewhere = LinkSecret::from_master(&[8; 32]);
        assert_ne!(all[0].fingerprint(&secret), all[0].fingerprint(&elsewhere), "keyed");
    }
}
