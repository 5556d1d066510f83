//! One file of this folder for each kind of file in a city directory: from its tables to the words of `domain`.

mod account;
mod closure;
mod district;
mod locker;
mod municipality;
mod office;
mod recurrence;
mod rule;
mod service;

use std::collections::BTreeSet;

use domain::identifier::Key;

pub(crate) use account::{accounts, unnamed_password};
pub(crate) use closure::closures;
pub(crate) use district::districts;
pub(crate) use municipality::municipality;
pub(crate) use office::office;
pub(crate) use service::service;

/// What files may name: known from the names of the files, so that a mistake inside one file is not told again in
/// every file that names it.
#[derive(Debug)]
pub(crate) struct Names {
    /// Keys of the offices.
    pub(crate) offices: BTreeSet<Key>,
    /// Keys of the services.
    pub(crate) services: BTreeSet<Key>,
    /// Numbers of the districts; `None` when their file could not be read.
    pub(crate) districts: Option<BTreeSet<u16>>,
}

/// Reads `key` and holds it against the name of the file.
fn key_of_file(table: &reading::Table<'_>, file_key: &Key) -> Option<Key> {
    table.required("key", |node| {
        let key = node.key()?;
        if key != *file_key {
            node.refuse(
                reading::Code::Contradiction,
                format!("the file is named \"{file_key}.toml\"; key and name must be equal"),
            );
        }
        Some(key)
    })
}
