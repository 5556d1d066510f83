//! Which office has the cases of a service, and whether its machine may decide.

use database::{DatabaseError, Row, Unit};
use domain::identifier::{AccountId, Key};
use domain::time::Timestamp;

use crate::store::{Reader, key_word, strange, word};
use crate::switch_automation::AutomationState;

/// A service as this city runs it.
#[derive(Debug, Clone)]
pub(crate) struct ServiceRow {
    pub(crate) team: Key,
    pub(crate) automation: AutomationState,
}

/// The service of this key.
pub(crate) async fn by_key(reader: Reader<'_>, service: &Key) -> Result<Option<ServiceRow>, DatabaseError> {
    let sql = "SELECT team, automation FROM online_service WHERE service = $1";
    reader.row(sql, vec![service.as_str().into()]).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<ServiceRow, DatabaseError> {
    let automation: String = row.get("automation")?;
    let automation = match automation.as_str() {
        "running" => AutomationState::Running,
        "stopped" => AutomationState::Stopped,
        other => return Err(strange("automation", other)),
    };
    Ok(ServiceRow { team: word(row, "team", key_word)?, automation })
}

/// Gives a service to an office; whether its machine may decide stays as it is.
pub(crate) async fn give_to(
    unit: &Unit,
    service: &Key,
    team: &Key,
    by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO online_service (service, team, automation, changed_by, changed_at) \
               VALUES ($1, $2, 'running', $3, $4) ON CONFLICT (service) DO UPDATE SET team = excluded.team, \
               changed_by = excluded.changed_by, changed_at = excluded.changed_at";
    let values =
        vec![service.as_str().into(), team.as_str().into(), by.map(|account| account.0).into(), at.millis().into()];
    unit.execute(sql, values).await.map(drop)
}

/// Stops or starts the machine of a service.
pub(crate) async fn switch(
    unit: &Unit,
    service: &Key,
    state: AutomationState,
    by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let word = match state {
        AutomationState::Running => "running",
        AutomationState::Stopped => "stopped",
    };
    let sql = "UPDATE online_service SET automation = $1, changed_by = $2, changed_at = $3 WHERE service = $4";
    let values = vec![word.into(), by.map(|account| account.0).into(), at.millis().into(), service.as_str().into()];
    unit.execute(sql, values).await.map(drop)
}
