//! Clusters of questions that mean the same.

use chatbot::language::ChatLanguage;
use chrono::NaiveDate;
use database::{DatabaseError, Row, Unit};
use domain::identifier::ChatClusterId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::chat_clusters::ClusterState;
use crate::store::questions::date_of;
use crate::store::{Reader, word};

/// A cluster as it is stored, with what its questions say together.
#[derive(Debug, Clone)]
pub(crate) struct ClusterRow {
    pub(crate) id: ChatClusterId,
    pub(crate) language: ChatLanguage,
    pub(crate) size: i64,
    pub(crate) first_day: NaiveDate,
    pub(crate) last_day: NaiveDate,
}

fn read(row: &Row) -> Result<ClusterRow, DatabaseError> {
    let id: Uuid = row.get("id")?;
    Ok(ClusterRow {
        id: ChatClusterId(id),
        language: word(row, "language", ChatLanguage::of_tag)?,
        size: row.get("size")?,
        first_day: date_of(row.get("first_day")?),
        last_day: date_of(row.get("last_day")?),
    })
}

/// Open clusters of at least `fewest` questions, the largest first.
pub(crate) async fn open(
    reader: Reader<'_>,
    language: Option<ChatLanguage>,
    fewest: i64,
    most: i64,
) -> Result<Vec<ClusterRow>, DatabaseError> {
    let condition = if language.is_some() { "AND c.language = $3" } else { "" };
    let sql = format!(
        "SELECT c.id, c.language, COUNT(*) AS size, MIN(q.day) AS first_day, MAX(q.day) AS last_day \
         FROM chat_cluster c JOIN chat_question q ON q.cluster = c.id WHERE c.state = 'open' {condition} \
         GROUP BY c.id, c.language HAVING COUNT(*) >= $1 ORDER BY size DESC, last_day DESC, c.id LIMIT $2"
    );
    let mut values = vec![fewest.into(), most.into()];
    values.extend(language.map(|language| language.searched().as_str().into()));
    reader.rows(&sql, values).await?.iter().map(read).collect()
}

/// The state and language of a cluster.
pub(crate) async fn state(
    reader: Reader<'_>,
    id: ChatClusterId,
) -> Result<Option<(ClusterState, ChatLanguage)>, DatabaseError> {
    let row = reader.row("SELECT state, language FROM chat_cluster WHERE id = $1", vec![id.0.into()]).await?;
    let read =
        |row: Row| Ok((word(&row, "state", ClusterState::of_word)?, word(&row, "language", ChatLanguage::of_tag)?));
    row.map(read).transpose()
}

/// Founds a cluster.
pub(crate) async fn insert(
    unit: &Unit,
    id: ChatClusterId,
    language: ChatLanguage,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO chat_cluster (id, language, state, created_at, changed_at) VALUES ($1, $2, 'open', $3, $3)";
    unit.execute(sql, vec![id.0.into(), language.as_str().into(), now.millis().into()]).await.map(drop)
}

/// Takes a cluster from one state to another. `false` when it was not in the first one.
pub(crate) async fn change(
    unit: &Unit,
    id: ChatClusterId,
    (from, to): (ClusterState, ClusterState),
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE chat_cluster SET state = $3, changed_at = $4 WHERE id = $1 AND state = $2";
    let values = vec![id.0.into(), from.word().into(), to.word().into(), now.millis().into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Deletes clusters whose questions are all gone.
pub(crate) async fn delete_empty(unit: &Unit) -> Result<u64, DatabaseError> {
    let sql = "DELETE FROM chat_cluster WHERE NOT EXISTS \
               (SELECT 1 FROM chat_question q WHERE q.cluster = chat_cluster.id)";
    unit.execute(sql, vec![]).await
}
