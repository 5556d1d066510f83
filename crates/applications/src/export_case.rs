//! Handing out everything that is kept about an application (Art. 15 and 20 DSGVO).

use domain::application::AttachmentState;
use domain::permission::Actor;
use domain::time::Timestamp;
use serde_json::{Value, json};

use crate::Applications;
use crate::access::{Access, Entry, Place};
use crate::case::CaseEvent;
use crate::definition::Pinned;
use crate::draft::Draft;
use crate::failure::{Failure, Problem};
use crate::store::letters::{self, LetterRow};
use crate::store::payments::{self, AttemptRow};
use crate::store::permits::{self, PermitRow};
use crate::store::{Reader, attachments, cases, households};
use crate::upload::Upload;

/// What is kept about one application.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ExportedApplication {
    pub(crate) document: Value,
    /// The files of the part, which the document names.
    pub(crate) files: Vec<Upload>,
}

impl Applications {
    /// Everything kept about an application, as a JSON document: the draft, or the case with answers, decision and events.
    /// Each part gets what it may see of a draft; of a case everything but who at the city worked on it.
    ///
    /// # Errors
    /// [`crate::Problem::NotFound`].
    pub async fn export_application(&self, actor: &Actor, access: &Access) -> Result<String, Failure> {
        let place = self.enter(Reader::Database(&self.database), actor, access).await?;
        Ok(self.exported(&place).await?.document.to_string())
    }

    /// The same for whoever has the place already.
    pub(crate) async fn exported(&self, place: &Place) -> Result<ExportedApplication, Failure> {
        let draft = self.draft(place).await?;
        let about = json!({
            "application": draft.id, "service": draft.service, "definition": draft.definition_sha256,
            "state": draft.state, "role": draft.role,
        });
        let files = self.files_of_part(place, &draft.role).await?;
        let described: Vec<Value> = files.iter().map(file).collect();
        let typed = match place {
            // What joined the case of the same application before is kept beside it.
            Place::Real(entry) if draft.case.is_none() && !draft.state.is_open() => {
                let pinned = self.pinned(entry.draft.definition).await?;
                pinned.visible_answers(&self.answers(entry).await?, &draft.role)
            }
            Place::Real(_) | Place::Rehearsal(_) => draft.answers.clone(),
        };
        let mut document = json!({ "about": about, "answers": answers(typed), "files": described });
        if let Place::Real(entry) = place
            && entry.draft.case.is_some()
        {
            self.add_case(&mut document, entry, &draft).await?;
        }
        Ok(ExportedApplication { document, files })
    }

    async fn add_case(&self, document: &mut Value, entry: &Entry, draft: &Draft) -> Result<(), Failure> {
        let reader = Reader::Database(&self.database);
        let id = entry.draft.case.ok_or(Problem::NotFound)?;
        let found = cases::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        let pinned = self.pinned(found.case.definition).await?;
        let status = self.status(&found).await?;
        let view = self.view(reader, found).await?;
        let event = |event: CaseEvent| json!({ "kind": event.kind, "at": moment(event.at) });
        document["answers"] = answers(own(view.answers, &pinned, &draft.role)).into();
        document["case"] = json!({
            "receipt": status.receipt, "status": status.status,
            "submittedAt": moment(status.submitted_at),
            "decision": status.notice.map(|notice| json!({ "outcome": notice.outcome, "reasons": notice.reasons })),
            "objection": view.objection, "request": view.request,
            "events": view.events.into_iter().map(event).collect::<Vec<_>>(),
        });
        let tour = self.chosen_tour(reader, &pinned, entry.draft.id).await?;
        document["collection"] = tour.map(|tour| json!({ "day": tour.day, "litres": tour.litres })).into();
        document["householdYear"] = households::year_of(reader, id).await?.into();
        document["report"] = self.exported_report(id).await?;
        // As when reading them: letters, payments and permits are the business of whoever applied.
        if entry.party.position == 0 {
            document["letters"] = letters::of_case(reader, id).await?.iter().map(letter).collect();
            document["payments"] =
                payments::of_application(reader, entry.draft.id).await?.iter().map(payment).collect();
            document["permit"] = permits::of_case(reader, id).await?.as_ref().map(permit).into();
        }
        Ok(())
    }

    async fn files_of_part(&self, place: &Place, role: &str) -> Result<Vec<Upload>, Failure> {
        let Some(key) = place.key() else { return Ok(Vec::new()) };
        let rows = attachments::of(Reader::Database(&self.database), place.owner()).await?;
        let mine = rows.iter().filter(|row| row.role == role && row.state == AttachmentState::Clean);
        mine.map(|row| self.shown(key, row)).collect()
    }
}

fn own(answers: Vec<(String, Value)>, pinned: &Pinned, role: &str) -> Vec<(String, Value)> {
    answers.into_iter().filter(|(path, _)| pinned.may_touch(role, path)).collect()
}

fn answers(answers: Vec<(String, Value)>) -> serde_json::Map<String, Value> {
    answers.into_iter().collect()
}

fn moment(at: Timestamp) -> String {
    at.to_utc().to_rfc3339()
}

fn letter(row: &LetterRow) -> Value {
    json!({
        "letter": row.id.0.simple().to_string(), "number": row.number, "occasion": row.occasion.as_str(),
        "issuedAt": moment(row.issued_at), "revokedAt": row.revoked_at.map(moment),
    })
}

fn payment(row: &AttemptRow) -> Value {
    json!({
        "provider": row.provider.as_str(), "reference": row.reference, "state": row.state.as_str(),
        "amountCents": row.amount_cents, "refundedCents": row.refunded_cents, "createdAt": moment(row.created_at),
    })
}

fn permit(row: &PermitRow) -> Value {
    json!({
        "validFrom": row.valid_from, "validUntil": row.valid_until, "issuedAt": moment(row.issued_at),
        "revokedAt": row.revoked_at.map(moment),
    })
}

fn file(file: &Upload) -> Value {
    json!({
        "file": file.id.0.simple().to_string(), "field": file.field, "name": file.name, "mediaType": file.media_type,
        "bytes": file.bytes, "sha256": file.sha256,
    })
}
