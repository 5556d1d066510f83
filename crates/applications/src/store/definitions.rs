//! Versions of definitions. Rows never change but for their status.

use database::{DatabaseError, Row, Unit};
use domain::identifier::{AccountId, DefinitionId, Key};
use domain::time::Timestamp;

use crate::store::{Reader, key_word, word};

/// A version.
#[derive(Debug, Clone)]
pub(crate) struct DefinitionRow {
    pub(crate) id: DefinitionId,
    pub(crate) service: Key,
    pub(crate) sequence: i64,
    pub(crate) sha256: String,
    pub(crate) blob: String,
}

const COLUMNS: &str = "id, service, sequence, sha256, blob";

fn read(row: &Row) -> Result<DefinitionRow, DatabaseError> {
    Ok(DefinitionRow {
        id: DefinitionId(row.get("id")?),
        service: word(row, "service", key_word)?,
        sequence: row.get("sequence")?,
        sha256: row.get("sha256")?,
        blob: row.get("blob")?,
    })
}

/// The version of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: DefinitionId) -> Result<Option<DefinitionRow>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM definition_version WHERE id = $1");
    reader.row(&sql, vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// The newest published version of a service.
pub(crate) async fn newest(reader: Reader<'_>, service: &str) -> Result<Option<DefinitionRow>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM definition_version WHERE service = $1 AND status = 'published' \
         ORDER BY sequence DESC LIMIT 1"
    );
    reader.row(&sql, vec![service.into()]).await?.as_ref().map(read).transpose()
}

/// The newest published versions of all services, by service.
pub(crate) async fn all_newest(reader: Reader<'_>) -> Result<Vec<DefinitionRow>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM definition_version d WHERE status = 'published' AND sequence = \
         (SELECT MAX(sequence) FROM definition_version o WHERE o.service = d.service AND o.status = 'published') \
         ORDER BY service"
    );
    reader.rows(&sql, vec![]).await?.iter().map(read).collect()
}

/// The version of this text, and the highest number there is of the service.
pub(crate) async fn standing(
    unit: &Unit,
    service: &str,
    sha256: &str,
) -> Result<(Option<DefinitionRow>, i64), DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM definition_version WHERE service = $1 AND sha256 = $2");
    let known = unit.row(&sql, vec![service.into(), sha256.into()]).await?.as_ref().map(read).transpose()?;
    let sql = "SELECT COALESCE(MAX(sequence), 0) FROM definition_version WHERE service = $1";
    let row = unit.row(sql, vec![service.into()]).await?;
    Ok((known, row.map_or(Ok(0), |row| row.at(0))?))
}

/// Writes a published version.
pub(crate) async fn insert(
    unit: &Unit,
    row: &DefinitionRow,
    by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO definition_version (id, service, sequence, sha256, status, blob, published_at, published_by) \
               VALUES ($1, $2, $3, $4, 'published', $5, $6, $7)";
    let values = vec![
        row.id.0.into(),
        row.service.as_str().into(),
        row.sequence.into(),
        row.sha256.as_str().into(),
        row.blob.as_str().into(),
        at.millis().into(),
        by.map(|account| account.0).into(),
    ];
    unit.execute(sql, values).await.map(drop)
}
