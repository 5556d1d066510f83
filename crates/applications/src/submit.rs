//! Handing in: one transaction that freezes exactly what was said and opens a case, or lets it join the one that the same
//! application began before. The same key gives the same receipt.

use chrono::Datelike;
use database::IdempotencyKey;
use domain::application::{ApplicationStep, CaseState, PartyState, ReceiptNumber};
use domain::identifier::{ApplicationId, CaseId, IntakeId, Key};
use domain::permission::Actor;
use domain::time::Timestamp;
use forms::Evaluation;
use serde_json::json;
use uuid::Uuid;

use crate::Applications;
use crate::access::{Access, Entry, trust_of};
use crate::arrive::{ArrivalReason, Fingerprint, Sameness};
use crate::attach_files::Owner;
use crate::case::Case;
use crate::consent::has_trust;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::household::Household;
use crate::open_case::Opening;
use crate::requests::idempotency_key;
use crate::sealed::{Handling, Snapshot};
use crate::store::attachments::AttachmentRow;
use crate::store::drafts::{self, DraftRow};
use crate::store::parties::PartyRow;
use crate::store::{Reader, cases, intakes};

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
    /// Why no case began: the same arrived before, and number and case are those of the first. Whoever has this receipt has no
    /// right to read that case by it.
    pub joined: Option<ArrivalReason>,
}

/// Everything that is known before the transaction begins.
struct Ready {
    pinned: std::sync::Arc<Pinned>,
    evaluation: Evaluation,
    snapshot: Snapshot,
    team: Key,
    seen: i64,
    /// What the household has had, where the service counts it.
    household: Option<Household>,
    /// Files that no answer names. They are not handed in, and so not kept.
    unnamed: Vec<AttachmentRow>,
}

/// What is about to be written.
#[derive(Clone, Copy)]
struct Filing<'a> {
    entry: &'a Entry,
    ready: &'a Ready,
    draft: &'a DraftRow,
    case: &'a Case,
    now: Timestamp,
}

/// What came of trying to open a case.
enum Begun {
    /// It is there.
    Case,
    /// The same arrived before.
    Same(Fingerprint),
}

impl Applications {
    /// Hands an application in. Afterwards the machine looks at it at once, if it can; else the worker does within seconds.
    ///
    /// # Errors
    /// [`Problem::SummaryChanged`] when something else stands there than was read; [`Problem::Incomplete`];
    /// [`Problem::ConsentMissing`]; [`Problem::TrustTooLow`]; [`Problem::QuotaExhausted`], [`Problem::HouseholdExhausted`];
    /// where a day is to be chosen [`Problem::TourMissing`], [`Problem::TourHoldExpired`] and what else a tour can say;
    /// [`Problem::WrongState`].
    pub async fn submit(&self, actor: &Actor, command: &Submit) -> Result<Receipt, Failure> {
        let input = format!("{:?}", (&command.access, &command.summary_sha256, command.handling));
        // The access may hold a code; the memory of requests keeps a keyed hash of it.
        let key = idempotency_key(actor, &command.submission_key, "submit", &self.secret.fingerprint(&input))?;
        let receipt = self.receipt(self.once(&key, || self.hand_in(actor, command, &key)).await?).await?;
        let case = receipt.case;
        if let Err(failure) = self.check_automatically(case).await {
            // It is handed in all the same; the worker looks again.
            tracing::warn!(case.id = %case, %failure, "the machine could not look at a case yet");
        }
        if let Err(failure) = self.give_back_surplus(receipt.application).await {
            tracing::warn!(case.id = %case, %failure, "what was paid too much waits for the worker");
        }
        Ok(receipt)
    }

    /// The receipt of a case that began, or of an arrival that joined one.
    async fn receipt(&self, id: Uuid) -> Result<Receipt, Failure> {
        let reader = Reader::Database(&self.database);
        let arrival = intakes::by_id(reader, IntakeId(id)).await?;
        let case = arrival.as_ref().map_or(CaseId(id), |arrival| arrival.case);
        let case = cases::by_id(reader, case).await?.ok_or(Problem::NotFound)?.case;
        let number = case.receipt.ok_or(Problem::NotFound)?;
        let own = (case.application, case.submitted_at, None);
        let (application, submitted_at, joined) =
            arrival.map_or(own, |arrival| (arrival.application, arrival.arrived_at, Some(arrival.reason)));
        let joined = joined.filter(|reason| reason.has_joined());
        Ok(Receipt { application, case: case.id, service: case.service, number, submitted_at, joined })
    }

    async fn hand_in(&self, actor: &Actor, command: &Submit, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let entry = self.enter_real(Reader::Database(&self.database), actor, &command.access).await?;
        let ready = self.ready(actor, &entry, command).await?;
        let now = self.now();
        let state = entry.draft.state.after(ApplicationStep::Submit)?;
        let case = self.new_case(&entry, &ready.pinned, ready.team.clone(), now)?;
        let draft = DraftRow {
            state,
            rev: ready.seen + 1,
            // The snapshot holds them from now on; one copy is enough.
            answers_sealed: None,
            case: Some(case.id),
            ..entry.draft.clone()
        };
        let sameness = self.sameness(&ready.pinned, &ready.evaluation.effective, &entry, now);
        let filing = Filing { entry: &entry, ready: &ready, draft: &draft, case: &case, now };
        let Begun::Same(same) = self.begin_case(actor, key, &filing, &sameness).await? else { return Ok(case.id.0) };
        if let Some(joined) = self.join_case((actor, key), &entry, &draft, (&sameness, &same), now).await? {
            return Ok(joined);
        }
        // So many of the same are no slip of one person: somebody looks at each of them.
        let alone = Sameness { fingerprints: Vec::new(), ..sameness };
        self.begin_case(actor, key, &filing, &alone).await?;
        Ok(case.id.0)
    }

    /// Opens a case, unless the same arrived before; then nothing is written.
    async fn begin_case(
        &self,
        actor: &Actor,
        key: &IdempotencyKey,
        filing: &Filing<'_>,
        sameness: &Sameness,
    ) -> Result<Begun, Failure> {
        let Filing { entry, ready, draft, case, now } = *filing;
        let unit = self.database.begin().await?;
        if !drafts::update(&unit, draft, ready.seen, now).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        for same in &sameness.fingerprints {
            if !intakes::claim(&unit, same, case.id, (sameness.since, now)).await? {
                return Ok(Begun::Same(same.clone()));
            }
        }
        self.let_go(&unit, &ready.unnamed, now).await?;
        self.promise_tour(&unit, draft.id, (&ready.pinned, &ready.evaluation), now).await?;
        let opening = Opening {
            entry,
            pinned: &ready.pinned,
            evaluation: &ready.evaluation,
            snapshot: &ready.snapshot,
            household: ready.household.as_ref(),
            facts: json!({}),
        };
        let case = self.open_case(&unit, case.clone(), &opening, actor.account(), now).await?;
        let arrival = self.arrival(entry, case.id, ArrivalReason::First, actor, now);
        intakes::insert(&unit, &arrival).await?;
        unit.remember(key, case.id.0, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(Begun::Case)
    }

    async fn ready(&self, actor: &Actor, entry: &Entry, command: &Submit) -> Result<Ready, Failure> {
        if entry.party.position != 0 {
            return Err(Problem::NotFound.into());
        }
        // Before anything is said about answers: what was handed in cannot be handed in again.
        entry.draft.state.after(ApplicationStep::Submit)?;
        let pinned = self.pinned(entry.draft.definition).await?;
        let answers = self.answers(entry).await?;
        let (evaluation, household) = self.evaluated_for_household(&pinned, &answers).await?;
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
        let canonical = evaluation.effective.canonical_json(&pinned.form);
        let household_used = household.as_ref().map(|household| household.seen);
        let snapshot = Snapshot { answers, canonical, handling: command.handling, household_used };
        let team = self.service(&entry.draft.service).await?.team;
        Ok(Ready { pinned, evaluation, snapshot, team, seen: entry.draft.rev, household, unnamed })
    }

    /// A case as it begins.
    pub(crate) fn new_case(&self, entry: &Entry, pinned: &Pinned, team: Key, now: Timestamp) -> Result<Case, Failure> {
        let calendar = self.calendar()?;
        let mut random = [0; 9];
        self.entropy.fill(&mut random);
        Ok(Case {
            id: CaseId(self.entropy.id(now)),
            application: entry.draft.id,
            definition: pinned.id,
            service: entry.draft.service.clone(),
            team,
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
