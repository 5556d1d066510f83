//! What goes when a case is erased.

use database::{DatabaseError, Unit};
use domain::identifier::{ApplicationId, CaseId};
use domain::time::Timestamp;

use crate::store::tours;

/// Deletes answers, events, deadlines and parts; of the case stay service, team, outcome and times, which lead to nobody.
pub(crate) async fn erase(
    unit: &Unit,
    case: CaseId,
    application: ApplicationId,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    tours::forget(unit, application).await?;
    unit.execute("DELETE FROM report_vote WHERE report = $1", vec![case.0.into()]).await?;
    let tables = [
        "report",
        "permit",
        "case_letter",
        "case_snapshot",
        "case_event",
        "case_deadline",
        "case_task",
        "case_forward",
        "household_unit",
        "case_intake",
        "intake_claim",
    ];
    for table in tables {
        unit.execute(&format!("DELETE FROM {table} WHERE case_file = $1"), vec![case.0.into()]).await?;
    }
    let sql = "UPDATE case_file SET receipt = NULL, clerk = NULL, drafter = NULL, decision_sealed = NULL, \
               request_sealed = NULL, objection_sealed = NULL, events = 0, head = $1, erased_at = $2 WHERE id = $3";
    unit.execute(sql, vec![Vec::<u8>::new().into(), at.millis().into(), case.0.into()]).await?;
    unit.execute("DELETE FROM party WHERE application = $1", vec![application.0.into()]).await?;
    unit.execute("DELETE FROM application WHERE id = $1", vec![application.0.into()]).await.map(drop)
}
