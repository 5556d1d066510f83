//! A case as staff of its office read it.

use domain::identifier::CaseId;
use domain::permission::Actor;

use crate::Applications;
use crate::arrive::Arrival;
use crate::case::{Case, CaseDeadline, CaseEvent, Decision, ItemRequest};
use crate::chain::{self, ChainFlaw};
use crate::failure::Failure;
use crate::forward::ForwardView;
use crate::replay_decision::Replay;
use crate::sealed::{decision_of, objection_of, request_of};
use crate::store::cases::{self, Found};
use crate::store::{Reader, events, forwards};
use crate::tour::ChosenTour;
use crate::upload::Upload;

/// A case with everything in it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// What was said, by path.
    pub answers: Vec<(String, serde_json::Value)>,
    /// The files that were handed in and in which nothing was found.
    pub files: Vec<Upload>,
    /// The decision, also one that is not approved yet.
    pub decision: Option<Decision>,
    /// Whether the tables say again what they said.
    pub replay: Replay,
    /// What the applicant was asked for last.
    pub request: Option<ItemRequest>,
    /// Why somebody objected.
    pub objection: Option<String>,
    /// The clocks that run or stand.
    pub deadlines: Vec<CaseDeadline>,
    /// The day of the collection, where something is collected.
    pub tour: Option<ChosenTour>,
    /// Where it stands on its way to other bodies.
    pub forwards: Vec<ForwardView>,
    /// How it arrived, also what arrived like it and joined it.
    pub arrivals: Vec<Arrival>,
    /// Everything that happened.
    pub events: Vec<CaseEvent>,
    /// Where the chain of events is broken, if it is.
    pub flaw: Option<ChainFlaw>,
}

impl Applications {
    /// A case of one's own office, with everything in it. Whoever shows it to somebody leaves a trace of that.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`crate::Problem::NotFound`].
    pub async fn read_case(&self, actor: &Actor, id: CaseId) -> Result<CaseView, Failure> {
        let reader = Reader::Database(&self.database);
        let found = self.team_case(reader, actor, id).await?;
        self.view(reader, found).await
    }

    /// Everything in a case.
    pub(crate) async fn view(&self, reader: Reader<'_>, found: Found) -> Result<CaseView, Failure> {
        self.vault.unlock(&self.database, self.now()).await?;
        let links = events::of(reader, found.case.id).await?;
        let deadlines = cases::deadlines(reader, found.case.id).await?;
        let key = found.key.as_ref();
        let Case { id, .. } = found.case;
        let answers = if key.is_some() {
            let snapshot = self.snapshot(reader, &found).await?;
            snapshot.answers.iter().map(|(path, answer)| (path.to_owned(), answer.value.clone())).collect()
        } else {
            Vec::new()
        };
        let files = match key {
            Some(key) => self.files_of_case(key, found.case.application.0).await?,
            None => Vec::new(),
        };
        let sealed = found.case.decision_sealed.as_deref();
        let decision: Option<Decision> =
            sealed.map(|sealed| self.open(key, decision_of(id), Some(sealed))).transpose()?;
        let replay = match &decision {
            Some(decision) => self.pinned(found.case.definition).await?.replay(decision),
            None => Replay::NoTables,
        };
        let sealed = found.case.request_sealed.as_deref();
        let request = sealed.map(|sealed| self.open(key, request_of(id), Some(sealed))).transpose()?;
        let sealed = found.case.objection_sealed.as_deref();
        let objection = sealed.map(|sealed| self.open(key, objection_of(id), Some(sealed))).transpose()?;
        let flaw = chain::verify(id, &links, found.case.events, &found.case.head).err();
        let event = |link: chain::Link| CaseEvent {
            number: link.number,
            kind: link.kind,
            actor: link.actor,
            at: link.at,
            facts: link.facts,
        };
        let events = links.into_iter().map(event).collect();
        let forwards = forwards::of_case(reader, id).await?;
        let arrivals = self.arrivals(reader, id).await?;
        let (tour, _) = self.tour_of_case(&found.case).await?;
        Ok(CaseView {
            case: found.case,
            answers,
            files,
            decision,
            replay,
            request,
            objection,
            deadlines,
            tour,
            forwards,
            arrivals,
            events,
            flaw,
        })
    }
}
