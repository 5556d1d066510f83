//! What the city exchanges with others, as values: form definitions as FIM data fields, applications as XML, and the
//! sealed envelopes and signed events of FIT-Connect. No I/O, no clock; the padding of RSA alone draws its own chance,
//! inside the library of ciphers.
//!
//! Nothing here claims conformance: which parts of a standard were checked against what stands in `docs/exchange.md`.

pub mod fit_connect;
mod xdf;
mod xfall;
mod xml;

pub use xdf::{DraftFiles, XdfFacts, XdfFault, export_form, export_step, import_form};
pub use xfall::{XfallFault, XfallHead, xfall_instance};
pub use xml::{Element, MAX_XML_BYTES, XmlFault, read_xml};
