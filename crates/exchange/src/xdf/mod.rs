//! FIM data fields, XDatenfelder 3.0: a checked form out, a draft of a definition directory in.
//!
//! What the standard has a word for stands in its words. What only our forms know (the names that expressions use, the
//! kind of a text, an expression itself) stands beside it as a keyword under `urn:servicepoint:form#…`, which every other
//! reader may pass over. So a form comes back whole, and a form of others comes in with a list of what people must decide.

mod draft;
mod ids;
mod read;
mod shape;
mod take;
mod toml_out;
mod write;

use domain::time::Timestamp;

pub use draft::DraftFiles;
pub use read::{XdfFault, import_form};
pub use write::{export_form, export_step};

pub(crate) use ids::Ids;
pub(crate) use shape::parts;

/// The namespace of XDatenfelder 3.0.0.
pub(crate) const NAMESPACE: &str = "urn:xoev-de:fim:standard:xdatenfelder_3.0.0";
/// The message that carries a whole schema.
pub(crate) const SCHEMA_MESSAGE: &str = "xdatenfelder.stammdatenschema.0102";
/// The message that carries one group.
pub(crate) const GROUP_MESSAGE: &str = "xdatenfelder.datenfeldgruppe.0103";
/// The beginning of our keywords.
pub(crate) const OURS: &str = "urn:servicepoint:form#";

/// What a document says about itself.
#[derive(Debug, Clone, Copy)]
pub struct XdfFacts<'a> {
    /// The name of the message.
    pub message_id: &'a str,
    /// When it was made.
    pub created_at: Timestamp,
    /// The number of the published version, at least 1; written `N.0.0`.
    pub version: u32,
}

impl XdfFacts<'_> {
    pub(crate) fn moment(&self) -> String {
        self.created_at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    pub(crate) fn version_text(&self) -> String {
        format!("{}.0.0", self.version.max(1))
    }
}
