//! Files that people hand in, and contents that nobody needs any more.

use database::{DatabaseError, Row, SubjectKey, Unit, Value};
use domain::application::AttachmentState;
use domain::identifier::{AttachmentId, DefinitionId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::{Reader, subject_key, word};

/// A file.
#[derive(Debug, Clone)]
pub(crate) struct AttachmentRow {
    pub(crate) id: AttachmentId,
    /// The application or rehearsal whose key seals it.
    pub(crate) owner: Uuid,
    /// Whose part it belongs to.
    pub(crate) role: String,
    /// The path of the field it was made for.
    pub(crate) field: String,
    pub(crate) state: AttachmentState,
    /// Why it was rejected; a stable word.
    pub(crate) reason: Option<String>,
    pub(crate) about_sealed: Vec<u8>,
    /// As announced, then as it is.
    pub(crate) bytes: i64,
    /// As found in the content.
    pub(crate) media_type: Option<String>,
    /// Where the content lies.
    pub(crate) blob: Option<Uuid>,
    /// Grows with each change.
    pub(crate) generation: i64,
    /// How often it was looked at without an answer.
    pub(crate) tries: i64,
    /// When to look at it next.
    pub(crate) look_at: Option<Timestamp>,
    /// Until when its bytes can arrive.
    pub(crate) expires_at: Timestamp,
}

const COLUMNS: &str = "id, owner, role, field, state, reason, about_sealed, bytes, media_type, blob, generation, tries, \
                       look_at, expires_at";

fn read(row: &Row) -> Result<AttachmentRow, DatabaseError> {
    Ok(AttachmentRow {
        id: AttachmentId(row.get("id")?),
        owner: row.get("owner")?,
        role: row.get("role")?,
        field: row.get("field")?,
        state: word(row, "state", AttachmentState::parse)?,
        reason: row.get("reason")?,
        about_sealed: row.get("about_sealed")?,
        bytes: row.get("bytes")?,
        media_type: row.get("media_type")?,
        blob: row.get("blob")?,
        generation: row.get("generation")?,
        tries: row.get("tries")?,
        look_at: row.get::<Option<i64>>("look_at")?.map(Timestamp::from_millis),
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
    })
}

/// The file of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: AttachmentId) -> Result<Option<AttachmentRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE id = $1");
    reader.row(&sql, vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// All files of an application or a rehearsal, oldest first.
pub(crate) async fn of(reader: Reader<'_>, owner: Uuid) -> Result<Vec<AttachmentRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE owner = $1 ORDER BY id");
    reader.rows(&sql, vec![owner.into()]).await?.iter().map(read).collect()
}

/// The version of the form of the application or rehearsal that a file belongs to.
pub(crate) async fn definition_of(reader: Reader<'_>, owner: Uuid) -> Result<Option<DefinitionId>, DatabaseError> {
    let sql = "SELECT definition FROM application WHERE id = $1 UNION SELECT definition FROM rehearsal WHERE id = $1";
    reader.row(sql, vec![owner.into()]).await?.map(|row| Ok(DefinitionId(row.at(0)?))).transpose()
}

/// The key that seals the files of an application or a rehearsal; nothing once it was erased.
pub(crate) async fn key_of(reader: Reader<'_>, owner: Uuid) -> Result<Option<SubjectKey>, DatabaseError> {
    let sql = "SELECT generation AS key_generation, wrapped AS key_wrapped FROM subject_key WHERE subject = $1";
    reader.row(sql, vec![owner.into()]).await?.map_or(Ok(None), |row| subject_key(&row, owner))
}

/// Writes a new file.
pub(crate) async fn insert(unit: &Unit, row: &AttachmentRow, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO attachment (state, reason, about_sealed, bytes, media_type, blob, generation, tries, look_at, \
               changed_at, id, owner, role, field, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $10, $15)";
    let mut values = changing(row, at);
    values.extend([
        row.id.0.into(),
        row.owner.into(),
        row.role.as_str().into(),
        row.field.as_str().into(),
        row.expires_at.millis().into(),
    ]);
    unit.execute(sql, values).await.map(drop)
}

fn changing(row: &AttachmentRow, at: Timestamp) -> Vec<Value> {
    vec![
        row.state.as_str().into(),
        row.reason.clone().into(),
        row.about_sealed.clone().into(),
        row.bytes.into(),
        row.media_type.clone().into(),
        row.blob.into(),
        row.generation.into(),
        row.tries.into(),
        row.look_at.map(Timestamp::millis).into(),
        at.millis().into(),
    ]
}

/// Writes a changed file back, unless somebody changed it since `seen`. `false` when somebody did, or when it is gone.
pub(crate) async fn update(unit: &Unit, row: &AttachmentRow, seen: i64, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE attachment SET state = $1, reason = $2, about_sealed = $3, bytes = $4, media_type = $5, blob = $6, \
               generation = $7, tries = $8, look_at = $9, changed_at = $10 WHERE id = $11 AND generation = $12";
    let mut values = changing(row, at);
    values.extend([row.id.0.into(), seen.into()]);
    Ok(unit.execute(sql, values).await? == 1)
}

/// Files to be looked at now, those that wait longest first.
pub(crate) async fn due(reader: Reader<'_>, now: Timestamp, limit: i64) -> Result<Vec<AttachmentRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM attachment WHERE look_at <= $1 ORDER BY look_at LIMIT $2");
    reader.rows(&sql, vec![now.millis().into(), limit.into()]).await?.iter().map(read).collect()
}

/// Files whose bytes did not arrive in time.
pub(crate) async fn overdue(
    reader: Reader<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<AttachmentRow>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM attachment WHERE state IN ('announced', 'uploading') AND expires_at <= $1 LIMIT $2"
    );
    reader.rows(&sql, vec![now.millis().into(), limit.into()]).await?.iter().map(read).collect()
}

/// Notes that a content is not needed any more.
pub(crate) async fn discard(unit: &Unit, blob: Uuid, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO blob_garbage (blob, since) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    unit.execute(sql, vec![blob.into(), at.millis().into()]).await.map(drop)
}

/// Deletes a file that is as it was `seen`, and lets its content go. `false` when somebody changed it.
pub(crate) async fn delete(unit: &Unit, row: &AttachmentRow, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "DELETE FROM attachment WHERE id = $1 AND generation = $2";
    if unit.execute(sql, vec![row.id.0.into(), row.generation.into()]).await? == 0 {
        return Ok(false);
    }
    if let Some(blob) = row.blob {
        discard(unit, blob, at).await?;
    }
    Ok(true)
}

/// Deletes all files of an application or a rehearsal, and lets their contents go. Gives how many there were.
pub(crate) async fn delete_of(unit: &Unit, owner: Uuid, at: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "INSERT INTO blob_garbage (blob, since) SELECT blob, $2 FROM attachment \
               WHERE owner = $1 AND blob IS NOT NULL ON CONFLICT DO NOTHING";
    unit.execute(sql, vec![owner.into(), at.millis().into()]).await?;
    unit.execute("DELETE FROM attachment WHERE owner = $1", vec![owner.into()]).await
}

/// Contents to be deleted, oldest first.
pub(crate) async fn garbage(reader: Reader<'_>, limit: i64) -> Result<Vec<Uuid>, DatabaseError> {
    let rows = reader.rows("SELECT blob FROM blob_garbage ORDER BY since LIMIT $1", vec![limit.into()]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}

/// Notes that a content is deleted.
pub(crate) async fn forget(unit: &Unit, blob: Uuid) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM blob_garbage WHERE blob = $1", vec![blob.into()]).await.map(drop)
}

/// Whether any file has a content.
pub(crate) async fn any(reader: Reader<'_>) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 AS one FROM attachment WHERE blob IS NOT NULL LIMIT 1";
    Ok(reader.row(sql, vec![]).await?.is_some())
}

/// Whether a file has its content there, or somebody is to delete it.
pub(crate) async fn is_known(reader: Reader<'_>, blob: Uuid) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 AS one FROM attachment WHERE blob = $1 UNION SELECT 1 FROM blob_garbage WHERE blob = $1";
    Ok(reader.row(sql, vec![blob.into()]).await?.is_some())
}
