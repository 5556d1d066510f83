//! Definitions of services, compiled once and kept: the one place where this feature meets the form engine.

use std::sync::{Arc, PoisonError};

use chrono::{Days, NaiveDate, NaiveTime};
use domain::application::Outcome;
use domain::calendar::add_working_days;
use domain::identifier::{DefinitionId, Key};
use domain::time::{Timestamp, first_instant_at};
use forms::{Answers, Definition, Evaluation, FieldError, Locale, Party, Term};

use crate::Applications;
use crate::case::DecisionReason;
use crate::draft::{AnswerError, Answered, DeclarationView, DocumentView, FieldView, StepView};
use crate::failure::{Failure, Problem};
use crate::sealed::Snapshot;
use crate::store::Reader;
use crate::store::definitions::{self, DefinitionRow};
use crate::store::services::{self, ServiceRow};
use crate::town::TownCalendar;

/// A version of a service's definition, compiled.
#[derive(Debug)]
pub(crate) struct Pinned {
    pub(crate) id: DefinitionId,
    pub(crate) service: Key,
    pub(crate) sequence: i64,
    pub(crate) sha256: String,
    pub(crate) form: Definition,
}

/// A service that can be applied for online.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedService {
    /// Its key.
    pub key: Key,
    /// The number of its newest version.
    pub sequence: i64,
    /// The hash of that version, 64 hexadecimal digits.
    pub sha256: String,
    /// Who takes part, by role; the first begins.
    pub roles: Vec<String>,
}

impl Applications {
    /// The version of this id.
    pub(crate) async fn pinned(&self, id: DefinitionId) -> Result<Arc<Pinned>, Failure> {
        self.pinned_in(Reader::Database(&self.database), id).await
    }

    /// The version of this id, read in a unit: whoever holds one connection must not wait for another.
    pub(crate) async fn pinned_in(&self, reader: Reader<'_>, id: DefinitionId) -> Result<Arc<Pinned>, Failure> {
        if let Some(known) = self.known(id) {
            return Ok(known);
        }
        let row = definitions::by_id(reader, id).await?;
        self.compiled(row.ok_or(Problem::UnknownService)?)
    }

    /// The version that new drafts are pinned to.
    pub(crate) async fn newest(&self, service: &Key) -> Result<Arc<Pinned>, Failure> {
        let row = definitions::newest(Reader::Database(&self.database), service.as_str()).await?;
        self.compiled(row.ok_or(Problem::UnknownService)?)
    }

    /// The services that can be applied for online, by key.
    ///
    /// # Errors
    /// [`Failure::Database`].
    pub async fn published_services(&self) -> Result<Vec<PublishedService>, Failure> {
        let rows = definitions::all_newest(Reader::Database(&self.database)).await?;
        let service = |row: DefinitionRow| {
            let pinned = self.compiled(row)?;
            Ok(PublishedService {
                key: pinned.service.clone(),
                sequence: pinned.sequence,
                sha256: pinned.sha256.clone(),
                roles: pinned.form.service().parties.iter().map(|party| party.role.clone()).collect(),
            })
        };
        rows.into_iter().map(service).collect()
    }

    /// The office that has the cases of a service now.
    pub(crate) async fn service(&self, service: &Key) -> Result<ServiceRow, Failure> {
        let row = services::by_key(Reader::Database(&self.database), service).await?;
        Ok(row.ok_or(Problem::UnknownService)?)
    }

    fn known(&self, id: DefinitionId) -> Option<Arc<Pinned>> {
        self.definitions.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn compiled(&self, row: DefinitionRow) -> Result<Arc<Pinned>, Failure> {
        if let Some(known) = self.known(row.id) {
            return Ok(known);
        }
        let form = Definition::from_canonical_json(&row.blob).map_err(|_| {
            database::DatabaseError::Internal(format!("version {} of {} does not compile", row.sequence, row.service))
        })?;
        let DefinitionRow { id, service, sequence, sha256, .. } = row;
        let pinned = Arc::new(Pinned { id, service, sequence, sha256, form });
        self.definitions.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&pinned));
        Ok(pinned)
    }
}

impl Pinned {
    /// A definition that nobody has published.
    ///
    /// # Panics
    /// Never: the key of a definition that loaded is one.
    pub(crate) fn unpublished(form: Definition) -> Self {
        let service = Key::new(form.key()).expect("the key of a definition that loaded is one");
        Self { id: DefinitionId(uuid::Uuid::nil()), service, sequence: 1, sha256: form.sha256().to_owned(), form }
    }

    /// The party that begins.
    pub(crate) fn first_party(&self) -> Result<&Party, Problem> {
        self.form.service().parties.first().ok_or(Problem::UnknownService)
    }

    /// The party of a role.
    pub(crate) fn party(&self, role: &str) -> Option<&Party> {
        self.form.service().parties.iter().find(|party| party.role == role)
    }

    /// What `answers` amount to on `today`, as long as nobody has looked what the household has had.
    pub(crate) fn evaluate(&self, answers: &Answers, calendar: &TownCalendar, today: NaiveDate) -> Evaluation {
        self.evaluate_for(answers, calendar, today, None)
    }

    /// What `answers` amount to on `today` for a household that has had so many of this year.
    pub(crate) fn evaluate_for(
        &self,
        answers: &Answers,
        calendar: &TownCalendar,
        today: NaiveDate,
        household_used: Option<u32>,
    ) -> Evaluation {
        let circumstances = forms::Circumstances { household_used, ..calendar.circumstances(today) };
        forms::evaluate(&self.form, answers, &circumstances)
    }

    /// What was handed in on `day` amounts to, as it did then.
    pub(crate) fn evaluate_snapshot(&self, snapshot: &Snapshot, calendar: &TownCalendar, day: NaiveDate) -> Evaluation {
        self.evaluate_for(&snapshot.answers, calendar, day, snapshot.household_used)
    }

    /// Whether the part of `role` holds the answer at `path`.
    pub(crate) fn may_touch(&self, role: &str, path: &str) -> bool {
        let group = path.split(['.', '[']).next().unwrap_or(path);
        let holds = |step: &forms::Step| step.groups.iter().any(|known| known.key == group);
        let step = self.form.form().steps.iter().find(|step| holds(step));
        // A path that nobody knows is for the form to refuse, with its words.
        step.is_none_or(|step| self.may_see(role, &step.key))
    }

    fn may_see(&self, role: &str, step: &str) -> bool {
        let sees = |party: &Party| party.sections.is_empty() || party.sections.iter().any(|section| section == step);
        self.party(role).is_some_and(sees)
    }

    /// What the answers amount to, as somebody in the part of `role` sees it, in the language of `locale`.
    pub(crate) fn answered(&self, evaluation: &Evaluation, role: &str, locale: Locale) -> Answered {
        let steps = evaluation.steps.iter().filter(|step| self.may_see(role, &step.key));
        let errors = evaluation.errors.iter().filter(|error| self.may_touch(role, &error.path));
        Answered {
            steps: steps.map(|step| self.step_view(step, locale)).collect(),
            errors: errors.map(|error| self.error(error, locale)).collect(),
            fee_cents: evaluation.fee.as_ref().map(|fee| i64::from(fee.cents)),
            documents: evaluation.documents.iter().map(document).collect(),
            complete: evaluation.complete(),
        }
    }

    fn step_view(&self, step: &forms::VisibleStep, locale: Locale) -> StepView {
        let rows = step.groups.iter().flat_map(|group| &group.rows);
        let fields = rows.flat_map(|row| &row.fields).map(|field| self.field_view(field, locale));
        StepView { key: step.key.clone(), fields: fields.collect() }
    }

    fn field_view(&self, shown: &forms::VisibleField, locale: Locale) -> FieldView {
        let known = without_row(&shown.path);
        let text = |what: &str| self.form.text(&format!("field.{known}.{what}"), locale).map(str::to_owned);
        let declaration = || {
            let sha256 = self.form.declaration_hash(&known, locale)?;
            Some(DeclarationView { text: text("text")?, sha256 })
        };
        FieldView {
            path: shown.path.clone(),
            label: text("label").unwrap_or_default(),
            required: shown.required,
            declaration: declaration(),
        }
    }

    /// What stands in the steps that a role sees.
    pub(crate) fn visible_answers(&self, answers: &Answers, role: &str) -> Vec<(String, serde_json::Value)> {
        let seen = answers.iter().filter(|(path, _)| self.may_touch(role, path));
        seen.map(|(path, answer)| (path.to_owned(), answer.value.clone())).collect()
    }

    /// An error of the form in words.
    pub(crate) fn error(&self, error: &FieldError, locale: Locale) -> AnswerError {
        AnswerError {
            path: error.path.clone(),
            code: error.code.as_str().to_owned(),
            message: error.render(&self.form, locale),
        }
    }

    /// What stands in the way of handing in, for somebody in the part of `role`: the own part in words, of the parts of
    /// others only that something is missing there.
    pub(crate) fn obstacles(&self, evaluation: &Evaluation, role: &str, locale: Locale) -> Vec<AnswerError> {
        self.obstacles_among(&evaluation.errors, role, locale)
    }

    /// The same of any errors.
    pub(crate) fn obstacles_among(&self, errors: &[FieldError], role: &str, locale: Locale) -> Vec<AnswerError> {
        let (own, others): (Vec<&FieldError>, Vec<&FieldError>) =
            errors.iter().partition(|error| self.may_touch(role, &error.path));
        let foreign = (!others.is_empty()).then(|| AnswerError {
            path: String::new(),
            code: "OTHER_PARTY".to_owned(),
            message: others_missing(locale).to_owned(),
        });
        own.into_iter().map(|error| self.error(error, locale)).chain(foreign).collect()
    }

    /// The name of an option of a choice, in a language.
    pub(crate) fn option_label(&self, path: &str, option: &str, locale: Locale) -> String {
        let list = self.form.form().field(path).and_then(|(_, field)| match &field.kind {
            forms::FieldType::Choice { list, .. } => list.as_deref(),
            _ => None,
        });
        let key = list.map_or_else(|| format!("field.{path}.option.{option}"), |list| format!("list.{list}.{option}"));
        self.form.text(&key, locale).unwrap_or(option).to_owned()
    }

    /// Reasons of the form in words.
    pub(crate) fn reasons<'a>(&self, reasons: impl IntoIterator<Item = &'a forms::Reason>) -> Vec<DecisionReason> {
        let text = |reason: &forms::Reason| {
            let key = reason.reason_key.as_deref();
            let text = key.and_then(|key| self.form.text(&format!("reason.{key}"), Locale::De)).or(key);
            DecisionReason {
                key: reason.reason_key.clone(),
                text: text.unwrap_or_default().to_owned(),
                legal_ref: reason.legal_ref.clone(),
            }
        };
        reasons.into_iter().map(text).collect()
    }

    /// What the tables say, and why; no outcome where people decide.
    pub(crate) fn recommendation(&self, evaluation: &Evaluation) -> (Option<Outcome>, Vec<DecisionReason>) {
        let Some(decision) = evaluation.decision(&self.form) else { return (None, Vec::new()) };
        let outcome = match decision.outcome {
            forms::Outcome::Grant => Some(Outcome::Granted),
            forms::Outcome::Refuse => Some(Outcome::Refused),
            forms::Outcome::Human => None,
        };
        (outcome, self.reasons(&decision.reasons))
    }

    /// When a statutory clock of this service ends that begins on `from`; `None` when it has no such clock.
    pub(crate) fn deadline(&self, key: &str, from: NaiveDate, calendar: &TownCalendar) -> Option<Timestamp> {
        let deadline = self.form.service().deadlines.iter().find(|deadline| deadline.key == key)?;
        end_of(deadline.term, from, calendar)
    }

    /// When silence means consent, for what was handed in on `from`.
    pub(crate) fn fiction(&self, from: NaiveDate, calendar: &TownCalendar) -> Option<Timestamp> {
        end_of(self.form.service().fiction.as_ref()?.after, from, calendar)
    }

    /// When a draft that is edited now is deleted.
    pub(crate) fn draft_ends(&self, now: Timestamp, calendar: &TownCalendar) -> Timestamp {
        let today = now.local_date(calendar.time_zone);
        let day = self.form.service().retention.draft.after(today);
        day.map_or(now, |day| start_of(day, calendar))
    }
}

/// The end of the last day of a term that begins on `from`; the first day does not count (§ 187 (1) BGB).
pub(crate) fn end_of(term: Term, from: NaiveDate, calendar: &TownCalendar) -> Option<Timestamp> {
    let last = match term {
        Term::Period(period) => period.after(from)?,
        Term::WorkingDays(days) => add_working_days(calendar.state, &calendar.extra_holidays, from, days)?,
    };
    Some(end_of_day(last, calendar))
}

/// The instant at which a local day is over.
pub(crate) fn end_of_day(day: NaiveDate, calendar: &TownCalendar) -> Timestamp {
    start_of(day.checked_add_days(Days::new(1)).unwrap_or(day), calendar)
}

pub(crate) fn start_of(day: NaiveDate, calendar: &TownCalendar) -> Timestamp {
    first_instant_at(day.and_time(NaiveTime::MIN), calendar.time_zone)
}

/// The field of a path in the definition: `group[row].field` without its row.
pub(crate) fn without_row(path: &str) -> String {
    match (path.split_once('['), path.split_once("].")) {
        (Some((group, _)), Some((_, field))) => format!("{group}.{field}"),
        _ => path.to_owned(),
    }
}

const fn others_missing(locale: Locale) -> &'static str {
    match locale {
        Locale::De => "Im Teil einer anderen Person fehlt noch etwas.",
        Locale::DeSimple => "Eine andere Person muss noch etwas ausfüllen.",
        Locale::En => "Something is still missing in another person's part.",
        Locale::Tr => "Başka bir kişinin bölümünde hâlâ eksik var.",
        Locale::Uk => "У частині іншої особи ще чогось бракує.",
        Locale::Ar => "لا يزال هناك شيء ناقص في الجزء الخاص بشخص آخر.",
    }
}

fn document(document: &forms::RequiredDocument) -> DocumentView {
    DocumentView { key: document.key.clone(), legal_ref: document.reason.legal_ref.clone() }
}
