//! What the stories have in common: a post room over a test database, and appointments to write about.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use database::{Database, Event};
use domain::environment::{Clock, Entropy};
use domain::identifier::{AccountId, AppointmentId, CaseId, EventId, Key, PickupId};
use domain::text::Language;
use domain::time::Timestamp;
use mailparse::{MailHeaderMap, ParsedMail, parse_mail};
use notifications::{
    AccountLetter, CaseMessage, Delivered, Deliveries, Dispatched, Endpoint, Facts, Notifications, Outline, Parts,
    PickupMessage, Post, Recipient, Reminders, Sender, Settings, Standing, UnsubscribeSecret,
};
use testkit::{FixedClock, SeededEntropy};

use crate::doubles::{AccountsDouble, CasesDouble, FactsDouble, PickupsDouble};

pub(crate) const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@göttingen\r\nSUMMARY:Größe\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
pub(crate) const CODE: &str = "K7M4-QX2P-ABCD-EFGH-JKMN-PQRS";

/// A worker with its post, over a database that may have others.
pub(crate) struct PostRoom {
    pub(crate) notifications: Notifications,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) facts: FactsDouble,
    pub(crate) accounts: AccountsDouble,
    pub(crate) cases: CasesDouble,
    pub(crate) pickups: PickupsDouble,
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
        Self::with(database, post, clock, facts, settings(), Vec::new())
    }

    /// A worker with settings of its own, that calls these endpoints.
    pub(crate) fn with(
        database: &Database,
        post: Post,
        clock: &FixedClock,
        facts: &FactsDouble,
        settings: Settings,
        webhooks: Vec<Endpoint>,
    ) -> Self {
        // Several workers on one database must not draw the same ids.
        static WORKERS: AtomicU64 = AtomicU64::new(1);
        let entropy = SeededEntropy::new(WORKERS.fetch_add(1, Ordering::Relaxed));
        let secret = UnsubscribeSecret::from_master(&[7; 32]);
        let shared = Arc::new(clock.clone());
        let deliveries = Arc::new(Deliveries::new(database.clone(), shared, Arc::new(entropy.clone()), secret));
        let (accounts, cases) = (AccountsDouble::default(), CasesDouble::default());
        let pickups = PickupsDouble::default();
        let notifications = Notifications::new(Parts {
            deliveries: Arc::clone(&deliveries),
            facts: Arc::new(facts.clone()),
            accounts: Arc::new(accounts.clone()),
            cases: Arc::new(cases.clone()),
            pickups: Arc::new(pickups.clone()),
            post,
            webhooks,
            settings,
        });
        let notifications = notifications.expect("this machine speaks HTTPS");
        let (facts, clock, database) = (facts.clone(), clock.clone(), database.clone());
        Self { notifications, deliveries, facts, accounts, cases, pickups, clock, database, entropy }
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

    /// Something happens to an account, whose owner is told this.
    pub(crate) async fn account_happens(&self, kind: &'static str, told: AccountLetter) -> EventId {
        let account = AccountId(self.entropy.id(self.clock.now()));
        self.accounts.tell(account, told);
        self.record(kind, AppointmentId(account.0)).await
    }

    /// Something happens to a case; `None` when nobody is to be told.
    pub(crate) async fn case_happens(&self, kind: &'static str, told: Option<CaseMessage>) -> EventId {
        let case = CaseId(self.entropy.id(self.clock.now()));
        self.cases.tell(case, told);
        self.record(kind, AppointmentId(case.0)).await
    }

    /// Something happens to a document that lies ready; `None` when nobody is to be told.
    pub(crate) async fn pickup_happens(&self, kind: &'static str, told: Option<PickupMessage>) -> EventId {
        let pickup = PickupId(self.entropy.id(self.clock.now()));
        self.pickups.tell(pickup, told);
        self.record(kind, AppointmentId(pickup.0)).await
    }

    /// The worker looks at what happened.
    pub(crate) async fn dispatch(&self) -> Dispatched {
        self.notifications.dispatch().await.expect("the database answers")
    }

    /// One round of the worker.
    pub(crate) async fn round(&self) -> Delivered {
        while self.dispatch().await.more {}
        self.notifications.deliver_letters(&|| true).await.expect("the database answers")
    }

    /// The states of all deliveries, reminders with their minutes, in order.
    pub(crate) async fn states(&self) -> Vec<(i64, String)> {
        let sql = "SELECT lead_minutes, state FROM delivery ORDER BY at, lead_minutes, state";
        let rows = self.database.rows(sql, vec![]).await.expect("the database answers");
        rows.iter().map(|row| (row.at(0).expect("minutes"), row.at(1).expect("a state"))).collect()
    }

    /// The letter's name in the world, by the event it follows from.
    pub(crate) async fn message_id(&self, event: EventId) -> String {
        let sql = "SELECT id FROM delivery WHERE event = $1 AND consumer = 'mail' AND lead_minutes = 0";
        let row = self.database.row(sql, vec![event.0.into()]).await.expect("the database answers");
        let id: uuid::Uuid = row.expect("a delivery").at(0).expect("an id");
        format!("{id}@stadt.example")
    }
}

/// What the operator of the tests sets.
pub(crate) fn settings() -> Settings {
    Settings {
        sender: Sender::new("termine@stadt.example").expect("an address"),
        public_url: "https://stadt.example".into(),
        reminders: Reminders::default(),
        letters_per_minute: 1_000,
    }
}

/// What planning sees of an appointment that a letter tells like this.
pub(crate) fn outline(facts: &Facts) -> Outline {
    let (is_firm, status) = match &facts.standing {
        Standing::Pending { .. } => (false, "pending_confirmation"),
        Standing::Confirmed { .. } => (true, "confirmed"),
        Standing::Cancelled { .. } => (false, "cancelled"),
    };
    Outline {
        has_mail: true,
        is_firm,
        status,
        office: Key::new("sued").expect("a key"),
        services: vec![Key::new("wohnsitz").expect("a key")],
        starts_at: facts.starts_at,
        ends_at: facts.ends_at,
        changed_at: facts.starts_at,
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
        documents: vec!["Ausweis".into(), "Wohnungsgeberbestätigung".into()],
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

pub(crate) fn cancelled() -> Standing {
    Standing::Cancelled { calendar: CALENDAR.replace("METHOD:REQUEST", "METHOD:CANCEL") }
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
