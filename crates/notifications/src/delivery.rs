//! A delivery: one message to one reader, and how it stands.

use domain::identifier::{DeliveryId, EventId, Key};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::consumer::Consumer;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It will be tried, now or later.
    Waiting,
    /// The reader has it.
    Done,
    /// Nobody needs it any more: the appointment moved on, or there is nobody to write to.
    Skipped,
    /// It was given up, and waits for somebody to decide.
    Dead,
    /// Somebody decided that it is not needed.
    Dismissed,
}

impl State {
    const ALL: [Self; 5] = [Self::Waiting, Self::Done, Self::Skipped, Self::Dead, Self::Dismissed];

    /// The stored word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Dead => "dead",
            Self::Dismissed => "dismissed",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A delivery as operators see it. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id; a letter's `Message-ID` and a webhook's `webhook-id` are made of it.
    pub id: DeliveryId,
    /// Who is to be told.
    pub consumer: Consumer,
    /// For reminders: how many minutes before the start; 0 for everything else.
    pub lead_minutes: i64,
    /// What happened, as in the outbox: `appointment.booked`.
    pub kind: String,
    /// What it happened to.
    pub subject: Uuid,
    /// The office it concerns, where it concerns one.
    pub office: Option<Key>,
    /// When it happened, UTC.
    pub at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time: a stable code such as `SMTP_550`.
    pub reason: Option<String>,
    /// Its last change, UTC.
    pub changed_at: Timestamp,
}

/// The id of the delivery of an event to a consumer: the first 48 bits are the event's time, so that ids stay in order; the
/// rest is a digest, so that whoever plans the same delivery again gives it the same name (UUID version 8, RFC 9562).
pub(crate) fn delivery_id(event: EventId, consumer: &Consumer, lead_minutes: i64) -> DeliveryId {
    let digest = Sha256::new()
        .chain_update(event.0.as_bytes())
        .chain_update(lead_minutes.to_be_bytes())
        .chain_update(consumer.to_string())
        .finalize();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&event.0.as_bytes()[..6]);
    bytes[6..].copy_from_slice(&digest[..10]);
    DeliveryId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_has_one_name_for_ever_and_shares_it_with_no_other() {
        let event = EventId(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001));
        let mail = delivery_id(event, &Consumer::Mail, 0);
        assert_eq!(mail, delivery_id(event, &Consumer::Mail, 0));
        assert_eq!(mail.0.get_version_num(), 8);
        assert_eq!(mail.0.as_bytes()[..6], event.0.as_bytes()[..6]);
        let others = [
            delivery_id(event, &Consumer::Mail, 180),
            delivery_id(event, &Consumer::Webhook("register".into()), 0),
            delivery_id(EventId(Uuid::from_u128(7)), &Consumer::Mail, 0),
        ];
        assert!(others.iter().all(|other| *other != mail));
    }

    #[test]
    fn words_of_states_and_consumers_come_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        for consumer in [Consumer::Mail, Consumer::Webhook("a-b".into())] {
            assert_eq!(Consumer::parse(&consumer.to_string()), consumer);
        }
    }
}
