//! Sealing what is new, reading it all again for the verifier, and letting old entries go.

use std::collections::HashSet;

use domain::time::Timestamp;
use uuid::Uuid;

use super::fingerprint::AuditRow;
use super::seal::{Anchor, AuditKey, AuditPublicKey, Seal};
use super::verify::{Report, Verifier};
use crate::connect::Database;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::rules::Rule;
use crate::unit::Unit;

/// Most entries of one seal.
const BATCH: i64 = 5_000;
/// How far behind the last seal the worker looks for entries whose transactions ended late, in minutes.
const LOOK_BACK_MINUTES: i64 = 60;
/// How many rows are read at a time.
const PORTION: i64 = 5_000;

/// What one round of sealing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealedNow {
    /// Entries sealed.
    pub entries: u64,
    /// The last seal there is.
    pub last: Option<Anchor>,
    /// Whether more waits, so that the next round should follow at once.
    pub more: bool,
}

/// What went after its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Seals whose entries went.
    pub seals: u64,
    /// Entries that went.
    pub entries: u64,
}

const ROW: &str = "id, actor, action, subject, at, more";
const SEAL: &str =
    "number, sealed_at, entries, first, last, members, members_hash, rows_hash, previous, hash, signature, key_id";

impl Database {
    /// Seals what was written since the last seal. Two workers may do this at once; one of them then does nothing.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn seal_audit(&self, key: &AuditKey, now: Timestamp) -> Result<SealedNow, DatabaseError> {
        let since = self.last_seal().await?.map(|seal| Timestamp::from_millis(seal.sealed_at));
        self.seal_since(key, since.map(|at| at.plus_minutes(-LOOK_BACK_MINUTES)), now).await
    }

    /// The same over all that is there, however old its id: for the daily round, which finds entries of transactions that
    /// were open for hours or clocks that were wrong.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn seal_stragglers(&self, key: &AuditKey, now: Timestamp) -> Result<SealedNow, DatabaseError> {
        let sealed = "SELECT coalesce(sum(entries), 0) FROM audit_seal WHERE members IS NOT NULL";
        let sealed = self.engine().choose(sealed.to_owned(), format!("SELECT ({sealed})::bigint"));
        let sealed: i64 = self.row(&sealed, vec![]).await?.map_or(Ok(0), |row| row.at(0))?;
        let written: i64 = self.row("SELECT count(*) FROM audit", vec![]).await?.map_or(Ok(0), |row| row.at(0))?;
        if written == sealed { Ok(SealedNow::default()) } else { self.seal_since(key, None, now).await }
    }

    async fn seal_since(
        &self,
        key: &AuditKey,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<SealedNow, DatabaseError> {
        let previous = self.last_seal().await?;
        let sealed = self.members_since(since).await?;
        let mut rows = Vec::new();
        let mut after = since.map_or(Uuid::nil(), first_id);
        let mut more = false;
        loop {
            let portion = self.audit_rows(after, PORTION).await?;
            let Some(last) = portion.last() else { break };
            after = last.id;
            let whole = portion.len() as i64 == PORTION;
            rows.extend(portion.into_iter().filter(|row| !sealed.contains(&row.id)));
            more = rows.len() as i64 > BATCH;
            if more || !whole {
                break;
            }
        }
        rows.truncate(BATCH as usize);
        let last = previous.as_ref().map(Seal::anchor);
        let Some(seal) = key.seal(&rows, previous.as_ref(), now) else {
            return Ok(SealedNow { entries: 0, last, more: false });
        };
        match self.write_seal(&seal).await {
            Ok(()) => Ok(SealedNow { entries: rows.len() as u64, last: Some(seal.anchor()), more }),
            // Another worker was faster; what it left waits for the next round.
            Err(DatabaseError::Broken(Rule::AuditSealNumber)) => Ok(SealedNow { entries: 0, last, more: false }),
            Err(error) => Err(error),
        }
    }

    /// The last seal, if there is one.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn last_seal(&self) -> Result<Option<Seal>, DatabaseError> {
        let sql = format!("SELECT {SEAL} FROM audit_seal ORDER BY number DESC LIMIT 1");
        self.row(&sql, vec![]).await?.map(|row| seal_of(&row)).transpose()
    }

    /// Reads everything again and says what is wrong: see [`Verifier`]. `verifier` carries what is asked.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn verify_audit(&self, mut verifier: Verifier) -> Result<Report, DatabaseError> {
        // What is written while this runs is newer than every seal that was read.
        let mut number = 0;
        loop {
            let sql = format!("SELECT {SEAL} FROM audit_seal WHERE number > $1 ORDER BY number LIMIT 100");
            let rows = self.rows(&sql, vec![number.into()]).await?;
            for row in &rows {
                let seal = seal_of(row)?;
                number = seal.number;
                verifier.seal(&seal);
            }
            if rows.len() < 100 {
                break;
            }
        }
        let mut after = Uuid::nil();
        loop {
            let portion = self.audit_rows(after, PORTION).await?;
            for row in &portion {
                verifier.entry(row);
            }
            match portion.last() {
                Some(last) if portion.len() as i64 == PORTION => after = last.id,
                _ => break,
            }
        }
        Ok(verifier.report())
    }

    /// Lets entries go whose seal was made before `before`; the seals themselves stay, so that the chain does. At most
    /// `limit` seals at a time.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn prune_audit(&self, before: Timestamp, limit: i64) -> Result<Pruned, DatabaseError> {
        let unit = self.begin().await?;
        let sql = format!(
            "SELECT {SEAL} FROM audit_seal WHERE sealed_at < $1 AND members IS NOT NULL ORDER BY number LIMIT $2"
        );
        let rows = unit.rows(&sql, vec![before.millis().into(), limit.into()]).await?;
        let mut pruned = Pruned::default();
        if rows.is_empty() {
            return Ok(pruned);
        }
        unit.execute("INSERT INTO audit_pruning (id) VALUES (1)", vec![]).await?;
        for row in &rows {
            let seal = seal_of(row)?;
            pruned.entries += delete(&unit, &seal).await?;
            let sql = "UPDATE audit_seal SET members = NULL WHERE number = $1";
            pruned.seals += unit.execute(sql, vec![seal.number.into()]).await?;
        }
        unit.execute("DELETE FROM audit_pruning", vec![]).await?;
        unit.commit().await?;
        Ok(pruned)
    }

    /// How many entries [`Database::prune_audit`] would let go.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn prunable_audit(&self, before: Timestamp) -> Result<u64, DatabaseError> {
        let sql = "SELECT coalesce(sum(entries), 0) FROM audit_seal WHERE sealed_at < $1 AND members IS NOT NULL";
        let sql = self.engine().choose(sql.to_owned(), format!("SELECT ({sql})::bigint"));
        let count: i64 = self.row(&sql, vec![before.millis().into()]).await?.map_or(Ok(0), |row| row.at(0))?;
        Ok(count.unsigned_abs())
    }

    async fn audit_rows(&self, after: Uuid, limit: i64) -> Result<Vec<AuditRow>, DatabaseError> {
        let sql = format!("SELECT {ROW} FROM audit WHERE id > $1 ORDER BY id LIMIT $2");
        self.rows(&sql, vec![after.into(), limit.into()]).await?.iter().map(audit_row).collect()
    }

    /// The ids that stand in seals with members of this age.
    async fn members_since(&self, since: Option<Timestamp>) -> Result<HashSet<Uuid>, DatabaseError> {
        let sql = "SELECT members FROM audit_seal WHERE last >= $1 AND members IS NOT NULL";
        let mut ids = HashSet::new();
        for row in self.rows(sql, vec![since.map_or(Uuid::nil(), first_id).into()]).await? {
            let members: Vec<u8> = row.at(0)?;
            let id = |member: &[u8]| Uuid::from_slice(&member[..16]).unwrap_or_default();
            ids.extend(members.chunks_exact(32).map(id));
        }
        Ok(ids)
    }

    async fn write_seal(&self, seal: &Seal) -> Result<(), DatabaseError> {
        let sql = format!("INSERT INTO audit_seal ({SEAL}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
        let values = vec![
            seal.number.into(),
            seal.sealed_at.into(),
            seal.entries.into(),
            seal.first.into(),
            seal.last.into(),
            seal.members.clone().into(),
            seal.members_hash.clone().into(),
            seal.rows_hash.clone().into(),
            seal.previous.clone().into(),
            seal.hash.clone().into(),
            seal.signature.clone().into(),
            seal.key_id.as_str().into(),
        ];
        self.write(&sql, values).await.map(drop)
    }
}

/// Deletes the members of a seal, and nothing else of that age.
async fn delete(unit: &Unit, seal: &Seal) -> Result<u64, DatabaseError> {
    let members = seal.members().unwrap_or_default();
    let ids: Vec<String> = members.iter().map(|(id, _)| id.simple().to_string()).collect();
    let sql = unit.engine().choose(
        "DELETE FROM audit WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        "DELETE FROM audit WHERE id IN (SELECT value::uuid FROM json_array_elements_text($1::json))",
    );
    unit.execute(sql, vec![serde_json::to_string(&ids).unwrap_or_default().into()]).await
}

/// The smallest id of this instant.
fn first_id(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

fn audit_row(row: &Row) -> Result<AuditRow, DatabaseError> {
    Ok(AuditRow {
        id: row.at(0)?,
        actor: row.at(1)?,
        action: row.at(2)?,
        subject: row.at(3)?,
        at: row.at(4)?,
        more: row.at(5)?,
    })
}

fn seal_of(row: &Row) -> Result<Seal, DatabaseError> {
    Ok(Seal {
        number: row.at(0)?,
        sealed_at: row.at(1)?,
        entries: row.at(2)?,
        first: row.at(3)?,
        last: row.at(4)?,
        members: row.at(5)?,
        members_hash: row.at(6)?,
        rows_hash: row.at(7)?,
        previous: row.at(8)?,
        hash: row.at(9)?,
        signature: row.at(10)?,
        key_id: row.at(11)?,
    })
}

/// A verifier that trusts the key of this root secret and those named besides.
impl AuditKey {
    /// A [`Verifier`] for what this key signed, and what `others` did.
    pub fn verifier(&self, others: Vec<AuditPublicKey>) -> Verifier {
        Verifier::new(others.into_iter().chain([self.public()]).collect())
    }
}
