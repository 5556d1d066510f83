//! A city with two offices, a person of each role, and things of each relation.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use database::{Database, Value as Bound};
use domain::identifier::{AccountId, Key};
use domain::law::TrustLevel;
use domain::opening::QuotaClass;
use domain::permission::{Actor, Role};
use domain::text::Language;
use domain::time::Timestamp;
use gateway::graphql::{Asker, Relation};
use identity::{CreateAccount, CreateDeviceEnrolment, Password, Proof};
use scheduling::{
    BookAppointment, Booked, BookingPlace, ContactInput, HoldSlot, Matter, Overbook, PlaceWish, Route, Visit,
};
use serde_json::{Value, json};
use testkit::{TestApp, TestCity, password};
use uuid::Uuid;

pub(super) const MITTE: &str = "mitte";
pub(super) const NORD: &str = "nord";

/// A guide that was written for another form than the one that is published.
const GUIDE: &str = "valid_from = 2026-01-01\nsource = \"tests\"\ntitle = \"Online\"\n\
    form_sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n\
    [[steps]]\ntext = \"Alles ausfüllen.\"\n";

/// Somebody who asks.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) asker: Asker,
    pub(super) actor: Actor,
    pub(super) login: String,
    pub(super) token: Option<String>,
    pub(super) refresh: String,
}

/// An appointment that was planted for a cell.
#[derive(Debug, Clone)]
pub(super) struct Planted {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) mail: String,
    pub(super) day: String,
}

/// The town.
pub(super) struct Town {
    pub(super) app: TestApp,
    pub(super) colleague: Caller,
    pub(super) nord_clerk: Caller,
    pub(super) stranger: Caller,
    callers: BTreeMap<Asker, Caller>,
    starts: Mutex<BTreeMap<&'static str, VecDeque<Timestamp>>>,
    drawn: AtomicU64,
}

impl Caller {
    pub(super) fn account(&self) -> Option<AccountId> {
        self.actor.account()
    }

    /// The global id of the account; that of nobody for whoever has none.
    pub(super) fn gid(&self) -> String {
        gid("Account", self.account().map_or(Uuid::nil(), |id| id.0))
    }
}

/// The office of a relation; the asker's own is `mitte`.
pub(super) const fn office(relation: Relation) -> &'static str {
    match relation {
        Relation::Own | Relation::Another => MITTE,
        Relation::OtherOffice => NORD,
    }
}

pub(super) fn gid(kind: &str, id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{}", id.simple()))
}

/// The id of a thing that does not exist.
pub(super) fn no_such(kind: &str) -> String {
    gid(kind, Uuid::from_u128(0xdead_beef))
}

pub(super) fn key_id(kind: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{key}"))
}

pub(super) fn key(text: &str) -> Key {
    Key::new(text).expect("a key")
}

impl Town {
    pub(super) async fn start(database: Database) -> Self {
        let city = TestCity::default().desks(4).chat("chat/tutorials/de/residence.toml", GUIDE);
        let app = TestApp::with_city(database, &city).await;
        let nobody = Caller {
            asker: Asker::Visitor,
            actor: Actor::Anonymous,
            login: String::new(),
            token: None,
            refresh: String::new(),
        };
        let mut town = Self {
            app,
            colleague: nobody.clone(),
            nord_clerk: nobody.clone(),
            stranger: nobody,
            callers: BTreeMap::new(),
            starts: Mutex::default(),
            drawn: AtomicU64::new(0),
        };
        town.colleague = town.fresh(Asker::Account(Role::Clerk), MITTE).await;
        town.nord_clerk = town.fresh(Asker::Account(Role::Clerk), NORD).await;
        town.stranger = town.fresh(Asker::Account(Role::Citizen), MITTE).await;
        town.publish_services().await;
        town.publish_tours().await;
        for asker in Asker::ALL {
            let caller = town.fresh(asker, MITTE).await;
            town.callers.insert(asker, caller);
        }
        for office in [MITTE, NORD] {
            let starts = town.find_starts(office).await;
            town.starts.lock().unwrap_or_else(PoisonError::into_inner).insert(office, starts);
        }
        town
    }

    /// The one who asks for everything that takes nothing from them.
    pub(super) fn caller(&self, asker: Asker) -> &Caller {
        &self.callers[&asker]
    }

    pub(super) fn number(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::SeqCst)
    }

    /// A new person or device of this kind, signed in.
    pub(super) async fn fresh(&self, asker: Asker, office: &str) -> Caller {
        let number = self.number();
        let identity = &self.app.application.identity;
        let role = match asker {
            Asker::Visitor => {
                return Caller {
                    asker,
                    actor: Actor::Anonymous,
                    login: String::new(),
                    token: None,
                    refresh: String::new(),
                };
            }
            Asker::Account(Role::Device) => {
                let enrolled = identity.enrol_device(&self.enrolment(office).await, &self.app.key()).await;
                let enrolled = enrolled.expect("enrolled");
                let (tokens, account) = (enrolled.tokens, enrolled.account);
                return Caller {
                    asker,
                    actor: account.actor(),
                    login: account.login,
                    token: Some(tokens.jwt),
                    refresh: tokens.refresh.expose().to_owned(),
                };
            }
            Asker::Account(role) => role,
        };
        let login = if role == Role::Citizen { format!("p{number}@example.org") } else { format!("staff.{number}") };
        let office = matches!(role, Role::Clerk | Role::Lead).then(|| key(office));
        let name = "Eva Beispiel".to_owned();
        let password = Some(Password::new(password(&login)));
        let command = CreateAccount { login: login.clone(), name, role, office, trust: TrustLevel::None, password };
        let account = identity.create_account(&Actor::System, command).await.expect("created");
        let proof = Proof::Password { login: login.clone(), password: Password::new(testkit::password(&login)) };
        let tokens = identity.issue_tokens_for(&proof, "tests").await.expect("signed in");
        let refresh = tokens.refresh.expose().to_owned();
        Caller { asker, actor: account.actor(), login, token: Some(tokens.jwt), refresh }
    }

    /// A code that enrols a device of an office.
    pub(super) async fn enrolment(&self, office: &str) -> String {
        let name = format!("Aufruf {}", self.number());
        let command = CreateDeviceEnrolment { office: key(office), name, idempotency_key: self.app.key() };
        let drawn = self.app.application.identity.create_device_enrolment(&Actor::System, &command).await;
        drawn.expect("a code").code
    }

    async fn find_starts(&self, office: &str) -> VecDeque<Timestamp> {
        let query = "query($search: SearchInput!, $after: String) {
            freeStarts(search: $search, first: 100, after: $after) { nodes { startsAt } pageInfo { hasNextPage endCursor } } }";
        let search = json!({ "visit": [{ "service": key_id("Service", "residence") }],
            "offices": [key_id("Office", office)], "channel": "COUNTER" });
        let (mut found, mut after) = (VecDeque::new(), Value::Null);
        loop {
            let page = self.app.ask(query, json!({ "search": search, "after": after })).await;
            let nodes = page.data("freeStarts.nodes").as_array().unwrap_or_else(|| panic!("{page:?}"));
            found.extend(nodes.iter().map(|node| {
                let text = node["startsAt"].as_str().expect("a start");
                Timestamp::from(DateTime::parse_from_rfc3339(text).expect("an instant").to_utc())
            }));
            if page.data("freeStarts.pageInfo.hasNextPage") != true {
                return found;
            }
            after = page.data("freeStarts.pageInfo.endCursor").clone();
        }
    }

    /// A start that nobody has taken.
    pub(super) fn free_start(&self, office: &'static str) -> Timestamp {
        let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        starts.get_mut(office).and_then(VecDeque::pop_front).expect("the city has enough places")
    }

    pub(super) fn wish(&self, office: &'static str) -> PlaceWish {
        let matter = Matter { service: key("residence"), people: 1 };
        PlaceWish {
            office: key(office),
            team: None,
            starts_at: self.free_start(office),
            visit: Visit::new(vec![matter]).expect("a visit"),
            channel: None,
            variant: None,
        }
    }

    /// Books a place by this route for a contact of its own.
    pub(super) async fn booked(&self, office: &'static str, route: Route) -> (Booked, String, Timestamp) {
        let number = self.number();
        let mail = format!("contact{number}@example.org");
        let contact = ContactInput {
            name: "Otto Muster".to_owned().into(),
            mail: Some(mail.clone().into()),
            phone: Some(format!("0511 {}", 200_000 + number).into()),
            language: Language::German,
        };
        let place = self.wish(office);
        let starts_at = place.starts_at;
        let command =
            BookAppointment { place: BookingPlace::Start(place), contact, route, idempotency_key: self.app.key() };
        let clerk = if office == MITTE { &self.colleague } else { &self.nord_clerk };
        let booked = self.app.application.scheduling.book_appointment(&clerk.actor, &command).await;
        (booked.expect("booked"), mail, starts_at)
    }

    /// An appointment of this relation to the caller, in conflict with the rules.
    pub(super) async fn planted(&self, caller: &Caller, relation: Relation) -> Planted {
        let route = Route::Staff { quota: QuotaClass::Internal, overbook: Overbook::No };
        let (booked, mail, starts_at) = self.booked(office(relation), route).await;
        let id = booked.appointment.id.0;
        let owner = match relation {
            Relation::Own => caller.account(),
            Relation::Another | Relation::OtherOffice => self.stranger.account(),
        };
        if let Some(owner) = owner {
            self.write("UPDATE appointment SET account = $1 WHERE id = $2", vec![owner.0.into(), id.into()]).await;
        }
        self.write("UPDATE appointment SET conflict = 'over_capacity' WHERE id = $1", vec![id.into()]).await;
        let code = booked.manage_code.expect("a code");
        let day = starts_at.to_utc().format("%Y-%m-%d").to_string();
        Planted { id: gid("Appointment", id), code, mail, day }
    }

    /// The code of a hold.
    pub(super) async fn held(&self, office: &'static str) -> String {
        let session = format!("session {}", self.number());
        let command = HoldSlot { place: self.wish(office), session, idempotency_key: self.app.key() };
        let held = self.app.application.scheduling.hold_slot(&Actor::Anonymous, &command).await;
        held.expect("held").manage_code.expect("a code")
    }

    /// A message that was given up, about an appointment of an office or, without one, about an account.
    pub(super) async fn failed_delivery(&self, office: Option<&str>) -> String {
        let (id, event, subject) = (self.uuid(), self.uuid(), self.uuid());
        let kind = if office.is_some() { "appointment.booked" } else { "account.reset_requested" };
        let now = self.app.now().millis();
        let sql = "INSERT INTO delivery (id, event, consumer, lead_minutes, kind, subject, office, at, state, attempts, \
                   next_at, reason, changed_at) VALUES ($1, $2, 'mail', 0, $3, $4, $5, $6, 'dead', 1, $6, 'SMTP_550', $6)";
        let office: Option<String> = office.map(str::to_owned);
        let values = vec![id.into(), event.into(), kind.into(), subject.into(), office.into(), now.into()];
        self.write(sql, values).await;
        gid("Delivery", id)
    }

    /// The newest session of a caller.
    pub(super) async fn session_of(&self, caller: &Caller) -> String {
        let sessions = self.app.application.identity.my_sessions(&caller.actor).await.unwrap_or_default();
        gid("Session", sessions.first().map_or(Uuid::nil(), |session| session.id.0))
    }

    pub(super) async fn write(&self, sql: &str, values: Vec<Bound>) {
        self.app.application.database.write(sql, values).await.expect("the database answers");
    }

    fn uuid(&self) -> Uuid {
        Uuid::from_u128(0x0195_0000_0000_7000_8000_0000_0000_0000 + u128::from(self.number()))
    }
}
