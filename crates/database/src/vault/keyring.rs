//! Loading and making the keys that the master key wraps.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use domain::time::Timestamp;

use super::cipher::{self, Bytes, Cipher};
use super::generations::Generations;
use super::index::IndexKey;
use super::{MasterKey, Ring, Vault, VaultError};
use crate::connect::Database;
use crate::error::DatabaseError;
use crate::row::Row;

const INDEX_KEYS: &str = "SELECT generation, wrapped, created_at FROM index_key ORDER BY generation";

/// Where the first root secret of a database comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootOrigin {
    /// Drawn, unless the database was in use before there were root secrets: then it is the master key's own bytes, so that
    /// links and tokens of that time stay valid.
    DrawnOrInherited,
}

impl MasterKey {
    pub(super) fn new(master: &[u8; 32]) -> Self {
        let bytes = Bytes(*master);
        let id = hex::encode(&cipher::derive(master, "master key id 1")[..8]);
        let cipher = Cipher::new(&Bytes(cipher::derive(master, "wrapping key 1")));
        Self { id, cipher, bytes }
    }
}

impl Vault {
    /// The root secret, from which links, tokens, blind numbers and signatures are derived. It stays the same when the
    /// master key changes.
    ///
    /// # Errors
    /// [`VaultError::OtherMaster`] as an internal error, and those of the database.
    pub async fn root_secret(
        &self,
        database: &Database,
        origin: RootOrigin,
        now: Timestamp,
    ) -> Result<[u8; 32], DatabaseError> {
        if let Some(root) = self.read_root(database).await? {
            return Ok(root);
        }
        let RootOrigin::DrawnOrInherited = origin;
        // Whatever an installation has done stands in its audit log.
        let used = database.row("SELECT 1 AS one FROM audit LIMIT 1", vec![]).await?.is_some();
        let mut root = Bytes(self.master.bytes.0);
        if !used {
            self.entropy.fill(&mut root.0);
        }
        let sql =
            "INSERT INTO root_secret (id, master, wrapped, created_at) VALUES (1, $1, $2, $3) ON CONFLICT DO NOTHING";
        let wrapped = self.master.cipher.seal(self.nonce(), &cipher::label("root_secret", &[]), &root.0);
        let values = vec![self.master.id.as_str().into(), wrapped.into(), now.millis().into()];
        database.write(sql, values).await?;
        // Two processes may have come at once; one of them wrote.
        self.read_root(database).await?.ok_or_else(|| DatabaseError::Internal("the root secret is missing".into()))
    }

    async fn read_root(&self, database: &Database) -> Result<Option<[u8; 32]>, DatabaseError> {
        let Some(row) = database.row("SELECT wrapped FROM root_secret WHERE id = 1", vec![]).await? else {
            return Ok(None);
        };
        let opened = self.master.cipher.open_key(&cipher::label("root_secret", &[]), &row.at::<Vec<u8>>(0)?);
        Ok(Some(opened.map_err(|_| VaultError::OtherMaster)?.0))
    }

    pub(super) async fn load(&self, database: &Database, now: Timestamp) -> Result<(), DatabaseError> {
        self.refresh(database).await?;
        if self.ring().tenants.is_empty() {
            self.add_generation(database, Generations::Tenant, 1, now).await?;
        }
        if self.ring().indexes.is_empty() {
            self.add_generation(database, Generations::Index, 1, now).await?;
        }
        self.refresh(database).await?;
        if self.ring().is_empty() {
            return Err(VaultError::OtherMaster.into());
        }
        Ok(())
    }

    /// Reads the keys again: another process may have made one, or destroyed an old one. To be called now and then.
    ///
    /// Keys under another master key are kept as they are known here: during a change of the master key this process goes
    /// on with what it has until it is started again.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn refresh(&self, database: &Database) -> Result<(), DatabaseError> {
        let tenants = database.rows("SELECT generation, wrapped FROM tenant_key ORDER BY generation", vec![]).await?;
        let indexes = database.rows(INDEX_KEYS, vec![]).await?;
        let known = self.ring();
        if same(&tenants, &known.tenants) && same(&indexes, &known.indexes) {
            return Ok(());
        }
        let ring = self.opened(&tenants, &indexes)?;
        match ring {
            Some(ring) => *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring),
            // With the old master key nothing new can be read; what is known goes on serving.
            None if known.tenants.is_empty() => return Err(VaultError::OtherMaster.into()),
            None => {}
        }
        Ok(())
    }

    /// The keys of these rows, or nothing when another master key wraps one of them.
    fn opened(&self, tenants: &[Row], indexes: &[Row]) -> Result<Option<Ring>, DatabaseError> {
        let mut ring = Ring::default();
        for row in tenants {
            let (generation, Ok(bytes)) = Generations::Tenant.opened(&self.master, row)? else { return Ok(None) };
            ring.tenants.insert(generation, Cipher::new(&bytes));
        }
        for row in indexes {
            let (generation, Ok(bytes)) = Generations::Index.opened(&self.master, row)? else { return Ok(None) };
            let created_at = Timestamp::from_millis(row.at(2)?);
            ring.indexes.insert(generation, IndexKey { bytes, created_at });
        }
        Ok(Some(ring))
    }
}

fn same<T>(rows: &[Row], known: &BTreeMap<i64, T>) -> bool {
    let is_known = |row: &Row| row.at(0).is_ok_and(|generation: i64| known.contains_key(&generation));
    rows.len() == known.len() && rows.iter().all(is_known)
}
