//! What is read of reports. Every search is one statement on an index, however many there are.

use database::{DatabaseError, Row, Value};
use domain::application::{CaseState, Outcome, ReceiptNumber};
use domain::geography::Position;
use domain::identifier::{AttachmentId, CaseId, DefinitionId, Key};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::report::{ReportCategory, ReportFilter, ReportStanding, state_of};
use crate::store::report_steps::{PARTS, parts_of};
use crate::store::{Reader, key_word, optional_word, word};

/// A report with what its case says of it.
#[derive(Debug, Clone)]
pub(crate) struct ReportRow {
    pub(crate) case: CaseId,
    pub(crate) number: ReceiptNumber,
    pub(crate) definition: DefinitionId,
    pub(crate) service: Key,
    pub(crate) category: String,
    pub(crate) position: Position,
    pub(crate) submitted_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(crate) text: Option<String>,
    pub(crate) photo: Option<AttachmentId>,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) state: crate::report::ReportState,
    pub(crate) votes: i64,
    pub(crate) expected_at: Option<Timestamp>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) merged: Option<CaseId>,
    pub(crate) merged_into: Option<ReceiptNumber>,
}

/// Where somebody looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    pub(crate) position: Position,
    pub(crate) metres: u16,
}

/// Whose eyes look.
#[derive(Debug, Clone)]
pub(crate) enum Eyes {
    /// Everybody's: what was published, and ended not before this instant.
    Public(Timestamp),
    /// Those of the staff of an office.
    Office(Key),
}

const SELECT: &str = "SELECT r.case_file, r.service, r.category, r.latitude, r.longitude, r.submitted_at, r.changed_at, \
    r.public_text, r.photo, r.published_at, r.merged_into, r.votes, r.expected_at, r.closed_at, r.fixed_at, c.receipt, \
    c.state, c.outcome, c.definition, c.changed_at AS case_changed_at, (SELECT m.receipt FROM report p \
    JOIN case_file m ON m.id = p.case_file WHERE p.case_file = r.merged_into AND p.published_at IS NOT NULL) \
    AS into_receipt FROM report r JOIN case_file c ON c.id = r.case_file WHERE c.receipt IS NOT NULL";
/// What whoever reported it took back is nobody's business any more.
const IS_PUBLIC: &str = "r.published_at IS NOT NULL AND (c.outcome IS NULL OR c.outcome <> 'withdrawn')";
const HAS_ENDED: &str = "(r.merged_into IS NOT NULL OR c.state = 'closed' OR (c.state = 'delivered' AND c.outcome IN \
    ('refused', 'forwarded', 'settled')))";

fn read(row: &Row) -> Result<ReportRow, DatabaseError> {
    let instant = |column| Ok::<_, DatabaseError>(row.get::<Option<i64>>(column)?.map(Timestamp::from_millis));
    let degrees = |column| Ok::<_, DatabaseError>(row.get::<i64>(column)? as f64 / PARTS);
    let merged: Option<Uuid> = row.get("merged_into")?;
    let case_state = word(row, "state", CaseState::parse)?;
    let outcome = optional_word(row, "outcome", Outcome::parse)?;
    let changed: i64 = row.get("changed_at")?;
    Ok(ReportRow {
        case: CaseId(row.get("case_file")?),
        number: word(row, "receipt", ReceiptNumber::parse)?,
        definition: DefinitionId(row.get("definition")?),
        service: word(row, "service", key_word)?,
        category: row.get("category")?,
        position: Position { latitude: degrees("latitude")?, longitude: degrees("longitude")? },
        submitted_at: Timestamp::from_millis(row.get("submitted_at")?),
        changed_at: Timestamp::from_millis(changed.max(row.get("case_changed_at")?)),
        text: row.get("public_text")?,
        photo: row.get::<Option<Uuid>>("photo")?.map(AttachmentId),
        published_at: instant("published_at")?,
        state: state_of(case_state, outcome, merged.is_some(), instant("fixed_at")?),
        votes: row.get("votes")?,
        expected_at: instant("expected_at")?,
        closed_at: instant("closed_at")?,
        merged: merged.map(CaseId),
        merged_into: optional_word(row, "into_receipt", ReceiptNumber::parse)?,
    })
}

/// The report of a case.
pub(crate) async fn of_case(reader: Reader<'_>, case: CaseId) -> Result<Option<ReportRow>, DatabaseError> {
    let sql = format!("{SELECT} AND r.case_file = $1");
    reader.row(&sql, vec![case.0.into()]).await?.as_ref().map(read).transpose()
}

/// The report of this number, if everybody may read it.
pub(crate) async fn public(reader: Reader<'_>, number: &ReceiptNumber) -> Result<Option<ReportRow>, DatabaseError> {
    let sql = format!("{SELECT} AND {IS_PUBLIC} AND c.receipt = $1");
    reader.row(&sql, vec![number.as_str().into()]).await?.as_ref().map(read).transpose()
}

/// A statement that grows, with its values.
struct Question {
    sql: String,
    values: Vec<Value>,
}

impl Question {
    fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    /// The next place for a value.
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Bounds it to a box around a place, which the index finds. The corners are for the caller to cut off.
    fn within(&mut self, around: Around) {
        let (latitude, longitude) = parts_of(around.position);
        let (high, wide) = around.half();
        let ends = [latitude - high, latitude + high, longitude - wide, longitude + wide];
        let [south, north, west, east] = ends.map(|end| self.place(end));
        self.and(&format!("r.latitude BETWEEN {south} AND {north} AND r.longitude BETWEEN {west} AND {east}"));
    }

    async fn ask(self, reader: Reader<'_>) -> Result<Vec<ReportRow>, DatabaseError> {
        reader.rows(&self.sql, self.values).await?.iter().map(read).collect()
    }
}

impl Around {
    /// Half the height and width of the box around the circle, in parts of a degree, rounded up. At the edge of the map,
    /// where longitudes jump, no city lies.
    fn half(self) -> (i64, i64) {
        const METRES_OF_A_DEGREE: f64 = 111_194.9;
        let high = f64::from(self.metres) / METRES_OF_A_DEGREE * PARTS;
        let wide = high / self.position.latitude.to_radians().cos().max(0.01);
        (high.ceil() as i64 + 1, wide.ceil() as i64 + 1)
    }

    /// How many hundredths a degree of longitude is as long as one of latitude.
    fn narrowing(self) -> i64 {
        (self.position.latitude.to_radians().cos() * 100.0).round() as i64
    }
}

/// Reports of a service around a place that did not go on elsewhere, the nearest first.
pub(crate) async fn near(
    reader: Reader<'_>,
    service: &Key,
    around: Around,
    category: Option<&str>,
    eyes: &Eyes,
    limit: i64,
) -> Result<Vec<ReportRow>, DatabaseError> {
    let mut question = Question { sql: SELECT.to_owned(), values: Vec::new() };
    question.within(around);
    question.and("r.merged_into IS NULL");
    let place = question.place(service.as_str());
    question.and(&format!("r.service = {place}"));
    if let Some(category) = category {
        let place = question.place(category);
        question.and(&format!("r.category = {place}"));
    }
    match eyes {
        Eyes::Public(since) => {
            question.and(IS_PUBLIC);
            let place = question.place(since.millis());
            question.and(&format!("(r.closed_at IS NULL OR r.closed_at >= {place})"));
        }
        Eyes::Office(team) => {
            let place = question.place(team.as_str());
            question.and(&format!("c.team = {place} AND c.state <> 'erased'"));
        }
    }
    let (latitude, longitude) = parts_of(around.position);
    let narrowing = around.narrowing();
    let order = format!(
        " ORDER BY (r.latitude - {latitude}) * (r.latitude - {latitude}) + ((r.longitude - {longitude}) * {narrowing} / 100) \
         * ((r.longitude - {longitude}) * {narrowing} / 100), r.case_file LIMIT "
    );
    question.sql.push_str(&order);
    let place = question.place(limit);
    question.sql.push_str(&place);
    question.ask(reader).await
}

/// Published reports, newest first.
pub(crate) async fn list(
    reader: Reader<'_>,
    filter: &ReportFilter,
    around: Option<Around>,
) -> Result<Vec<ReportRow>, DatabaseError> {
    let mut question = Question { sql: SELECT.to_owned(), values: Vec::new() };
    question.and(IS_PUBLIC);
    if let Some(around) = around {
        question.within(around);
    }
    if !filter.numbers.is_empty() {
        let places: Vec<String> = filter.numbers.iter().map(|number| question.place(number.as_str())).collect();
        question.and(&format!("c.receipt IN ({})", places.join(", ")));
    }
    if let Some(categories) = &filter.categories {
        let pair = |ReportCategory { service, category }: &ReportCategory, question: &mut Question| {
            let (service, category) = (question.place(service.as_str()), question.place(category.as_str()));
            format!("(r.service = {service} AND r.category = {category})")
        };
        let pairs: Vec<String> = categories.iter().map(|category| pair(category, &mut question)).collect();
        question.and(&if pairs.is_empty() { "1 = 0".to_owned() } else { format!("({})", pairs.join(" OR ")) });
    }
    if let Some((from, until)) = filter.between {
        let (from, until) = (question.place(from.millis()), question.place(until.millis()));
        question.and(&format!("r.submitted_at BETWEEN {from} AND {until}"));
    }
    match filter.standing {
        ReportStanding::Any => {}
        ReportStanding::Open => question.and(&format!("NOT {HAS_ENDED}")),
        ReportStanding::Ended => question.and(HAS_ENDED),
    }
    let place = question.place(filter.limit);
    question.sql.push_str(" ORDER BY r.submitted_at DESC, r.case_file LIMIT ");
    question.sql.push_str(&place);
    question.ask(reader).await
}

/// The numbers of what somebody supports.
pub(crate) async fn supported(reader: Reader<'_>, voter: Vec<u8>) -> Result<Vec<String>, DatabaseError> {
    let sql = "SELECT c.receipt FROM report_vote v JOIN case_file c ON c.id = v.report WHERE v.voter = $1 \
               AND c.receipt IS NOT NULL ORDER BY v.at";
    reader.rows(sql, vec![voter.into()]).await?.iter().map(|row| row.at(0)).collect()
}
