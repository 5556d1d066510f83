//! The contents of files that people hand in: where they lie and how they are sealed, what they are, what is left out of
//! photos, and who looks for harm in them.

mod kind;
mod name;
mod photo;
mod reader;
mod scanner;
mod store;
mod writer;

pub(crate) use kind::HEAD;
pub(crate) use kind::{Kind, kind_of};
pub(crate) use name::checked_name;
pub(crate) use photo::without_traces;
pub use scanner::ScannerAddress;
pub(crate) use scanner::{Finding, scan};
pub use store::{Bucket, FilePlace, FileStore, FileStoreError};
pub(crate) use store::{Content, content_of};
pub(crate) use writer::{BlobWriter, Written};

/// How many bytes of a file are sealed together.
const CHUNK: usize = 256 * 1024;
