//! Keys that come in generations, each wrapped by the master key: those of tenants and those of blind numbers.

use domain::time::Timestamp;

use super::cipher::{self, Bytes};
use super::{MasterKey, Vault, VaultError};
use crate::connect::Database;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::unit::Unit;

/// One of the two tables of such keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generations {
    /// What the keys of persons are wrapped with.
    Tenant,
    /// What blind numbers are made with.
    Index,
}

impl Generations {
    /// The name of the table, which is also what its keys are sealed for: none can be put in place of another's.
    const fn table(self) -> &'static str {
        match self {
            Self::Tenant => "tenant_key",
            Self::Index => "index_key",
        }
    }

    fn label(self, generation: i64) -> Vec<u8> {
        cipher::label(self.table(), &generation.to_be_bytes())
    }

    /// The key of a row that begins with the generation and the wrapped key, and its generation.
    pub(super) fn opened(
        self,
        master: &MasterKey,
        row: &Row,
    ) -> Result<(i64, Result<Bytes, VaultError>), DatabaseError> {
        let generation: i64 = row.at(0)?;
        Ok((generation, master.cipher.open_key(&self.label(generation), &row.at::<Vec<u8>>(1)?)))
    }
}

impl Vault {
    /// Draws a key of `generation` and writes it, unless somebody else did.
    pub(super) async fn add_generation(
        &self,
        database: &Database,
        keys: Generations,
        generation: i64,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let mut bytes = Bytes::default();
        self.entropy.fill(&mut bytes.0);
        let wrapped = self.master.cipher.seal(self.nonce(), &keys.label(generation), &bytes.0);
        let table = keys.table();
        let sql = format!(
            "INSERT INTO {table} (generation, master, wrapped, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        );
        let values = vec![generation.into(), self.master.id.as_str().into(), wrapped.into(), now.millis().into()];
        database.write(&sql, values).await.map(drop)
    }

    /// Wraps every key of a table with another master key. Gives how many.
    pub(super) async fn wrap_anew(
        &self,
        unit: &Unit,
        keys: Generations,
        new: &MasterKey,
    ) -> Result<u64, DatabaseError> {
        let table = keys.table();
        let update = format!("UPDATE {table} SET master = $1, wrapped = $2 WHERE generation = $3");
        let mut wrapped_anew = 0;
        for row in unit.rows(&format!("SELECT generation, wrapped FROM {table}"), vec![]).await? {
            let (generation, bytes) = keys.opened(&self.master, &row)?;
            let bytes = bytes.map_err(|_| VaultError::OtherMaster)?;
            let wrapped = new.cipher.seal(self.nonce(), &keys.label(generation), &bytes.0);
            let values = vec![new.id.as_str().into(), wrapped.into(), generation.into()];
            wrapped_anew += unit.execute(&update, values).await?;
        }
        Ok(wrapped_anew)
    }
}
