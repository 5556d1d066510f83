//! Questions that were not understood. Nothing here leads to a person or a conversation.

use chatbot::language::ChatLanguage;
use chrono::{Datelike as _, NaiveDate};
use database::{DatabaseError, Row, SubjectKey, Unit, Value};
use domain::identifier::{ChatClusterId, Key};
use uuid::Uuid;

use crate::store::{Reader, word};
use crate::unanswered::Trouble;

/// A question as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct QuestionRow {
    pub(crate) id: Uuid,
    pub(crate) language: ChatLanguage,
    pub(crate) trouble: Trouble,
    pub(crate) services: Vec<Key>,
    pub(crate) text_sealed: Vec<u8>,
    pub(crate) day: NaiveDate,
    pub(crate) cluster: Option<ChatClusterId>,
    pub(crate) key: Option<SubjectKey>,
}

const SELECT: &str = "SELECT q.id, q.language, q.trouble, q.services, q.text_sealed, q.day, q.cluster, \
                      k.generation AS key_generation, k.wrapped AS key_wrapped \
                      FROM chat_question q LEFT JOIN subject_key k ON k.subject = q.id";

fn read(row: &Row) -> Result<QuestionRow, DatabaseError> {
    let id: Uuid = row.get("id")?;
    let services: String = row.get("services")?;
    let generation: Option<i64> = row.get("key_generation")?;
    let wrapped: Option<Vec<u8>> = row.get("key_wrapped")?;
    let cluster: Option<Uuid> = row.get("cluster")?;
    Ok(QuestionRow {
        id,
        language: word(row, "language", ChatLanguage::of_tag)?,
        trouble: word(row, "trouble", Trouble::of_word)?,
        services: services.split(',').filter_map(|key| Key::new(key).ok()).collect(),
        text_sealed: row.get("text_sealed")?,
        day: date_of(row.get("day")?),
        cluster: cluster.map(ChatClusterId),
        key: generation.zip(wrapped).map(|(generation, wrapped)| SubjectKey { subject: id, generation, wrapped }),
    })
}

/// A day as it is stored: counted from the first of the year 1.
pub(crate) fn number_of(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

pub(crate) fn date_of(number: i64) -> NaiveDate {
    i32::try_from(number).ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default()
}

/// Keeps a question.
pub(crate) async fn insert(unit: &Unit, row: &QuestionRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO chat_question (id, language, trouble, services, text_sealed, day, cluster) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let services: Vec<&str> = row.services.iter().map(Key::as_str).collect();
    let values = vec![
        row.id.into(),
        row.language.as_str().into(),
        row.trouble.word().into(),
        services.join(",").into(),
        row.text_sealed.clone().into(),
        number_of(row.day).into(),
        row.cluster.map(|cluster| cluster.0).into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Those of a language that are in no cluster yet, in the order of their ids, which tell nothing.
pub(crate) async fn fresh(
    reader: Reader<'_>,
    language: ChatLanguage,
    most: i64,
) -> Result<Vec<QuestionRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE q.language = $1 AND q.cluster IS NULL ORDER BY q.id LIMIT $2");
    reader.rows(&sql, vec![language.as_str().into(), most.into()]).await?.iter().map(read).collect()
}

/// Those of a language that are in clusters, the newest first.
pub(crate) async fn gathered(
    reader: Reader<'_>,
    language: ChatLanguage,
    most: i64,
) -> Result<Vec<QuestionRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE q.language = $1 AND q.cluster IS NOT NULL ORDER BY q.day DESC, q.id LIMIT $2");
    reader.rows(&sql, vec![language.as_str().into(), most.into()]).await?.iter().map(read).collect()
}

/// Those of these clusters, the newest first.
pub(crate) async fn of_clusters(
    reader: Reader<'_>,
    clusters: &[ChatClusterId],
    most: i64,
) -> Result<Vec<QuestionRow>, DatabaseError> {
    if clusters.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (2..).take(clusters.len()).map(|place: usize| format!("${place}")).collect();
    let sql = format!("{SELECT} WHERE q.cluster IN ({}) ORDER BY q.day DESC, q.id LIMIT $1", places.join(", "));
    let values = std::iter::once(most.into()).chain(clusters.iter().map(|cluster| Value::from(cluster.0)));
    reader.rows(&sql, values.collect()).await?.iter().map(read).collect()
}

/// Puts a question into a cluster, unless it is in one.
pub(crate) async fn assign(unit: &Unit, id: Uuid, cluster: ChatClusterId) -> Result<(), DatabaseError> {
    let sql = "UPDATE chat_question SET cluster = $2 WHERE id = $1 AND cluster IS NULL";
    unit.execute(sql, vec![id.into(), cluster.0.into()]).await.map(drop)
}

/// How many were asked before a day.
pub(crate) async fn count_older(reader: Reader<'_>, before: NaiveDate) -> Result<u64, DatabaseError> {
    let sql = "SELECT COUNT(*) FROM chat_question WHERE day < $1";
    let row = reader.row(sql, vec![number_of(before).into()]).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.at(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Some of those that were asked before a day.
pub(crate) async fn older(unit: &Unit, before: NaiveDate, most: i64) -> Result<Vec<Uuid>, DatabaseError> {
    let sql = "SELECT id FROM chat_question WHERE day < $1 ORDER BY day LIMIT $2";
    unit.rows(sql, vec![number_of(before).into(), most.into()]).await?.iter().map(|row| row.at(0)).collect()
}

/// Deletes a question.
pub(crate) async fn delete(unit: &Unit, id: Uuid) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM chat_question WHERE id = $1", vec![id.into()]).await.map(drop)
}
