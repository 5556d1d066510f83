//! Going on with a plan: ask for what is missing, show what would be done, do it after a yes.

use domain::identifier::Key;
use domain::personal::Pii;

use crate::Engine;
use crate::answer::Citation;
use crate::dialogue::Dialogue;
use crate::dialogue::plan::Plan;
use crate::dialogue::said::{HandOverReason, Offer, Said};
use crate::dialogue::talk::Talk;
use crate::tools::{AppointmentFacts, BookingOrder, OpeningHours, StartWish, ToolFailure};
use crate::understand::Action;

/// So many starts are offered.
const MOST_STARTS: usize = 3;
/// Of so many offices the hours are told at once.
const MOST_OFFICES: usize = 5;

impl Engine {
    /// Goes on with what is being done.
    pub(crate) async fn proceed(&self, dialogue: &mut Dialogue, talk: &mut Talk<'_>) {
        let Some(plan) = &mut dialogue.plan else { return };
        let is_over = match plan.action {
            Action::BookAppointment | Action::NextFreeSlot | Action::BookVideo => book(plan, talk).await,
            Action::RescheduleAppointment => reschedule(plan, talk).await,
            Action::CancelAppointment => cancel(plan, talk).await,
            Action::ApplicationStatus | Action::DocumentStatus => tell_case(plan, talk).await,
            Action::WaitingTime => tell_waiting(plan, talk).await,
            Action::OpeningHours => tell_hours(plan, talk).await,
            Action::StartApplication => apply(plan, talk),
            Action::ReportDefect => {
                talk.say("defect", &[]);
                talk.hand_over(HandOverReason::Asked);
                true
            }
            Action::HandoffHuman => {
                talk.hand_over(HandOverReason::Asked);
                true
            }
        };
        if is_over {
            dialogue.plan = None;
        }
    }

    /// The person said yes to the summary.
    pub(crate) async fn confirmed(&self, dialogue: &mut Dialogue, talk: &mut Talk<'_>) {
        let Some(mut plan) = dialogue.plan.take() else { return };
        plan.is_pending = false;
        let done = match plan.action {
            Action::BookAppointment | Action::NextFreeSlot | Action::BookVideo => booked(&plan, talk).await,
            Action::RescheduleAppointment => moved(&plan, talk).await,
            Action::CancelAppointment => cancelled(&plan, talk).await,
            Action::StartApplication => begun(&plan, talk).await,
            Action::ApplicationStatus
            | Action::DocumentStatus
            | Action::WaitingTime
            | Action::OpeningHours
            | Action::ReportDefect
            | Action::HandoffHuman => Ok(None),
        };
        match done {
            Ok(undo) => dialogue.undo = undo,
            // Somebody was faster: the same wish, other starts.
            Err(ToolFailure::Refused(code)) if code == "SLOT_TAKEN" => {
                talk.say("taken", &[]);
                (plan.chosen, plan.offered) = (None, Vec::new());
                dialogue.plan = Some(plan);
                self.proceed(dialogue, talk).await;
            }
            // Nothing was done, so the person may say yes again.
            Err(ToolFailure::Unavailable) => {
                talk.failed(&ToolFailure::Unavailable);
                plan.is_pending = true;
                dialogue.plan = Some(plan);
            }
            Err(failure) => talk.failed(&failure),
        }
    }
}

/// Each gives whether the plan is over.
async fn book(plan: &mut Plan, talk: &mut Talk<'_>) -> bool {
    let Some(service) = plan.service.clone() else {
        talk.say("which_service", &[]);
        return false;
    };
    if plan.chosen.is_none() {
        return offer_starts(plan, &service, "choose", talk).await;
    }
    let question = match (&plan.name, &plan.mail) {
        (None, None) => "ask_contact",
        (None, Some(_)) => "ask_name",
        (Some(_), None) => "ask_mail",
        (Some(name), Some(mail)) => {
            let start = plan.chosen.as_ref().map(|start| talk.start(start)).unwrap_or_default();
            let service = talk.service(&service);
            let values = [("service", service.as_str()), ("start", &start), ("name", name), ("mail", mail)];
            let (text, instead) =
                (talk.speech.say("book_summary", &values), talk.speech.say("book_summary_hidden", &values));
            talk.say_personal(text, instead);
            wait_for_yes(plan, talk);
            return false;
        }
    };
    talk.say(question, &[]);
    plan.name_is_asked = true;
    false
}

fn wait_for_yes(plan: &mut Plan, talk: &mut Talk<'_>) {
    plan.is_pending = true;
    talk.tell(Said::Pending { action: plan.action });
    talk.choose_yes_or_no();
}

/// Looks for starts as they are wished; if there are none, for the next ones at all.
async fn offer_starts(plan: &mut Plan, service: &Key, question: &str, talk: &mut Talk<'_>) -> bool {
    let today = talk.turn.now.local_date(talk.turn.time_zone);
    let (from, to) = plan.moment.days.map_or((today, None), |(from, to)| (from.max(today), Some(to)));
    let wish = StartWish {
        service: service.clone(),
        office: plan.office.clone(),
        from,
        to,
        not_before: plan.moment.from,
        not_after: plan.moment.until,
        by_video: plan.action == Action::BookVideo,
        most: MOST_STARTS,
    };
    let is_narrow = to.is_some() || wish.not_before.is_some() || wish.not_after.is_some();
    let mut sentence = "found";
    let mut found = talk.tools.free_starts(&wish).await;
    if is_narrow && found.as_ref().is_ok_and(Vec::is_empty) {
        let wider = StartWish { to: None, not_before: None, not_after: None, ..wish };
        (found, sentence) = (talk.tools.free_starts(&wider).await, "found_later");
    }
    let starts = match found {
        Ok(starts) => starts,
        Err(failure) => {
            talk.failed(&failure);
            return true;
        }
    };
    let name = talk.service(service);
    if starts.is_empty() {
        talk.say("found_none", &[("service", &name)]);
        return true;
    }
    talk.say(sentence, &[("service", &name)]);
    let mut choices = Vec::new();
    for (number, start) in (1..).zip(&starts) {
        let label = talk.start(start);
        talk.claim(format!("{number}. {label}"), talk.live("appointments", Some(service)));
        choices.push(Offer { label, says: number.to_string() });
    }
    let is_known = plan.name.is_some() && plan.mail.is_some();
    talk.say(if is_known { "choose_only" } else { question }, &[]);
    talk.choose(choices);
    plan.offered = starts;
    plan.name_is_asked = false;
    false
}

async fn booked(plan: &Plan, talk: &mut Talk<'_>) -> Result<Option<String>, ToolFailure> {
    let (Some(service), Some(start), Some(name), Some(mail)) = (&plan.service, &plan.chosen, &plan.name, &plan.mail)
    else {
        return Ok(None);
    };
    let order = BookingOrder {
        service: service.clone(),
        start: start.clone(),
        name: Pii::new(name.clone()),
        mail: Pii::new(mail.clone()),
        language: talk.language,
        idempotency_key: talk.turn.key.to_owned(),
    };
    let facts = talk.tools.book(&order).await?;
    let sentence = if facts.is_firm { "booked" } else { "booked_mail" };
    say_appointment(sentence, &facts, talk);
    let reference = if facts.is_firm { Some(facts.number) } else { None };
    talk.tell(Said::Done { action: plan.action, reference });
    Ok(facts.code)
}

fn say_appointment(sentence: &str, facts: &AppointmentFacts, talk: &mut Talk<'_>) {
    let (service, start) = (talk.service(&facts.service), talk.start(&facts.start));
    let values = [("service", service.as_str()), ("start", &start), ("number", &facts.number)];
    let (text, citation) = (talk.speech.say(sentence, &values), talk.live("appointment", Some(&facts.service)));
    talk.claim(text, citation);
}

/// The appointment that the plan is about; asks for its code, or says that there is none.
async fn appointment(plan: &mut Plan, talk: &mut Talk<'_>) -> Option<AppointmentFacts> {
    let Some(code) = &plan.code else {
        talk.say("ask_code", &[]);
        return None;
    };
    match talk.tools.appointment(code).await {
        Ok(facts) => Some(facts),
        Err(failure) => {
            talk.failed(&failure);
            plan.code = None;
            None
        }
    }
}

async fn cancel(plan: &mut Plan, talk: &mut Talk<'_>) -> bool {
    if let Some(facts) = appointment(plan, talk).await {
        say_appointment("cancel_summary", &facts, talk);
        wait_for_yes(plan, talk);
    }
    false
}

async fn cancelled(plan: &Plan, talk: &mut Talk<'_>) -> Result<Option<String>, ToolFailure> {
    if let Some(code) = &plan.code {
        talk.tools.cancel(code, talk.turn.key).await?;
        talk.say("cancelled", &[]);
        talk.tell(Said::Done { action: plan.action, reference: None });
    }
    Ok(None)
}

async fn reschedule(plan: &mut Plan, talk: &mut Talk<'_>) -> bool {
    let Some(facts) = appointment(plan, talk).await else { return false };
    let Some(chosen) = plan.chosen.clone() else {
        // Where it is now, unless another place was named.
        plan.office = plan.office.take().or(Some(facts.start.office));
        return offer_starts(plan, &facts.service, "choose_only", talk).await;
    };
    say_appointment("move_summary", &AppointmentFacts { start: chosen, ..facts }, talk);
    wait_for_yes(plan, talk);
    false
}

async fn moved(plan: &Plan, talk: &mut Talk<'_>) -> Result<Option<String>, ToolFailure> {
    let (Some(code), Some(chosen)) = (&plan.code, &plan.chosen) else { return Ok(None) };
    let facts = talk.tools.reschedule(code, chosen, talk.turn.key).await?;
    say_appointment("moved", &facts, talk);
    talk.tell(Said::Done { action: plan.action, reference: Some(facts.number) });
    Ok(facts.code)
}

async fn tell_case(plan: &mut Plan, talk: &mut Talk<'_>) -> bool {
    let Some(code) = &plan.code else {
        talk.say("ask_code", &[]);
        return false;
    };
    match talk.tools.case_status(code).await {
        Ok(facts) => {
            let (service, status) = (talk.service(&facts.service), format!("status_{}", facts.status));
            let status = if talk.speech.knows(&status) { talk.speech.say(&status, &[]) } else { facts.status };
            let values = [("receipt", facts.receipt.as_str()), ("service", &service), ("status", &status)];
            let (text, citation) = (talk.speech.say("case", &values), talk.live("case", Some(&facts.service)));
            talk.claim(text, citation.clone());
            if let Some(due) = facts.due {
                let due = talk.day(due);
                talk.claim(talk.speech.say("case_due", &[("date", &due)]), citation);
            }
            true
        }
        Err(failure) => {
            talk.failed(&failure);
            plan.code = None;
            failure != ToolFailure::NotFound
        }
    }
}

async fn tell_waiting(plan: &mut Plan, talk: &mut Talk<'_>) -> bool {
    let Some(office) = &plan.office else { return ask_office(talk) };
    match talk.tools.waiting_minutes(office).await {
        Ok(minutes) => {
            let text = talk.speech.say("waiting", &[("minutes", &minutes.to_string())]);
            talk.claim(text, talk.live("queue", None));
        }
        Err(ToolFailure::NotOffered) => talk.say("waiting_unknown", &[]),
        Err(failure) => talk.failed(&failure),
    }
    true
}

fn ask_office(talk: &mut Talk<'_>) -> bool {
    talk.say("which_office", &[]);
    let offices = talk.tools.offices().into_iter().take(2 * MOST_OFFICES);
    talk.choose(offices.map(|office| Offer { label: office.name.clone(), says: office.name }).collect());
    false
}

async fn tell_hours(plan: &Plan, talk: &mut Talk<'_>) -> bool {
    let today = talk.turn.now.local_date(talk.turn.time_zone);
    let day = plan.moment.days.map(|(from, _)| from.max(today));
    match talk.tools.opening_hours(plan.office.as_ref(), day.unwrap_or(today)).await {
        Ok(all) if all.len() > MOST_OFFICES && plan.office.is_none() => return ask_office(talk),
        Ok(all) => {
            for hours in &all {
                // Of several offices one day, of one office the week.
                let days = if day.is_some() || all.len() > 1 { 1 } else { 7 };
                say_hours(hours, days, talk);
            }
        }
        Err(failure) => talk.failed(&failure),
    }
    true
}

fn say_hours(hours: &OpeningHours, days: usize, talk: &mut Talk<'_>) {
    let citation = Citation { source: hours.source.clone(), basis: String::new(), date: hours.since, service: None };
    let OpeningHours { office, .. } = hours;
    talk.claim(
        talk.speech.say("hours_of", &[("office", &office.name), ("address", &office.address)]),
        citation.clone(),
    );
    for day in hours.days.iter().take(days) {
        let spans: Vec<String> =
            day.hours.iter().map(|(from, to)| format!("{}–{}", from.format("%H:%M"), to.format("%H:%M"))).collect();
        let spans = if spans.is_empty() { talk.speech.say("closed", &[]) } else { spans.join(", ") };
        let date = talk.day(day.day);
        talk.claim(talk.speech.say("day_hours", &[("date", &date), ("hours", &spans)]), citation.clone());
    }
}

fn apply(plan: &mut Plan, talk: &mut Talk<'_>) -> bool {
    let Some(service) = &plan.service else {
        talk.say("which_service", &[]);
        return false;
    };
    let name = talk.service(service);
    talk.say("apply_summary", &[("service", &name)]);
    wait_for_yes(plan, talk);
    false
}

async fn begun(plan: &Plan, talk: &mut Talk<'_>) -> Result<Option<String>, ToolFailure> {
    if let Some(service) = &plan.service {
        let begun = talk.tools.start_application(service, talk.language, talk.turn.key).await?;
        // The code opens the draft: it is the person's alone.
        let text = talk.speech.say("apply_begun", &[("code", &begun.code)]);
        talk.say_personal(text, talk.speech.say("apply_begun", &[("code", "[code]")]));
        talk.tell(Said::Done { action: plan.action, reference: None });
    }
    Ok(None)
}
