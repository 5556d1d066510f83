//! Changing keys while people book: a new tenant key, subject keys wrapped anew in portions, a new master key.

use domain::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::generations::Generations;
use super::{MasterKey, Vault, VaultError, cipher};
use crate::connect::Database;
use crate::engine::Engine;
use crate::error::DatabaseError;
use crate::unit::Unit;

/// How many subject keys are wrapped anew in one unit: some milliseconds, so that bookings hardly wait.
const PORTION: i64 = 500;
/// For how long a tenant key that was superseded is kept at least, in minutes. Other processes learn of a new one within
/// half a minute, so nothing is sealed under an old one after this time.
pub(super) const GRACE_MINUTES: i64 = 10;

/// Where a change of the tenant key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The newest generation, under which everything new is sealed.
    pub newest: i64,
    /// Older generations that are still there.
    pub older: Vec<i64>,
    /// Subject keys that are still wrapped by them.
    pub waiting: i64,
}

/// What one portion did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many keys were wrapped anew.
    pub keys: u64,
    /// Where the next portion begins; nothing when this was the last one.
    pub next: Option<Uuid>,
}

#[derive(Serialize)]
struct Anew {
    subject: String,
    generation: i64,
    wrapped: String,
}

impl Vault {
    /// Makes a new tenant key. Everything sealed from now on in this process uses it; other processes follow at their next
    /// [`Vault::refresh`]. Gives its generation.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn begin_rotation(&self, database: &Database, now: Timestamp) -> Result<i64, DatabaseError> {
        self.unlock(database, now).await?;
        self.refresh(database).await?;
        let newest = self.newest()?;
        self.add_generation(database, Generations::Tenant, newest + 1, now).await?;
        self.refresh(database).await?;
        Ok(self.newest()?)
    }

    /// Wraps the next portion of subject keys anew, those behind `after` in order of their subjects. What was done stays
    /// done: an interrupted run begins again at the start and finds little to do.
    ///
    /// # Errors
    /// See [`DatabaseError`]; a key that does not open is left alone and logged, by its subject.
    pub async fn rewrap_portion(&self, database: &Database, after: Option<Uuid>) -> Result<Rewrapped, DatabaseError> {
        let newest = self.newest()?;
        let unit = database.begin().await?;
        let select = unit.engine().choose(
            "SELECT subject, generation, wrapped FROM subject_key WHERE subject > $1 AND generation < $2 \
             ORDER BY subject LIMIT $3",
            // An erasure that runs at the same moment comes first or afterwards, never in between.
            "SELECT subject, generation, wrapped FROM subject_key WHERE subject > $1 AND generation < $2 \
             ORDER BY subject LIMIT $3 FOR UPDATE",
        );
        let values = vec![after.unwrap_or(Uuid::nil()).into(), newest.into(), PORTION.into()];
        let rows = unit.rows(select, values).await?;
        let mut anew = Vec::with_capacity(rows.len());
        let mut last = None;
        for row in &rows {
            let (subject, generation): (Uuid, i64) = (row.at(0)?, row.at(1)?);
            last = Some(subject);
            match self.rewrap(subject, generation, newest, &row.at::<Vec<u8>>(2)?) {
                Ok(wrapped) => anew.push(Anew {
                    subject: subject.simple().to_string(),
                    generation: newest,
                    wrapped: hex::encode(wrapped),
                }),
                Err(error) => tracing::error!(subject.id = %subject, %error, "a subject key is left as it is"),
            }
        }
        let keys = write(&unit, &anew).await?;
        unit.commit().await?;
        let next = last.filter(|_| rows.len() as i64 == PORTION);
        Ok(Rewrapped { keys, next })
    }

    /// Where the change stands.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn rotation(&self, database: &Database) -> Result<Rotation, DatabaseError> {
        self.refresh(database).await?;
        let newest = self.newest()?;
        let older: Vec<i64> = self.ring().tenants.keys().copied().filter(|generation| *generation < newest).collect();
        if older.is_empty() {
            return Ok(Rotation { newest, older, waiting: 0 });
        }
        let sql = "SELECT count(*) FROM subject_key WHERE generation < $1";
        let waiting = database.row(sql, vec![newest.into()]).await?.map_or(Ok(0), |row| row.at(0))?;
        Ok(Rotation { newest, older, waiting })
    }

    /// Destroys the tenant keys that wrap nothing any more and were superseded some minutes ago. Gives how many.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn retire(&self, database: &Database, now: Timestamp) -> Result<u64, DatabaseError> {
        let sql = "DELETE FROM tenant_key WHERE generation < (SELECT max(generation) FROM tenant_key) \
                   AND $1 >= (SELECT created_at FROM tenant_key ORDER BY generation DESC LIMIT 1) \
                   AND NOT EXISTS (SELECT 1 FROM subject_key WHERE subject_key.generation = tenant_key.generation)";
        let unit = database.begin().await?;
        let gone = unit.execute(sql, vec![now.plus_minutes(-GRACE_MINUTES).millis().into()]).await?;
        unit.commit().await?;
        self.refresh(database).await?;
        Ok(gone)
    }

    /// Wraps the root secret, all tenant keys and all index keys with another master key, in one unit. Processes that run go on; whatever
    /// starts afterwards needs the new key file. Gives how many keys were wrapped anew.
    ///
    /// # Errors
    /// [`VaultError::OtherMaster`] as an internal error when this vault's own master key is not the one in force.
    pub async fn change_master(&self, database: &Database, new: &[u8; 32]) -> Result<u64, DatabaseError> {
        let new = MasterKey::new(new);
        let unit = database.begin().await?;
        let root = unit.row("SELECT wrapped FROM root_secret WHERE id = 1", vec![]).await?;
        let mut keys = 0;
        if let Some(row) = root {
            let label = cipher::label("root_secret", &[]);
            let bytes = self.master.cipher.open_key(&label, &row.at::<Vec<u8>>(0)?);
            let wrapped = new.cipher.seal(self.nonce(), &label, &bytes.map_err(|_| VaultError::OtherMaster)?.0);
            let sql = "UPDATE root_secret SET master = $1, wrapped = $2 WHERE id = 1";
            keys += unit.execute(sql, vec![new.id.as_str().into(), wrapped.into()]).await?;
        }
        for table in [Generations::Tenant, Generations::Index] {
            keys += self.wrap_anew(&unit, table, &new).await?;
        }
        unit.commit().await?;
        Ok(keys)
    }

    /// The newest generation known here.
    ///
    /// # Errors
    /// [`VaultError::Locked`].
    pub fn newest(&self) -> Result<i64, VaultError> {
        self.ring().tenants.last_key_value().map(|(generation, _)| *generation).ok_or(VaultError::Locked)
    }

    fn rewrap(&self, subject: Uuid, from: i64, to: i64, wrapped: &[u8]) -> Result<Vec<u8>, VaultError> {
        let ring = self.ring();
        let tenant = |generation| ring.tenants.get(&generation).ok_or(VaultError::UnknownGeneration(generation));
        let label = cipher::key_label(subject);
        let bytes = tenant(from)?.open_key(&label, wrapped)?;
        Ok(tenant(to)?.seal(self.nonce(), &label, &bytes.0))
    }
}

async fn write(unit: &Unit, anew: &[Anew]) -> Result<u64, DatabaseError> {
    if anew.is_empty() {
        return Ok(0);
    }
    let sql = match unit.engine() {
        Engine::Sqlite => {
            "UPDATE subject_key SET generation = t.generation, wrapped = t.wrapped
             FROM (SELECT unhex(value ->> 'subject') AS subject, value ->> 'generation' AS generation,
                   unhex(value ->> 'wrapped') AS wrapped FROM json_each($1)) AS t
             WHERE subject_key.subject = t.subject"
        }
        Engine::Postgres => {
            "UPDATE subject_key SET generation = t.generation, wrapped = decode(t.wrapped, 'hex')
             FROM json_to_recordset($1::json) AS t(subject uuid, generation bigint, wrapped text)
             WHERE subject_key.subject = t.subject"
        }
    };
    unit.execute(sql, vec![serde_json::to_string(anew).unwrap_or_default().into()]).await
}
