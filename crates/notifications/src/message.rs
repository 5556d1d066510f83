//! A letter as a mail: headers, plain text, the calendar file.

use std::time::{Duration, SystemTime};

use domain::identifier::EventId;
use domain::time::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, error::Error};

use crate::facts::{Facts, Standing};
use crate::kind::Letter;
use crate::sender::Sender;
use crate::texts::{Written, tag};

/// The event behind a letter: the letter's identity and its date. Sending it again gives the same letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Occasion {
    pub(crate) event: EventId,
    pub(crate) at: Timestamp,
}

/// No mail can be made for this address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address of the recipient cannot be written to")]
pub(crate) struct BadAddress;

/// The name of the letter in the world: `<event id>@<host of the sender>`.
pub(crate) fn message_id(event: EventId, sender: &Sender) -> String {
    format!("{event}@{}", sender.host())
}

/// Makes the mail. The same event gives the same headers and the same parts, whenever it is made.
pub(crate) fn compose(
    occasion: Occasion,
    letter: Letter,
    facts: &Facts,
    written: Written,
    sender: &Sender,
) -> Result<Message, BadAddress> {
    let recipient = Mailbox::new(named(letter, facts), deliverable(facts.recipient.mail.expose())?);
    let builder = Message::builder()
        .from(Mailbox::new(Some(facts.city.clone()), sender.address()))
        .to(recipient)
        .subject(written.subject)
        .date(system_time(occasion.at))
        .message_id(Some(format!("<{}>", message_id(occasion.event, sender))))
        .raw_header(plain_header("Content-Language", tag(facts.recipient.language)))
        // Answering machines keep quiet (RFC 3834).
        .raw_header(plain_header("Auto-Submitted", "auto-generated"));
    let text = SinglePart::plain(written.body);
    let message = match &facts.standing {
        Standing::Confirmed { calendar, .. } => {
            let kind = ContentType::parse("text/calendar; charset=utf-8").expect("a well-formed content type");
            let file = Attachment::new(written.calendar_name).body(calendar.clone(), kind);
            // A boundary of our own: chance would make every copy of a letter another one. No encoded line holds "=_".
            let boundary = format!("=_{}", occasion.event.0.simple());
            builder.multipart(MultiPart::mixed().boundary(boundary).singlepart(text).singlepart(file))
        }
        Standing::Pending { .. } | Standing::Cancelled => builder.singlepart(text),
    };
    message.map_err(|_: Error| BadAddress)
}

/// The name on the envelope; none before the address was confirmed.
fn named(letter: Letter, facts: &Facts) -> Option<String> {
    (letter != Letter::ConfirmationRequested).then(|| facts.recipient.name.expose().clone())
}

/// The address with its domain in the form that every server reads (`büro.example` becomes `xn--bro-hoa.example`).
fn deliverable(mail: &str) -> Result<Address, BadAddress> {
    let (local, domain) = mail.rsplit_once('@').ok_or(BadAddress)?;
    let domain = idna::domain_to_ascii(domain).map_err(|_| BadAddress)?;
    Address::new(local, domain).map_err(|_| BadAddress)
}

fn plain_header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.seconds()).unwrap_or(0))
}
