//! The pages that move an appointment: choose a day, choose a time, press a button.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use domain::city::City;
use domain::identifier::Key;
use domain::opening::{QuotaClass, VisitChannel};
use domain::permission::Actor;
use domain::text::Language;
use domain::time::Timestamp;
use notifications::date_in_words;
use scheduling::{Access, Appointment, Failure, FreeStart, Problem, RescheduleAppointment, Search};

use crate::application::Application;
use crate::pages::code::{idempotency_key, in_link};
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::show::{self, Shown, show};
use crate::pages::summary::{Summary, place, summary, when};
use crate::pages::words::{language, tag, word};

const PATH: &str = "/appointments/move";
/// Most times of one day that a page lists: more than any office has.
const MOST_TIMES: usize = 1_000;

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new()
        .route(PATH, post(press))
        .route("/appointments/move/{code}", get(choose))
        .route("/appointments/move/{code}/{start}", get(ask))
        .with_state(application)
}

/// What the address of a page says besides the code.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wish {
    language: Option<String>,
    /// A local day: then its times are shown.
    day: Option<NaiveDate>,
    /// `all`: all offices; else the one where the appointment is.
    offices: Option<String>,
    /// The office of a chosen time.
    office: Option<Key>,
}

#[derive(Deserialize)]
struct Press {
    code: String,
    language: Option<String>,
    /// Seconds since 1970, UTC.
    start: i64,
    office: Key,
    /// The kind of visit stays as it is.
    channel: VisitChannel,
}

#[derive(Serialize)]
struct Choice {
    label: String,
    note: Option<String>,
    href: String,
}

#[derive(Serialize)]
struct Group {
    heading: String,
    choices: Vec<Choice>,
}

#[derive(Serialize)]
struct ChoosePage {
    summary: Option<Summary>,
    groups: Vec<Group>,
    /// The way to the other set of offices.
    other_label: Option<&'static str>,
    other_href: String,
    back_href: String,
    day: Option<String>,
}

#[derive(Serialize)]
struct ConfirmPage {
    summary: Option<Summary>,
    when: String,
    place: String,
    code: String,
    start: i64,
    office: String,
    channel: VisitChannel,
    back_href: String,
}

#[derive(Serialize)]
struct TakenPage {
    choices: Vec<Choice>,
    back_href: String,
}

/// An appointment that somebody wants to move, and in which language they read.
struct Moving<'a> {
    application: &'a Application,
    city: &'a City,
    code: String,
    language: Language,
    /// Whether all offices come into question.
    everywhere: bool,
}

async fn choose(
    State(application): State<Arc<Application>>,
    Path(code): Path<String>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let wish = query.map(|Query(wish)| wish).unwrap_or_default();
    let language = language(wish.language.as_deref());
    match try_choose(&application, &code, &wish, language).await {
        Ok(response) => response,
        Err(failure) => outcome::failed(language, &failure, show::PATH),
    }
}

async fn try_choose(
    application: &Application,
    code: &str,
    wish: &Wish,
    language: Language,
) -> Result<Response, Failure> {
    let appointment = movable(application, code).await?;
    let picture = application.scheduling.board().picture()?;
    let everywhere = wish.offices.as_deref() == Some("all");
    let moving = Moving { application, city: &picture.city, code: in_link(code), language, everywhere };
    match wish.day {
        None => moving.days(&appointment),
        Some(day) => moving.times(&appointment, day),
    }
}

/// The appointment behind a code, if it can be moved.
async fn movable(application: &Application, code: &str) -> Result<Appointment, Failure> {
    let appointment = show::read(application, code).await?;
    let is_open = summary(application, &appointment, Language::German).is_none_or(|summary| summary.is_open);
    if is_open { Ok(appointment) } else { Err(Problem::InThePast.into()) }
}

impl Moving<'_> {
    fn days(&self, appointment: &Appointment) -> Result<Response, Failure> {
        let days = self.application.scheduling.find_days(&self.search(appointment, None))?;
        let mut groups: Vec<Group> = Vec::new();
        for day in days {
            let date = date_in_words(day.date, self.language);
            let month = date.split_once(' ').map_or(date.as_str(), |(_, rest)| rest);
            let month = month.split_once(' ').map_or(month, |(_, rest)| rest).to_owned();
            let starts: u32 = day.offices.iter().map(|(_, starts)| starts).sum();
            let note = word(self.language, "free_times").replace("{count}", &starts.to_string());
            let choice = Choice { label: date, note: Some(note), href: self.day_href(day.date) };
            match groups.last_mut().filter(|group| group.heading == month) {
                Some(group) => group.choices.push(choice),
                None => groups.push(Group { heading: month, choices: vec![choice] }),
            }
        }
        Ok(self.choice_page(appointment, "move_day_title", "days.html", groups, None))
    }

    fn times(&self, appointment: &Appointment, day: NaiveDate) -> Result<Response, Failure> {
        let found =
            match self.application.scheduling.find_starts(&self.search(appointment, Some(day)), MOST_TIMES, None) {
                Ok(page) => page.starts,
                // A day of the past, or none: the page says that nothing is free then.
                Err(Failure::Problem(Problem::Search(_))) => Vec::new(),
                Err(failure) => return Err(failure),
            };
        let mut offices: BTreeMap<String, BTreeMap<Timestamp, Choice>> = BTreeMap::new();
        for start in found {
            let times = offices.entry(place(self.city, &start.office, self.language)).or_default();
            times.insert(start.starts_at, self.time(&start));
        }
        let group = |(heading, choices): (String, BTreeMap<Timestamp, Choice>)| Group {
            heading,
            choices: choices.into_values().collect(),
        };
        let groups = offices.into_iter().map(group).collect();
        Ok(self.choice_page(appointment, "move_time_title", "times.html", groups, Some(day)))
    }

    fn time(&self, start: &FreeStart) -> Choice {
        let local = start.starts_at.local(self.city.municipality.time_zone);
        let label = word(self.language, "at_time").replace("{start}", &local.format("%H:%M").to_string());
        Choice { label, note: None, href: self.start_href(start) }
    }

    fn choice_page(
        &self,
        appointment: &Appointment,
        title: &str,
        template: &str,
        groups: Vec<Group>,
        day: Option<NaiveDate>,
    ) -> Response {
        let several = self.city.offices.len() > 1;
        let other = if self.everywhere { "only_this_office" } else { "all_offices" };
        let base = format!("{PATH}/{}", self.code);
        let content = ChoosePage {
            summary: summary(self.application, appointment, self.language),
            groups,
            other_label: several.then(|| word(self.language, other)),
            other_href: self.href(&base, day, !self.everywhere),
            back_href: self.href(&base, None, self.everywhere),
            day: day.map(|day| date_in_words(day, self.language)),
        };
        let offices = if self.everywhere { "all" } else { "this" };
        let here = match day {
            Some(day) => format!("{base}?offices={offices}&day={day}"),
            None => format!("{base}?offices={offices}"),
        };
        page(Frame { status: StatusCode::OK, language: self.language, title, here: Some(here) }, template, &content)
    }

    fn search(&self, appointment: &Appointment, day: Option<NaiveDate>) -> Search {
        Search {
            visit: appointment.visit.clone(),
            offices: if self.everywhere { Vec::new() } else { vec![appointment.office.clone()] },
            from: day,
            to: day,
            channel: Some(appointment.channel),
            variant: appointment.variant.clone(),
            step_free_only: false,
            origin: None,
            quota: QuotaClass::Public,
        }
    }

    fn day_href(&self, day: NaiveDate) -> String {
        self.href(&format!("{PATH}/{}", self.code), Some(day), self.everywhere)
    }

    fn start_href(&self, start: &FreeStart) -> String {
        let base = format!("{PATH}/{}/{}", self.code, start.starts_at.seconds());
        format!("{}&office={}", self.href(&base, None, self.everywhere), start.office)
    }

    fn href(&self, base: &str, day: Option<NaiveDate>, everywhere: bool) -> String {
        let offices = if everywhere { "&offices=all" } else { "" };
        let day = day.map(|day| format!("&day={day}")).unwrap_or_default();
        format!("{base}?language={}{offices}{day}", tag(self.language))
    }
}

async fn ask(
    State(application): State<Arc<Application>>,
    Path((code, start)): Path<(String, String)>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let wish = query.map(|Query(wish)| wish).unwrap_or_default();
    let language = language(wish.language.as_deref());
    match try_ask(&application, &code, &start, wish, language).await {
        Ok(response) => response,
        Err(failure) => outcome::failed(language, &failure, show::PATH),
    }
}

async fn try_ask(
    application: &Application,
    code: &str,
    start: &str,
    wish: Wish,
    language: Language,
) -> Result<Response, Failure> {
    let appointment = movable(application, code).await?;
    let picture = application.scheduling.board().picture()?;
    let everywhere = wish.offices.as_deref() == Some("all");
    let moving = Moving { application, city: &picture.city, code: in_link(code), language, everywhere };
    // Instants beyond the calendar are read as its ends; that such a start is not free shows when it is pressed.
    let Ok(seconds) = start.parse::<i64>() else { return Err(Problem::NotFound.into()) };
    let starts_at = Timestamp::from_seconds(seconds);
    let office = wish.office.unwrap_or_else(|| appointment.office.clone());
    let ends_at = starts_at.plus_minutes(appointment.minutes());
    let day = starts_at.local_date(picture.city.municipality.time_zone);
    let content = ConfirmPage {
        summary: summary(application, &appointment, language),
        when: when(moving.city, starts_at, ends_at, language),
        place: place(moving.city, &office, language),
        code: moving.code.clone(),
        start: seconds,
        office: office.to_string(),
        channel: appointment.channel,
        back_href: moving.day_href(day),
    };
    let here = format!("{PATH}/{}/{seconds}?office={office}", moving.code);
    let frame = Frame { status: StatusCode::OK, language, title: "move_confirm_title", here: Some(here) };
    Ok(page(frame, "move_confirm.html", &content))
}

async fn press(State(application): State<Arc<Application>>, form: Result<Form<Press>, FormRejection>) -> Response {
    let Ok(Form(press)) = form else { return outcome::gone(Language::German, show::PATH) };
    let language = language(press.language.as_deref());
    let detail = format!("{}@{}", press.start, press.office);
    let command = RescheduleAppointment {
        access: Access::Code(press.code.clone()),
        office: Some(press.office),
        starts_at: Timestamp::from_seconds(press.start),
        channel: Some(press.channel),
        idempotency_key: idempotency_key("move", &press.code, &detail),
    };
    match application.scheduling.reschedule_appointment(&Actor::Anonymous, &command).await {
        Ok(moved) => {
            let shown = Shown { title: "moved_title", status_text: Some("moved_text"), here: None };
            show(&application, &moved.appointment, moved.manage_code.as_deref(), language, shown)
        }
        Err(Failure::Problem(
            problem @ (Problem::SlotTaken { .. }
            | Problem::NoSuchStart
            | Problem::TooSoon
            | Problem::TooFarAhead
            | Problem::UnknownOffice
            | Problem::Visit(_)),
        )) => taken(&application, &press.code, language, problem),
        Err(failure) => outcome::failed(language, &failure, show::PATH),
    }
}

/// The old place stays; the page offers what is free instead.
fn taken(application: &Application, code: &str, language: Language, problem: Problem) -> Response {
    let alternatives = match problem {
        Problem::SlotTaken { alternatives } => alternatives,
        _ => Vec::new(),
    };
    let Ok(picture) = application.scheduling.board().picture() else {
        return outcome::plain(StatusCode::CONFLICT, language, "taken_title", "taken_text");
    };
    let moving = Moving { application, city: &picture.city, code: in_link(code), language, everywhere: true };
    let choice = |start: &FreeStart| Choice {
        label: when(moving.city, start.starts_at, start.ends_at, language),
        note: Some(place(moving.city, &start.office, language)),
        href: moving.start_href(start),
    };
    let content = TakenPage {
        choices: alternatives.iter().map(choice).collect(),
        back_href: format!("{PATH}/{}?language={}", moving.code, tag(language)),
    };
    page(Frame { status: StatusCode::CONFLICT, language, title: "taken_title", here: None }, "taken.html", &content)
}
