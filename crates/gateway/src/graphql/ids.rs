//! Relay's global ids: the kind and the key of a thing, in base64url without padding, so safe in URLs and element ids.

use async_graphql::{Error, ErrorExtensions, ID};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::identifier::{
    AccountId, ApplicationId, AppointmentId, CaseId, ChatClusterId, ChatTextId, ConversationId, DeliveryId, Key,
    PickupId, SessionId,
};
use uuid::Uuid;

/// The kinds of things that have ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Global {
    Office(Key),
    Service(Key),
    District(u16),
    Appointment(AppointmentId),
    Account(AccountId),
    Delivery(DeliveryId),
    Session(SessionId),
    Application(ApplicationId),
    Case(CaseId),
    Conversation(ConversationId),
    ChatCluster(ChatClusterId),
    ChatText(ChatTextId),
    Pickup(PickupId),
}

impl Global {
    /// The id as sent out.
    pub(crate) fn id(&self) -> ID {
        let text = match self {
            Self::Office(key) => format!("Office:{key}"),
            Self::Service(key) => format!("Service:{key}"),
            Self::District(number) => format!("District:{number}"),
            Self::Appointment(id) => format!("Appointment:{}", id.0.simple()),
            Self::Account(id) => format!("Account:{}", id.0.simple()),
            Self::Delivery(id) => format!("Delivery:{}", id.0.simple()),
            Self::Session(id) => format!("Session:{}", id.0.simple()),
            Self::Application(id) => format!("Application:{}", id.0.simple()),
            Self::Case(id) => format!("Case:{}", id.0.simple()),
            Self::Conversation(id) => format!("Conversation:{}", id.0.simple()),
            Self::ChatCluster(id) => format!("ChatCluster:{}", id.0.simple()),
            Self::ChatText(id) => format!("ChatText:{}", id.0.simple()),
            Self::Pickup(id) => format!("Pickup:{}", id.0.simple()),
        };
        ID(URL_SAFE_NO_PAD.encode(text))
    }

    /// Reads an id. The answer to anything that is none is one and the same error.
    ///
    /// # Errors
    /// Code `ID_INVALID`.
    pub(crate) fn parse(id: &str) -> Result<Self, Error> {
        parse(id).ok_or_else(|| {
            Error::new("this is not an id of this service")
                .extend_with(|_, extensions| extensions.set("code", "ID_INVALID"))
        })
    }

    /// Reads the id of an office.
    ///
    /// # Errors
    /// Code `ID_INVALID`, or `ID_OF_ANOTHER_KIND`.
    pub(crate) fn office(id: &ID) -> Result<Key, Error> {
        match Self::parse(id)? {
            Self::Office(key) => Ok(key),
            other => Err(other.wrong("an office")),
        }
    }

    /// Reads the id of a service.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn service(id: &ID) -> Result<Key, Error> {
        match Self::parse(id)? {
            Self::Service(key) => Ok(key),
            other => Err(other.wrong("a service")),
        }
    }

    /// Reads the id of an appointment.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn appointment(id: &ID) -> Result<AppointmentId, Error> {
        match Self::parse(id)? {
            Self::Appointment(id) => Ok(id),
            other => Err(other.wrong("an appointment")),
        }
    }

    /// Reads the id of a delivery.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn delivery(id: &ID) -> Result<DeliveryId, Error> {
        match Self::parse(id)? {
            Self::Delivery(id) => Ok(id),
            other => Err(other.wrong("a delivery")),
        }
    }

    /// Reads the id of an account.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn account(id: &ID) -> Result<AccountId, Error> {
        match Self::parse(id)? {
            Self::Account(id) => Ok(id),
            other => Err(other.wrong("an account")),
        }
    }

    /// Reads the id of a session.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn session(id: &ID) -> Result<SessionId, Error> {
        match Self::parse(id)? {
            Self::Session(id) => Ok(id),
            other => Err(other.wrong("a session")),
        }
    }

    /// Reads the id of an application.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn application(id: &ID) -> Result<ApplicationId, Error> {
        match Self::parse(id)? {
            Self::Application(id) => Ok(id),
            other => Err(other.wrong("an application")),
        }
    }

    /// Reads the id of a case.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn case(id: &ID) -> Result<CaseId, Error> {
        match Self::parse(id)? {
            Self::Case(id) => Ok(id),
            other => Err(other.wrong("a case")),
        }
    }

    /// Reads the id of a conversation.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn conversation(id: &ID) -> Result<ConversationId, Error> {
        match Self::parse(id)? {
            Self::Conversation(id) => Ok(id),
            other => Err(other.wrong("a conversation")),
        }
    }

    /// Reads the id of a cluster of questions.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn chat_cluster(id: &ID) -> Result<ChatClusterId, Error> {
        match Self::parse(id)? {
            Self::ChatCluster(id) => Ok(id),
            other => Err(other.wrong("a cluster of questions")),
        }
    }

    /// Reads the id of a text of the chatbot.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn chat_text(id: &ID) -> Result<ChatTextId, Error> {
        match Self::parse(id)? {
            Self::ChatText(id) => Ok(id),
            other => Err(other.wrong("a text of the chatbot")),
        }
    }

    /// Reads the id of a document that lies ready.
    ///
    /// # Errors
    /// As [`Global::office`].
    pub(crate) fn pickup(id: &ID) -> Result<PickupId, Error> {
        match Self::parse(id)? {
            Self::Pickup(id) => Ok(id),
            other => Err(other.wrong("a pick-up")),
        }
    }

    fn wrong(&self, wanted: &str) -> Error {
        let kind = match self {
            Self::Office(_) => "an office",
            Self::Service(_) => "a service",
            Self::District(_) => "a district",
            Self::Appointment(_) => "an appointment",
            Self::Account(_) => "an account",
            Self::Delivery(_) => "a delivery",
            Self::Session(_) => "a session",
            Self::Application(_) => "an application",
            Self::Case(_) => "a case",
            Self::Conversation(_) => "a conversation",
            Self::ChatCluster(_) => "a cluster of questions",
            Self::ChatText(_) => "a text of the chatbot",
            Self::Pickup(_) => "a pick-up",
        };
        Error::new(format!("expected the id of {wanted}; this is the id of {kind}"))
            .extend_with(|_, extensions| extensions.set("code", "ID_OF_ANOTHER_KIND"))
    }
}

fn parse(id: &str) -> Option<Global> {
    if id.len() > 128 {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let (kind, key) = text.split_once(':')?;
    match kind {
        "Office" => Some(Global::Office(key.parse().ok()?)),
        "Service" => Some(Global::Service(key.parse().ok()?)),
        "District" => Some(Global::District(key.parse().ok()?)),
        "Appointment" => Some(Global::Appointment(AppointmentId(Uuid::try_parse(key).ok()?))),
        "Account" => Some(Global::Account(AccountId(Uuid::try_parse(key).ok()?))),
        "Delivery" => Some(Global::Delivery(DeliveryId(Uuid::try_parse(key).ok()?))),
        "Session" => Some(Global::Session(SessionId(Uuid::try_parse(key).ok()?))),
        "Application" => Some(Global::Application(ApplicationId(Uuid::try_parse(key).ok()?))),
        "Conversation" => Some(Global::Conversation(ConversationId(Uuid::try_parse(key).ok()?))),
        "ChatCluster" => Some(Global::ChatCluster(ChatClusterId(Uuid::try_parse(key).ok()?))),
        "ChatText" => Some(Global::ChatText(ChatTextId(Uuid::try_parse(key).ok()?))),
        "Pickup" => Some(Global::Pickup(PickupId(Uuid::try_parse(key).ok()?))),
        "Case" => Some(Global::Case(CaseId(Uuid::try_parse(key).ok()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_and_strangers_do_not_pass() {
        let office = Global::Office("aegi".parse().unwrap());
        assert_eq!(Global::parse(&office.id()).unwrap(), office);
        assert!(Global::service(&office.id()).is_err());
        for stranger in ["", "=", "QUJD", "T2ZmaWNlOg", &"A".repeat(10_000), "💥"] {
            assert!(Global::parse(stranger).is_err(), "{stranger}");
        }
    }
}
