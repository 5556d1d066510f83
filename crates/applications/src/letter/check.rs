//! Writing each letter of a definition once before it is published: a template that fails is found by whoever publishes.

use domain::application::{CaseState, Outcome, ReceiptNumber};
use domain::identifier::{ApplicationId, CaseId, DefinitionId, Key, TourId};
use domain::time::Timestamp;
use forms::Answers;
use letters::{Letter, LetterError, render};
use serde_json::Value;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::Applications;
use crate::case::{Case, Decision, DecisionReason, Intake};
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::letter::Occasion;
use crate::letter::read::with_pictures;
use crate::letter::values::Material;
use crate::tour::{ChosenTour, PlaceState};
use crate::town::{Letterhead, TownCalendar};

impl Applications {
    /// What is wrong with the letters of a definition, in words, with file and line.
    pub(crate) async fn unwritable_letters(&self, pinned: &Pinned, team: &Key) -> Result<Vec<String>, Failure> {
        let calendar = self.calendar()?;
        let head = self.town.letterhead(team).ok_or(Problem::NoCity)?;
        let now = self.now();
        let mut problems = Vec::new();
        for rule in &pinned.form.service().letters {
            let Some(occasion) = Occasion::parse(&rule.occasion) else {
                let known = Occasion::ALL.map(Occasion::as_str).join(", ");
                problems.push(format!("service.toml: letter: `{}` is no occasion; known are {known}", rule.occasion));
                continue;
            };
            let Some(template) = pinned.form.letters().get(&rule.file).cloned() else { continue };
            let values = with_pictures(sample(pinned, occasion, &calendar, &head, now));
            let made_at = now.to_utc();
            let work = move || render(&Letter { template: &template, values: &values, name: "sample", made_at });
            let written = spawn_blocking(work).await;
            let written = written.map_err(|_| database::DatabaseError::Internal("a letter ended in a panic".into()))?;
            if let Err(error) = written {
                problems.push(told(&rule.file, &error));
            }
        }
        Ok(problems)
    }
}

/// The values are made up, so the words of the writer may be shown.
fn told(file: &str, error: &LetterError) -> String {
    match error {
        LetterError::TooLarge => format!("letters/{file}: {error}"),
        LetterError::Template { line, problems } => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("letters/{file}{line}: {}", problems.join("; "))
        }
    }
}

/// The values of a letter as it would be about a case without answers.
pub(crate) fn sample(
    pinned: &Pinned,
    occasion: Occasion,
    calendar: &TownCalendar,
    head: &Letterhead,
    now: Timestamp,
) -> Value {
    let case = case(pinned, now);
    let evaluation = pinned.evaluate_for(&Answers::empty(), calendar, now.local_date(calendar.time_zone), Some(0));
    let reason = DecisionReason {
        key: None,
        text: "Ein Grund #panic(\"x\") *fett* $a$ @b <c>.".to_owned(),
        legal_ref: Some("§ 45 (1b) StVO".to_owned()),
    };
    let outcome = match occasion {
        Occasion::Receipt | Occasion::Request | Occasion::Grant => Outcome::Granted,
        Occasion::PartGrant => Outcome::PartlyGranted,
        Occasion::Refuse => Outcome::Refused,
        Occasion::Forward => Outcome::Forwarded,
        Occasion::End => Outcome::Settled,
    };
    let decision = Decision { outcome, reasons: vec![reason], automatic: false, traces: Value::Null };
    let material = Material {
        case: &case,
        occasion,
        pinned,
        evaluation: &evaluation,
        calendar,
        head,
        decision: occasion.is_decision().then_some(&decision),
        items: &["Ein Foto".to_owned()],
        code: "K7M4-QX2P",
        tour: Some(sample_tour(calendar, now)),
        permit: Some(("2026-ABC".to_owned(), "SP1.AAAA".to_owned())),
        now,
    };
    material.values()
}

fn sample_tour(calendar: &TownCalendar, now: Timestamp) -> ChosenTour {
    ChosenTour {
        tour: TourId(Uuid::nil()),
        day: now.local_date(calendar.time_zone),
        district: "Mitte".to_owned(),
        put_out_by: now,
        litres: 1_000,
        state: PlaceState::Promised,
        held_until: None,
        change_until: None,
    }
}

fn case(pinned: &Pinned, now: Timestamp) -> Case {
    Case {
        id: CaseId(Uuid::nil()),
        application: ApplicationId(Uuid::nil()),
        definition: DefinitionId(Uuid::nil()),
        service: pinned.service.clone(),
        team: pinned.service.clone(),
        intake: Intake::Online,
        receipt: Some(ReceiptNumber::drawn(2026, [7; 9])),
        state: CaseState::Decided,
        outcome: None,
        clerk: None,
        drafter: None,
        generation: 1,
        revision: 1,
        events: 0,
        head: Vec::new(),
        submitted_at: now,
        changed_at: now,
        decided_at: None,
        delivered_at: None,
        channel: None,
        deemed_received_on: None,
        objection_until: None,
        decision_sealed: None,
        request_sealed: None,
        objection_sealed: None,
    }
}
