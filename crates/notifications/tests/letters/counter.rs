//! What the stories have in common: a post room over a test database, and appointments to write about.

use std::path::Path;
use std::sync::Arc;

use database::{Database, Event};
use domain::environment::{Clock, Entropy};
use domain::identifier::{AppointmentId, EventId};
use domain::text::Language;
use domain::time::Timestamp;
use mailparse::{MailHeaderMap, ParsedMail, parse_mail};
use notifications::{Delivered, Facts, Notifications, Parts, Post, Recipient, Sender, Settings, Standing};
use testkit::{FixedClock, SeededEntropy};

use crate::doubles::FactsDouble;

pub(crate) const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@göttingen\r\nSUMMARY:Größe\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
pub(crate) const CODE: &str = "K7M4-QX2P-ABCD-EFGH-JKMN-PQRS";

/// A worker with its post, over a database that may have others.
pub(crate) struct PostRoom {
    pub(crate) notifications: Notifications,
    pub(crate) facts: FactsDouble,
    pub(crate) clock: FixedClock,
    pub(crate) database: Database,
    entropy: SeededEntropy,
}

impl PostRoom {
    pub(crate) fn open(database: &Database, post: Post) -> Self {
        Self::beside(database, post, &FixedClock::default(), &FactsDouble::default())
    }

    /// Another worker with the same clock and the same appointments.
    pub(crate) fn beside(database: &Database, post: Post, clock: &FixedClock, facts: &FactsDouble) -> Self {
        let sender = Sender::new("termine@stadt.example").expect("an address");
        let notifications = Notifications::new(Parts {
            database: database.clone(),
            clock: Arc::new(clock.clone()),
            facts: Arc::new(facts.clone()),
            post,
            settings: Settings { sender, public_url: "https://stadt.example".into() },
        });
        let (facts, clock, database) = (facts.clone(), clock.clone(), database.clone());
        Self { notifications, facts, clock, database, entropy: SeededEntropy::new(11) }
    }

    pub(crate) fn to_server(database: &Database, url: &str) -> Self {
        Self::open(database, Post::smtp(url, "stadt.example").expect("an address of a server"))
    }

    /// Something happens to an appointment that stands like this.
    pub(crate) async fn happens(&self, kind: &'static str, facts: Facts) -> (EventId, AppointmentId) {
        let appointment = AppointmentId(self.entropy.id(self.clock.now()));
        self.facts.tell(appointment, facts);
        (self.record(kind, appointment).await, appointment)
    }

    /// An event comes into the outbox.
    pub(crate) async fn record(&self, kind: &'static str, appointment: AppointmentId) -> EventId {
        let at = self.clock.now();
        let id = EventId(self.entropy.id(at));
        let event = Event { id, kind, subject: appointment.0, payload: "{}".into(), at, origin: 0 };
        let unit = self.database.begin().await.expect("the database answers");
        unit.record(&event).await.expect("the outbox takes it");
        unit.commit().await.expect("the database answers");
        id
    }

    /// One round of the worker.
    pub(crate) async fn round(&self) -> Delivered {
        self.notifications.deliver_due(&|| true).await.expect("the database answers")
    }
}

/// An appointment on Tuesday, 24 November 2026, 09:15 to 09:30 in Göttingen.
pub(crate) fn facts(standing: Standing) -> Facts {
    Facts {
        recipient: Recipient {
            mail: "Eva.Muessig@example.org".into(),
            name: "Eva Müßig-Öztürk".into(),
            language: Language::German,
        },
        standing,
        number: "K7M4-QX2P".into(),
        starts_at: Timestamp::from_seconds(1_795_508_100),
        ends_at: Timestamp::from_seconds(1_795_509_000),
        zone: chrono_tz::Europe::Berlin,
        office: "Bürgerbüro Süd".into(),
        address: Some("Straße der Höfe 1, 37073 Göttingen".into()),
        services: vec!["Wohnsitz ummelden".into(), "Führungszeugnis".into()],
        city: "Göttingen".into(),
        phone: Some("0551 115".into()),
    }
}

pub(crate) fn pending() -> Standing {
    // Half past ten of the day on which the clock of the tests stands.
    Standing::Pending { code: CODE.into(), until: Timestamp::from_seconds(1_795_426_200) }
}

pub(crate) fn confirmed() -> Standing {
    Standing::Confirmed { code: CODE.into(), calendar: CALENDAR.into() }
}

/// All letters in a directory, by name.
pub(crate) fn letters_in(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).expect("the directory was made");
    let mut letters: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
            (name, std::fs::read(&path).expect("a letter"))
        })
        .collect();
    letters.sort_unstable();
    letters
}

pub(crate) fn parsed(letter: &[u8]) -> ParsedMail<'_> {
    parse_mail(letter).expect("a well-formed mail")
}

pub(crate) fn header(mail: &ParsedMail<'_>, name: &str) -> String {
    mail.headers.get_first_value(name).unwrap_or_default()
}

/// The plain text of a letter with or without attachment, with lines as text files end them.
pub(crate) fn body(mail: &ParsedMail<'_>) -> String {
    let part = mail.subparts.first().unwrap_or(mail);
    part.get_body().expect("a text").replace("\r\n", "\n")
}

pub(crate) fn message_ids(letters: &[Vec<u8>]) -> Vec<String> {
    letters.iter().map(|letter| header(&parsed(letter), "Message-ID")).collect()
}
