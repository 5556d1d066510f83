//! Giving the keys that sign access tokens a successor, and reading them.

use std::sync::{Arc, PoisonError};

use database::{DatabaseError, Place, Rule};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::failure::Failure;
use crate::footing::Revocation;
use crate::former_seal::FormerSeal;
use crate::store::signing_key::{StoredKey, subject};
use crate::token_keys::{KeyPhase, KeyRing, PUBLISHED_AHEAD_SECONDS, TokenKey};
use crate::{Identity, store};

/// How long, in seconds, the keys are remembered before the table is read again.
const RING_SECONDS: i64 = 60;
/// An unknown key id makes us read again, but not more often than this, in seconds: strangers can invent ids.
const REREAD_SECONDS: i64 = 5;

/// Length of a seed, in bytes.
const SEED_LENGTH: usize = 32;

/// How a successor takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// Published now, signing in two hours, so that nobody notices.
    Planned,
    /// At once, because a key may be known to somebody: everything signed so far is void.
    AtOnce,
}

impl Identity {
    /// Makes a successor of the key that signs, for somebody who may rotate keys, and gives its id. Of two rotations at the
    /// same moment one makes the key and both give it.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn rotate_keys(&self, actor: &Actor, rotation: Rotation) -> Result<String, Failure> {
        actor.may(Permission::RotateKeys)?;
        self.forget_keys();
        let newest = self.ring().await?.newest();
        Ok(self.succeed(actor, rotation, newest).await?)
    }

    /// Rotates as planned when the newest key has served its time; for the worker.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn rotate_keys_when_due(&self, actor: &Actor) -> Result<Option<String>, Failure> {
        actor.may(Permission::RotateKeys)?;
        let served = |at: Timestamp| at.plus_seconds(self.settings.signing_key_seconds()) <= self.clock.now();
        self.forget_keys();
        let ring = self.ring().await?;
        if ring.newest_published_at().is_some_and(served) {
            Ok(Some(self.succeed(actor, Rotation::Planned, ring.newest()).await?))
        } else {
            Ok(None)
        }
    }

    /// The public keys as a JSON Web Key Set (RFC 7517), for `/.well-known/jwks.json`.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn jwks(&self) -> Result<Value, DatabaseError> {
        Ok(self.ring().await?.jwks(self.clock.now()))
    }

    /// Each key's id and phase, oldest first.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn key_phases(&self, actor: &Actor) -> Result<Vec<(String, KeyPhase)>, Failure> {
        actor.may(Permission::RotateKeys)?;
        self.forget_keys();
        Ok(self.ring().await?.phases(self.clock.now()))
    }

    /// The keys, at most [`RING_SECONDS`] old. The first gateway of a city that asks makes the first key.
    pub(crate) async fn ring(&self) -> Result<Arc<KeyRing>, DatabaseError> {
        self.ring_no_older_than(RING_SECONDS).await
    }

    /// The keys, read again for an id that was not among them.
    pub(crate) async fn ring_for_unknown_key(&self) -> Result<Arc<KeyRing>, DatabaseError> {
        self.ring_no_older_than(REREAD_SECONDS).await
    }

    /// Makes the next look read the table.
    pub(crate) fn forget_keys(&self) {
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn ring_no_older_than(&self, seconds: i64) -> Result<Arc<KeyRing>, DatabaseError> {
        let now = self.clock.now();
        let known = self.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(ring) = known.filter(|ring| ring.read_at() <= now && now < ring.read_at().plus_seconds(seconds)) {
            return Ok(ring);
        }
        let mut ring = self.read_ring(now).await?;
        if ring.is_empty() {
            self.succeed(&Actor::System, Rotation::AtOnce, ring.newest()).await?;
            ring = self.read_ring(now).await?;
        }
        let ring = Arc::new(ring);
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&ring));
        Ok(ring)
    }

    async fn read_ring(&self, now: Timestamp) -> Result<KeyRing, DatabaseError> {
        self.unlocked().await?;
        let (mut keys, mut newest) = (Vec::new(), 0);
        let all = store::signing_key::all(&self.database).await?;
        let subjects: Vec<Uuid> = all.iter().map(|stored| subject(stored.number)).collect();
        let sealing = self.database.subject_keys(&subjects).await?;
        for stored in all {
            newest = stored.number;
            let key = sealing.iter().find(|key| key.subject == subject(stored.number));
            let seed = match key {
                _ if FormerSeal::is_of(SEED_LENGTH, &stored.sealed_seed) => {
                    let row = stored.number.to_be_bytes();
                    self.former_seal.open(place(stored.number), &row, &stored.sealed_seed)?
                }
                Some(key) => self.open_field(key, place(stored.number), &stored.sealed_seed).await?,
                None => {
                    tracing::error!(key.number = stored.number, "a signing key cannot be opened any more");
                    continue;
                }
            };
            keys.push(TokenKey::from_seed(&seed, stored.published_at, stored.signs_from)?);
        }
        Ok(KeyRing::new(keys, newest, now, self.settings.access_token_seconds()))
    }

    /// Makes a successor of the key with the number `newest` and gives its id. Somebody else may be faster; then theirs is
    /// the successor.
    async fn succeed(&self, actor: &Actor, rotation: Rotation, newest: i64) -> Result<String, DatabaseError> {
        let added = match self.add_key(actor, rotation, newest).await {
            Err(error) if error.breaks(Rule::SigningKeyNumber) => None,
            added => added?,
        };
        if let Some(id) = added {
            return Ok(id);
        }
        let newest = store::signing_key::all(&self.database).await?.pop();
        newest.map(|key| key.id).ok_or_else(|| DatabaseError::Internal("there is no signing key".into()))
    }

    async fn add_key(&self, actor: &Actor, rotation: Rotation, newest: i64) -> Result<Option<String>, DatabaseError> {
        let now = self.clock.now();
        let mut seed = [0; 32];
        self.entropy.fill(&mut seed);
        let number = newest.saturating_add(1);
        let signs_from = match rotation {
            Rotation::Planned => now.plus_seconds(PUBLISHED_AHEAD_SECONDS),
            Rotation::AtOnce => now,
        };
        let sealed = self.unlocked().await?.seal_new(subject(number), place(number), &seed)?;
        let id = TokenKey::from_seed(&seed, now, signs_from)?.id().to_owned();
        let key = StoredKey { number, id: id.clone(), sealed_seed: sealed.field, published_at: now, signs_from };
        let unit = self.database.begin().await?;
        if !store::signing_key::add(&unit, &key).await? {
            return Ok(None);
        }
        // A backup may have brought back what sealed a key of this number, but never the key itself.
        unit.destroy_keys(&[subject(number)]).await?;
        if !unit.keep_key(&sealed.key, now).await? {
            // The tenant key we knew as the newest is gone; the next look finds its successor.
            self.vault.refresh(&self.database).await?;
            return Err(DatabaseError::Contended);
        }
        // The first key follows nobody and is nobody's decision.
        if newest > 0 {
            self.audit(&unit, actor, "keys.rotate", number_as_subject(number)).await?;
        }
        let voids = rotation == Rotation::AtOnce && newest > 0;
        if voids {
            store::signing_key::delete_before(&unit, number).await?;
            self.revoke(&unit, Revocation::Keys).await?;
        }
        unit.commit().await?;
        self.forget_keys();
        if voids {
            self.hear_now(Revocation::Keys);
        }
        Ok(Some(id))
    }
}

const fn place(number: i64) -> Place {
    Place { table: "signing_key", column: "sealed_seed", row: subject(number) }
}

/// The record names a key by its number.
fn number_as_subject(number: i64) -> Uuid {
    Uuid::from_u128(u128::try_from(number).unwrap_or(0))
}
