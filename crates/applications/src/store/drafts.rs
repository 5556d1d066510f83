//! Applications that are being filled in: one row each, changed only by whoever read the newest state.

use database::{DatabaseError, Row, SubjectKey, Unit};
use domain::application::ApplicationState;
use domain::identifier::{AccountId, ApplicationId, CaseId, DefinitionId, Key};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::case::Intake;
use crate::draft::MyApplication;
use crate::store::{Reader, key_word, subject_key, word};

/// An application.
#[derive(Debug, Clone)]
pub(crate) struct DraftRow {
    pub(crate) id: ApplicationId,
    pub(crate) definition: DefinitionId,
    pub(crate) service: Key,
    pub(crate) intake: Intake,
    pub(crate) state: ApplicationState,
    pub(crate) rev: i64,
    pub(crate) answers_sealed: Option<Vec<u8>>,
    pub(crate) key: Option<SubjectKey>,
    pub(crate) case: Option<CaseId>,
    pub(crate) expires_at: Timestamp,
}

fn read(row: &Row) -> Result<DraftRow, DatabaseError> {
    let id: Uuid = row.get("id")?;
    let case: Option<Uuid> = row.get("case_file")?;
    Ok(DraftRow {
        id: ApplicationId(id),
        definition: DefinitionId(row.get("definition")?),
        service: word(row, "service", key_word)?,
        intake: word(row, "intake", Intake::parse)?,
        state: word(row, "state", ApplicationState::parse)?,
        rev: row.get("rev")?,
        answers_sealed: row.get("answers_sealed")?,
        key: subject_key(row, id)?,
        case: case.map(CaseId),
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
    })
}

/// The application of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: ApplicationId) -> Result<Option<DraftRow>, DatabaseError> {
    let sql = "SELECT a.id, a.definition, a.service, a.intake, a.state, a.rev, a.answers_sealed, a.case_file, \
               a.expires_at, k.generation AS key_generation, k.wrapped AS key_wrapped \
               FROM application a LEFT JOIN subject_key k ON k.subject = a.id WHERE a.id = $1";
    reader.row(sql, vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// Applications in which an account has a part, newest first.
pub(crate) async fn of_account(
    reader: Reader<'_>,
    account: AccountId,
    limit: i64,
) -> Result<Vec<MyApplication>, DatabaseError> {
    let sql = "SELECT a.id, a.service, p.role, a.state, a.case_file FROM party p JOIN application a \
               ON a.id = p.application WHERE p.account = $1 ORDER BY a.id DESC LIMIT $2";
    let rows = reader.rows(sql, vec![account.0.into(), limit.into()]).await?;
    let read = |row: &Row| {
        Ok(MyApplication {
            id: ApplicationId(row.get("id")?),
            service: word(row, "service", key_word)?,
            role: row.get("role")?,
            state: word(row, "state", ApplicationState::parse)?,
            case: row.get::<Option<Uuid>>("case_file")?.map(CaseId),
        })
    };
    rows.iter().map(read).collect()
}

/// Writes a new application.
pub(crate) async fn insert(unit: &Unit, draft: &DraftRow, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO application (id, definition, service, intake, state, rev, answers_sealed, created_at, \
               edited_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
    let values = vec![
        draft.id.0.into(),
        draft.definition.0.into(),
        draft.service.as_str().into(),
        draft.intake.as_str().into(),
        draft.state.as_str().into(),
        draft.rev.into(),
        draft.answers_sealed.clone().into(),
        at.millis().into(),
        draft.expires_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Writes a changed application back, unless somebody changed it since `seen`. `false` when somebody did.
pub(crate) async fn update(unit: &Unit, draft: &DraftRow, seen: i64, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE application SET state = $1, rev = $2, answers_sealed = $3, case_file = $4, edited_at = $5, \
               expires_at = $6 WHERE id = $7 AND rev = $8";
    let values = vec![
        draft.state.as_str().into(),
        draft.rev.into(),
        draft.answers_sealed.clone().into(),
        draft.case.map(|case| case.0).into(),
        at.millis().into(),
        draft.expires_at.millis().into(),
        draft.id.0.into(),
        seen.into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Applications that nobody went on with until `now`.
pub(crate) async fn expired(unit: &Unit, now: Timestamp, limit: i64) -> Result<Vec<ApplicationId>, DatabaseError> {
    let sql = "SELECT id FROM application WHERE expires_at <= $1 AND state IN ('draft', 'awaiting_parties') LIMIT $2";
    let sql = unit.engine().choose(sql.to_owned(), format!("{sql} FOR UPDATE SKIP LOCKED"));
    let rows = unit.rows(&sql, vec![now.millis().into(), limit.into()]).await?;
    rows.iter().map(|row| Ok(ApplicationId(row.at(0)?))).collect()
}

/// Deletes an application and everybody's part in it.
pub(crate) async fn delete(unit: &Unit, id: ApplicationId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM party WHERE application = $1", vec![id.0.into()]).await?;
    unit.execute("DELETE FROM application WHERE id = $1", vec![id.0.into()]).await.map(drop)
}

/// How many applications and rehearsals nobody went on with until `now`.
pub(crate) async fn count_expired(reader: Reader<'_>, now: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "SELECT (SELECT COUNT(*) FROM application WHERE expires_at <= $1 AND state IN ('draft', 'awaiting_parties')) \
               + (SELECT COUNT(*) FROM rehearsal WHERE expires_at <= $1)";
    let row = reader.row(sql, vec![now.millis().into()]).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.at(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}
