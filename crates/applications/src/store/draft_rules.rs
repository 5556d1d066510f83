//! What happens to drafts that began with an older version.

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, DefinitionId, Key};
use domain::time::Timestamp;

use crate::store::definitions::DefinitionRow;
use crate::store::{Reader, definitions};

/// Drafts that are being filled in. One that waits for a payment is as good as handed in.
const OPEN: &str = "state IN ('draft', 'awaiting_parties')";

/// The older versions of a service with drafts that are being filled in, and how many.
pub(crate) async fn in_flight(
    reader: Reader<'_>,
    service: &Key,
    but: DefinitionId,
) -> Result<Vec<(DefinitionRow, i64)>, DatabaseError> {
    let sql = format!(
        "SELECT definition, COUNT(*) FROM application WHERE service = $1 AND definition <> $2 AND {OPEN} \
         GROUP BY definition ORDER BY definition"
    );
    let mut versions = Vec::new();
    for row in reader.rows(&sql, vec![service.as_str().into(), but.0.into()]).await? {
        if let Some(version) = definitions::by_id(reader, DefinitionId(row.at(0)?)).await? {
            versions.push((version, row.at(1)?));
        }
    }
    Ok(versions)
}

/// Says what happens to the drafts of a version from now on.
pub(crate) async fn set(
    unit: &Unit,
    version: DefinitionId,
    (keep_until, moves_to): (Option<Timestamp>, Option<DefinitionId>),
    by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO draft_rule (definition, keep_until, moves_to, decided_by, decided_at) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (definition) DO UPDATE SET keep_until = excluded.keep_until, \
               moves_to = excluded.moves_to, decided_by = excluded.decided_by, decided_at = excluded.decided_at";
    let values = vec![
        version.0.into(),
        keep_until.map(Timestamp::millis).into(),
        moves_to.map(|id| id.0).into(),
        by.map(|account| account.0).into(),
        at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Lets the drafts of a version end with `until`.
pub(crate) async fn end(unit: &Unit, version: DefinitionId, until: Timestamp) -> Result<u64, DatabaseError> {
    let sql = format!("UPDATE application SET expires_at = $1 WHERE definition = $2 AND expires_at > $1 AND {OPEN}");
    unit.execute(&sql, vec![until.millis().into(), version.0.into()]).await
}

/// Moves the drafts of a version to another one with their answers as they are. Whatever others had agreed to is void.
pub(crate) async fn migrate(
    unit: &Unit,
    from: DefinitionId,
    to: DefinitionId,
    at: Timestamp,
) -> Result<u64, DatabaseError> {
    let sql = format!(
        "UPDATE party SET state = 'section_done', consent_sha256 = NULL, consented_at = NULL, changed_at = $1 \
         WHERE state = 'consented' AND application IN (SELECT id FROM application WHERE definition = $2 AND {OPEN})"
    );
    unit.execute(&sql, vec![at.millis().into(), from.0.into()]).await?;
    let sql = format!(
        "UPDATE application SET definition = $1, state = 'draft', rev = rev + 1 WHERE definition = $2 AND {OPEN}"
    );
    unit.execute(&sql, vec![to.0.into(), from.0.into()]).await
}
