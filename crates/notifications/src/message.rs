//! A letter as a mail: headers, plain text, the calendar file.

use std::time::{Duration, SystemTime};

use domain::identifier::DeliveryId;
use domain::time::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, error::Error};

use crate::facts::Recipient;
use crate::sender::Sender;
use crate::texts::{Written, tag};

/// What stands around a letter. The same delivery gives the same headers and the same parts, whenever it is made.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    pub(crate) id: DeliveryId,
    /// The date of the letter.
    pub(crate) at: Timestamp,
    pub(crate) recipient: &'a Recipient,
    pub(crate) names_the_person: bool,
    /// Who writes, as people call it.
    pub(crate) city: &'a str,
    /// Where one click ends such letters; only for those that the contract does not need (§ 7 UWG, RFC 8058).
    pub(crate) unsubscribe: Option<String>,
    pub(crate) calendar: Option<&'a str>,
}

/// No mail can be made for this address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address of the recipient cannot be written to")]
pub(crate) struct BadAddress;

/// The name of the letter in the world: `<delivery id>@<host of the sender>`.
pub(crate) fn message_id(id: DeliveryId, sender: &Sender) -> String {
    format!("{id}@{}", sender.host())
}

/// Makes the mail.
pub(crate) fn compose(envelope: &Envelope<'_>, written: Written, sender: &Sender) -> Result<Message, BadAddress> {
    let recipient = envelope.recipient;
    let name = envelope.names_the_person.then(|| one_line(recipient.name.expose()));
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(one_line(envelope.city)), sender.address()))
        .to(Mailbox::new(name, deliverable(recipient.mail.expose())?))
        .subject(one_line(&written.subject))
        .date(system_time(envelope.at))
        .message_id(Some(format!("<{}>", message_id(envelope.id, sender))))
        .raw_header(plain_header("Content-Language", tag(recipient.language)))
        // Answering machines keep quiet (RFC 3834).
        .raw_header(plain_header("Auto-Submitted", "auto-generated"));
    if let Some(url) = &envelope.unsubscribe {
        builder = builder
            .raw_header(plain_header("List-Unsubscribe", &format!("<{url}>")))
            .raw_header(plain_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let text = SinglePart::plain(written.body);
    let message = match envelope.calendar {
        Some(calendar) => {
            // The method of the file stands in its type, too (RFC 6047, 2.4), so that mail programs offer it as an entry.
            let method = if calendar.contains("METHOD:CANCEL") { "CANCEL" } else { "REQUEST" };
            let kind = format!("text/calendar; charset=utf-8; method={method}");
            let kind = ContentType::parse(&kind).expect("a well-formed content type");
            let file = Attachment::new(written.calendar_name).body(calendar.to_owned(), kind);
            // A boundary of our own: chance would make every copy of a letter another one. No encoded line holds "=_".
            let boundary = format!("=_{}", envelope.id.0.simple());
            builder.multipart(MultiPart::mixed().boundary(boundary).singlepart(text).singlepart(file))
        }
        None => builder.singlepart(text),
    };
    message.map_err(|_: Error| BadAddress)
}

/// A text for a header. Line breaks and controls become blanks: nothing that was typed begins a header of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
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
