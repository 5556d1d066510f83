//! Handing out everything that is kept about an application (Art. 15 and 20 DSGVO).

use domain::permission::Actor;
use serde_json::json;

use crate::Applications;
use crate::access::Access;
use crate::failure::Failure;
use crate::store::Reader;

impl Applications {
    /// Everything kept about an application, as a JSON document: the draft, or the case with answers, decision and events.
    /// Each part gets what it may see of a draft; of a case everything but who at the city worked on it.
    ///
    /// # Errors
    /// [`crate::Problem::NotFound`].
    pub async fn export_application(&self, actor: &Actor, access: &Access) -> Result<String, Failure> {
        let draft = self.read_draft(actor, access).await?;
        let answers = |answers: Vec<(String, serde_json::Value)>| {
            answers.into_iter().collect::<serde_json::Map<String, serde_json::Value>>()
        };
        let about = json!({
            "application": draft.id, "service": draft.service, "definition": draft.definition_sha256,
            "state": draft.state, "role": draft.role,
        });
        let mut document = json!({ "about": about, "answers": answers(draft.answers) });
        if draft.case.is_some() {
            let found = self.own_case(actor, access).await?;
            let pinned = self.pinned(found.case.definition).await?;
            let status = self.case_status(actor, access).await?;
            let view = self.view(Reader::Database(&self.database), found).await?;
            let mine = view.answers.into_iter().filter(|(path, _)| pinned.may_touch(&draft.role, path)).collect();
            let event = |event: crate::CaseEvent| json!({ "kind": event.kind, "at": event.at.to_utc().to_rfc3339() });
            document["answers"] = answers(mine).into();
            document["case"] = json!({
                "receipt": status.receipt, "status": status.status,
                "submittedAt": status.submitted_at.to_utc().to_rfc3339(),
                "decision": status.notice.map(|notice| json!({ "outcome": notice.outcome, "reasons": notice.reasons })),
                "objection": view.objection, "request": view.request,
                "events": view.events.into_iter().map(event).collect::<Vec<_>>(),
            });
        }
        Ok(document.to_string())
    }
}
