//! A box of an office, through GraphQL.

use async_graphql::Object;
use domain::locker::Locker;

use crate::graphql::words::Language;

/// A box.
pub(crate) struct LockerObject(pub(crate) Locker);

/// A box with compartments, from which documents are fetched at any hour.
#[Object(name = "Locker")]
impl LockerObject {
    /// Its name within the office.
    async fn key(&self) -> &str {
        self.0.key.as_str()
    }

    /// Its name for people.
    async fn name(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> &str {
        self.0.name.get(language.into())
    }

    /// Where it stands and when one gets there, in words.
    async fn place(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> &str {
        self.0.place.get(language.into())
    }

    /// For how many days a document lies in it.
    async fn keep_days(&self) -> i32 {
        i32::from(self.0.keep_days)
    }

    /// How many compartments it has.
    async fn compartments(&self) -> i32 {
        i32::try_from(self.0.compartments()).unwrap_or(i32::MAX)
    }

    /// How many of them can be reached from a wheelchair.
    async fn low_compartments(&self) -> i32 {
        i32::try_from(self.0.low_compartments()).unwrap_or(i32::MAX)
    }
}
