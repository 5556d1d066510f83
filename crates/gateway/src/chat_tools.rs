//! What the chatbot can have done: the use cases of the house, with the rights of whoever talks to it and no others.

use applications::{Access as CaseAccess, Intake, Practice, StartDraft};
use capacity::Cursor;
use chatbot::language::ChatLanguage;
use chatbot::tools::{
    Answering, AppointmentFacts, BegunApplication, BookingOrder, CaseFacts, OfferedStart, OfficeName, OpenDay,
    OpeningHours, StartWish, ToolFailure, ToolPort,
};
use chrono::NaiveDate;
use conversations::TutorialStanding;
use domain::appointment::Status;
use domain::identifier::Key;
use domain::office::Office;
use domain::opening::{QuotaClass, VisitChannel};
use domain::permission::{Actor, Permission};
use domain::pickup::PickupState;
use domain::text::Language;
use domain::time::Timestamp;
use scheduling::{
    Access, Appointment, BookAppointment, Booked, BookingPlace, CancelAppointment, ContactInput, FreeStart, Matter,
    Picture, PlaceWish, RescheduleAppointment, Route, Search, Visit,
};

use crate::application::Application;
use crate::graphql::{application_problem, appointment_problem};
use crate::mail::grouped;
use crate::proof_of_work::Subject;

/// Days of one answer about opening hours.
const WEEK: usize = 7;
/// Starts that are looked through for those at the right time of the day.
const LOOKED_THROUGH: usize = 2_000;
/// Starts on a page of the search.
const PAGE: usize = 100;

/// The tools of one person for one request.
#[derive(Debug, Clone)]
pub struct ChatTools {
    /// The house.
    pub application: Application,
    /// Who asks.
    pub actor: Actor,
}

impl ToolPort for ChatTools {
    fn offices(&self) -> Vec<OfficeName> {
        let Ok(picture) = self.application.scheduling.board().picture() else { return Vec::new() };
        picture.city.offices.values().map(|office| named(&picture, office)).collect()
    }

    fn free_starts<'a>(&'a self, wish: &'a StartWish) -> Answering<'a, Vec<OfferedStart>> {
        Box::pin(async { self.find(wish) })
    }

    fn book<'a>(&'a self, order: &'a BookingOrder) -> Answering<'a, AppointmentFacts> {
        Box::pin(async {
            self.prove(order).await?;
            let has_account = self.actor.may(Permission::BookForOneself).is_ok();
            let command = BookAppointment {
                place: BookingPlace::Start(PlaceWish {
                    office: order.start.office.clone(),
                    team: Some(order.start.team.clone()),
                    starts_at: order.start.starts_at,
                    visit: visit(&order.service)?,
                    channel: channel(order.start.by_video),
                    variant: None,
                }),
                contact: ContactInput {
                    name: order.name.clone(),
                    mail: Some(order.mail.clone()),
                    phone: None,
                    language: language_of_messages(order.language),
                },
                route: if has_account { Route::Account } else { Route::MailLink },
                idempotency_key: order.idempotency_key.clone(),
            };
            let booked = self.application.scheduling.book_appointment(&self.actor, &command).await;
            self.facts(booked.map_err(|failure| of_scheduling(&failure))?)
        })
    }

    fn appointment<'a>(&'a self, code: &'a str) -> Answering<'a, AppointmentFacts> {
        Box::pin(async {
            let access = Access::Code(code.to_owned());
            let found = self.application.scheduling.read_appointment(&self.actor, &access).await;
            let appointment = found.map_err(|failure| of_scheduling(&failure))?;
            self.facts(Booked { appointment, manage_code: Some(code.to_owned()) })
        })
    }

    fn cancel<'a>(&'a self, code: &'a str, idempotency_key: &'a str) -> Answering<'a, ()> {
        Box::pin(async {
            let access = Access::Code(code.to_owned());
            let command = CancelAppointment { access, idempotency_key: idempotency_key.to_owned() };
            let cancelled = self.application.scheduling.cancel_appointment(&self.actor, &command).await;
            cancelled.map(drop).map_err(|failure| of_scheduling(&failure))
        })
    }

    fn reschedule<'a>(
        &'a self,
        code: &'a str,
        start: &'a OfferedStart,
        idempotency_key: &'a str,
    ) -> Answering<'a, AppointmentFacts> {
        Box::pin(async {
            let command = RescheduleAppointment {
                access: Access::Code(code.to_owned()),
                office: Some(start.office.clone()),
                starts_at: start.starts_at,
                channel: channel(start.by_video),
                idempotency_key: idempotency_key.to_owned(),
            };
            let moved = self.application.scheduling.reschedule_appointment(&self.actor, &command).await;
            self.facts(moved.map_err(|failure| of_scheduling(&failure))?)
        })
    }

    fn case_status<'a>(&'a self, code: &'a str) -> Answering<'a, CaseFacts> {
        Box::pin(async {
            let access = CaseAccess::Code(code.to_owned());
            let status = self.application.applications.case_status(&self.actor, &access).await;
            if matches!(status, Err(applications::Failure::Problem(applications::Problem::NotFound))) {
                return self.pickup_status(code).await;
            }
            let status = status.map_err(|failure| of_applications(&failure))?;
            let zone = self.picture()?.city.municipality.time_zone;
            let running = status.deadlines.iter().filter(|deadline| deadline.paused_at.is_none());
            Ok(CaseFacts {
                receipt: status.receipt.map(|receipt| receipt.to_string()).unwrap_or_default(),
                service: status.service,
                status: status.status.as_str().to_owned(),
                due: running.map(|deadline| deadline.due_at).min().map(|at| at.local_date(zone)),
            })
        })
    }

    fn opening_hours<'a>(&'a self, office: Option<&'a Key>, from: NaiveDate) -> Answering<'a, Vec<OpeningHours>> {
        Box::pin(async move {
            let picture = self.picture()?;
            let wanted = picture.city.offices.values().filter(|one| office.is_none_or(|key| *key == one.key));
            let hours: Vec<OpeningHours> = wanted.map(|office| hours_of(&picture, office, from)).collect();
            if hours.is_empty() { Err(ToolFailure::NotFound) } else { Ok(hours) }
        })
    }

    fn waiting_minutes<'a>(&'a self, _office: &'a Key) -> Answering<'a, u32> {
        // Nobody counts who waits at an office yet.
        Box::pin(async { Err(ToolFailure::NotOffered) })
    }

    fn start_application<'a>(
        &'a self,
        service: &'a Key,
        language: ChatLanguage,
        idempotency_key: &'a str,
    ) -> Answering<'a, BegunApplication> {
        Box::pin(async move {
            let command = StartDraft {
                service: service.clone(),
                practice: Practice::Real,
                intake: Intake::Online,
                language: language_of_messages(language),
                idempotency_key: idempotency_key.to_owned(),
            };
            let started = self.application.applications.start_draft(&self.actor, &command).await;
            let started = started.map_err(|failure| match failure {
                applications::Failure::Problem(applications::Problem::UnknownService) => ToolFailure::NotOffered,
                failure => of_applications(&failure),
            })?;
            Ok(BegunApplication { code: started.code })
        })
    }

    fn guide_holds<'a>(&'a self, service: &'a Key, language: ChatLanguage) -> Answering<'a, ()> {
        Box::pin(async move {
            let view = self.application.conversations.tutorial(service, language).await;
            match view.map_err(|_| ToolFailure::Unavailable)?.map(|view| view.standing) {
                Some(TutorialStanding::Holds) => Ok(()),
                Some(TutorialStanding::Stale | TutorialStanding::NotOnline) | None => Err(ToolFailure::NotOffered),
            }
        })
    }
}

impl ChatTools {
    /// Where the document is that a code opens: "is my document ready?" is asked with its code, too.
    async fn pickup_status(&self, code: &str) -> Result<CaseFacts, ToolFailure> {
        let pickup = self.application.scheduling.pickup_by_code(code).await.map_err(|failure| match failure {
            scheduling::pickup::Failure::Problem(_) => ToolFailure::NotFound,
            scheduling::pickup::Failure::Forbidden(_)
            | scheduling::pickup::Failure::IdempotencyMismatch
            | scheduling::pickup::Failure::Database(_) => ToolFailure::Unavailable,
        })?;
        let lies_ready = matches!(pickup.state, PickupState::Loaded | PickupState::Opening | PickupState::Open);
        Ok(CaseFacts {
            receipt: grouped(&pickup.number),
            service: pickup.service,
            status: format!("pickup_{}", if lies_ready { "loaded" } else { pickup.state.as_str() }),
            due: None,
        })
    }

    fn picture(&self) -> Result<std::sync::Arc<Picture>, ToolFailure> {
        self.application.scheduling.board().picture().map_err(|_| ToolFailure::Unavailable)
    }

    fn find(&self, wish: &StartWish) -> Result<Vec<OfferedStart>, ToolFailure> {
        let picture = self.picture()?;
        let zone = picture.city.municipality.time_zone;
        let search = Search {
            visit: visit(&wish.service)?,
            offices: wish.office.iter().cloned().collect(),
            from: Some(wish.from),
            to: wish.to,
            channel: channel(wish.by_video),
            variant: None,
            step_free_only: false,
            origin: None,
            quota: QuotaClass::Public,
        };
        let suits = |start: &FreeStart| {
            let time = start.starts_at.local(zone).time();
            wish.not_before.is_none_or(|first| first <= time) && wish.not_after.is_none_or(|last| time <= last)
        };
        let (mut found, mut looked, mut after): (Vec<OfferedStart>, usize, Option<Cursor>) = (Vec::new(), 0, None);
        while found.len() < wish.most && looked < LOOKED_THROUGH {
            let page = self.application.scheduling.find_starts(&search, PAGE, after.as_ref());
            let page = page.map_err(|failure| of_scheduling(&failure))?;
            looked += page.starts.len();
            found.extend(page.starts.iter().filter(|start| suits(start)).map(|start| {
                let (office, team) = (&start.office, &start.team);
                offered(&picture, office, team, start.starts_at, start.channel)
            }));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        found.truncate(wish.most);
        Ok(found)
    }

    /// A conversation is no way round the puzzle: where one is asked for, whoever has not signed in books with the form.
    async fn prove(&self, order: &BookingOrder) -> Result<(), ToolFailure> {
        let subject = Subject::Booking { office: order.start.office.to_string(), starts_at: order.start.starts_at };
        let gate = &self.application.proof_of_work;
        match gate.require(&self.actor, &subject, None, &order.idempotency_key).await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(ToolFailure::Refused("PROOF_OF_WORK_REQUIRED".to_owned())),
            Err(_) => Err(ToolFailure::Unavailable),
        }
    }

    fn facts(&self, booked: Booked) -> Result<AppointmentFacts, ToolFailure> {
        let Booked { appointment, manage_code } = booked;
        let Appointment { office, team, starts_at, channel, visit, number, status, .. } = appointment;
        let service = visit.matters.into_iter().next().map(|matter| matter.service).ok_or(ToolFailure::NotFound)?;
        let start = offered(&*self.picture()?, &office, &team, starts_at, channel);
        let is_firm = status != Status::PendingConfirmation;
        Ok(AppointmentFacts { start, service, number, is_firm, code: manage_code })
    }
}

fn named(picture: &Picture, office: &Office) -> OfficeName {
    let district = picture.city.districts.iter().find(|district| Some(district.number) == office.district);
    let places = district.iter().flat_map(|district| std::iter::once(&district.name).chain(&district.quarters));
    OfficeName {
        key: office.key.clone(),
        name: office.name.get(Language::German).to_owned(),
        address: office.address.as_ref().map(|address| address.line.clone()).unwrap_or_default(),
        also: places.cloned().collect(),
    }
}

fn offered(picture: &Picture, office: &Key, team: &Key, starts_at: Timestamp, channel: VisitChannel) -> OfferedStart {
    let name = picture.city.offices.get(office).map(|office| office.name.get(Language::German).to_owned());
    OfferedStart {
        office: office.clone(),
        // An office that closed since then still has its appointments.
        office_name: name.unwrap_or_else(|| office.to_string()),
        team: team.clone(),
        starts_at,
        by_video: channel == VisitChannel::Video,
    }
}

/// A week of an office, with its exceptions and holidays, as the offices themselves publish it.
fn hours_of(picture: &Picture, office: &Office, from: NaiveDate) -> OpeningHours {
    let zone = picture.supply.zone();
    let time = |at: Timestamp| at.local(zone).time();
    let days = from.iter_days().take(WEEK).map(|day| {
        let open = picture.supply.opening_hours(&office.key, day);
        let mut hours: Vec<_> = open.iter().map(|open| (time(open.from), time(open.to))).collect();
        // Teams with the same hours are one and the same to the public.
        hours.dedup();
        OpenDay { day, hours }
    });
    let valid = office.rules.iter().filter_map(|rule| rule.valid_from).filter(|day| *day <= from);
    OpeningHours {
        office: named(picture, office),
        days: days.collect(),
        source: format!("offices/{}.toml#rules", office.key),
        // Rules without a day are those of the city that serves today.
        since: valid.max().unwrap_or(from),
    }
}

fn visit(service: &Key) -> Result<Visit, ToolFailure> {
    let matters = vec![Matter { service: service.clone(), people: 1 }];
    Visit::new(matters).map_err(|refusal| of_scheduling(&scheduling::Problem::from(refusal).into()))
}

const fn channel(by_video: bool) -> Option<VisitChannel> {
    if by_video { Some(VisitChannel::Video) } else { None }
}

/// Letters are written in German, plain German and English.
const fn language_of_messages(language: ChatLanguage) -> Language {
    match language {
        ChatLanguage::German => Language::German,
        ChatLanguage::PlainGerman => Language::PlainGerman,
        ChatLanguage::English
        | ChatLanguage::Turkish
        | ChatLanguage::Ukrainian
        | ChatLanguage::Russian
        | ChatLanguage::Arabic => Language::English,
    }
}

fn of_scheduling(failure: &scheduling::Failure) -> ToolFailure {
    match failure {
        scheduling::Failure::Problem(scheduling::Problem::NotFound) => ToolFailure::NotFound,
        failure => of_code(appointment_problem(failure).0),
    }
}

fn of_applications(failure: &applications::Failure) -> ToolFailure {
    match failure {
        applications::Failure::Problem(applications::Problem::NotFound) => ToolFailure::NotFound,
        failure => of_code(application_problem(failure).0),
    }
}

fn of_code(code: String) -> ToolFailure {
    match code.as_str() {
        "UNAVAILABLE" | "INTERNAL" | "NO_CITY" => ToolFailure::Unavailable,
        _ => ToolFailure::Refused(code),
    }
}
