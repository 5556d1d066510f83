//! Booking: by account, by a link in a mail, or by staff for someone.

use database::{DatabaseError, IdempotencyKey, Remembered, Rule};
use domain::appointment::{Status, Step};
use domain::identifier::{AccountId, AppointmentId};
use domain::opening::QuotaClass;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::appointment::{Appointment, Contact};
use crate::board::Picture;
use crate::contact::ContactInput;
use crate::desk::Written;
use crate::failure::{Failure, Problem};
use crate::numbers::Known;
use crate::place::{Overbook, Place, PlaceWish};
use crate::requests::idempotency_key;
use crate::secret::new_number;
use crate::store::appointments::{self, Which, channel_word, json, quota_word};
use crate::store::booking::{AppointmentRow, NewAppointment, SealedContact};
use crate::store::{cells, contacts};
use crate::take::{CellTake, Take, bookings_of, matter_of};
use crate::traces::{Happening, leave};
use crate::visit::Visit;

/// Asks for a booking.
#[derive(Debug, Clone)]
pub struct BookAppointment {
    /// A start, or a hold.
    pub place: BookingPlace,
    /// Whom to reach.
    pub contact: ContactInput,
    /// On which route.
    pub route: Route,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// What is to be booked.
#[derive(Debug, Clone)]
pub enum BookingPlace {
    /// A start, directly.
    Start(PlaceWish),
    /// The place held under this code.
    Hold {
        /// The code that came with the hold.
        code: String,
    },
}

/// How the person is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// By the account that asks. Firm at once.
    Account,
    /// By a link in a mail (double opt-in). Firm after the click.
    MailLink,
    /// Staff book for someone, with or without mail; the code is printed. Firm at once.
    Staff {
        /// From which quota: internal or urgent.
        quota: QuotaClass,
        /// Whether over capacity.
        overbook: Overbook,
    },
}

/// A booking or hold as it stands now.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The appointment.
    pub appointment: Appointment,
    /// The code with which it can be read, moved and cancelled; absent where it travels by mail only.
    pub manage_code: Option<String>,
}

/// What a new appointment is, besides its place.
pub(crate) struct Draft {
    pub(crate) status: Status,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) happening: Happening,
    pub(crate) contact: Option<Contact>,
    pub(crate) account: Option<AccountId>,
    pub(crate) booked_by: Option<AccountId>,
    pub(crate) person: Option<i64>,
    pub(crate) quota: QuotaClass,
    pub(crate) overbook: Overbook,
}

impl Scheduling {
    /// Books an appointment.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] when the route is not open to the asker; [`Problem::SlotTaken`] with alternatives,
    /// [`Problem::AlreadyBooked`], [`Problem::BookingLimit`], [`Problem::NotFound`] for a hold that ran out, and the problems
    /// of contacts, visits and starts.
    pub async fn book_appointment(&self, actor: &Actor, command: &BookAppointment) -> Result<Booked, Failure> {
        match command.route {
            Route::Account => actor.may(Permission::BookForOneself)?,
            Route::MailLink => {}
            Route::Staff { quota, overbook } => {
                actor.may(Permission::BookForSomeone)?;
                if quota == QuotaClass::Urgent {
                    actor.may(Permission::BookUrgent)?;
                }
                if overbook == Overbook::Yes {
                    actor.may(Permission::Overbook)?;
                }
                if let BookingPlace::Start(wish) = &command.place {
                    actor.may_in(Permission::BookForSomeone, &wish.office)?;
                }
            }
        }
        let contact = command.contact.fingerprint(&self.secret);
        let input = format!("{:?}", (&command.place, &command.route, contact));
        let key = idempotency_key(actor, &command.idempotency_key, "book_appointment", &input)?;
        let contact = command.contact.check()?;
        self.vault.unlock(&self.database, self.now()).await?;
        let person = self.person_of(actor, command.route, &contact).await?;
        match &command.place {
            BookingPlace::Start(wish) => {
                let people = self.people_takes(person, &wish.visit);
                let draft = |now| self.draft(actor, command.route, contact.clone(), person, now);
                self.write_new(actor, wish, &people, &key, draft).await
            }
            BookingPlace::Hold { code } => {
                let work = || self.book_hold(actor, command.route, code, &contact, person, &key);
                self.explain_hold(self.once(&key, work).await, person, code).await
            }
        }
    }

    fn draft(&self, actor: &Actor, route: Route, contact: Contact, person: Option<i64>, now: Timestamp) -> Draft {
        let firm = Draft {
            status: Status::Confirmed,
            expires_at: None,
            happening: Happening::Booked,
            contact: Some(contact),
            account: None,
            booked_by: None,
            person,
            quota: QuotaClass::Public,
            overbook: Overbook::No,
        };
        match route {
            Route::Account => Draft { account: actor.account(), ..firm },
            Route::MailLink => Draft {
                status: Status::PendingConfirmation,
                expires_at: Some(now.plus_minutes(i64::from(self.settings.confirm_minutes))),
                happening: Happening::ConfirmationRequested,
                ..firm
            },
            Route::Staff { quota, overbook } => Draft { booked_by: actor.account(), quota, overbook, ..firm },
        }
    }

    /// The number of the person, from what identifies them best; nobody can be told apart who gives neither mail nor phone.
    async fn person_of(&self, actor: &Actor, route: Route, contact: &Contact) -> Result<Option<i64>, Failure> {
        let account = actor.account().map(|account| account.to_string());
        let known = match route {
            Route::Account => account.as_deref().map(Known::Account),
            Route::MailLink if contact.mail.is_none() => return Err(Problem::MailMissing.into()),
            Route::MailLink | Route::Staff { .. } => contact.known(),
        };
        let Some(known) = known else { return Ok(None) };
        self.renumber_first(known).await?;
        Ok(Some(self.numbering(self.now())?.of(known)?))
    }

    fn people_takes(&self, person: Option<i64>, visit: &Visit) -> Vec<(Take, i64)> {
        let Some(person) = person else { return Vec::new() };
        let matters = visit.matters.iter().map(|matter| (matter_of(person, &matter.service), 1));
        matters.chain([(bookings_of(person), i64::from(self.settings.bookings_per_person))]).collect()
    }

    /// Writes a new appointment at the desk; on refusal makes room of what has lapsed and tries once more.
    pub(crate) async fn write_new(
        &self,
        actor: &Actor,
        wish: &PlaceWish,
        people: &[(Take, i64)],
        key: &IdempotencyKey,
        draft: impl Fn(Timestamp) -> Draft,
    ) -> Result<Booked, Failure> {
        let mut room_made = false;
        let mut outdated = 0;
        loop {
            let now = self.now();
            let picture = self.board.picture()?;
            let draft = draft(now);
            let place = match self.board.place(&picture, wish, draft.quota, draft.overbook.extra(&self.settings), now) {
                Ok(place) => place,
                // A repeated request must get its answer even when its start has passed meanwhile.
                Err(problem) => return self.replay(key).await?.ok_or_else(|| problem.into()),
            };
            self.vault.unlock(&self.database, now).await?;
            let (appointment, new) = self.new_appointment(actor, &picture, wish, &place, people, key, draft, now)?;
            let written = self.desk.write(new.clone(), picture.version).await;
            if written.is_known_not_to_be() {
                self.board.settled(new.event.id);
            }
            match written {
                Written::Booked => {
                    self.board.take(&appointment);
                    self.board.settled(new.event.id);
                    return Ok(self.booked(appointment));
                }
                Written::Outdated if outdated < 3 => {
                    outdated += 1;
                    self.vault.refresh(&self.database).await?;
                    self.follow_changes().await?;
                }
                Written::Outdated => return Err(DatabaseError::Contended.into()),
                Written::Refused(DatabaseError::Broken(rule)) => {
                    if let Some(booked) = self.replay(key).await? {
                        return Ok(booked);
                    }
                    match rule {
                        Rule::AppointmentNumber => {}
                        Rule::CapacityNotExceeded if !room_made => {
                            room_made = true;
                            let person = appointment.person;
                            if !self.make_room(person).await? {
                                return Err(self.refusal(&new.cells, people, Some(wish), person).await?.into());
                            }
                        }
                        Rule::CapacityNotExceeded => {
                            return Err(self.refusal(&new.cells, people, Some(wish), appointment.person).await?.into());
                        }
                        Rule::TakenNotNegative
                        | Rule::IdempotencyKey
                        | Rule::AccountLogin
                        | Rule::CityVersion
                        | Rule::SigningKeyNumber
                        | Rule::OpenIdSubject
                        | Rule::OpenIdAccount
                        | Rule::AuditSealNumber
                        | Rule::AuditAppendOnly
                        | Rule::DefinitionImmutable
                        | Rule::DefinitionHash
                        | Rule::DefinitionSequence
                        | Rule::PartyNumber
                        | Rule::PartyIdentity
                        | Rule::RehearsalNumber
                        | Rule::CaseReceipt
                        | Rule::QuotaNotExceeded
                        | Rule::TourNotExceeded
                        | Rule::LetterNumber
                        | Rule::PaymentReference
                        | Rule::ConversationNumber
                        | Rule::ChatAdditionWords
                        | Rule::PickupNumber
                        | Rule::CompartmentTaken
                        | Rule::LockerEventNumber
                        | Rule::PaymentRefund => {
                            return Err(DatabaseError::Broken(rule).into());
                        }
                    }
                }
                Written::Refused(error) => return Err(error.into()),
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all of it is what one row is made of; a struct would only rename them"
    )]
    fn new_appointment(
        &self,
        actor: &Actor,
        picture: &Picture,
        wish: &PlaceWish,
        place: &Place,
        people: &[(Take, i64)],
        key: &IdempotencyKey,
        draft: Draft,
        now: Timestamp,
    ) -> Result<(Appointment, NewAppointment), DatabaseError> {
        let id = AppointmentId(self.entropy.id(now));
        let takes: Vec<Take> = place.takes.iter().copied().chain(people.iter().map(|(take, _)| *take)).collect();
        let mut all: Vec<CellTake> = place.cells.clone();
        all.extend(people.iter().map(|(take, limit)| CellTake { pool: take.pool, at: take.first, limit: *limit }));
        let (event, audit) = self.traces(draft.happening, id, actor.account(), &[], now);
        let appointment = Appointment {
            id,
            number: new_number(&*self.entropy),
            status: draft.status,
            office: wish.office.clone(),
            team: place.team.clone(),
            starts_at: place.starts_at,
            ends_at: place.ends_at,
            quota: draft.quota,
            channel: place.channel,
            variant: wish.variant.clone(),
            visit: wish.visit.clone(),
            expires_at: draft.expires_at,
            extended: false,
            account: draft.account,
            booked_by: draft.booked_by,
            contact: draft.contact,
            overbooked: draft.overbook == Overbook::Yes,
            conflict: None,
            city_version: picture.version,
            created_at: now,
            changed_at: now,
            generation: 0,
            links: 0,
            person: draft.person,
            takes,
        };
        let row = AppointmentRow { contact: self.sealed_contact(&appointment)?, ..row_of(&appointment) };
        let new = NewAppointment { row, cells: all, idempotency: key.clone(), event, audit };
        Ok((appointment, new))
    }

    fn sealed_contact(&self, appointment: &Appointment) -> Result<SealedContact, DatabaseError> {
        let Some(contact) = &appointment.contact else { return Ok(SealedContact::default()) };
        let sealed = contacts::seal(&self.vault, appointment.id, contact)?;
        let numbering = self.numbering(appointment.created_at)?;
        Ok(SealedContact::new(&sealed, contact.further_tokens(numbering, appointment.person)?))
    }

    async fn book_hold(
        &self,
        actor: &Actor,
        route: Route,
        code: &str,
        contact: &Contact,
        person: Option<i64>,
        key: &IdempotencyKey,
    ) -> Result<Booked, Failure> {
        let now = self.now();
        self.vault.unlock(&self.database, now).await?;
        let unit = self.database.begin().await?;
        let held = self.open_hold_in(&unit, code).await?;
        if let Route::Staff { .. } = route {
            actor.may_in(Permission::BookForSomeone, &held.office)?;
        }
        let people = self.people_takes(person, &held.visit);
        let draft = self.draft(actor, route, contact.clone(), person, now);
        let step = if draft.status == Status::Confirmed { Step::Confirm } else { Step::AskConfirmation };
        let status = held.status.after(step).map_err(Problem::from)?;
        // The session's pool is given back, the person's pools are taken.
        let (kept, given_back): (Vec<Take>, Vec<Take>) = held.takes.iter().copied().partition(|take| take.in_time());
        let generation = held.generation;
        let takes: Vec<Take> = kept.into_iter().chain(people.iter().map(|(take, _)| *take)).collect();
        let booked = Appointment {
            status,
            takes,
            expires_at: draft.expires_at,
            account: draft.account.or(held.account.filter(|_| route == Route::Account)),
            booked_by: draft.booked_by,
            contact: draft.contact,
            person,
            changed_at: now,
            generation: generation + 1,
            // Until the mail is confirmed nobody may move or cancel what stands under somebody's address: the code of the
            // hold is void.
            links: if status == Status::PendingConfirmation { held.links + 1 } else { held.links },
            ..held
        };
        if !appointments::update(&unit, &booked, generation).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        let sealed = contacts::seal(&self.vault, booked.id, contact).map_err(DatabaseError::from)?;
        if !unit.keep_key(&sealed.key, now).await? {
            drop(unit);
            self.vault.refresh(&self.database).await?;
            return Err(DatabaseError::Contended.into());
        }
        contacts::replace(&unit, booked.id, sealed.field).await?;
        contacts::index(&unit, booked.id, &contact.further_tokens(self.numbering(now)?, person)?).await?;
        let mut own_cells: Vec<CellTake> =
            people.iter().map(|(take, limit)| CellTake { pool: take.pool, at: take.first, limit: *limit }).collect();
        own_cells.sort_unstable();
        cells::take(&unit, &own_cells).await?;
        cells::release(&unit, &given_back).await?;
        unit.remember(key, booked.id.0, now).await?;
        let traces = self.traces(draft.happening, booked.id, actor.account(), &[], now);
        leave(&unit, &traces).await?;
        unit.commit().await?;
        self.board.lapse_at(&booked);
        self.board.settled(traces.0.id);
        Ok(self.booked(booked))
    }

    /// Gives a broken rule its human name, after room was made once.
    async fn explain_hold(
        &self,
        outcome: Result<Booked, Failure>,
        person: Option<i64>,
        code: &str,
    ) -> Result<Booked, Failure> {
        let Err(Failure::Database(DatabaseError::Broken(rule))) = outcome else { return outcome };
        if rule != Rule::CapacityNotExceeded {
            return Err(DatabaseError::Broken(rule).into());
        }
        let held = self.open_hold(code).await?;
        let people = self.people_takes(person, &held.visit);
        self.make_room(person).await?;
        let cells: Vec<CellTake> =
            people.iter().map(|(take, limit)| CellTake { pool: take.pool, at: take.first, limit: *limit }).collect();
        Err(self.refusal(&cells, &people, None, person).await?.into())
    }

    /// The answer to a request that was answered before, as its appointment stands now.
    ///
    /// # Errors
    /// [`Failure::IdempotencyMismatch`] when the key came with another input.
    pub(crate) async fn replay(&self, key: &IdempotencyKey) -> Result<Option<Booked>, Failure> {
        match self.database.remembered(key).await? {
            None => Ok(None),
            Some(Remembered::Mismatch) => Err(Failure::IdempotencyMismatch),
            Some(Remembered::Same(subject)) => {
                let ids = [AppointmentId(subject)];
                let found = self.find(&Which::Ids(&ids), self.now()).await?;
                Ok(found.into_iter().next().map(|appointment| self.booked(appointment)))
            }
        }
    }

    /// Adds the code where the asker may have it: everywhere but for bookings that wait for the click in the mail.
    pub(crate) fn booked(&self, appointment: Appointment) -> Booked {
        let by_mail = appointment.status == Status::PendingConfirmation;
        let manage_code = (!by_mail).then(|| self.manage_code(&appointment));
        Booked { appointment, manage_code }
    }
}

fn row_of(appointment: &Appointment) -> AppointmentRow {
    let hex = |id: AccountId| id.0.simple().to_string();
    AppointmentRow {
        id: appointment.id.0.simple().to_string(),
        number: appointment.number.clone(),
        status: appointment.status.as_str(),
        office: appointment.office.to_string(),
        team: appointment.team.to_string(),
        starts_at: appointment.starts_at.millis(),
        ends_at: appointment.ends_at.millis(),
        quota: quota_word(appointment.quota),
        channel: channel_word(appointment.channel),
        variant: appointment.variant.as_ref().map(ToString::to_string),
        visit: json(&appointment.visit),
        takes: json(&appointment.takes),
        expires_at: appointment.expires_at.map(Timestamp::millis),
        account: appointment.account.map(hex),
        booked_by: appointment.booked_by.map(hex),
        person: appointment.person,
        contact: SealedContact::default(),
        overbooked: i64::from(appointment.overbooked),
        city_version: appointment.city_version,
        created_at: appointment.created_at.millis(),
    }
}
