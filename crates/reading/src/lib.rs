//! Reading the text files that a town writes: TOML value by value, every problem at once with file, line and key.
//!
//! Cities and service definitions are both directories of such files; what they mean is decided by `city` and `forms`.

mod node;
mod problem;
mod source;
mod table;
mod values;

pub use node::Node;
pub use problem::{Code, Notice, Problem, suggestion, visible};
pub use source::{Place, Source, TextFile};
pub use table::Table;
pub use values::Unique;
