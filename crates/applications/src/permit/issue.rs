//! Issuing a permit with the letter that grants it.

use chrono::{Days, NaiveDate};
use database::Unit;
use domain::application::ReceiptNumber;
use domain::identifier::{LetterId, PermitId};
use domain::time::Timestamp;
use forms::{Evaluation, PermitRule, Value};

use crate::Applications;
use crate::definition::Pinned;
use crate::failure::Failure;
use crate::letter::{LetterContent, recipient, shown_answer};
use crate::permit::PermitToken;
use crate::sealed::letter_of;
use crate::store::cases::Found;
use crate::store::permits::{self, PermitRow};
use crate::store::{Reader, cases, letters};

/// A permit that is about to be written.
#[derive(Debug)]
pub(crate) struct GrantedPermit {
    pub(crate) row: PermitRow,
    /// The number that people read.
    pub(crate) shown: String,
    pub(crate) token: String,
    /// The one that ends with it.
    ends: Option<PermitRow>,
}

/// A permit that another one follows.
struct Former {
    row: PermitRow,
    /// What it permits.
    holder: Option<String>,
}

/// Whether a permit can be made of the answers.
pub(crate) enum Ready {
    Yes(Box<Parts>),
    /// Why not; a stable word.
    No(&'static str),
}

/// What a permit is made of.
pub(crate) struct Parts {
    holder: String,
    zone: String,
    valid_from: NaiveDate,
    valid_until: NaiveDate,
    former: Option<Former>,
}

impl Applications {
    /// The permit that a grant gives; nothing where the service gives none, or where something for it is missing: then
    /// the letter goes without, and whoever decided knows why.
    pub(crate) async fn new_permit(
        &self,
        reader: Reader<'_>,
        found: &Found,
        pinned: &Pinned,
        evaluation: &Evaluation,
        letter: LetterId,
        now: Timestamp,
    ) -> Result<Option<GrantedPermit>, Failure> {
        let Some(rule) = &pinned.form.service().permit else { return Ok(None) };
        let Ready::Yes(parts) = self.permit_parts(reader, found, rule, evaluation).await? else { return Ok(None) };
        let Parts { holder, zone, valid_from, valid_until, former } = *parts;
        // Another plate takes the place of the old one at once; a renewal lets the old permit run out.
        let ends = former.filter(|former| former.holder.as_deref() != Some(&holder)).map(|former| former.row);
        let id = PermitId(self.entropy.id(now));
        let token = PermitToken { id, holder, zone, valid_from, valid_until };
        // Longer than any plate and any zone: the form refuses it before.
        let Ok(token) = token.signed(&*self.stamp) else { return Ok(None) };
        let remind_on = valid_until.checked_sub_days(Days::new(u64::from(rule.remind_days))).unwrap_or(valid_until);
        let row = PermitRow {
            id,
            case: found.case.id,
            letter,
            service: found.case.service.clone(),
            valid_from,
            valid_until,
            remind_on,
            issued_at: now,
            revoked_at: None,
        };
        let shown = found.case.receipt.as_ref().map(|receipt| receipt.as_str().to_owned()).unwrap_or_default();
        Ok(Some(GrantedPermit { row, shown, token, ends }))
    }

    /// What speaks against a permit, before the machine grants it.
    pub(crate) async fn permit_obstacle(
        &self,
        found: &Found,
        pinned: &Pinned,
        evaluation: &Evaluation,
    ) -> Result<Option<&'static str>, Failure> {
        let Some(rule) = &pinned.form.service().permit else { return Ok(None) };
        let reader = Reader::Database(&self.database);
        Ok(match self.permit_parts(reader, found, rule, evaluation).await? {
            Ready::Yes(_) => None,
            Ready::No(why) => Some(why),
        })
    }

    async fn permit_parts(
        &self,
        reader: Reader<'_>,
        found: &Found,
        rule: &PermitRule,
        evaluation: &Evaluation,
    ) -> Result<Ready, Failure> {
        let text = |path: &String| match evaluation.effective.get(path) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let date = |path: &String| match evaluation.effective.get(path) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let (Some(holder), Some(zone), Some(valid_from)) = (text(&rule.holder), text(&rule.zone), date(&rule.from))
        else {
            return Ok(Ready::No("permit_incomplete"));
        };
        let former = match rule.replaces.as_ref().and_then(text) {
            None => None,
            Some(number) => match self.replaced(reader, found, &number, evaluation, rule).await? {
                // A number that somebody typed must not end the permit of somebody else.
                None => return Ok(Ready::No("old_permit_unclear")),
                Some(old) => Some(old),
            },
        };
        let inherited = former.as_ref().map(|old| old.row.valid_until);
        let Some(valid_until) = date(&rule.until).or(inherited).filter(|until| valid_from <= *until) else {
            return Ok(Ready::No("permit_without_end"));
        };
        Ok(Ready::Yes(Box::new(Parts { holder, zone, valid_from, valid_until, former })))
    }

    /// The permit with this number, if it holds and went to the same person at the same address.
    async fn replaced(
        &self,
        reader: Reader<'_>,
        found: &Found,
        number: &str,
        evaluation: &Evaluation,
        rule: &PermitRule,
    ) -> Result<Option<Former>, Failure> {
        let Some(number) = ReceiptNumber::parse(number.trim()) else { return Ok(None) };
        let Some(old) = cases::by_receipt(reader, &number).await? else { return Ok(None) };
        if old.case.service != found.case.service || old.case.id == found.case.id {
            return Ok(None);
        }
        let Some(permit) = permits::of_case(reader, old.case.id).await? else { return Ok(None) };
        let Some(letter) = letters::by_id(reader, permit.letter).await? else { return Ok(None) };
        let content: LetterContent = self.open(old.key.as_ref(), letter_of(letter.id), Some(&letter.content_sealed))?;
        let pinned = self.pinned_in(reader, found.case.definition).await?;
        let recipient = recipient(&pinned, evaluation);
        let is_same = content.values["recipient"].as_str() == Some(&recipient) && !recipient.is_empty();
        // The plate may change with a change of the car; the zone may not without a new look.
        let zone = evaluation.effective.get(&rule.zone).map(|zone| shown_answer(&pinned.form, &rule.zone, zone));
        let same_zone = content.values["answers"][&rule.zone].as_str() == zone.as_deref();
        let holder = content.values["answers"][&rule.holder].as_str().map(str::to_owned);
        let follows = is_same && same_zone && permit.revoked_at.is_none();
        Ok(follows.then_some(Former { row: permit, holder }))
    }

    /// Writes a permit, and ends the one it replaces.
    pub(crate) async fn put_permit(&self, unit: &Unit, granted: &GrantedPermit, now: Timestamp) -> Result<(), Failure> {
        if let Some(old) = &granted.ends {
            permits::revoke(unit, old.id, "replaced", now).await?;
            letters::revoke(unit, old.letter, now).await?;
        }
        Ok(permits::insert(unit, &granted.row).await?)
    }
}
