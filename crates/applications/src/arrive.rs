//! One intake: the same application that arrives twice, on whatever way, is one case with two arrivals.
//!
//! Whether two are the same is said by the service (`[same_application]`): the same person, known by the account or by a keyed
//! number of a mail address or telephone, with the same answers to what matters, within some days. The database decides who was
//! first: each case claims the fingerprints of what it is about. Whoever comes second is told the number of the first case and
//! gets no right to read it, since anybody can type an address.

use std::collections::BTreeMap;

use domain::identifier::{AccountId, CaseId, IntakeId};
use domain::permission::Actor;
use domain::time::Timestamp;
use forms::{Effective, SameRule, Value};
use serde_json::json;
use uuid::Uuid;

use crate::Applications;
use crate::access::Entry;
use crate::advance::next_link;
use crate::case::{Case, Intake};
use crate::definition::{Pinned, without_row};
use crate::failure::{Failure, Problem};
use crate::household::household_text;
use crate::store::drafts::{self, DraftRow};
use crate::store::intakes::{self, IntakeRow};
use crate::store::{Reader, cases, events, tours};

/// Arrivals of one case. More are no slip of one person.
const MOST_ARRIVALS: i64 = 10;

/// Why an arrival belongs to its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArrivalReason {
    /// The case began with it.
    First,
    /// The same account wants the same.
    SameAccount,
    /// Somebody with the same mail address or telephone wants the same.
    SameContact,
    /// Staff said that it is another matter; it began a case of its own.
    Separated,
}

impl ArrivalReason {
    const ALL: [Self; 4] = [Self::First, Self::SameAccount, Self::SameContact, Self::Separated];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::SameAccount => "same_account",
            Self::SameContact => "same_contact",
            Self::Separated => "separated",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// Whether it joined a case that was there before.
    pub const fn has_joined(self) -> bool {
        match self {
            Self::SameAccount | Self::SameContact => true,
            Self::First | Self::Separated => false,
        }
    }
}

/// An arrival as staff see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// Its id.
    pub id: IntakeId,
    /// By which way.
    pub way: Intake,
    /// Why it belongs to this case.
    pub reason: ArrivalReason,
    /// When.
    pub arrived_at: Timestamp,
    /// Who typed it in for somebody.
    pub recorded_by: Option<AccountId>,
    /// What was said in it, where it joined the case; what the case began with stands in the case.
    pub answers: Vec<(String, serde_json::Value)>,
}

/// A keyed number of a person and what they want.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint {
    pub(crate) key: Vec<u8>,
    is_of_account: bool,
}

impl Fingerprint {
    const fn reason(&self) -> ArrivalReason {
        if self.is_of_account { ArrivalReason::SameAccount } else { ArrivalReason::SameContact }
    }
}

/// What an application is known by when it arrives again, and since when that counts.
#[derive(Debug, Clone)]
pub(crate) struct Sameness {
    /// In one order, so that two that meet do not wait for each other.
    pub(crate) fingerprints: Vec<Fingerprint>,
    pub(crate) since: Timestamp,
}

impl Applications {
    /// What an application is known by; nothing where the service does not ask.
    pub(crate) fn sameness(&self, pinned: &Pinned, effective: &Effective, entry: &Entry, now: Timestamp) -> Sameness {
        let Some(rule) = &pinned.form.service().same_application else {
            return Sameness { fingerprints: Vec::new(), since: now };
        };
        let essence = essence(rule, effective);
        let key = |identity: &str| {
            let service = pinned.service.as_str().as_bytes();
            self.secret.keyed(&[b"arrival", service, essence.as_bytes(), identity.as_bytes()])
        };
        let account = entry.party.account.map(|account| (format!("account {account}"), true));
        let contacts = rule.contact.iter().filter_map(|path| contact(effective.get(path)?));
        let identities = account.into_iter().chain(contacts.map(|contact| (contact, false)));
        let mut fingerprints: Vec<Fingerprint> =
            identities.map(|(identity, is_of_account)| Fingerprint { key: key(&identity), is_of_account }).collect();
        fingerprints.sort();
        Sameness { fingerprints, since: now.plus_minutes(-i64::from(rule.days) * 24 * 60) }
    }

    /// Lets an application join the case that was there first. What was typed is kept beside it, sealed with its own key.
    /// `None`, and nothing is written, when that case has as many arrivals as anybody reads.
    pub(crate) async fn join_case(
        &self,
        (actor, key): (&Actor, &database::IdempotencyKey),
        entry: &Entry,
        draft: &DraftRow,
        (sameness, same): (&Sameness, &Fingerprint),
        now: Timestamp,
    ) -> Result<Option<Uuid>, Failure> {
        let unit = self.database.begin().await?;
        let reader = Reader::Unit(&unit);
        let first = match intakes::claimed_by(reader, same).await? {
            Some(case) => cases::by_id(reader, case).await?,
            None => None,
        };
        // It ended at this very moment: this one is the first now.
        let first = first.ok_or(database::DatabaseError::Contended)?.case;
        if intakes::count(reader, first.id).await? >= MOST_ARRIVALS {
            return Ok(None);
        }
        let seen = entry.draft.rev;
        let draft = DraftRow { answers_sealed: entry.draft.answers_sealed.clone(), case: None, ..draft.clone() };
        if !drafts::update(&unit, &draft, seen, now).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        // One matter is collected once.
        tours::free_place(&unit, draft.id).await?;
        for fingerprint in &sameness.fingerprints {
            intakes::claim(&unit, fingerprint, first.id, (sameness.since, now)).await?;
        }
        let row = self.arrival(entry, first.id, same.reason(), actor, now);
        intakes::insert(&unit, &row).await?;
        let facts = json!({ "intake": row.way, "why": row.reason.as_str() });
        let case = self.note_event(&unit, &first, ("arrive_again", "case.arrive_again"), facts, actor, now).await?;
        unit.remember(key, row.id.0, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(Some(row.id.0))
    }

    /// An arrival to be written down.
    pub(crate) fn arrival(
        &self,
        entry: &Entry,
        case: CaseId,
        reason: ArrivalReason,
        actor: &Actor,
        now: Timestamp,
    ) -> IntakeRow {
        let way = entry.draft.intake;
        IntakeRow {
            id: IntakeId(self.entropy.id(now)),
            application: entry.draft.id,
            case,
            way,
            reason,
            arrived_at: now,
            recorded_by: actor.account().filter(|_| way != Intake::Online),
        }
    }

    /// Adds an event to a case that takes no step by it: its word in the chain, and that in outbox and audit log.
    pub(crate) async fn note_event(
        &self,
        unit: &database::Unit,
        before: &Case,
        (kind, traced): (&str, &'static str),
        facts: serde_json::Value,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Case, Failure> {
        let link = next_link(before, kind, actor.account(), &facts, now);
        let generation = before.generation + 1;
        let case = Case { generation, events: link.number, head: link.hash.clone(), changed_at: now, ..before.clone() };
        if !cases::update(unit, &case, before.generation).await? {
            // Whoever comes second must not lose what they handed in because a clerk works on the first.
            return Err(database::DatabaseError::Contended.into());
        }
        events::insert(unit, case.id, &link).await?;
        self.trace(unit, case.id, traced, actor.account(), now).await?;
        Ok(case)
    }

    /// The arrivals of a case, with what was said in those that joined it.
    pub(crate) async fn arrivals(&self, reader: Reader<'_>, case: CaseId) -> Result<Vec<Arrival>, Failure> {
        let mut arrivals = Vec::new();
        for row in intakes::of_case(reader, case).await? {
            let answers = if row.reason.has_joined() { self.answers_beside(reader, &row).await? } else { Vec::new() };
            let IntakeRow { id, way, reason, arrived_at, recorded_by, .. } = row;
            arrivals.push(Arrival { id, way, reason, arrived_at, recorded_by, answers });
        }
        Ok(arrivals)
    }

    async fn answers_beside(
        &self,
        reader: Reader<'_>,
        row: &IntakeRow,
    ) -> Result<Vec<(String, serde_json::Value)>, Failure> {
        let Some(draft) = drafts::by_id(reader, row.application).await? else { return Ok(Vec::new()) };
        let Some(sealed) = draft.answers_sealed.as_deref() else { return Ok(Vec::new()) };
        let place = crate::sealed::answers_of(draft.id);
        let answers: forms::Answers = self.open(draft.key.as_ref(), place, Some(sealed))?;
        Ok(answers.iter().map(|(path, answer)| (path.to_owned(), answer.value.clone())).collect())
    }
}

/// The answers that matter, in one way: rows in whatever order, texts however they are spaced.
fn essence(rule: &SameRule, effective: &Effective) -> String {
    let mut rows: BTreeMap<String, Vec<serde_json::Value>> = BTreeMap::new();
    for (path, value) in effective.iter() {
        let field = without_row(path);
        if rule.answers.contains(&field) {
            let row = path.rsplit_once('.').map_or(path, |(row, _)| row);
            rows.entry(row.to_owned()).or_default().push(json!([field, plain(value)]));
        }
    }
    let mut rows: Vec<String> = rows.into_values().map(|row| json!(row).to_string()).collect();
    rows.sort();
    rows.join("\n")
}

fn plain(value: &Value) -> serde_json::Value {
    match value {
        Value::Address(address) => household_text(address).into(),
        Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().into(),
        Value::Number(number) => number.normalize().to_string().into(),
        Value::Bool(_)
        | Value::Date(_)
        | Value::PartialDate(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Choices(_)
        | Value::GeoPoint(_)
        | Value::Files(_)
        | Value::Slot(_)
        | Value::Signature(_)
        | Value::Declaration(_) => value.to_json(),
    }
}

/// A mail address or telephone as it is compared.
fn contact(value: &Value) -> Option<String> {
    let Value::Text(text) = value else { return None };
    if text.contains('@') {
        return Some(format!("mail {}", text.trim().to_lowercase()));
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("0049").or_else(|| digits.strip_prefix("49").filter(|_| text.contains('+')));
    let national = national.map_or_else(|| digits.clone(), |rest| format!("0{rest}"));
    (!national.is_empty()).then(|| format!("phone {national}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_known_however_it_is_written() {
        let text = |text: &str| contact(&Value::Text(text.to_owned())).expect("a contact");
        assert_eq!(text(" Eva@Example.org"), text("eva@example.org"));
        assert_eq!(text("+49 511 123"), text("0511/123"));
        assert_eq!(text("0049 511 123"), text("0511 123"));
        assert_ne!(text("0511 124"), text("0511 123"));
    }
}
