//! Tables as lines of text, the same for both engines: what a backup is made of, and how copies are compared.
//!
//! A row is one line of JSON, an array of its values in the order of the columns' names. Numbers are numbers, texts are
//! texts; ids and bytes are hexadecimal texts. Both engines read such lines back by one statement each.

mod catalogue;
mod checksum;
mod kind;
mod load;
mod read;
mod take_over;

pub use catalogue::Table;
pub use checksum::{Checksum, NoChecksum, TableSum};
pub use load::Inhabitants;
pub use take_over::{TakenOver, take_over_file};
