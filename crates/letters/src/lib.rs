//! Letters on paper: a template, which a town can edit, and frozen values become a PDF that a screen reader can read.
//!
//! Pure: the same template and the same values give the same bytes, whenever and wherever. A template reaches no file, no
//! package, no network and no clock; values are shown as they are and never read as markup. Every letter is PDF/UA-1 and
//! PDF/A-2a: a template that cannot be that (no title, a picture without words) is refused.
//!
//! Templates are written by whoever runs the city and are trusted to end; values come from anybody and are bounded.
//! docs/adr/0023 says why typst, and why here.

mod fonts;
mod picture;
mod render;
mod world;

pub use picture::{NoPicture, qr_picture};
pub use render::{Letter, LetterError, MOST_VALUE_BYTES, render};
