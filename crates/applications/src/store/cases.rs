//! Cases, their snapshots and deadlines.

use chrono::NaiveDate;
use database::{DatabaseError, Row, SubjectKey, Unit, Value};
use domain::application::{CaseState, DeliveryChannel, Outcome, ReceiptNumber};
use domain::identifier::{AccountId, ApplicationId, CaseId, DefinitionId, TourId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::case::{Case, CaseDeadline, Intake};
use crate::store::{Reader, key_word, optional_word, subject_key, word};

/// The columns of [`read`], with the key of the case.
pub(crate) const SELECT: &str = "SELECT c.id, c.application, c.definition, c.service, c.team, c.intake, c.receipt, \
    c.state, c.outcome, c.clerk, c.drafter, c.generation, c.revision, c.events, c.head, c.submitted_at, c.changed_at, \
    c.decided_at, c.delivered_at, c.channel, c.deemed_received_on, c.objection_until, c.decision_sealed, \
    c.request_sealed, c.objection_sealed, k.generation AS key_generation, k.wrapped AS key_wrapped \
    FROM case_file c LEFT JOIN subject_key k ON k.subject = c.application";

/// A case with the key of what is sealed; without key it was erased.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) case: Case,
    pub(crate) key: Option<SubjectKey>,
}

pub(crate) fn read(row: &Row) -> Result<Found, DatabaseError> {
    let instant = |column| Ok::<_, DatabaseError>(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let account = |column| Ok::<_, DatabaseError>(row.get::<Option<Uuid>>(column)?.map(AccountId));
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let application: Uuid = row.get("application")?;
    let case = Case {
        id: CaseId(row.get("id")?),
        application: ApplicationId(application),
        definition: DefinitionId(row.get("definition")?),
        service: word(row, "service", key_word)?,
        team: word(row, "team", key_word)?,
        intake: word(row, "intake", Intake::parse)?,
        receipt: optional_word(row, "receipt", ReceiptNumber::parse)?,
        state: word(row, "state", CaseState::parse)?,
        outcome: optional_word(row, "outcome", Outcome::parse)?,
        clerk: account("clerk")?,
        drafter: account("drafter")?,
        generation: row.get("generation")?,
        revision: row.get("revision")?,
        events: row.get("events")?,
        head: row.get("head")?,
        submitted_at: Timestamp::from_millis(row.get("submitted_at")?),
        changed_at: Timestamp::from_millis(row.get("changed_at")?),
        decided_at: instant("decided_at")?,
        delivered_at: instant("delivered_at")?,
        channel: optional_word(row, "channel", DeliveryChannel::parse)?,
        deemed_received_on: optional_word(row, "deemed_received_on", day)?,
        objection_until: optional_word(row, "objection_until", day)?,
        decision_sealed: row.get("decision_sealed")?,
        request_sealed: row.get("request_sealed")?,
        objection_sealed: row.get("objection_sealed")?,
    };
    Ok(Found { case, key: subject_key(row, application)? })
}

/// The case of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: CaseId) -> Result<Option<Found>, DatabaseError> {
    reader.row(&format!("{SELECT} WHERE c.id = $1"), vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// The case with this receipt.
pub(crate) async fn by_receipt(reader: Reader<'_>, receipt: &ReceiptNumber) -> Result<Option<Found>, DatabaseError> {
    let sql = format!("{SELECT} WHERE c.receipt = $1");
    reader.row(&sql, vec![receipt.as_str().into()]).await?.as_ref().map(read).transpose()
}

/// Cases that the machine has not looked at, oldest first.
pub(crate) async fn received(reader: Reader<'_>, limit: i64) -> Result<Vec<CaseId>, DatabaseError> {
    let sql = "SELECT id FROM case_file WHERE state = 'received' ORDER BY submitted_at LIMIT $1";
    reader.rows(sql, vec![limit.into()]).await?.iter().map(|row| Ok(CaseId(row.at(0)?))).collect()
}

/// The cases with a place on a tour that are granted and announced and not collected yet, by the order in which they came,
/// with the litres and the sealed answers of each.
pub(crate) async fn of_tour(reader: Reader<'_>, tour: TourId) -> Result<Vec<(Found, i64, Vec<u8>)>, DatabaseError> {
    let select = SELECT.replacen("SELECT ", "SELECT p.litres, s.content_sealed AS answers_sealed, ", 1);
    let sql = format!(
        "{select} JOIN application a ON a.case_file = c.id JOIN tour_place p ON p.application = a.id JOIN case_snapshot s ON s.case_file = c.id \
         AND s.revision = c.revision WHERE p.tour = $1 AND p.state IN ('promised', 'missed') \
         AND c.state IN ('delivered', 'fulfilling') ORDER BY c.submitted_at, c.id"
    );
    let rows = reader.rows(&sql, vec![tour.0.into()]).await?;
    rows.iter().map(|row| Ok((read(row)?, row.get("litres")?, row.get("answers_sealed")?))).collect()
}

fn changing(case: &Case) -> Vec<Value> {
    vec![
        case.state.as_str().into(),
        case.outcome.map(|outcome| outcome.as_str().to_owned()).into(),
        case.clerk.map(|account| account.0).into(),
        case.drafter.map(|account| account.0).into(),
        case.generation.into(),
        case.revision.into(),
        case.events.into(),
        case.head.clone().into(),
        case.changed_at.millis().into(),
        case.decided_at.map(Timestamp::millis).into(),
        case.delivered_at.map(Timestamp::millis).into(),
        case.channel.map(|channel| channel.as_str().to_owned()).into(),
        case.deemed_received_on.map(|day| day.to_string()).into(),
        case.objection_until.map(|day| day.to_string()).into(),
        case.decision_sealed.clone().into(),
        case.request_sealed.clone().into(),
        case.objection_sealed.clone().into(),
        case.id.0.into(),
    ]
}

/// Writes a new case.
///
/// # Errors
/// `Rule::CaseReceipt`.
pub(crate) async fn insert(unit: &Unit, case: &Case) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_file (state, outcome, clerk, drafter, generation, revision, events, head, changed_at, \
               decided_at, delivered_at, channel, deemed_received_on, objection_until, decision_sealed, \
               request_sealed, objection_sealed, id, application, definition, service, team, intake, receipt, \
               submitted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
               $19, $20, $21, $22, $23, $24, $25)";
    let mut values = changing(case);
    values.extend([
        case.application.0.into(),
        case.definition.0.into(),
        case.service.as_str().into(),
        case.team.as_str().into(),
        case.intake.as_str().into(),
        case.receipt.as_ref().map(|receipt| receipt.as_str().to_owned()).into(),
        case.submitted_at.millis().into(),
    ]);
    unit.execute(sql, values).await.map(drop)
}

/// Writes a changed case back, unless somebody changed it since `seen`. `false` when somebody did.
pub(crate) async fn update(unit: &Unit, case: &Case, seen: i64) -> Result<bool, DatabaseError> {
    let sql = "UPDATE case_file SET state = $1, outcome = $2, clerk = $3, drafter = $4, generation = $5, \
               revision = $6, events = $7, head = $8, changed_at = $9, decided_at = $10, delivered_at = $11, \
               channel = $12, deemed_received_on = $13, objection_until = $14, decision_sealed = $15, \
               request_sealed = $16, objection_sealed = $17 WHERE id = $18 AND generation = $19";
    let mut values = changing(case);
    values.push(seen.into());
    Ok(unit.execute(sql, values).await? == 1)
}

/// Writes one version of the answers.
pub(crate) async fn insert_snapshot(
    unit: &Unit,
    case: &Case,
    sha256: &str,
    content: Vec<u8>,
    by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_snapshot (case_file, revision, sha256, content_sealed, created_by, at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        case.id.0.into(),
        case.revision.into(),
        sha256.into(),
        content.into(),
        by.map(|account| account.0).into(),
        at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// The hash and the sealed content of one version of the answers.
pub(crate) async fn snapshot(
    reader: Reader<'_>,
    case: CaseId,
    revision: i64,
) -> Result<Option<(String, Vec<u8>)>, DatabaseError> {
    let sql = "SELECT sha256, content_sealed FROM case_snapshot WHERE case_file = $1 AND revision = $2";
    let row = reader.row(sql, vec![case.0.into(), revision.into()]).await?;
    row.map(|row| Ok((row.at(0)?, row.at(1)?))).transpose()
}

/// Sets a deadline, also one that was set before.
pub(crate) async fn set_deadline(
    unit: &Unit,
    case: CaseId,
    kind: &str,
    due_at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_deadline (case_file, kind, due_at) VALUES ($1, $2, $3) \
               ON CONFLICT (case_file, kind) DO UPDATE SET due_at = excluded.due_at, paused_at = NULL, done_at = NULL";
    unit.execute(sql, vec![case.0.into(), kind.into(), due_at.millis().into()]).await.map(drop)
}

/// Ends a deadline: it was met, or does not matter any more.
pub(crate) async fn end_deadline(unit: &Unit, case: CaseId, kind: &str, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_deadline SET done_at = $1 WHERE case_file = $2 AND kind = $3 AND done_at IS NULL";
    unit.execute(sql, vec![at.millis().into(), case.0.into(), kind.into()]).await.map(drop)
}

/// The city's own clocks stand.
pub(crate) async fn pause_clocks(unit: &Unit, case: CaseId, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_deadline SET paused_at = $1 WHERE case_file = $2 AND kind IN ('processing', 'fiction') \
               AND paused_at IS NULL AND done_at IS NULL";
    unit.execute(sql, vec![at.millis().into(), case.0.into()]).await.map(drop)
}

/// The city's own clocks run on; the time they stood is added.
pub(crate) async fn resume_clocks(unit: &Unit, case: CaseId, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE case_deadline SET due_at = due_at + ($1 - paused_at), paused_at = NULL \
               WHERE case_file = $2 AND paused_at IS NOT NULL AND done_at IS NULL";
    unit.execute(sql, vec![at.millis().into(), case.0.into()]).await.map(drop)
}

/// The deadlines of a case that still matter, soonest first.
pub(crate) async fn deadlines(reader: Reader<'_>, case: CaseId) -> Result<Vec<CaseDeadline>, DatabaseError> {
    let sql =
        "SELECT kind, due_at, paused_at FROM case_deadline WHERE case_file = $1 AND done_at IS NULL ORDER BY due_at";
    let rows = reader.rows(sql, vec![case.0.into()]).await?;
    let read = |row: &Row| {
        let paused: Option<i64> = row.at(2)?;
        let due_at = Timestamp::from_millis(row.at(1)?);
        Ok(CaseDeadline { kind: row.at(0)?, due_at, paused_at: paused.map(Timestamp::from_millis) })
    };
    rows.iter().map(read).collect()
}

/// Cases with a deadline of this kind that is over, and does not stand.
pub(crate) async fn due(
    reader: Reader<'_>,
    kind: &str,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<CaseId>, DatabaseError> {
    let sql = "SELECT case_file FROM case_deadline WHERE kind = $1 AND due_at <= $2 AND done_at IS NULL \
               AND paused_at IS NULL ORDER BY due_at LIMIT $3";
    let rows = reader.rows(sql, vec![kind.into(), now.millis().into(), limit.into()]).await?;
    rows.iter().map(|row| Ok(CaseId(row.at(0)?))).collect()
}

/// The versions of definitions that closed cases belong to.
pub(crate) async fn definitions_of_closed(reader: Reader<'_>) -> Result<Vec<DefinitionId>, DatabaseError> {
    let rows = reader.rows("SELECT DISTINCT definition FROM case_file WHERE state = 'closed'", vec![]).await?;
    rows.iter().map(|row| Ok(DefinitionId(row.at(0)?))).collect()
}

const CLOSED: &str = "FROM case_file c WHERE c.state = 'closed' AND c.definition = $1 AND c.changed_at < $2";
const WITH_FILES: &str = "AND EXISTS (SELECT 1 FROM attachment a WHERE a.owner = c.application)";

/// Cases of a definition that were closed before an instant, oldest first, with their applications.
pub(crate) async fn closed(
    reader: Reader<'_>,
    definition: DefinitionId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(CaseId, ApplicationId)>, DatabaseError> {
    listed(
        reader,
        &format!("SELECT c.id, c.application {CLOSED} ORDER BY c.changed_at LIMIT $3"),
        definition,
        before,
        limit,
    )
    .await
}

/// The same of cases that still have files.
pub(crate) async fn closed_with_files(
    reader: Reader<'_>,
    definition: DefinitionId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(CaseId, ApplicationId)>, DatabaseError> {
    let sql = format!("SELECT c.id, c.application {CLOSED} {WITH_FILES} ORDER BY c.changed_at LIMIT $3");
    listed(reader, &sql, definition, before, limit).await
}

async fn listed(
    reader: Reader<'_>,
    sql: &str,
    definition: DefinitionId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(CaseId, ApplicationId)>, DatabaseError> {
    let rows = reader.rows(sql, vec![definition.0.into(), before.millis().into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((CaseId(row.at(0)?), ApplicationId(row.at(1)?)))).collect()
}

/// How many cases of a definition were closed before an instant.
pub(crate) async fn count_closed(
    reader: Reader<'_>,
    definition: DefinitionId,
    before: Timestamp,
) -> Result<u64, DatabaseError> {
    counted(reader, &format!("SELECT COUNT(*) {CLOSED}"), definition, before).await
}

/// The same of cases that still have files.
pub(crate) async fn count_closed_with_files(
    reader: Reader<'_>,
    definition: DefinitionId,
    before: Timestamp,
) -> Result<u64, DatabaseError> {
    counted(reader, &format!("SELECT COUNT(*) {CLOSED} {WITH_FILES}"), definition, before).await
}

async fn counted(
    reader: Reader<'_>,
    sql: &str,
    definition: DefinitionId,
    before: Timestamp,
) -> Result<u64, DatabaseError> {
    let row = reader.row(sql, vec![definition.0.into(), before.millis().into()]).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.at(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}
