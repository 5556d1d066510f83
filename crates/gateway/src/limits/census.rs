//! How many live connections each account and each network has open.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};

use crate::limits::{Payer, Standing, payer::Key};

/// Counts what is open. It remembers only who has something open, so it is as large as that.
#[derive(Debug, Clone, Default)]
pub struct Census(Arc<Mutex<HashMap<(By, Key), usize>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum By {
    Network,
    Account,
}

/// A counted place; it is given back when dropped.
#[derive(Debug)]
pub struct Seat {
    census: Census,
    key: (By, Key),
}

impl Census {
    /// A place for the network, unless it has `most`. Callers without a network are not counted.
    ///
    /// # Errors
    /// Nothing but the fact that all places are taken.
    pub fn network(&self, payer: &Payer, most: usize) -> Result<Option<Seat>, Full> {
        payer.narrow().map(|key| self.sit((By::Network, key), most)).transpose()
    }

    /// A place for the account, unless it has `most`.
    ///
    /// # Errors
    /// Nothing but the fact that all places are taken.
    pub fn account(&self, payer: &Payer, most: usize) -> Result<Option<Seat>, Full> {
        let key = payer.account(Standing::Citizen).or_else(|| payer.account(Standing::Staff));
        key.map(|key| self.sit((By::Account, key), most)).transpose()
    }

    /// How many accounts and networks have something open.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nobody has anything open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn sit(&self, key: (By, Key), most: usize) -> Result<Seat, Full> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(key).or_default();
        if *count >= most {
            if *count == 0 {
                taken.remove(&key);
            }
            return Err(Full);
        }
        *count += 1;
        Ok(Seat { census: self.clone(), key })
    }
}

/// All places are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.census.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = taken.entry(self.key) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}
