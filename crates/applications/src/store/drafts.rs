//! Applications that are being filled in: one row each, changed only by whoever read the newest state.

use database::{DatabaseError, Row, SubjectKey, Unit};
use domain::application::ApplicationState;
use domain::identifier::{AccountId, ApplicationId, CaseId, DefinitionId, Key};
use domain::text::Language;
use domain::time::Timestamp;
use forms::Locale;
use uuid::Uuid;

use crate::case::Intake;
use crate::draft::MyApplication;
use crate::store::{Reader, key_word, subject_key, tours, word};

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
    /// In which language messages are written.
    pub(crate) language: Language,
    /// Until when drafts of this version can be gone on with, where somebody has said so.
    pub(crate) keep_until: Option<Timestamp>,
    /// The version that drafts of this one are carried to, where somebody has said so.
    pub(crate) moves_to: Option<DefinitionId>,
    /// What could not be carried to the version it has now.
    pub(crate) dropped_sealed: Option<Vec<u8>>,
}

impl DraftRow {
    /// When it ends, if its version is kept for a time only.
    pub(crate) fn ends(&self, otherwise: Timestamp) -> Timestamp {
        self.keep_until.map_or(otherwise, |until| until.min(otherwise))
    }
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
        keep_until: row.get::<Option<i64>>("keep_until")?.map(Timestamp::from_millis),
        moves_to: row.get::<Option<Uuid>>("moves_to")?.map(DefinitionId),
        dropped_sealed: row.get("dropped_sealed")?,
        language: word(row, "language", language_of)?,
    })
}

/// The application of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: ApplicationId) -> Result<Option<DraftRow>, DatabaseError> {
    let sql = "SELECT a.id, a.definition, a.service, a.intake, a.state, a.rev, a.answers_sealed, a.case_file, \
               a.expires_at, a.language, a.dropped_sealed, r.keep_until, r.moves_to, k.generation AS key_generation, \
               k.wrapped AS key_wrapped FROM application a LEFT JOIN subject_key k ON k.subject = a.id \
               LEFT JOIN draft_rule r ON r.definition = a.definition WHERE a.id = $1";
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
               edited_at, expires_at, language) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)";
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
        Locale::from(draft.language).as_str().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Carries an application to another version with the answers that fit, unless somebody changed it since `seen`. `false`
/// when somebody did.
pub(crate) async fn carry(
    unit: &Unit,
    draft: &DraftRow,
    to: DefinitionId,
    seen: i64,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE application SET definition = $1, state = $2, rev = $3, answers_sealed = $4, \
               dropped_sealed = $5, edited_at = $6 WHERE id = $7 AND rev = $8";
    let values = vec![
        to.0.into(),
        draft.state.as_str().into(),
        (seen + 1).into(),
        draft.answers_sealed.clone().into(),
        draft.dropped_sealed.clone().into(),
        at.millis().into(),
        draft.id.0.into(),
        seen.into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

/// The language of that name; only those that everybody here writes.
fn language_of(name: &str) -> Option<Language> {
    [Language::German, Language::PlainGerman, Language::English]
        .into_iter()
        .find(|language| Locale::from(*language).as_str() == name)
}

/// Writes a changed application back, unless somebody changed it since `seen`. `false` when somebody did.
pub(crate) async fn update(unit: &Unit, draft: &DraftRow, seen: i64, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE application SET state = $1, rev = $2, answers_sealed = $3, case_file = $4, edited_at = $5, \
               expires_at = $6, dropped_sealed = CASE WHEN $3 IS NULL THEN NULL ELSE dropped_sealed END \
               WHERE id = $7 AND rev = $8";
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

/// Deletes an application and everybody's part in it; what it holds is free again.
pub(crate) async fn delete(unit: &Unit, id: ApplicationId) -> Result<(), DatabaseError> {
    tours::free_place(unit, id).await?;
    unit.execute("DELETE FROM case_intake WHERE application = $1", vec![id.0.into()]).await?;
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
