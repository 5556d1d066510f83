//! What changes reports and their supporters.

use database::{DatabaseError, Unit};
use domain::geography::Position;
use domain::identifier::{AttachmentId, CaseId};
use domain::time::Timestamp;

use crate::case::Case;
use crate::report::ReportedPlace;

/// Ten-millionths of a degree in one degree.
pub(crate) const PARTS: f64 = 10_000_000.0;

/// A place in whole ten-millionths of a degree, latitude first.
pub(crate) fn parts_of(position: Position) -> (i64, i64) {
    ((position.latitude * PARTS).round() as i64, (position.longitude * PARTS).round() as i64)
}

/// Writes a new report, which nobody outside the city sees.
pub(crate) async fn insert(
    unit: &Unit,
    case: &Case,
    place: &ReportedPlace,
    expected_at: Option<Timestamp>,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO report (case_file, service, category, latitude, longitude, submitted_at, votes, expected_at, \
               changed_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $6)";
    let (latitude, longitude) = parts_of(place.position);
    let values = vec![
        case.id.0.into(),
        case.service.as_str().into(),
        place.category.as_str().into(),
        latitude.into(),
        longitude.into(),
        case.submitted_at.millis().into(),
        expected_at.map(Timestamp::millis).into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Notes a supporter of a report that did not go on elsewhere. `false` when there is no such report, or when they support it
/// already; then the unit is to be dropped.
pub(crate) async fn vote(unit: &Unit, report: CaseId, voter: Vec<u8>, at: Timestamp) -> Result<bool, DatabaseError> {
    // The row is ours first, so that a merge at the same moment comes before or after, never between.
    let sql = "UPDATE report SET votes = votes + 1 WHERE case_file = $1 AND merged_into IS NULL";
    if unit.execute(sql, vec![report.0.into()]).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO report_vote (report, voter, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(unit.execute(sql, vec![report.0.into(), voter.into(), at.millis().into()]).await? == 1)
}

/// Lets everybody read these words and see this photo. `false` when there is no such report.
pub(crate) async fn publish(
    unit: &Unit,
    report: CaseId,
    text: &str,
    photo: Option<AttachmentId>,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE report SET public_text = $1, photo = $2, published_at = COALESCE(published_at, $3), \
               changed_at = $3 WHERE case_file = $4";
    let photo = photo.map(|photo| photo.0);
    Ok(unit.execute(sql, vec![text.into(), photo.into(), at.millis().into(), report.0.into()]).await? == 1)
}

/// Takes words and photo back. `false` when there is no such report.
pub(crate) async fn withhold(unit: &Unit, report: CaseId, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE report SET public_text = NULL, photo = NULL, published_at = NULL, changed_at = $1 \
               WHERE case_file = $2";
    Ok(unit.execute(sql, vec![at.millis().into(), report.0.into()]).await? == 1)
}

/// Lets a report go on in another one, with its supporters and with those that went on in it. `false` when one of both is
/// no report or goes on elsewhere; then the unit is to be dropped.
pub(crate) async fn merge(unit: &Unit, report: CaseId, into: CaseId, at: Timestamp) -> Result<bool, DatabaseError> {
    // Both rows are ours, always the smaller id first: of two merges that cross, one finds the other done.
    let mut both = [report.0, into.0];
    both.sort_unstable();
    for id in both {
        let sql = "UPDATE report SET changed_at = $1 WHERE case_file = $2 AND merged_into IS NULL";
        if unit.execute(sql, vec![at.millis().into(), id.into()]).await? == 0 {
            return Ok(false);
        }
    }
    let ids = || vec![into.0.into(), report.0.into()];
    unit.execute("UPDATE report SET merged_into = $1 WHERE merged_into = $2", ids()).await?;
    unit.execute("UPDATE report SET merged_into = $1 WHERE case_file = $2", ids()).await?;
    let sql = "INSERT INTO report_vote (report, voter, at) SELECT $1, voter, at FROM report_vote WHERE report = $2 \
               ON CONFLICT DO NOTHING";
    unit.execute(sql, ids()).await?;
    unit.execute("DELETE FROM report_vote WHERE report = $1", vec![report.0.into()]).await?;
    let sql = "UPDATE report SET votes = (SELECT COUNT(*) FROM report_vote WHERE report = $1) WHERE case_file = $1";
    for id in both {
        unit.execute(sql, vec![id.into()]).await?;
    }
    Ok(true)
}

/// Notes that a case was closed, or taken up once more. Cases that are no reports have no row.
pub(crate) async fn close(
    unit: &Unit,
    report: CaseId,
    closed_at: Option<Timestamp>,
    fixed_at: Option<Timestamp>,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE report SET closed_at = $1, fixed_at = $2 WHERE case_file = $3";
    let millis = |at: Option<Timestamp>| at.map(Timestamp::millis);
    unit.execute(sql, vec![millis(closed_at).into(), millis(fixed_at).into(), report.0.into()]).await.map(drop)
}

/// Moves a report to where staff say it is.
pub(crate) async fn relocate(
    unit: &Unit,
    report: CaseId,
    place: &ReportedPlace,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE report SET category = $1, latitude = $2, longitude = $3, changed_at = $4 WHERE case_file = $5";
    let (latitude, longitude) = parts_of(place.position);
    let values =
        vec![place.category.as_str().into(), latitude.into(), longitude.into(), at.millis().into(), report.0.into()];
    unit.execute(sql, values).await.map(drop)
}

/// The files of a case are gone, and with them the photo that everybody saw.
pub(crate) async fn forget_photo(unit: &Unit, report: CaseId) -> Result<(), DatabaseError> {
    unit.execute("UPDATE report SET photo = NULL WHERE case_file = $1", vec![report.0.into()]).await.map(drop)
}

/// Forgets what somebody supports.
pub(crate) async fn forget_voter(unit: &Unit, voter: Vec<u8>) -> Result<(), DatabaseError> {
    let sql =
        "UPDATE report SET votes = votes - 1 WHERE case_file IN (SELECT report FROM report_vote WHERE voter = $1)";
    unit.execute(sql, vec![voter.clone().into()]).await?;
    unit.execute("DELETE FROM report_vote WHERE voter = $1", vec![voter.into()]).await.map(drop)
}
