//! Rehearsing: the same form to the end, with a made-up identity, and a notice that says it is none.

use database::IdempotencyKey;
use domain::application::Outcome;
use domain::identifier::{ApplicationId, Key};
use domain::permission::Actor;
use forms::Answers;
use uuid::Uuid;

use crate::Applications;
use crate::access::{Access, Place};
use crate::case::DecisionReason;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::sealed::{json, rehearsal_of};
use crate::secret::{Scope, new_number};
use crate::store::Reader;
use crate::store::rehearsals::{self, RehearsalRow};

/// How a rehearsal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    /// The service.
    pub service: Key,
    /// What the tables would say; absent where people would decide.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reasons: Vec<DecisionReason>,
    /// What must stand across every page of it.
    pub watermark: &'static str,
}

/// What stands across the notice of a rehearsal.
const WATERMARK: &str = "ÜBUNG – KEIN BESCHEID";

impl Applications {
    pub(crate) fn rehearsal_code(&self, row: &RehearsalRow) -> String {
        self.secret.code(Scope::Rehearse, &row.number, row.id.0, 0)
    }

    pub(crate) async fn insert_rehearsal(&self, pinned: &Pinned, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        if pinned.form.service().practice == forms::Practice::Off {
            return Err(Problem::UnknownService.into());
        }
        let (now, calendar) = (self.now(), self.calendar()?);
        let id = ApplicationId(self.entropy.id(now));
        let sealed = self.vault.seal_new(id.0, rehearsal_of(id), &json(&Answers::empty()))?;
        let row = RehearsalRow {
            id,
            definition: pinned.id,
            service: pinned.service.clone(),
            number: new_number(&*self.entropy),
            rev: 1,
            answers_sealed: sealed.field,
            key: None,
            expires_at: pinned.draft_ends(now, &calendar),
            finished_at: None,
        };
        let unit = self.database.begin().await?;
        self.keep_key(&unit, &sealed.key, now).await?;
        rehearsals::insert(&unit, &row, now).await?;
        unit.remember(key, id.0, now).await?;
        unit.commit().await?;
        Ok(id.0)
    }

    /// Ends a rehearsal: says what would come out. Nothing is handed in, counted, sent or decided. Doing it twice gives the
    /// same answer.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for everything that is no rehearsal; [`Problem::Incomplete`].
    pub async fn finish_rehearsal(&self, actor: &Actor, access: &Access) -> Result<Rehearsed, Failure> {
        let row = match self.enter(Reader::Database(&self.database), actor, access).await? {
            Place::Rehearsal(row) => *row,
            Place::Real(_) => return Err(Problem::NotFound.into()),
        };
        let (now, calendar) = (self.now(), self.calendar()?);
        let pinned = self.pinned(row.definition).await?;
        self.vault.unlock(&self.database, now).await?;
        let answers: Answers = self.open(row.key.as_ref(), rehearsal_of(row.id), Some(&row.answers_sealed))?;
        let evaluation = pinned.evaluate_for(&answers, &calendar, now.local_date(calendar.time_zone), Some(0));
        if !evaluation.complete() {
            let errors = evaluation.errors.iter().map(|error| pinned.error(error, forms::Locale::De)).collect();
            return Err(Problem::Incomplete { errors }.into());
        }
        if row.finished_at.is_none() {
            let unit = self.database.begin().await?;
            let seen = row.rev;
            let finished = RehearsalRow { finished_at: Some(now), rev: seen + 1, ..row.clone() };
            if !rehearsals::update(&unit, &finished, seen).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            unit.commit().await?;
        }
        let (outcome, reasons) = pinned.recommendation(&evaluation);
        Ok(Rehearsed { service: row.service, outcome, reasons, watermark: WATERMARK })
    }
}
