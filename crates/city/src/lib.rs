//! A city from its directory: TOML texts in, one checked [`City`] out, or every problem at once.
//!
//! The gateway reads the disk and hands over paths and texts; nothing here does. The layout of a directory is written
//! down in the `layout` module and shown by `deploy/demo/hannover`.

mod canonical;
mod check;
mod law;
mod layout;
mod read;
mod served;

pub use canonical::{canonical_json, fingerprint};
pub use check::{Checked, check};
pub use layout::{CityFile, MAX_FILE_BYTES, MAX_OFFICES, MAX_SERVICES};
pub use reading::{Code, Notice, Problem};

#[doc(no_inline)]
pub use domain::city::City;
