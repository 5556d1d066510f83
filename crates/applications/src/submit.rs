//! Handing in: one transaction that freezes exactly what was said and opens a case. The same key gives the same receipt.

use chrono::Datelike;
use database::{DatabaseError, IdempotencyKey, Rule};
use domain::application::{ApplicationStep, CaseState, PartyState, ReceiptNumber};
use domain::identifier::{ApplicationId, CaseId, Key};
use domain::permission::Actor;
use domain::time::Timestamp;
use forms::Evaluation;
use serde_json::json;
use uuid::Uuid;

use crate::Applications;
use crate::access::{Access, Entry, trust_of};
use crate::advance::next_link;
use crate::attach_files::Owner;
use crate::case::Case;
use crate::consent::has_trust;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::letter::Occasion;
use crate::requests::idempotency_key;
use crate::sealed::{Handling, Snapshot, snapshot_of};
use crate::store::attachments::AttachmentRow;
use crate::store::drafts::{self, DraftRow};
use crate::store::parties::PartyRow;
use crate::store::{Reader, cases, events, quotas};

/// Hands in.
#[derive(Debug, Clone)]
pub struct Submit {
    /// Which application; by the right of whoever began.
    pub access: Access,
    /// The hash of the summary that was read, as [`crate::Summary::sha256`].
    pub summary_sha256: String,
    /// Who shall decide, if it is for the applicant to say.
    pub handling: Handling,
    /// The client's key of this request.
    pub submission_key: String,
}

/// What one gets for handing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The application.
    pub application: ApplicationId,
    /// The case.
    pub case: CaseId,
    /// The service.
    pub service: Key,
    /// What to quote.
    pub number: ReceiptNumber,
    /// When.
    pub submitted_at: Timestamp,
}

/// Everything that is known before the transaction begins.
struct Ready {
    pinned: std::sync::Arc<Pinned>,
    evaluation: Evaluation,
    snapshot: Snapshot,
    team: Key,
    seen: i64,
    /// Files that no answer names. They are not handed in, and so not kept.
    unnamed: Vec<AttachmentRow>,
}

impl Applications {
    /// Hands an application in. Afterwards the machine looks at it at once, if it can; else the worker does within seconds.
    ///
    /// # Errors
    /// [`Problem::SummaryChanged`] when something else stands there than was read; [`Problem::Incomplete`];
    /// [`Problem::ConsentMissing`]; [`Problem::TrustTooLow`]; [`Problem::QuotaExhausted`]; [`Problem::WrongState`].
    pub async fn submit(&self, actor: &Actor, command: &Submit) -> Result<Receipt, Failure> {
        let input = format!("{:?}", (&command.access, &command.summary_sha256, command.handling));
        // The access may hold a code; the memory of requests keeps a keyed hash of it.
        let key = idempotency_key(actor, &command.submission_key, "submit", &self.secret.fingerprint(&input))?;
        let case = CaseId(self.once(&key, || self.hand_in(actor, command, &key)).await?);
        if let Err(failure) = self.check_automatically(case).await {
            // It is handed in all the same; the worker looks again.
            tracing::warn!(case.id = %case, %failure, "the machine could not look at a case yet");
        }
        let receipt = self.receipt(case).await?;
        if let Err(failure) = self.give_back_surplus(receipt.application).await {
            tracing::warn!(case.id = %case, %failure, "what was paid too much waits for the worker");
        }
        Ok(receipt)
    }

    async fn receipt(&self, id: CaseId) -> Result<Receipt, Failure> {
        let found = cases::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        let Case { application, service, receipt, submitted_at, .. } = found.case;
        Ok(Receipt { application, case: id, service, number: receipt.ok_or(Problem::NotFound)?, submitted_at })
    }

    async fn hand_in(&self, actor: &Actor, command: &Submit, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let entry = self.enter_real(Reader::Database(&self.database), actor, &command.access).await?;
        let ready = self.ready(actor, &entry, command).await?;
        let now = self.now();
        let state = entry.draft.state.after(ApplicationStep::Submit)?;
        let case = self.new_case(&entry, &ready, now)?;
        let subject_key = entry.draft.key.as_ref().ok_or(Problem::NotFound)?;
        let sealed = self.seal(subject_key, snapshot_of(case.id, 1), &ready.snapshot)?;
        let draft = DraftRow {
            state,
            rev: ready.seen + 1,
            // The snapshot holds them from now on; one copy is enough.
            answers_sealed: None,
            case: Some(case.id),
            ..entry.draft.clone()
        };
        let unit = self.database.begin().await?;
        if !drafts::update(&unit, &draft, ready.seen, now).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        self.let_go(&unit, &ready.unnamed, now).await?;
        quotas::take(&unit, &case.service, now).await.map_err(exhausted)?;
        let sha256 = ready.evaluation.effective.sha256(&ready.pinned.form);
        let facts = json!({
            "definition": ready.pinned.sha256, "snapshot": sha256, "intake": case.intake, "parties": entry.parties.len(),
        });
        let link = next_link(&case, "submit", actor.account(), &facts, now);
        let case = Case { events: link.number, head: link.hash.clone(), ..case };
        cases::insert(&unit, &case).await.map_err(same_number)?;
        cases::insert_snapshot(&unit, &case, &sha256, sealed, actor.account(), now).await?;
        events::insert(&unit, case.id, &link).await?;
        self.start_clocks(&unit, &case, &ready.pinned, now).await?;
        self.report_place(&unit, &case, &ready.pinned, &ready.evaluation.effective, &entry.party).await?;
        let sinks = (&*ready.pinned, ready.evaluation.sinks.as_slice());
        self.plan_forwards(&unit, &case, sinks, forms::SinkMoment::Submission, now).await?;
        self.issue_letter(&unit, case.id, Occasion::Receipt, now).await?;
        self.trace(&unit, case.id, "case.submitted", actor.account(), now).await?;
        unit.remember(key, case.id.0, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(case.id.0)
    }

    async fn ready(&self, actor: &Actor, entry: &Entry, command: &Submit) -> Result<Ready, Failure> {
        if entry.party.position != 0 {
            return Err(Problem::NotFound.into());
        }
        // Before anything is said about answers: what was handed in cannot be handed in again.
        entry.draft.state.after(ApplicationStep::Submit)?;
        let (pinned, evaluation) = self.evaluated(entry).await?;
        if pinned.form.service().practice == forms::Practice::Only {
            return Err(Problem::UnknownService.into());
        }
        let errors = pinned.obstacles(&evaluation, &entry.party.role, entry.draft.language.into());
        if !errors.is_empty() {
            return Err(Problem::Incomplete { errors }.into());
        }
        let locale = entry.draft.language.into();
        let owner = Owner { id: entry.draft.id.0, key: entry.draft.key.as_ref().ok_or(Problem::NotFound)?, locale };
        let (errors, unnamed) = self.files_to_hand_in(owner, &evaluation.effective).await?;
        if !errors.is_empty() {
            return Err(Problem::Incomplete {
                errors: pinned.obstacles_among(&errors, &entry.party.role, entry.draft.language.into()),
            }
            .into());
        }
        let summary = pinned.form.consent_hash(&evaluation.effective);
        if summary != command.summary_sha256 {
            return Err(Problem::SummaryChanged.into());
        }
        let applicant = PartyRow { trust: entry.party.trust.max(trust_of(actor)), ..entry.party.clone() };
        has_trust(&pinned, entry, &applicant)?;
        let missing = missing_consents(&pinned, &evaluation, entry, &summary);
        if !missing.is_empty() {
            return Err(Problem::ConsentMissing { roles: missing }.into());
        }
        if pinned.form.service().payment == Some(forms::PaymentRule::BeforeDecision) {
            let fee = evaluation.fee.as_ref().map_or(0, |fee| i64::from(fee.cents));
            self.is_settled(entry.draft.id, fee).await?;
        }
        let answers = self.answers(entry).await?;
        let canonical = evaluation.effective.canonical_json(&pinned.form);
        let snapshot = Snapshot { answers, canonical, handling: command.handling };
        let team = self.service(&entry.draft.service).await?.team;
        Ok(Ready { pinned, evaluation, snapshot, team, seen: entry.draft.rev, unnamed })
    }

    fn new_case(&self, entry: &Entry, ready: &Ready, now: Timestamp) -> Result<Case, Failure> {
        let calendar = self.calendar()?;
        let mut random = [0; 9];
        self.entropy.fill(&mut random);
        Ok(Case {
            id: CaseId(self.entropy.id(now)),
            application: entry.draft.id,
            definition: ready.pinned.id,
            service: entry.draft.service.clone(),
            team: ready.team.clone(),
            intake: entry.draft.intake,
            receipt: Some(ReceiptNumber::drawn(now.local_date(calendar.time_zone).year(), random)),
            state: CaseState::Received,
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
        })
    }

    async fn start_clocks(
        &self,
        unit: &database::Unit,
        case: &Case,
        pinned: &Pinned,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let calendar = self.calendar()?;
        let today = now.local_date(calendar.time_zone);
        if let Some(due_at) = pinned.deadline("processing", today, &calendar) {
            cases::set_deadline(unit, case.id, "processing", due_at).await?;
        }
        if let Some(due_at) = pinned.fiction(today, &calendar) {
            cases::set_deadline(unit, case.id, "fiction", due_at).await?;
        }
        Ok(())
    }
}

/// The roles that have not agreed to exactly this summary. The one who hands in agrees by doing so.
fn missing_consents(pinned: &Pinned, evaluation: &Evaluation, entry: &Entry, summary: &str) -> Vec<String> {
    let is_missing = |party: &&PartyRow| {
        let takes_part = evaluation.parties.contains(&party.role);
        let asked = pinned.party(&party.role).is_some_and(|known| known.consent == forms::Consent::Required);
        let needs = takes_part && asked;
        let agreed = party.state == PartyState::Consented && party.consent_sha256.as_deref() == Some(summary);
        party.position != 0 && needs && !agreed && party.state != PartyState::Represented
    };
    entry.parties.iter().filter(is_missing).map(|party| party.role.clone()).collect()
}

fn exhausted(error: DatabaseError) -> Failure {
    if error.breaks(Rule::QuotaNotExceeded) { Problem::QuotaExhausted.into() } else { error.into() }
}

/// Two receipts of one number: draw again.
fn same_number(error: DatabaseError) -> DatabaseError {
    if error.breaks(Rule::CaseReceipt) { DatabaseError::Contended } else { error }
}
