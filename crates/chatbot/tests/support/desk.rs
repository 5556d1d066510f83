//! A double of the town hall behind the tools: it offers starts, keeps what was done, and fails when it is told to.

use std::sync::Mutex;

use chatbot::language::ChatLanguage;
use chatbot::tools::{
    Answering, AppointmentFacts, BegunApplication, BookingOrder, CaseFacts, OfferedStart, OfficeName, OpenDay,
    OpeningHours, StartWish, ToolFailure, ToolPort,
};
use chrono::{NaiveDate, NaiveTime};
use domain::identifier::Key;
use domain::time::Timestamp;

/// The code that opens the one appointment that there is.
pub(crate) const CODE: &str = "K7M4-QX2P-0000-0000-0000-0000-0000-0000-00";

/// What was asked for, and what goes wrong next.
#[derive(Debug, Default)]
pub(crate) struct DoubleDesk {
    pub(crate) done: Mutex<Vec<String>>,
    pub(crate) fails: Mutex<Vec<ToolFailure>>,
    /// Services whose form changed since their guide was written.
    pub(crate) stale_guides: Mutex<Vec<Key>>,
}

impl DoubleDesk {
    /// What was done so far.
    pub(crate) fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    fn note(&self, what: String) -> Result<(), ToolFailure> {
        if let Some(failure) = self.fails.lock().unwrap().pop() {
            return Err(failure);
        }
        self.done.lock().unwrap().push(what);
        Ok(())
    }
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn start(day: NaiveDate, time: NaiveTime, office: Option<&Key>) -> OfferedStart {
    // Hannover in winter is an hour ahead of UTC.
    let starts_at = Timestamp::from_seconds(day.and_time(time).and_utc().timestamp() - 3_600);
    let office = office.cloned().unwrap_or_else(|| key("mitte"));
    OfferedStart { office_name: format!("Bürgeramt {office}"), office, team: key("team"), starts_at, by_video: false }
}

fn facts(service: &Key, start: OfferedStart) -> AppointmentFacts {
    let code = Some(CODE.to_owned());
    AppointmentFacts { start, service: service.clone(), number: "A-17".to_owned(), is_firm: true, code }
}

fn only_appointment() -> AppointmentFacts {
    let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
    facts(&key("personalausweis"), start(day, NaiveTime::from_hms_opt(9, 0, 0).unwrap(), None))
}

impl ToolPort for DoubleDesk {
    fn offices(&self) -> Vec<OfficeName> {
        let office = |name: &str, title: &str| OfficeName {
            key: key(name),
            name: format!("Bürgeramt {title}"),
            address: "Am Platz 1, Hannover".to_owned(),
            also: vec![],
        };
        vec![office("mitte", "Mitte"), office("linden", "Linden")]
    }

    fn free_starts<'a>(&'a self, wish: &'a StartWish) -> Answering<'a, Vec<OfferedStart>> {
        let from = wish.not_before.unwrap_or_default().max(NaiveTime::from_hms_opt(10, 0, 0).unwrap());
        // In the evening nothing is free.
        let is_late = from > NaiveTime::from_hms_opt(15, 59, 0).unwrap();
        let times = (0..wish.most).filter(|_| !is_late);
        let times = times.map(|number| from + chrono::TimeDelta::minutes(15 * i64::try_from(number).unwrap()));
        let starts = times.map(|time| start(wish.from, time, wish.office.as_ref())).collect();
        Box::pin(async { Ok(starts) })
    }

    fn book<'a>(&'a self, order: &'a BookingOrder) -> Answering<'a, AppointmentFacts> {
        Box::pin(async move {
            let at = order.start.starts_at.to_utc().format("%d.%m. %H:%M");
            let (name, mail) = (order.name.expose(), order.mail.expose());
            self.note(format!("book {} {} {at} {name} {mail}", order.service, order.start.office))?;
            Ok(facts(&order.service, order.start.clone()))
        })
    }

    fn appointment<'a>(&'a self, code: &'a str) -> Answering<'a, AppointmentFacts> {
        Box::pin(async move { if code == CODE { Ok(only_appointment()) } else { Err(ToolFailure::NotFound) } })
    }

    fn cancel<'a>(&'a self, code: &'a str, _: &'a str) -> Answering<'a, ()> {
        Box::pin(async move { self.note(format!("cancel {code}")) })
    }

    fn reschedule<'a>(&'a self, _: &'a str, start: &'a OfferedStart, _: &'a str) -> Answering<'a, AppointmentFacts> {
        Box::pin(async move {
            self.note(format!("move to {}", start.starts_at.to_utc().format("%d.%m. %H:%M")))?;
            Ok(facts(&key("personalausweis"), start.clone()))
        })
    }

    fn case_status<'a>(&'a self, code: &'a str) -> Answering<'a, CaseFacts> {
        Box::pin(async move {
            let facts = CaseFacts {
                receipt: "2026-WWAR-TAMT-ZY".to_owned(),
                service: key("bewohnerparkausweis"),
                status: "processing".to_owned(),
                due: NaiveDate::from_ymd_opt(2026, 12, 4),
            };
            if code == CODE { Ok(facts) } else { Err(ToolFailure::NotFound) }
        })
    }

    fn opening_hours<'a>(&'a self, office: Option<&'a Key>, from: NaiveDate) -> Answering<'a, Vec<OpeningHours>> {
        let offices = self.offices().into_iter().filter(|known| office.is_none_or(|office| *office == known.key));
        let hours = |number| NaiveTime::from_hms_opt(number, 0, 0).unwrap();
        let day = OpenDay { day: from, hours: vec![(hours(8), hours(13))] };
        let since = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        let told = offices.map(|office| OpeningHours {
            source: format!("offices/{}.toml", office.key),
            office,
            days: vec![day.clone()],
            since,
        });
        let told = told.collect();
        Box::pin(async { Ok(told) })
    }

    fn waiting_minutes<'a>(&'a self, _: &'a Key) -> Answering<'a, u32> {
        Box::pin(async { Err(ToolFailure::NotOffered) })
    }

    fn start_application<'a>(
        &'a self,
        service: &'a Key,
        _: ChatLanguage,
        _: &'a str,
    ) -> Answering<'a, BegunApplication> {
        Box::pin(async move {
            self.note(format!("apply {service}"))?;
            Ok(BegunApplication { code: CODE.to_owned() })
        })
    }

    fn guide_holds<'a>(&'a self, service: &'a Key, _: ChatLanguage) -> Answering<'a, ()> {
        let holds = self.stale_guides.lock().unwrap().iter().all(|stale| stale != service);
        Box::pin(async move { if holds { Ok(()) } else { Err(ToolFailure::NotOffered) } })
    }
}
