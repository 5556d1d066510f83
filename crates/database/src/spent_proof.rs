//! Proofs of work that were used: each counts once, whichever gateway sees it first.

use domain::time::Timestamp;

use crate::connect::Database;
use crate::error::DatabaseError;

/// A proof somebody presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpentProof {
    /// SHA-256 over the challenge.
    pub challenge: [u8; 32],
    /// SHA-256 over the request it is presented with: the same request may be repeated with the same proof.
    pub spent_for: [u8; 32],
    /// When nobody accepts it any more, so that it may be forgotten.
    pub expires_at: Timestamp,
}

/// Whether a proof counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spending {
    /// It counts: nobody used it before, or this very request did.
    Counts,
    /// Another request used it.
    UsedBefore,
}

impl Database {
    /// Uses a proof. The primary key decides between two requests that come at once.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn spend(&self, proof: &SpentProof) -> Result<Spending, DatabaseError> {
        // The update changes nothing; it makes the row that was there come back.
        let sql = "INSERT INTO spent_proof (challenge, spent_for, expires_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (challenge) DO UPDATE SET expires_at = spent_proof.expires_at RETURNING spent_for";
        let SpentProof { challenge, spent_for, expires_at } = proof;
        let values = vec![challenge.to_vec().into(), spent_for.to_vec().into(), expires_at.millis().into()];
        let rows = self.write(sql, values).await?;
        let first: Vec<u8> = match rows.first() {
            Some(row) => row.at(0)?,
            None => return Err(DatabaseError::Internal("a proof that was written did not come back".into())),
        };
        Ok(if first == spent_for { Spending::Counts } else { Spending::UsedBefore })
    }

    /// Forgets proofs that nobody accepts any more. Gives how many.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn forget_spent_proofs(&self, now: Timestamp) -> Result<u64, DatabaseError> {
        let unit = self.begin().await?;
        let gone = unit.execute("DELETE FROM spent_proof WHERE expires_at < $1", vec![now.millis().into()]).await?;
        unit.commit().await?;
        Ok(gone)
    }
}
