//! Which items hold a key, in flat lists: small in memory, quick to walk.

use std::collections::HashMap;
use std::hash::Hash;

/// From a key to the items that hold it.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// From (key, item), in any order. `keys` is one more than the greatest key.
    pub(crate) fn of(mut entries: Vec<(u32, u32)>, keys: usize) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let starts = starts(entries.iter().map(|(key, _)| *key), keys);
        Self { starts, items: entries.into_iter().map(|(_, item)| item).collect() }
    }

    /// The items of `key`, ascending.
    pub(crate) fn at(&self, key: u32) -> &[u32] {
        &self.items[self.starts[key as usize] as usize..self.starts[key as usize + 1] as usize]
    }

    pub(crate) fn bytes(&self) -> usize {
        (self.starts.len() + self.items.len()) * 4
    }
}

/// From a key to the items that hold it, each with a weight.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    starts: Vec<u32>,
    items: Vec<(u32, f32)>,
}

impl Postings {
    /// From (key, item, weight), in any order. `keys` is one more than the greatest key.
    pub(crate) fn of(mut entries: Vec<(u32, u32, f32)>, keys: usize) -> Self {
        entries.sort_unstable_by_key(|(key, item, _)| (*key, *item));
        let starts = starts(entries.iter().map(|(key, _, _)| *key), keys);
        Self { starts, items: entries.into_iter().map(|(_, item, weight)| (item, weight)).collect() }
    }

    /// The items of `key` with their weights, by item.
    pub(crate) fn at(&self, key: u32) -> &[(u32, f32)] {
        &self.items[self.starts[key as usize] as usize..self.starts[key as usize + 1] as usize]
    }

    pub(crate) fn bytes(&self) -> usize {
        self.starts.len() * 4 + self.items.len() * 8
    }
}

/// Where the items of each key begin; `sorted` are the keys of all items.
pub(crate) fn starts(sorted: impl Iterator<Item = u32>, keys: usize) -> Vec<u32> {
    let mut starts = vec![0; keys + 1];
    for key in sorted {
        starts[key as usize + 1] += 1;
    }
    for at in 0..keys {
        starts[at + 1] += starts[at];
    }
    starts
}

/// Numbers for keys, in the order in which they are met.
#[derive(Debug)]
pub(crate) struct Numbers<K>(HashMap<K, u32>);

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq> Numbers<K> {
    pub(crate) fn number(&mut self, key: K) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(key).or_insert(next)
    }

    pub(crate) fn get<Q: ?Sized + Hash + Eq>(&self, key: &Q) -> Option<u32>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.get(key).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }
}
