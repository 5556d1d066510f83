//! From the files of a directory to the model: one file of this folder for each kind of file.

mod form;
mod kind;
mod limits;
mod service;
mod texts;
mod words;

use std::collections::BTreeMap;

use reading::Place;

pub(crate) use form::form;
pub(crate) use service::service;
pub(crate) use texts::texts;

/// Where things of the model stand in the files: `field.person.name.visible`.
#[derive(Debug, Default)]
pub(crate) struct Places(BTreeMap<String, Place>);

impl Places {
    pub(crate) fn note(&mut self, name: impl Into<String>, place: Place) {
        self.0.entry(name.into()).or_insert(place);
    }

    /// The place of `name`, or of what it is part of.
    pub(crate) fn of(&self, name: &str) -> Place {
        let mut name = name;
        loop {
            if let Some(place) = self.0.get(name) {
                return place.clone();
            }
            match name.rsplit_once('.') {
                Some((whole, _)) => name = whole,
                None => return Place { file: "definition".to_owned(), ..Place::default() },
            }
        }
    }
}
