//! The events of cases; only ever added.

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, CaseId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::chain::Link;
use crate::store::Reader;

/// Adds an event.
pub(crate) async fn insert(unit: &Unit, case: CaseId, link: &Link) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO case_event (case_file, number, kind, actor, at, facts, hash) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        case.0.into(),
        link.number.into(),
        link.kind.as_str().into(),
        link.actor.map(|account| account.0).into(),
        link.at.millis().into(),
        link.facts.as_str().into(),
        link.hash.clone().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// All events of a case, in order.
pub(crate) async fn of(reader: Reader<'_>, case: CaseId) -> Result<Vec<Link>, DatabaseError> {
    let sql = "SELECT number, kind, actor, at, facts, hash FROM case_event WHERE case_file = $1 ORDER BY number";
    let rows = reader.rows(sql, vec![case.0.into()]).await?;
    let read = |row: &database::Row| {
        let actor: Option<Uuid> = row.at(2)?;
        Ok(Link {
            number: row.at(0)?,
            kind: row.at(1)?,
            actor: actor.map(AccountId),
            at: Timestamp::from_millis(row.at(3)?),
            facts: row.at(4)?,
            hash: row.at(5)?,
        })
    };
    rows.iter().map(read).collect()
}
